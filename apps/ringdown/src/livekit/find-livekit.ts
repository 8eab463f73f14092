import { homedir } from 'node:os';
import path from 'node:path';
import { liveKitVersion } from './release.ts';

/** How livekit-server can be had here: a program that is there, a container, or nothing, with the reasons. */
export type LiveKitSource =
  | { readonly kind: 'program'; readonly file: string; readonly from: string }
  | { readonly kind: 'docker'; readonly image: string }
  | { readonly kind: 'missing'; readonly tried: readonly string[] };

/** What the search needs from the machine; tests give another one. */
export interface Machine {
  readonly environment: { readonly [name: string]: string | undefined };
  isExecutable(file: string): boolean;
  /** The first line of `program --version`, undefined when it can't be run. */
  version(file: string): Promise<string | undefined>;
  /** Downloads the official release to the file. The answer says why not. */
  downloadRelease(file: string): Promise<string | undefined>;
  /** Builds it with Go from PATH to the file. The answer says why not. */
  buildWithGo(file: string): Promise<string | undefined>;
  dockerAnswers(): Promise<boolean>;
}

export function cachedLiveKit(environment: Machine['environment']): string {
  const cache = environment['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(cache, `ringdown/livekit-server-${liveKitVersion}/livekit-server`);
}

/** In this order: LIVEKIT_SERVER_BIN, PATH, our cache, what `go install` left, the official release, a build with Go, docker. */
export async function findLiveKit(machine: Machine): Promise<LiveKitSource> {
  const tried: string[] = [];
  const named = machine.environment['LIVEKIT_SERVER_BIN'];
  if (named) {
    if (machine.isExecutable(named)) return { kind: 'program', file: named, from: 'LIVEKIT_SERVER_BIN' };
    return { kind: 'missing', tried: [`LIVEKIT_SERVER_BIN names ${named}, which isn't a program`] };
  }
  const folders = (machine.environment['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  const onPath = folders
    .map((folder) => path.join(folder, 'livekit-server'))
    .find((file) => machine.isExecutable(file));
  if (onPath) return { kind: 'program', file: onPath, from: 'PATH' };
  tried.push('no livekit-server on PATH');

  const cached = cachedLiveKit(machine.environment);
  if (machine.isExecutable(cached)) return { kind: 'program', file: cached, from: 'cache' };
  const goFolder =
    machine.environment['GOBIN'] ?? path.join(machine.environment['GOPATH'] ?? path.join(homedir(), 'go'), 'bin');
  for (const name of ['livekit-server', 'server']) {
    const file = path.join(goFolder, name);
    // `server` may be anybody's; only the right version of the right program will do.
    if (machine.isExecutable(file) && (await machine.version(file)) === `livekit-server version ${liveKitVersion}`) {
      return { kind: 'program', file, from: 'Go' };
    }
  }
  const noDownload = await machine.downloadRelease(cached);
  if (noDownload === undefined) return { kind: 'program', file: cached, from: 'official release' };
  tried.push(noDownload);
  const noBuild = await machine.buildWithGo(cached);
  if (noBuild === undefined) return { kind: 'program', file: cached, from: 'built with Go' };
  tried.push(noBuild);
  if (await machine.dockerAnswers()) return { kind: 'docker', image: `livekit/livekit-server:v${liveKitVersion}` };
  tried.push('no docker engine answers');
  return { kind: 'missing', tried };
}

/** What to install, for someone who has none of it. */
export function missingLiveKitMessage(tried: readonly string[]): string {
  return [
    `Ringdown needs livekit-server ${liveKitVersion}, which carries the sound to the browsers, and could not get it:`,
    ...tried.map((reason) => `  - ${reason}`),
    'Any one of these helps:',
    '  - install livekit-server (https://docs.livekit.io/home/self-hosting/local/) so that it is on PATH',
    '  - install Go 1.24 or later (https://go.dev/dl/); Ringdown then builds livekit-server itself',
    '  - set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET to a LiveKit server of your own',
  ].join('\n');
}

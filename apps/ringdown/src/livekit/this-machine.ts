import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from './find-livekit.ts';
import { findChecksum, liveKitVersion, releaseArchive, releaseUrl } from './release.ts';

const run = promisify(execFile);
const connectMs = 8_000;
const downloadMs = 180_000;
const buildMs = 900_000;

/** The machine we run on. `say` is called with a line now and then while something takes long. */
export function thisMachine(environment: Machine['environment'], say: (line: string) => void): Machine {
  return {
    environment,
    isExecutable,
    version: async (file) => {
      const answer = await run(file, ['--version'], { timeout: 10_000 }).catch(() => undefined);
      return answer?.stdout.split('\n')[0]?.trim();
    },
    downloadRelease: (file) =>
      downloadRelease(file, say).catch((error: unknown) => `no official release: ${reasonOf(error)}`),
    buildWithGo: (file) => buildWithGo(file, environment, say),
    dockerAnswers: () =>
      run('docker', ['info'], { timeout: 10_000 }).then(
        () => true,
        () => false,
      ),
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // Not there, or not ours to run.
  }
}

/**
 * The sums come from the release itself, over TLS: they tell a broken or exchanged download, not a forged release.
 */
async function downloadRelease(file: string, say: (line: string) => void): Promise<string | undefined> {
  const archive = releaseArchive(process.platform, process.arch);
  if (!archive) return `no official release for ${process.platform} ${process.arch}`;
  const sums = await fetch(releaseUrl('checksums.txt'), { signal: AbortSignal.timeout(connectMs) });
  const expected = sums.ok ? findChecksum(await sums.text(), archive) : undefined;
  if (!expected) return `the release names no checksum for ${archive} (HTTP ${sums.status})`;
  say(`downloading livekit-server ${liveKitVersion} (about 25 MB)`);
  const answer = await fetch(releaseUrl(archive), { signal: AbortSignal.timeout(downloadMs) });
  if (!answer.ok) return `the release answered HTTP ${answer.status}`;
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (createHash('sha256').update(bytes).digest('hex') !== expected) {
    return 'the downloaded release has a wrong SHA-256 and was thrown away';
  }
  await placeProgram(file, async (folder) => {
    await writeFile(path.join(folder, 'release.tar.gz'), bytes);
    await run('tar', ['-xzf', 'release.tar.gz', 'livekit-server'], { cwd: folder });
    return path.join(folder, 'livekit-server');
  });
  return undefined;
}

async function buildWithGo(
  file: string,
  environment: Machine['environment'],
  say: (line: string) => void,
): Promise<string | undefined> {
  const hasGo = await run('go', ['version']).catch(() => undefined);
  if (!hasGo) return 'no Go on PATH to build it with';
  let failure = '';
  await placeProgram(file, async (folder) => {
    const started = Date.now();
    say(`building livekit-server ${liveKitVersion} with Go: about two minutes, once`);
    const progress = setInterval(
      () => say(`building livekit-server, ${Math.round((Date.now() - started) / 1000)} s so far`),
      15_000,
    );
    try {
      failure = await goInstall({ ...environment, GOBIN: folder });
    } finally {
      clearInterval(progress);
    }
    return failure === '' ? path.join(folder, 'server') : undefined;
  });
  return failure === '' ? undefined : `the build with Go failed: ${failure}`;
}

function goInstall(environment: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    const go = spawn('go', ['install', `github.com/livekit/livekit-server/cmd/server@v${liveKitVersion}`], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: buildMs,
    });
    // A launcher that is ended while it builds takes the build with it.
    const end = (): boolean => go.kill();
    process.once('exit', end);
    let said = '';
    go.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
    go.once('error', (error) => resolve(error.message));
    go.once('exit', (code) => {
      process.off('exit', end);
      resolve(code === 0 ? '' : (said.trim().split('\n').at(-1) ?? `exit code ${code}`));
    });
  });
}

/** Makes the program in a folder beside its place and moves it there whole: two launchers may do this at once. */
async function placeProgram(file: string, make: (folder: string) => Promise<string | undefined>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const folder = await mkdtemp(`${path.dirname(file)}/new-`);
  try {
    const made = await make(folder);
    if (made === undefined) return;
    await chmod(made, 0o755);
    await rename(made, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return cause ?? error.message;
}

import { setTimeout as delay } from 'node:timers/promises';
import { startWatched, type WatchedCommand, type WatchedProcess } from '@ringdown/local-servers/watched-process';
import { writeJson } from '../data-folder.ts';
import type { LiveKitSource } from './find-livekit.ts';

export interface LiveKitOptions {
  readonly source: Exclude<LiveKitSource, { kind: 'missing' }>;
  readonly configFile: string;
  readonly port: number;
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly onLine: (line: string) => void;
}

/** Starts livekit-server on the loopback interface and waits until it answers. */
export async function startLiveKit(options: LiveKitOptions): Promise<WatchedProcess> {
  const { port, tcpPort, udpPort, apiKey, apiSecret, configFile } = options;
  // JSON is YAML.
  await writeJson(configFile, {
    port,
    bind_addresses: ['127.0.0.1'],
    rtc: {
      tcp_port: tcpPort,
      udp_port: udpPort,
      use_external_ip: false,
      node_ip: '127.0.0.1',
      enable_loopback_candidate: true,
    },
    keys: { [apiKey]: apiSecret },
    logging: { level: 'info', json: true },
  });
  let tail = '';
  const server = startWatched({
    ...commandOf(options.source, configFile),
    stopSignal: 'TERM',
    onLine(line) {
      tail = `${tail}\n${line}`.slice(-2000);
      options.onLine(line);
    },
  });
  const deadline = Date.now() + 60_000;
  const ended = server.exited.then(() => true);
  while (Date.now() < deadline) {
    if (await answers(port)) return server;
    if (await Promise.race([ended, delay(50, false)])) break;
  }
  await server.stop();
  throw new Error(`livekit-server did not start.${tail}`);
}

function commandOf(source: LiveKitOptions['source'], configFile: string): Pick<WatchedCommand, 'file' | 'args'> {
  if (source.kind === 'program') return { file: source.file, args: ['--config', configFile] };
  const mount = `${configFile}:/livekit.json:ro`;
  return {
    file: 'docker',
    args: ['run', '--rm', '--network', 'host', '-v', mount, source.image, '--config', '/livekit.json'],
  };
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1000) }).then(
    (answer) => answer.ok,
    () => false,
  );
}

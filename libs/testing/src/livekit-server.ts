import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const VERSION = '1.13.3';
const READY_WITHIN_MS = 15_000;

/** A real livekit-server on free ports of the loopback interface. */
export interface TestLiveKitServer {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly pid: number;
  /** Ends the process the hard way and starts it again on the same ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Same order as the launcher: LIVEKIT_SERVER_BIN, PATH, our cache, what `go install` leaves behind. */
export function findLiveKitServer(): string | undefined {
  const { env } = process;
  const goFolder = env['GOBIN'] ?? join(env['GOPATH'] ?? join(homedir(), 'go'), 'bin');
  return [
    env['LIVEKIT_SERVER_BIN'],
    ...(env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'livekit-server')),
    join(homedir(), `.cache/ringdown/livekit-server-${VERSION}/livekit-server`),
    join(goFolder, 'livekit-server'),
    join(goFolder, 'server'),
  ].find((candidate) => candidate !== undefined && existsSync(candidate));
}

function listenOnFreePort(): Promise<{ port: number; close: () => void }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('no port was given'));
      resolve({ port: address.port, close: () => server.close() });
    });
  });
}

/** Ports that were free a moment ago; all are held until the last is found, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, listenOnFreePort));
  for (const { close } of held) close();
  return held.map(({ port }) => port);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

async function waitUntilReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`livekit-server ended at once:\n${log()}`);
    if (await answers(url)) return;
    await wait(50);
  }
  throw new Error(`livekit-server did not answer within ${READY_WITHIN_MS} ms:\n${log()}`);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

export async function startLiveKitServer(): Promise<TestLiveKitServer> {
  const binary = findLiveKitServer();
  if (!binary) throw new Error('livekit-server was not found: set LIVEKIT_SERVER_BIN or run `npm run doctor`');
  const [port, tcpPort, udpPort] = await freePorts(3);
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-livekit-'));
  const apiKey = 'testkey';
  const apiSecret = 'a-secret-for-tests-only-32-characters-long';
  const config = {
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
    logging: { level: 'warn' },
  };
  const file = join(folder, 'livekit.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config));

  let child: ChildProcess;
  const launch = async (): Promise<void> => {
    let log = '';
    child = spawn(binary, ['--config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer): void => void (log = (log + chunk.toString()).slice(-4000));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    await waitUntilReady(`http://127.0.0.1:${port}/`, child, () => log);
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended(child);
  };
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  await launch();
  return {
    url: `ws://127.0.0.1:${port}`,
    apiKey,
    apiSecret,
    get pid() {
      return child.pid ?? 0;
    },
    async restart() {
      await kill();
      await launch();
    },
    async stop() {
      process.off('exit', killAtExit);
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { startWatched } from './watched-process.ts';

export interface LocalRedis {
  readonly url: string;
  readonly exited: Promise<number>;
  stop(): Promise<void>;
}

/** Starts `redis-server` from PATH without persistence. */
export async function startLocalRedis(options: { port?: number } = {}): Promise<LocalRedis> {
  const port = options.port ?? (await freePort());
  const lines: string[] = [];
  let ready: (() => void) | undefined;
  const becameReady = new Promise<void>((resolve) => (ready = resolve));
  const server = startWatched({
    file: 'redis-server',
    // Redis looks at time-outs `hz` times a second; at the default 10 delayed jobs come 50 ms late.
    args: `--port ${port} --bind 127.0.0.1 --appendonly no --hz 100 --save`.split(' ').concat(''),
    stopSignal: 'TERM',
    onLine(line) {
      lines.push(line);
      if (line.includes('Ready to accept connections')) ready?.();
    },
  });
  const outcome = await Promise.race([
    becameReady.then(() => 'ready' as const),
    server.exited,
    delay(15_000, 'late' as const, { ref: false }),
  ]);
  if (outcome !== 'ready') {
    await server.stop();
    if (outcome === 127)
      throw new Error('redis-server was not found. Install it, on Debian: apt-get install redis-server');
    throw new Error(`redis-server did not start.\n${lines.slice(-10).join('\n')}`);
  }
  return { url: `redis://127.0.0.1:${port}`, exited: server.exited, stop: () => server.stop() };
}

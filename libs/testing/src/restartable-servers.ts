import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@ringdown/local-servers/free-port';
import { startLocalPostgres } from '@ringdown/local-servers/postgres';
import { startLocalRedis } from '@ringdown/local-servers/redis';

/** A real server of the caller's own that can be away for a while and come back at the same address. */
export interface RestartableServer {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it for good and removes its data. */
  remove(): Promise<void>;
}

/** PostgreSQL keeps its data over a stop. Its database is empty: no migrations. */
export async function restartablePostgres(): Promise<RestartableServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ringdown-restartable-'));
  const options = {
    dataDirectory: path.join(folder, 'data'),
    password: 'of-this-test',
    port: await freePort(),
    withoutFsync: true,
  };
  let running = await startLocalPostgres(options);
  return {
    url: running.connectionString('postgres'),
    stop: () => running.stop(),
    start: async () => void (running = await startLocalPostgres(options)),
    async remove() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Redis keeps nothing over a stop. */
export async function restartableRedis(): Promise<RestartableServer> {
  const port = await freePort();
  let running = await startLocalRedis({ port });
  return {
    url: running.url,
    stop: () => running.stop(),
    start: async () => void (running = await startLocalRedis({ port })),
    remove: () => running.stop(),
  };
}

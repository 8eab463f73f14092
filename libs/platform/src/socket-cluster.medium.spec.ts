import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startPostgres, type TestPostgres } from '@ringdown/testing/postgres';
import { Client } from 'pg';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openSocketCluster } from './socket-cluster.ts';

let postgres: TestPostgres;
let databaseUrl: string;
const errors: Error[] = [];
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  databaseUrl = await postgres.emptyDatabase();
});

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
  await postgres.stop();
});

/** One process of several: its own sockets, and the way to the others' through the database. */
const openProcess = async (): Promise<{ server: Server; port: number }> => {
  const cluster = await openSocketCluster({ databaseUrl, redisUrl: undefined }, (error) => errors.push(error));
  const http = createServer();
  const server = new Server(http, { adapter: cluster.adapter });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    await server.close();
    await cluster.close();
  });
  return { server, port: (http.address() as AddressInfo).port };
};

const cutAllConnections = async (): Promise<number> => {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rowCount } = await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await client.end();
  return rowCount ?? 0;
};

it(
  'sockets of other processes are reached again each time the database has been away',
  { timeout: 60_000 },
  async () => {
    const [here, there] = [await openProcess(), await openProcess()];
    const socket: Socket = io(`http://127.0.0.1:${there.port}`, { transports: ['websocket'] });
    closing.push(() => Promise.resolve(socket.close()));
    const heard = new Set<number>();
    socket.on('word', (word: number) => heard.add(word));
    const isHeard = (word: number) =>
      vi.waitFor(
        () => {
          here.server.emit('word', word);
          expect(heard).toContain(word);
        },
        { timeout: 10_000, interval: 100 },
      );
    await isHeard(0);
    // More often than the adapter's pool has connections: none may be left behind.
    for (let word = 1; word <= 4; word += 1) {
      expect(await cutAllConnections()).toBeGreaterThan(0);
      await isHeard(word);
    }
    expect(errors.length).toBeGreaterThan(0);
  },
);

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureDatabase, startLocalPostgres } from '@ringdown/local-servers/postgres';
import { deployMigrations } from '@ringdown/store/migrate-deploy';
import { Client } from 'pg';

// Tests and benchmarks run from the root of the workspace.
const migrations = path.resolve('prisma/migrations');

export interface TestPostgres {
  /** A fresh database with all migrations applied, as a copy of a template (about 50 ms). Returns its connection string. */
  freshDatabase(): Promise<string>;
  /** A fresh database without any table. */
  emptyDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** A real PostgreSQL of the caller's own, with its data in a temporary folder. `durable` for benchmarks: fsync as in production. */
export async function startPostgres({ durable = false }: { durable?: boolean } = {}): Promise<TestPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ringdown-postgres-'));
  const server = await startLocalPostgres({
    dataDirectory: path.join(folder, 'data'),
    password: randomBytes(16).toString('hex'),
    maxConnections: 300,
    withoutFsync: !durable,
  });
  let template: Promise<void> | undefined;
  let count = 0;
  const create = async (from: string) => {
    const name = `test_${++count}`;
    const client = new Client({ connectionString: server.connectionString('postgres') });
    await client.connect();
    try {
      await client.query(`create database ${name} template ${from}`);
    } finally {
      await client.end();
    }
    return server.connectionString(name);
  };
  // One copy at a time: PostgreSQL refuses a template that someone else is connected to.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    freshDatabase: () =>
      inTurn(async () => {
        template ??= (async () => {
          await ensureDatabase(server, 'migrated');
          await deployMigrations({ connectionString: server.connectionString('migrated'), directory: migrations });
        })();
        await template;
        return create('migrated');
      }),
    emptyDatabase: () => inTurn(() => create('template0')),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

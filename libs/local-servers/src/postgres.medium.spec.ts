import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureDatabase, startLocalPostgres } from './postgres.ts';

describe('local PostgreSQL', () => {
  let folder: string;
  let dataDirectory: string;

  beforeEach(async () => {
    // `mkdtemp` gives 0700: root's PostgreSQL account has to get past a folder that is closed to it.
    folder = await mkdtemp(path.join(tmpdir(), 'ringdown-local-postgres-'));
    dataDirectory = path.join(folder, 'postgres');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const start = () => startLocalPostgres({ dataDirectory, password: 'a b:c@d', withoutFsync: true });

  it('keeps its rows over a restart', async () => {
    const first = await start();
    await ensureDatabase(first, 'ringdown');
    await ensureDatabase(first, 'ringdown');
    await query(first.connectionString('ringdown'), 'create table kept as select 7 as number');
    await first.stop();

    const second = await start();
    expect(await query(second.connectionString('ringdown'), 'select number from kept')).toEqual([{ number: 7 }]);
    await second.stop();
  });

  it('starts beside the lock file of a server that was killed', async () => {
    const first = await start();
    const lock = await readFile(path.join(dataDirectory, 'postmaster.pid'), 'utf8');
    await first.stop();
    const gone = spawn('true');
    await once(gone, 'exit');
    await writeFile(path.join(dataDirectory, 'postmaster.pid'), lock.replace(/^\d+/, String(gone.pid)));

    const second = await start();
    expect(await query(second.connectionString('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.stop();
  });

  it('takes over the data of a server whose launcher is gone', async () => {
    const orphan = await start();
    const second = await start();
    await orphan.exited;
    expect(await query(second.connectionString('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.stop();
  });
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

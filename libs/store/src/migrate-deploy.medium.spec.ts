import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emptyDatabase } from '@ringdown/testing/fresh-database';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deployMigrations } from './migrate-deploy.ts';

describe('deploying migrations', () => {
  let directory: string;
  let connectionString: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'ringdown-migrations-'));
    connectionString = await emptyDatabase();
    await write(
      '1_first',
      `create table first (id int); create function one() returns int language plpgsql as $$ begin return 1; end; $$;`,
    );
    await write('2_second', 'create table second (id int);');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const deploy = () => deployMigrations({ connectionString, directory });

  async function write(name: string, sql: string): Promise<void> {
    await mkdir(path.join(directory, name), { recursive: true });
    await writeFile(path.join(directory, name, 'migration.sql'), sql);
  }

  async function tables(): Promise<string[]> {
    const client = new Client({ connectionString });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
      );
      return rows.map(({ name }) => name).filter((name) => name !== '_prisma_migrations');
    } finally {
      await client.end();
    }
  }

  it('applies what is missing, in order, once', async () => {
    expect(await deploy()).toEqual({ applied: ['1_first', '2_second'] });
    await write('3_third', 'create table third (id int);');
    expect(await deploy()).toEqual({ applied: ['3_third'] });
    expect(await tables()).toEqual(['first', 'second', 'third']);
  });

  it('lets three processes deploy at once', async () => {
    const results = await Promise.all([deploy(), deploy(), deploy()]);
    expect(results.map(({ applied }) => applied.length).sort((a, b) => a - b)).toEqual([0, 0, 2]);
  });

  it('refuses an edited migration before it applies anything', async () => {
    await deploy();
    await write('1_first', 'create table other (id int);');
    await write('3_third', 'create table third (id int);');
    await expect(deploy()).rejects.toMatchObject({ reason: 'edited', migration: '1_first' });
    expect(await tables()).toEqual(['first', 'second']);
  });

  it('refuses a database of a newer release', async () => {
    await deploy();
    await rm(path.join(directory, '2_second'), { recursive: true });
    await expect(deploy()).rejects.toMatchObject({ reason: 'unknown', migration: '2_second' });
  });

  it('refuses a database on which a migration never finished', async () => {
    await deploy();
    const client = new Client({ connectionString });
    await client.connect();
    await client.query(`update _prisma_migrations set finished_at = null where migration_name = '2_second'`);
    await client.end();
    await expect(deploy()).rejects.toMatchObject({ reason: 'unfinished', migration: '2_second' });
  });

  it('leaves nothing of a migration that fails half-way', async () => {
    await write('3_third', 'create table third (id int); select nonsense;');
    await expect(deploy()).rejects.toThrow('Migration 3_third failed');
    expect(await tables()).toEqual(['first', 'second']);
    await write('3_third', 'create table third (id int);');
    expect(await deploy()).toEqual({ applied: ['3_third'] });
  });
});

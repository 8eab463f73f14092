import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';

/** The same lock as Prisma's own engine takes: nobody else migrates while we do. */
const advisoryLock = 72707369;

/** The database and this release's migrations contradict each other; nothing was applied. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
  readonly reason: 'edited' | 'unfinished' | 'unknown';
  readonly migration: string;

  constructor(reason: MigrationRefused['reason'], migration: string) {
    super(`${explanations[reason]} (${migration})`);
    this.reason = reason;
    this.migration = migration;
  }
}

const explanations = {
  edited: 'A migration was changed after it had been applied to this database.',
  unfinished: 'A migration began on this database and never finished.',
  unknown: 'This database was migrated by a newer release than this one.',
};

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hex, as Prisma writes it. */
  readonly checksum: string;
}

/**
 * Applies the migrations that the database lacks, in order of their names, each in one transaction with its row in
 * Prisma's `_prisma_migrations`. `prisma migrate deploy` can't be used: it needs an engine binary that isn't in npm.
 * Several processes may call it at once.
 */
export async function deployMigrations(options: {
  readonly connectionString: string;
  /** `prisma/migrations`: one folder per migration with a `migration.sql`. */
  readonly directory: string;
}): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.directory);
  const client = new Client({ connectionString: options.connectionString });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLock]);
    await client.query(migrationsTable);
    const pending = await findPending(client, migrations);
    for (const migration of pending) await apply(client, migration);
    return { applied: pending.map(({ name }) => name) };
  } finally {
    // Ending the connection gives the lock back too.
    await client.end();
  }
}

const migrationsTable = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`;

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && existsSync(path.join(directory, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function findPending(client: Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
  );
  const applied = new Set<string>();
  for (const row of rows) {
    if (row.finished_at === null) throw new MigrationRefused('unfinished', row.migration_name);
    const known = migrations.find(({ name }) => name === row.migration_name);
    if (!known) throw new MigrationRefused('unknown', row.migration_name);
    if (known.checksum !== row.checksum) throw new MigrationRefused('edited', row.migration_name);
    applied.add(row.migration_name);
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`Migration ${name} failed and was rolled back.`, { cause: error });
  }
}

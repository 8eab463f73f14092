import { ensureDatabase, startLocalPostgres, type LocalPostgres } from '@ringdown/local-servers/postgres';
import { deployMigrations } from '@ringdown/store/migrate-deploy';
import type { WatchedProcess } from '@ringdown/local-servers/watched-process';
import path from 'node:path';
import type { Servers } from './apps.ts';
import type { DataFolder } from './data-folder.ts';
import { KeptServer } from './kept-server.ts';
import { findLiveKit, missingLiveKitMessage } from './livekit/find-livekit.ts';
import { startLiveKit } from './livekit/start-livekit.ts';
import { thisMachine } from './livekit/this-machine.ts';
import type { LogFile } from './log-file.ts';
import type { Ports } from './ports.ts';
import type { Secrets } from './secrets.ts';

export interface DataPlaneOptions {
  readonly workspace: string;
  readonly folder: DataFolder;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly log: LogFile;
  readonly inherited: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** Called with each server before it starts, so that it is ended even when another one fails. */
  readonly onStarting: (server: { stop(): Promise<void> }) => void;
}

/** PostgreSQL with its migrations, and livekit-server; or yours, where DATABASE_URL and LIVEKIT_URL name them. */
export async function startDataPlane(options: DataPlaneOptions): Promise<Servers> {
  const [databaseUrl, liveKit] = await Promise.all([openDatabase(options), openLiveKit(options)]);
  return { databaseUrl, redisUrl: options.inherited['REDIS_URL'], liveKit };
}

export function migrationsFolder(workspace: string): string {
  return path.join(workspace, 'prisma/migrations');
}

async function openDatabase(options: DataPlaneOptions): Promise<string> {
  const { workspace, inherited, say } = options;
  const databaseUrl = inherited['DATABASE_URL'] ?? (await startPostgres(options));
  const { applied } = await deployMigrations({
    connectionString: databaseUrl,
    directory: migrationsFolder(workspace),
  });
  say(applied.length === 0 ? 'database is up to date' : `database: ${applied.length} migrations applied`);
  return databaseUrl;
}

async function startPostgres({ folder, ports, secrets, log, say, onStarting }: DataPlaneOptions): Promise<string> {
  const startServer = (): Promise<LocalPostgres> =>
    startLocalPostgres({
      dataDirectory: folder.postgres,
      port: ports.postgres,
      password: secrets.postgresPassword,
      onLine: (line) => log.write('postgres', line),
    });
  const kept = new KeptServer('PostgreSQL', startServer, say);
  onStarting(kept);
  const postgres = await kept.start();
  await ensureDatabase(postgres, 'ringdown');
  say(`PostgreSQL is up on port ${ports.postgres}`);
  return postgres.connectionString('ringdown');
}

async function openLiveKit(options: DataPlaneOptions): Promise<Servers['liveKit']> {
  const { inherited, folder, ports, secrets, log, say, onStarting } = options;
  const external = inherited['LIVEKIT_URL'];
  if (external !== undefined) {
    const [key, secret] = [inherited['LIVEKIT_API_KEY'], inherited['LIVEKIT_API_SECRET']];
    if (!key || !secret) throw new Error('LIVEKIT_URL needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET beside it.');
    return { url: external, publicUrl: inherited['LIVEKIT_PUBLIC_URL'] ?? external, key, secret };
  }
  const source = await findLiveKit(thisMachine(inherited, say));
  if (source.kind === 'missing') throw new Error(missingLiveKitMessage(source.tried));
  const startServer = (): Promise<WatchedProcess> =>
    startLiveKit({
      source,
      configFile: folder.liveKitConfig,
      port: ports.liveKit,
      tcpPort: ports.liveKitTcp,
      udpPort: ports.liveKitUdp,
      apiKey: secrets.liveKitKey,
      apiSecret: secrets.liveKitSecret,
      onLine: (line) => log.write('livekit', line),
    });
  const kept = new KeptServer('livekit-server', startServer, say);
  onStarting(kept);
  await kept.start();
  say(`livekit-server is up on port ${ports.liveKit} (${source.kind === 'docker' ? 'docker' : source.from})`);
  const url = `ws://127.0.0.1:${ports.liveKit}`;
  const publicUrl = inherited['LIVEKIT_PUBLIC_URL'] ?? url;
  return { url, publicUrl, key: secrets.liveKitKey, secret: secrets.liveKitSecret };
}

import path from 'node:path';
import type { DataFolder } from './data-folder.ts';
import type { Ports } from './ports.ts';
import type { Secrets } from './secrets.ts';

/** What the apps connect to: ours, or what the person who runs us named in the environment. */
export interface Servers {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly liveKit: { readonly url: string; readonly publicUrl: string; readonly key: string; readonly secret: string };
}

export interface AppsOptions {
  readonly workspace: string;
  readonly port: number;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly folder: DataFolder;
  readonly servers: Servers;
  readonly inherited: NodeJS.ProcessEnv;
}

export interface App {
  readonly name: 'api' | 'worker' | 'gateway' | 'simulator';
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly readyUrl: string;
}

/** The programs that make up Ringdown on one machine, with what each gets to know. */
export function listApps({ workspace, port, ports, secrets, folder, servers, inherited }: AppsOptions): App[] {
  const dist = path.join(workspace, 'dist');
  const local = (each: number): string => `http://127.0.0.1:${each}`;
  const everywhere = { ...inherited, NODE_ENV: 'production', LOG_LEVEL: inherited['LOG_LEVEL'] ?? 'info' };
  const host = inherited['HOST'] ?? '127.0.0.1';
  const publicUrl = inherited['PUBLIC_URL'] ?? local(port);
  const gatewayToken = inherited['GATEWAY_TOKEN'] ?? secrets.gatewayToken;
  const simulator = {
    SIMULATOR_URL: local(ports.simulator),
    SIMULATOR_ACCOUNT_SID: secrets.simulatorAccountSid,
    SIMULATOR_AUTH_TOKEN: secrets.simulatorAuthToken,
  };
  const server = {
    ...everywhere,
    ...simulator,
    DATABASE_URL: servers.databaseUrl,
    ...(servers.redisUrl === undefined ? {} : { REDIS_URL: servers.redisUrl }),
    RINGDOWN_MASTER_KEY: inherited['RINGDOWN_MASTER_KEY'] ?? secrets.masterKey,
    GATEWAY_TOKEN: gatewayToken,
    SETUP_CODE: secrets.setupCode,
    LIVEKIT_URL: servers.liveKit.url,
    LIVEKIT_PUBLIC_URL: servers.liveKit.publicUrl,
    LIVEKIT_API_KEY: servers.liveKit.key,
    LIVEKIT_API_SECRET: servers.liveKit.secret,
    PORT: String(port),
    HOST: host,
    PUBLIC_URL: publicUrl,
    CONSOLE_DIR: path.join(dist, 'console'),
  };
  const app = (name: App['name'], own: NodeJS.ProcessEnv, healthPort: number): App => ({
    name,
    file: path.join(dist, name, 'main.mjs'),
    environment: { ...own, HEALTH_PORT: String(healthPort) },
    readyUrl: `${local(healthPort)}/health/ready`,
  });
  return [
    app('api', server, port),
    app('worker', server, ports.workerHealth),
    app(
      'gateway',
      {
        ...everywhere,
        RINGDOWN_API_URL: local(port),
        PUBLIC_URL: publicUrl,
        GATEWAY_TOKEN: gatewayToken,
        GATEWAY_PORT: String(ports.gateway),
        GATEWAY_PUBLIC_URL: inherited['GATEWAY_PUBLIC_URL'] ?? `ws://127.0.0.1:${ports.gateway}`,
        GATEWAY_DATA_DIR: folder.gateway,
        LIVEKIT_URL: servers.liveKit.url,
        PORT: String(ports.gateway),
      },
      ports.gateway,
    ),
    app(
      'simulator',
      {
        ...everywhere,
        ...simulator,
        SIMULATOR_PORT: String(ports.simulator),
        SIMULATOR_DATA_DIR: folder.simulator,
        PORT: String(ports.simulator),
      },
      ports.simulator,
    ),
  ];
}

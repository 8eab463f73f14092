import { z } from 'zod';

/** The only file of the servers that reads `process.env`: parsed once at boot, split by subject, loud when wrong. */
const optionalUrl = z.url().optional();
const Port = z.coerce.number().int().min(0).max(65535);

const Schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  RINGDOWN_MASTER_KEY: z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be 32 bytes in hex'),
  GATEWAY_TOKEN: z.string().min(32),
  SETUP_CODE: z.string().min(8).optional(),
  LIVEKIT_URL: z.url({ protocol: /^wss?$/ }),
  LIVEKIT_PUBLIC_URL: z.url({ protocol: /^wss?$/ }).optional(),
  LIVEKIT_API_KEY: z.string().min(1),
  LIVEKIT_API_SECRET: z.string().min(32),
  PORT: Port.default(3000),
  HEALTH_PORT: Port.default(0),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  CONSOLE_DIR: z.string().optional(),
  SIMULATOR_URL: optionalUrl,
  SIMULATOR_ACCOUNT_SID: z.string().optional(),
  SIMULATOR_AUTH_TOKEN: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export interface ServerEnvironment {
  database: { url: string };
  queue: { databaseUrl: string; redisUrl: string | undefined };
  http: { host: string; port: number; healthPort: number; publicOrigin: string; consoleDirectory: string | undefined };
  keys: { masterKeyHex: string };
  gateways: { token: string };
  setup: { code: string | undefined };
  media: { serverUrl: string; browserUrl: string; apiKey: string; apiSecret: string };
  simulator: { url: string; accountSid: string; authToken: string } | null;
  log: { level: string };
}

/** Thrown at boot; the message names each wrong variable and never its value. */
export class EnvironmentError extends Error {
  readonly reason = 'environment-wrong';
}

export const parseEnvironment = (variables: Record<string, string | undefined>): ServerEnvironment => {
  const filled = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = Schema.safeParse(filled);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new EnvironmentError(`The environment is not complete:\n${lines.join('\n')}`);
  }
  const e = parsed.data;
  return {
    database: { url: e.DATABASE_URL },
    queue: { databaseUrl: e.DATABASE_URL, redisUrl: e.REDIS_URL },
    http: {
      host: e.HOST,
      port: e.PORT,
      healthPort: e.HEALTH_PORT,
      publicOrigin: new URL(e.PUBLIC_URL ?? `http://${e.HOST}:${e.PORT}`).origin,
      consoleDirectory: e.CONSOLE_DIR,
    },
    keys: { masterKeyHex: e.RINGDOWN_MASTER_KEY },
    gateways: { token: e.GATEWAY_TOKEN },
    setup: { code: e.SETUP_CODE },
    media: {
      serverUrl: e.LIVEKIT_URL,
      browserUrl: e.LIVEKIT_PUBLIC_URL ?? e.LIVEKIT_URL,
      apiKey: e.LIVEKIT_API_KEY,
      apiSecret: e.LIVEKIT_API_SECRET,
    },
    simulator:
      e.SIMULATOR_URL && e.SIMULATOR_ACCOUNT_SID && e.SIMULATOR_AUTH_TOKEN
        ? { url: e.SIMULATOR_URL, accountSid: e.SIMULATOR_ACCOUNT_SID, authToken: e.SIMULATOR_AUTH_TOKEN }
        : null,
    log: { level: e.LOG_LEVEL },
  };
};

export const readEnvironment = (): ServerEnvironment => parseEnvironment(process.env);

/** DI token; each class gets the part it needs. */
export const ENVIRONMENT = Symbol('environment');

import { z } from 'zod';

const Environment = z.object({
  RINGDOWN_API_URL: z.url({ protocol: /^https?$/ }),
  /** What browsers call the server; device certificates are bound to it. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  GATEWAY_TOKEN: z.string().min(32),
  GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535),
  GATEWAY_PUBLIC_URL: z.url({ protocol: /^wss?$/ }),
  GATEWAY_DATA_DIR: z.string().min(1),
  GATEWAY_CAPACITY: z.coerce.number().int().min(1).max(10_000).default(100),
  HOST: z.string().default('127.0.0.1'),
  /** Where this gateway reaches the media server, when that isn't where browsers do. */
  LIVEKIT_URL: z.url({ protocol: /^wss?$/ }).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export interface GatewayEnvironment {
  readonly api: { readonly url: string; readonly origin: string; readonly token: string };
  readonly http: { readonly host: string; readonly port: number };
  readonly streamOrigin: string;
  readonly dataFolder: string;
  readonly capacity: number;
  readonly roomUrl: string | undefined;
  readonly logLevel: string;
}

/** Thrown at boot; names each wrong variable and never its value. */
export class EnvironmentError extends Error {
  readonly reason = 'environment-wrong';
}

export function parseGatewayEnvironment(variables: Record<string, string | undefined>): GatewayEnvironment {
  const filled = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(filled);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new EnvironmentError(`The environment is not complete:\n${lines.join('\n')}`);
  }
  const e = parsed.data;
  const stream = new URL(e.GATEWAY_PUBLIC_URL);
  return {
    api: {
      url: new URL(e.RINGDOWN_API_URL).origin,
      origin: new URL(e.PUBLIC_URL ?? e.RINGDOWN_API_URL).origin,
      token: e.GATEWAY_TOKEN,
    },
    http: { host: e.HOST, port: e.GATEWAY_PORT },
    streamOrigin: `${stream.protocol}//${stream.host}`,
    dataFolder: e.GATEWAY_DATA_DIR,
    capacity: e.GATEWAY_CAPACITY,
    roomUrl: e.LIVEKIT_URL,
    logLevel: e.LOG_LEVEL,
  };
}

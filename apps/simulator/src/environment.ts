import { z } from 'zod';
import type { SimulatorOptions } from './server.ts';

const Environment = z.object({
  SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().min(1).default('127.0.0.1'),
  SIMULATOR_ACCOUNT_SID: z.string().regex(/^AC[0-9a-f]{32}$/),
  SIMULATOR_AUTH_TOKEN: z.string().min(16),
  SIMULATOR_DATA_DIR: z.string().min(1),
  SIMULATOR_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
});

/** The simulator's settings; throws an error that names the variables that are wrong, never their values. */
export function readEnvironment(variables = process.env): Omit<SimulatorOptions, 'pageDirectory'> {
  const parsed = Environment.safeParse(variables);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new Error(`The environment is not complete:\n${lines.join('\n')}`);
  }
  const environment = parsed.data;
  return {
    port: environment.SIMULATOR_PORT,
    host: environment.HOST,
    accountSid: environment.SIMULATOR_ACCOUNT_SID,
    authToken: environment.SIMULATOR_AUTH_TOKEN,
    dataDirectory: environment.SIMULATOR_DATA_DIR,
    publicUrl:
      environment.SIMULATOR_PUBLIC_URL === undefined ? undefined : new URL(environment.SIMULATOR_PUBLIC_URL).origin,
  };
}

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readJson, writeJson } from './data-folder.ts';

const Secrets = z.object({
  masterKey: z.string().regex(/^[0-9a-f]{64}$/),
  gatewayToken: z.string().min(32),
  liveKitKey: z.string().min(8),
  liveKitSecret: z.string().min(32),
  postgresPassword: z.string().min(16),
  setupCode: z.string().min(8),
  simulatorAccountSid: z.string().regex(/^AC[0-9a-f]{32}$/),
  simulatorAuthToken: z.string().regex(/^[0-9a-f]{32}$/),
});
export type Secrets = z.infer<typeof Secrets>;

/** Made at the first start, kept for ever: without the master key the numbers in the database can't be read again. */
export async function openSecrets(file: string): Promise<Secrets> {
  const kept = await readJson(file);
  if (kept !== undefined) {
    const parsed = Secrets.safeParse(kept);
    if (!parsed.success)
      throw new Error(`${file} isn't what this release wrote. Put back the file of this data folder.`);
    return parsed.data;
  }
  const secrets: Secrets = {
    masterKey: hex(32),
    gatewayToken: hex(32),
    liveKitKey: `ringdown${hex(6)}`,
    liveKitSecret: hex(32),
    postgresPassword: hex(24),
    setupCode: hex(16),
    simulatorAccountSid: `AC${hex(16)}`,
    simulatorAuthToken: hex(16),
  };
  await writeJson(file, secrets);
  return secrets;
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

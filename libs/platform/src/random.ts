import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** Unguessable ids and secrets; injected where a test wants to know them. */
export class Random {
  uuid(): string {
    return randomUUID();
  }

  /** 256 bits, base64url. */
  secret(): string {
    return randomBytes(32).toString('base64url');
  }
}

/** Secrets are stored as hashes only. */
export const hashSecret = (secret: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(secret).digest());

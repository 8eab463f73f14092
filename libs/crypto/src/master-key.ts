import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64ToBytes, bytesToBase64, hexToBytes, randomBytes, utf8ToBytes } from './bytes.ts';

const KEY_BYTES = 32;
const SALT = utf8ToBytes('ringdown/master-key/1');

export class MasterKeyError extends Error {
  readonly reason = 'not-a-master-key';
  readonly retryable = false;
  constructor() {
    super('RINGDOWN_MASTER_KEY must be 32 bytes as base64 (44 characters) or hex (64 digits)');
  }
}

/** RINGDOWN_MASTER_KEY. Never used itself: each use gets a key of its own by HKDF-SHA256 (RFC 5869). */
export class MasterKey {
  readonly #bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Throws `MasterKeyError`, which doesn't repeat the text. */
  static parse(text: string): MasterKey {
    const trimmed = text.trim();
    if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return new MasterKey(hexToBytes(trimmed));
    if (!/^[A-Za-z0-9+/]{43}=$/.test(trimmed)) throw new MasterKeyError();
    return new MasterKey(base64ToBytes(trimmed));
  }

  /** A new one, as text for the environment. */
  static generateText(): string {
    return bytesToBase64(randomBytes(KEY_BYTES));
  }

  /** 32 bytes for one purpose and, within it, one subject (a hotline, an account). */
  derive(purpose: string, subject: string): Uint8Array {
    return hkdf(sha256, this.#bytes, SALT, utf8ToBytes(JSON.stringify([purpose, subject])), KEY_BYTES);
  }

  toJSON(): string {
    return '[master key]';
  }
}

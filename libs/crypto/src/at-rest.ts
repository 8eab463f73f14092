import { gcm } from '@noble/ciphers/aes.js';
import { concatBytes, equalBytes, randomBytes, utf8ToBytes } from './bytes.ts';
import type { MasterKey } from './master-key.ts';
import { SealRefusal } from './sealed.ts';

/** 01 | key id 4 | nonce 12 | AES-256-GCM. The key id tells another master key from damage. */
const FORMAT = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;
const TAG_BYTES = 16;

/** What the bytes are for: part of the key (purpose) and of the authenticated data (both). */
export interface AtRestContext {
  readonly purpose: string;
  readonly subject: string;
}

/** Small things the server itself must read again. Random nonces: good for 2^32 items per purpose. */
export function sealAtRest(masterKey: MasterKey, plaintext: Uint8Array, context: AtRestContext): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const header = concatBytes(Uint8Array.of(FORMAT), keyIdOf(masterKey), nonce);
  return concatBytes(header, cipherFor(masterKey, nonce, header, context).encrypt(plaintext));
}

/** Throws `SealRefusal`. */
export function openAtRest(masterKey: MasterKey, sealed: Uint8Array, context: AtRestContext): Uint8Array {
  if (sealed.length < HEADER_BYTES + TAG_BYTES) throw new SealRefusal('malformed');
  if (sealed[0] !== FORMAT) throw new SealRefusal('unknown-version');
  const header = sealed.slice(0, HEADER_BYTES);
  if (!equalBytes(header.subarray(1, 1 + KEY_ID_BYTES), keyIdOf(masterKey))) throw new SealRefusal('other-key');
  const nonce = header.subarray(1 + KEY_ID_BYTES);
  try {
    return cipherFor(masterKey, nonce, header, context).decrypt(sealed.slice(HEADER_BYTES));
  } catch (cause) {
    throw new SealRefusal('damaged', { cause });
  }
}

function cipherFor(masterKey: MasterKey, nonce: Uint8Array, header: Uint8Array, { purpose, subject }: AtRestContext) {
  const aad = concatBytes(header, utf8ToBytes(JSON.stringify([purpose, subject])));
  return gcm(masterKey.derive(`at-rest/${purpose}`, ''), nonce, aad);
}

const keyIdOf = (masterKey: MasterKey): Uint8Array => masterKey.derive('key-id', '').slice(0, KEY_ID_BYTES);

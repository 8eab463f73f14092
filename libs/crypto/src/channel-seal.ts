import { concatBytes, utf8ToBytes } from './bytes.ts';
import { SealRefusal } from './sealed.ts';
import type { VaultKeyPair } from './vault.ts';

/** 02 | u32 vault version | nonce 12 | AES-256-GCM. What is sealed to the vault's public half begins with 01. */
export const CHANNEL_FORMAT = 2;
const HEADER_BYTES = 5;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A word and a sentence look the same from outside. */
const PADDING_STEP = 256;
const LENGTH_BYTES = 4;

/** `CryptoKey` under the name that Node's and the browser's types share. */
type ChannelKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/**
 * A key that whoever has the vault's private half can derive (HKDF-SHA256) and the server can't: it can neither read what is
 * sealed under it nor make something up.
 */
export async function channelKey(vault: VaultKeyPair, salt: string, info: Uint8Array): Promise<ChannelKey> {
  const secret = await crypto.subtle.importKey('raw', own(vault.privateKey), 'HKDF', false, ['deriveKey']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: own(utf8ToBytes(salt)), info: own(info) };
  return crypto.subtle.deriveKey(derivation, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** `context`: where the item belongs; it opens nowhere else. */
export async function sealUnder(
  key: ChannelKey,
  vaultVersion: number,
  plaintext: Uint8Array,
  context: Uint8Array,
): Promise<Uint8Array> {
  const header = new Uint8Array(HEADER_BYTES);
  header[0] = CHANNEL_FORMAT;
  new DataView(header.buffer).setUint32(1, vaultVersion);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: own(concatBytes(header, context)) };
  return concatBytes(header, nonce, new Uint8Array(await crypto.subtle.encrypt(algorithm, key, own(plaintext))));
}

/** Throws `SealRefusal`. */
export async function openUnder(
  key: ChannelKey,
  vaultVersion: number,
  sealed: Uint8Array,
  context: Uint8Array,
): Promise<Uint8Array> {
  if (sealed.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES) throw new SealRefusal('malformed');
  if (sealed[0] !== CHANNEL_FORMAT) throw new SealRefusal('unknown-version');
  const header = sealed.slice(0, HEADER_BYTES);
  if (new DataView(header.buffer).getUint32(1) !== vaultVersion) throw new SealRefusal('other-key');
  const iv = own(sealed.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES));
  const algorithm = { name: 'AES-GCM', iv, additionalData: own(concatBytes(header, context)) };
  try {
    const ciphertext = own(sealed.subarray(HEADER_BYTES + NONCE_BYTES));
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, ciphertext));
  } catch (cause) {
    throw new SealRefusal('damaged', { cause });
  }
}

export function pad(change: Uint8Array): Uint8Array {
  const whole = LENGTH_BYTES + change.length;
  const padded = new Uint8Array(Math.ceil(whole / PADDING_STEP) * PADDING_STEP);
  new DataView(padded.buffer).setUint32(0, change.length);
  padded.set(change, LENGTH_BYTES);
  return padded;
}

/** Throws `SealRefusal`. */
export function unpad(padded: Uint8Array): Uint8Array {
  if (padded.length < LENGTH_BYTES) throw new SealRefusal('malformed');
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (LENGTH_BYTES + length > padded.length) throw new SealRefusal('malformed');
  return padded.slice(LENGTH_BYTES, LENGTH_BYTES + length);
}

/** WebCrypto's types want bytes over an ArrayBuffer of their own. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

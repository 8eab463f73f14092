import { PublicKeyHex } from '@ringdown/protocol/ids';
import { decode, npubEncode, nsecEncode } from 'nostr-tools/nip19';
import { decrypt, encrypt } from 'nostr-tools/nip49';
import { generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { Refusal } from './refusal.ts';

export class LocalKeyRefusal extends Refusal<'not-an-nsec' | 'not-an-npub' | 'not-a-sealed-key' | 'wrong-passphrase'> {
  constructor(reason: LocalKeyRefusal['reason'], options?: ErrorOptions) {
    super('Key', reason, options);
  }
}

/** NIP-49's scrypt exponent: 2^16 costs 64 MiB and about 250 ms. */
const LOG_N = 16;
/** 1 GiB and 4 s; a text that asks for more would freeze the browser that opens it. */
const MAX_LOG_N = 20;
/** NIP-49 key security byte: the client can't say whether the key was ever handled in clear. */
const HANDLING_UNKNOWN = 0x02;

/** 32 random bytes that are a valid secp256k1 secret. */
export const generateKey = (): Uint8Array => generateSecretKey();

export const publicKeyOf = (secretKey: Uint8Array): PublicKeyHex => PublicKeyHex.parse(getPublicKey(secretKey));

/**
 * NIP-49 `ncryptsec1…`. The passphrase is normalised (NFKC) by the format, so another keyboard's accents open it too.
 * `logN` other than the default is for tests.
 */
export function sealLocalKey(secretKey: Uint8Array, passphrase: string, logN: number = LOG_N): string {
  return encrypt(secretKey, passphrase, logN, HANDLING_UNKNOWN);
}

/** The second byte: bits 8 to 15 of the bech32 data, five bits a character (BIP-173). */
function logNOf(sealed: string): number {
  const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
  const start = 'ncryptsec1'.length;
  let bits = 0;
  for (let at = start; at < start + 4; at++) bits = bits * 32 + alphabet.indexOf(sealed.charAt(at));
  return (bits >> 4) & 0xff;
}

/** Throws `LocalKeyRefusal`. Takes as long as the key's own scrypt exponent asks; above 2^20 it is refused. */
export function openLocalKey(sealed: string, passphrase: string): Uint8Array {
  if (!/^ncryptsec1[02-9ac-hj-np-z]{100,400}$/.test(sealed)) throw new LocalKeyRefusal('not-a-sealed-key');
  if (logNOf(sealed) > MAX_LOG_N) throw new LocalKeyRefusal('not-a-sealed-key');
  try {
    return decrypt(sealed, passphrase);
  } catch (cause) {
    // noble's cipher says "invalid tag"; everything else is a damaged text (checksum, version, length).
    const wrong = cause instanceof Error && /tag/i.test(cause.message);
    throw new LocalKeyRefusal(wrong ? 'wrong-passphrase' : 'not-a-sealed-key', { cause });
  }
}

export const toNpub = (publicKey: PublicKeyHex): string => npubEncode(publicKey);
export const toNsec = (secretKey: Uint8Array): string => nsecEncode(secretKey);

/** NIP-19. Throws `LocalKeyRefusal`. */
export function parseNsec(text: string): Uint8Array {
  try {
    const decoded = decode(text.trim());
    if (decoded.type === 'nsec') return decoded.data;
  } catch (cause) {
    throw new LocalKeyRefusal('not-an-nsec', { cause });
  }
  throw new LocalKeyRefusal('not-an-nsec');
}

/** An `npub1…` or 64 hex digits, as people paste them. Throws `LocalKeyRefusal`. */
export function parsePublicKey(text: string): PublicKeyHex {
  const hex = PublicKeyHex.safeParse(text.trim().toLowerCase());
  if (hex.success) return hex.data;
  try {
    const decoded = decode(text.trim());
    if (decoded.type === 'npub') return PublicKeyHex.parse(decoded.data);
  } catch (cause) {
    throw new LocalKeyRefusal('not-an-npub', { cause });
  }
  throw new LocalKeyRefusal('not-an-npub');
}

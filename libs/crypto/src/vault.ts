import { HotlineId, PublicKeyHex } from '@ringdown/protocol/ids';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { z } from 'zod';
import { base64ToBytes, bytesToBase64, concatBytes, equalBytes, utf8ToBytes } from './bytes.ts';
import { SealRefusal } from './sealed.ts';
import type { Signer } from './signer.ts';

/**
 * Every hotline has a vault: an X25519 key pair whose public half the server has and whose private half only members'
 * browsers have. What is sealed to it the server can keep, move and delete, but not read again.
 */
export interface VaultPublicKey {
  /** Counts up from 1 when the pair is changed. */
  readonly version: number;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface VaultKeyPair extends VaultPublicKey {
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
}

/** Where sealed bytes belong. They open nowhere else: the database can't swap one caller's note for another's. */
export interface SealContext {
  readonly hotlineId: HotlineId;
  readonly purpose: 'voicemail' | 'note' | 'note-change' | 'follow-up' | 'call-back' | 'name' | 'message';
  /** Id of the row. */
  readonly itemId: string;
}

/** Sealed content and, apart from it, the sealed key to it. Without the key (86 bytes) every copy of the content is noise. */
export interface SealedItem {
  readonly key: Uint8Array;
  readonly content: Uint8Array;
}

/** key: 01 | suite 01 | u32 vault version | enc 32 | AES-256-GCM(content key) 48. content: 01 | nonce 12 | AES-256-GCM. */
const FORMAT = 1;
const SUITE_X25519_SHA256_AES256GCM = 1;
const HEADER_BYTES = 6;
const ENC_BYTES = 32;
const CONTENT_KEY_BYTES = 32;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
export const SEALED_KEY_BYTES = HEADER_BYTES + ENC_BYTES + CONTENT_KEY_BYTES + TAG_BYTES;
const INFO = utf8ToBytes('ringdown/vault/1');

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

export async function generateVault(version: number): Promise<VaultKeyPair> {
  const pair = await suite.kem.generateKeyPair();
  return {
    version,
    publicKey: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)),
    privateKey: new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey)),
  };
}

/** HPKE base mode (RFC 9180) for a content key made for this item, AES-256-GCM for the item. */
export async function sealToVault(
  vault: VaultPublicKey,
  plaintext: Uint8Array,
  context: SealContext,
): Promise<SealedItem> {
  const header = sealedKeyHeader(vault.version);
  const contentKey = crypto.getRandomValues(new Uint8Array(CONTENT_KEY_BYTES));
  const recipientPublicKey = await importVaultPublicKey(vault.publicKey);
  const aad = concatBytes(header, contextBytes(context));
  const wrapped = await suite.seal({ recipientPublicKey, info: buffer(INFO) }, buffer(contentKey), buffer(aad));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: own(contextBytes(context)) },
    await importContentKey(contentKey, 'encrypt'),
    own(plaintext),
  );
  contentKey.fill(0);
  return {
    key: concatBytes(header, new Uint8Array(wrapped.enc), new Uint8Array(wrapped.ct)),
    content: concatBytes(Uint8Array.of(FORMAT), nonce, new Uint8Array(ciphertext)),
  };
}

/** Throws `SealRefusal`; `other-key`: sealed to another version of the vault, see `vaultVersionOf`. */
export async function openFromVault(
  vault: VaultKeyPair,
  sealed: SealedItem,
  context: SealContext,
): Promise<Uint8Array> {
  if (vaultVersionOf(sealed) !== vault.version) throw new SealRefusal('other-key');
  if (sealed.content.length < 1 + NONCE_BYTES + TAG_BYTES) throw new SealRefusal('malformed');
  if (sealed.content[0] !== FORMAT) throw new SealRefusal('unknown-version');
  try {
    const contentKey = await openContentKey(vault, sealed.key, context);
    const plaintext = await crypto.subtle.decrypt(
      {
        name: 'AES-GCM',
        iv: own(sealed.content.subarray(1, 1 + NONCE_BYTES)),
        additionalData: own(contextBytes(context)),
      },
      await importContentKey(contentKey, 'decrypt'),
      own(sealed.content.subarray(1 + NONCE_BYTES)),
    );
    return new Uint8Array(plaintext);
  } catch (cause) {
    throw new SealRefusal('damaged', { cause });
  }
}

/** Which version of the vault opens it. Throws `SealRefusal`. */
export function vaultVersionOf({ key }: Pick<SealedItem, 'key'>): number {
  if (key.length !== SEALED_KEY_BYTES) throw new SealRefusal('malformed');
  if (key[0] !== FORMAT || key[1] !== SUITE_X25519_SHA256_AES256GCM) throw new SealRefusal('unknown-version');
  return new DataView(key.buffer, key.byteOffset).getUint32(2);
}

/** One string of bytes for the wire: key, then content. Store them apart, so that the key can be shredded. */
export const toSealedBytes = (item: SealedItem): Uint8Array => concatBytes(item.key, item.content);

/** Throws `SealRefusal`. Checks the headers only. */
export function parseSealedBytes(bytes: Uint8Array): SealedItem {
  const item = { key: bytes.slice(0, SEALED_KEY_BYTES), content: bytes.slice(SEALED_KEY_BYTES) };
  vaultVersionOf(item);
  if (item.content.length < 1 + NONCE_BYTES + TAG_BYTES) throw new SealRefusal('malformed');
  if (item.content[0] !== FORMAT) throw new SealRefusal('unknown-version');
  return item;
}

async function openContentKey(vault: VaultKeyPair, key: Uint8Array, context: SealContext): Promise<Uint8Array> {
  const recipientKey = await suite.kem.deserializePrivateKey(buffer(vault.privateKey));
  const enc = buffer(key.subarray(HEADER_BYTES, HEADER_BYTES + ENC_BYTES));
  const aad = concatBytes(sealedKeyHeader(vault.version), contextBytes(context));
  const wrapped = key.subarray(HEADER_BYTES + ENC_BYTES);
  return new Uint8Array(await suite.open({ recipientKey, enc, info: buffer(INFO) }, buffer(wrapped), buffer(aad)));
}

function sealedKeyHeader(vaultVersion: number): Uint8Array {
  const header = Uint8Array.of(FORMAT, SUITE_X25519_SHA256_AES256GCM, 0, 0, 0, 0);
  new DataView(header.buffer).setUint32(2, vaultVersion);
  return header;
}

/** JSON of an array is unambiguous; field order is ours. */
const contextBytes = ({ hotlineId, purpose, itemId }: SealContext): Uint8Array =>
  utf8ToBytes(JSON.stringify(['ringdown/sealed/1', hotlineId, purpose, itemId]));

async function importVaultPublicKey(publicKey: Uint8Array) {
  try {
    return await suite.kem.deserializePublicKey(buffer(publicKey));
  } catch (cause) {
    throw new SealRefusal('other-key', { cause });
  }
}

const importContentKey = (key: Uint8Array, usage: 'encrypt' | 'decrypt') =>
  crypto.subtle.importKey('raw', own(key), 'AES-GCM', false, [usage]);

/** WebCrypto's types want bytes over an ArrayBuffer of their own; so does HPKE, without the view. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
const buffer = (bytes: Uint8Array): ArrayBuffer => own(bytes).buffer;

const WrappedVault = z.strictObject({
  format: z.literal('ringdown-vault-key/1'),
  hotlineId: HotlineId,
  version: z.number().int().min(1),
  publicKey: z.string(),
  privateKey: z.string(),
});

/** NIP-44 text for one member's Nostr key, to be carried in a gift wrap or kept by the server for that member. */
export async function wrapVaultKey(
  signer: Signer,
  recipient: PublicKeyHex,
  hotlineId: HotlineId,
  vault: VaultKeyPair,
): Promise<string> {
  const wrapped: z.infer<typeof WrappedVault> = {
    format: 'ringdown-vault-key/1',
    hotlineId,
    version: vault.version,
    publicKey: bytesToBase64(vault.publicKey),
    privateKey: bytesToBase64(vault.privateKey),
  };
  return signer.nip44Encrypt(recipient, JSON.stringify(wrapped));
}

/**
 * Throws `SealRefusal`, or the signer's own error. `sender` must be someone who may hand out vault keys (the roster says
 * who is owner or admin); the private key is checked against `expected`, so that nobody can slip in a pair of their own.
 */
export async function unwrapVaultKey(
  signer: Signer,
  sender: PublicKeyHex,
  text: string,
  expected: { hotlineId: HotlineId; vault: VaultPublicKey },
): Promise<VaultKeyPair> {
  const wrapped = parseWrapped(await signer.nip44Decrypt(sender, text));
  const { hotlineId, vault } = expected;
  if (wrapped.hotlineId !== hotlineId || wrapped.version !== vault.version) throw new SealRefusal('other-key');
  const pair = {
    version: wrapped.version,
    publicKey: decodeKey(wrapped.publicKey),
    privateKey: decodeKey(wrapped.privateKey),
  };
  if (!equalBytes(pair.publicKey, vault.publicKey)) throw new SealRefusal('other-key');
  const probe: SealContext = { hotlineId, purpose: 'name', itemId: 'probe' };
  await openFromVault(pair, await sealToVault(pair, new Uint8Array(1), probe), probe);
  return pair;
}

function parseWrapped(json: string): z.infer<typeof WrappedVault> {
  try {
    return WrappedVault.parse(JSON.parse(json));
  } catch {
    // The parser's own message would quote the text, and the text holds the key.
    throw new SealRefusal('malformed');
  }
}

function decodeKey(text: string): Uint8Array {
  try {
    const bytes = base64ToBytes(text);
    if (bytes.length === 32) return bytes;
  } catch {
    // Said below, without the text.
  }
  throw new SealRefusal('malformed');
}

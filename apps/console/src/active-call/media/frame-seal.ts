/**
 * LiveKit's frame encryption for audio (client-sdk-js src/e2ee/worker/FrameCryptor.ts), done by ourselves so that it fails
 * closed: the SDK's worker sends and plays frames in clear when the media server says that a participant doesn't encrypt.
 * Frame: `1 clear byte | AES-128-GCM ciphertext and tag | IV 12 | 0x0C | key index`, the clear byte authenticated.
 */
const CLEAR_BYTES = 1;
const TAG_BYTES = 16;
const IV_BYTES = 12;
const TRAILER_BYTES = IV_BYTES + 2;
const KEY_INDEXES = 16;
const SALT = new TextEncoder().encode('LKFrameEncryptionKey');
/** What every LiveKit SDK passes as HKDF's info. */
const INFO = new Uint8Array(128);

export type OpenRefusal = 'malformed' | 'no-key' | 'forged';

/** `mediaKey`: 32 bytes. The result can't be exported again. */
export async function deriveFrameKey(mediaKey: Uint8Array): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', new Uint8Array(mediaKey), 'HKDF', false, ['deriveKey']);
  const kdf = { name: 'HKDF', hash: 'SHA-256', salt: SALT, info: INFO };
  return crypto.subtle.deriveKey(kdf, material, { name: 'AES-GCM', length: 128 }, false, ['encrypt', 'decrypt']);
}

/** The keys of one call, by index. Without one in use, nothing is sealed, and nothing unsealed gets past. */
export class FrameSeal {
  readonly #keys = new Map<number, CryptoKey>();
  #sending: { readonly keyIndex: number; readonly key: CryptoKey } | null = null;
  // Any start will do; a random one keeps the IVs of a reloaded page apart from those before.
  #count = Math.floor(Math.random() * 0xffff);

  get sendingIndex(): number | null {
    return this.#sending?.keyIndex ?? null;
  }

  setKey(keyIndex: number, key: CryptoKey): void {
    if (!Number.isInteger(keyIndex) || keyIndex < 0 || keyIndex >= KEY_INDEXES)
      throw new RangeError('no such key index');
    this.#keys.set(keyIndex, key);
    if (this.#sending?.keyIndex === keyIndex) this.#sending = { keyIndex, key };
  }

  /** An index without a key stops sending. */
  useKey(keyIndex: number): void {
    const key = this.#keys.get(keyIndex);
    this.#sending = key ? { keyIndex, key } : null;
  }

  dropKey(keyIndex: number): void {
    this.#keys.delete(keyIndex);
    if (this.#sending?.keyIndex === keyIndex) this.#sending = null;
  }

  /** Null: there is no key, and the frame must not be sent. */
  async seal(frame: ArrayBuffer, ssrc: number, timestamp: number): Promise<ArrayBuffer | null> {
    const sending = this.#sending;
    if (!sending || frame.byteLength < CLEAR_BYTES) return null;
    const iv = this.#nextIv(ssrc, timestamp);
    const clear = new Uint8Array(frame, 0, CLEAR_BYTES);
    const ciphertext = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: clear },
      sending.key,
      new Uint8Array(frame, CLEAR_BYTES),
    );
    // The key may have been dropped in the meantime: what it sealed is not sent either.
    if (this.#keys.get(sending.keyIndex) !== sending.key) return null;
    const sealed = new Uint8Array(CLEAR_BYTES + ciphertext.byteLength + TRAILER_BYTES);
    sealed.set(clear);
    sealed.set(new Uint8Array(ciphertext), CLEAR_BYTES);
    sealed.set(iv, CLEAR_BYTES + ciphertext.byteLength);
    sealed.set([IV_BYTES, sending.keyIndex], sealed.length - 2);
    return sealed.buffer;
  }

  async open(sealed: ArrayBuffer): Promise<{ frame: ArrayBuffer; keyIndex: number } | OpenRefusal> {
    const bytes = new Uint8Array(sealed);
    const end = bytes.length - TRAILER_BYTES;
    if (end < CLEAR_BYTES + TAG_BYTES || bytes[bytes.length - 2] !== IV_BYTES) return 'malformed';
    const keyIndex = bytes[bytes.length - 1] ?? KEY_INDEXES;
    const key = this.#keys.get(keyIndex);
    if (!key) return keyIndex < KEY_INDEXES ? 'no-key' : 'malformed';
    const clear = bytes.subarray(0, CLEAR_BYTES);
    const algorithm = { name: 'AES-GCM', iv: bytes.subarray(end, end + IV_BYTES), additionalData: clear };
    try {
      const plain = await crypto.subtle.decrypt(algorithm, key, bytes.subarray(CLEAR_BYTES, end));
      const frame = new Uint8Array(CLEAR_BYTES + plain.byteLength);
      frame.set(clear);
      frame.set(new Uint8Array(plain), CLEAR_BYTES);
      return { frame: frame.buffer, keyIndex };
    } catch {
      // WebCrypto says nothing but that it didn't open.
      return 'forged';
    }
  }

  /** u32be SSRC | u32be RTP timestamp | u32be (timestamp − count): never twice under one key while timestamps move on. */
  #nextIv(ssrc: number, timestamp: number): Uint8Array<ArrayBuffer> {
    const iv = new Uint8Array(IV_BYTES);
    const view = new DataView(iv.buffer);
    view.setUint32(0, ssrc);
    view.setUint32(4, timestamp);
    view.setUint32(8, timestamp - (this.#count % 0xffff));
    this.#count += 1;
    return iv;
  }
}

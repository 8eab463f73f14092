import { createCipheriv, createDecipheriv, hkdfSync, randomInt } from 'node:crypto';
import { KEYRING_SIZE } from './room-leg.ts';

/**
 * LiveKit's frame encryption for audio: `1 clear byte | AES-128-GCM ciphertext | tag 16 | IV 12 | 12 | key index`, the clear
 * byte being the additional data (client-sdk-js src/e2ee/worker/FrameCryptor.ts; webrtc api/crypto/frame_crypto_transformer.cc).
 */
const CLEAR = 1;
const TAG = 16;
const IV = 12;
const TRAILER = TAG + IV + 2;

/** Bytes that sealing adds to an audio frame. */
export const SEAL_OVERHEAD = TRAILER;

const SALT = Buffer.from('LKFrameEncryptionKey');
// LiveKit passes 128 zero bytes as HKDF's info in all its SDKs.
const INFO = Buffer.alloc(128);

export function deriveFrameKey(mediaKey: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', mediaKey, SALT, INFO, 16));
}

export type OpenRefusal = 'malformed' | 'no-key' | 'forged';

export class FrameCryptor {
  private readonly keys: (Buffer | undefined)[] = [];
  private sending: { readonly index: number; readonly key: Buffer } | undefined;
  // Any start is right; a random one keeps a restarted gateway's IVs apart from those before it.
  private sealed = randomInt(0xffff);

  setKey(index: number, mediaKey: Uint8Array): void {
    if (!Number.isInteger(index) || index < 0 || index >= KEYRING_SIZE) throw new RangeError('key index out of range');
    if (mediaKey.length !== 32) throw new RangeError('a media key has 32 bytes');
    this.keys[index] = deriveFrameKey(mediaKey);
    // The same index with a new key: go on with the new one, never with the one that was replaced.
    if (this.sending?.index === index) this.useKey(index);
  }

  /** @throws RangeError if no key was set at this index. */
  useKey(index: number): void {
    const key = this.keys[index];
    if (!key) throw new RangeError('no key at this index');
    this.sending = { index, key };
  }

  dropKey(index: number): void {
    this.keys[index]?.fill(0);
    this.keys[index] = undefined;
    if (this.sending?.index === index) this.sending = undefined;
  }

  get sendingIndex(): number | null {
    return this.sending?.index ?? null;
  }

  /**
   * Seals `frame` into `target` at `offset`.
   * @returns bytes written (`frame.length + SEAL_OVERHEAD`), or 0 when there is no key: then nothing may be sent
   */
  seal(frame: Uint8Array, ssrc: number, timestamp: number, target: Buffer, offset: number): number {
    if (!this.sending || frame.length < CLEAR) return 0;
    const ivAt = offset + frame.length + TAG;
    target.writeUInt32BE(ssrc, ivAt);
    target.writeUInt32BE(timestamp, ivAt + 4);
    target.writeUInt32BE((timestamp - (this.sealed++ % 0xffff)) >>> 0, ivAt + 8);
    const cipher = createCipheriv('aes-128-gcm', this.sending.key, target.subarray(ivAt, ivAt + IV));
    cipher.setAAD(frame.subarray(0, CLEAR));
    target[offset] = frame[0]!;
    target.set(cipher.update(frame.subarray(CLEAR)), offset + CLEAR);
    cipher.final();
    target.set(cipher.getAuthTag(), offset + frame.length);
    target[ivAt + IV] = IV;
    target[ivAt + IV + 1] = this.sending.index;
    return frame.length + TRAILER;
  }

  /** @returns the clear frame, or why there is none. */
  open(sealed: Uint8Array): Buffer | OpenRefusal {
    const end = sealed.length;
    if (end < CLEAR + TRAILER || sealed[end - 2] !== IV) return 'malformed';
    const index = sealed[end - 1]!;
    if (index >= KEYRING_SIZE) return 'malformed';
    const key = this.keys[index];
    if (!key) return 'no-key';
    const bodyEnd = end - TRAILER;
    const decipher = createDecipheriv('aes-128-gcm', key, sealed.subarray(end - 2 - IV, end - 2));
    decipher.setAAD(sealed.subarray(0, CLEAR));
    decipher.setAuthTag(sealed.subarray(bodyEnd, bodyEnd + TAG));
    const frame = Buffer.allocUnsafe(bodyEnd);
    frame[0] = sealed[0]!;
    frame.set(decipher.update(sealed.subarray(CLEAR, bodyEnd)), CLEAR);
    try {
      decipher.final();
    } catch {
      // The only error `final` has for GCM is a tag that does not fit; the outcome says so.
      return 'forged';
    }
    return frame;
  }
}

import { createDecipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { deriveFrameKey, FrameCryptor, SEAL_OVERHEAD } from './frame-cryptor.ts';

const rawKey = Uint8Array.from({ length: 32 }, (_, i) => i);
const otherKey = new Uint8Array(32).fill(9);
const frame = Uint8Array.from({ length: 160 }, (_, i) => i * 3);

function seal(cryptor: FrameCryptor, timestamp = 4000, ssrc = 0xdead_beef): Buffer {
  const target = Buffer.alloc(12 + frame.length + SEAL_OVERHEAD);
  const written = cryptor.seal(frame, ssrc, timestamp, target, 12);
  return target.subarray(12, 12 + written);
}

function withKey(index = 3): FrameCryptor {
  const cryptor = new FrameCryptor();
  cryptor.setKey(index, rawKey);
  cryptor.useKey(index);
  return cryptor;
}

describe('the frame cryptor', () => {
  test('derives the key that browsers and the native SDK derive', () => {
    // Golden value made by livekit-client and webrtc-sdk from the key 00 01 … 1f.
    expect(deriveFrameKey(rawKey).toString('hex')).toBe('6d0dd7b3d6f4efde47ab9a9e15abde76');
  });

  test('lays a frame out as LiveKit does: clear byte, ciphertext, tag, IV, IV length, key index', () => {
    const sealed = seal(withKey());
    expect(sealed.length).toBe(frame.length + 30);
    expect(sealed[0]).toBe(frame[0]);
    expect([...sealed.subarray(-2)]).toEqual([12, 3]);
    const iv = sealed.subarray(-14, -2);
    expect(iv.readUInt32BE(0)).toBe(0xdead_beef);
    expect(iv.readUInt32BE(4)).toBe(4000);
    const decipher = createDecipheriv('aes-128-gcm', deriveFrameKey(rawKey), iv);
    decipher.setAAD(sealed.subarray(0, 1));
    decipher.setAuthTag(sealed.subarray(-30, -14));
    const opened = Buffer.concat([decipher.update(sealed.subarray(1, -30)), decipher.final()]);
    expect([...opened]).toEqual([...frame.subarray(1)]);
  });

  test('opens what it sealed, under each key index', () => {
    for (let index = 0; index < 16; index++) {
      const cryptor = withKey(index);
      const opened = cryptor.open(seal(cryptor));
      expect(typeof opened === 'string' ? opened : [...opened]).toEqual([...frame]);
    }
  });

  test('seals nothing without a key, nor after the key was dropped', () => {
    const target = Buffer.alloc(200);
    expect(new FrameCryptor().seal(frame, 1, 2, target, 0)).toBe(0);
    const cryptor = withKey();
    cryptor.dropKey(3);
    expect(cryptor.sendingIndex).toBeNull();
    expect(cryptor.seal(frame, 1, 2, target, 0)).toBe(0);
    expect(target.every((byte) => byte === 0)).toBe(true);
  });

  test('says why a frame does not open', () => {
    const sealed = seal(withKey());
    expect(new FrameCryptor().open(sealed)).toBe('no-key');
    const stranger = new FrameCryptor();
    stranger.setKey(3, otherKey);
    expect(stranger.open(sealed)).toBe('forged');
    expect(withKey().open(frame)).toBe('malformed');
    expect(withKey().open(sealed.subarray(0, 30))).toBe('malformed');
    expect(withKey().open(new Uint8Array(0))).toBe('malformed');
  });

  test('no byte of a sealed frame can be changed', () => {
    const sealed = seal(withKey());
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(typeof withKey().open(changed)).toBe('string');
    }
  });

  test('two frames never share an IV, even with one timestamp', () => {
    const cryptor = withKey();
    const ivs = Array.from({ length: 1000 }, () => seal(cryptor).subarray(-14, -2).toString('hex'));
    expect(new Set(ivs).size).toBe(1000);
  });

  test('a key replaced at the index in use is used at once', () => {
    const cryptor = withKey();
    const before = seal(cryptor);
    cryptor.setKey(3, otherKey);
    expect(cryptor.open(before)).toBe('forged');
    expect(typeof cryptor.open(seal(cryptor))).not.toBe('string');
  });

  test('refuses an index or a key that no other SDK could have', () => {
    const cryptor = new FrameCryptor();
    expect(() => cryptor.setKey(16, rawKey)).toThrow(RangeError);
    expect(() => cryptor.setKey(0, rawKey.subarray(1))).toThrow(RangeError);
    expect(() => cryptor.useKey(0)).toThrow(RangeError);
  });
});

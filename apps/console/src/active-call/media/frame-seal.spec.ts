import { bytesToHex, concatBytes, hexToBytes } from '@ringdown/crypto/bytes';
import { beforeEach, describe, expect, it } from 'vitest';
import { deriveFrameKey, FrameSeal } from './frame-seal.ts';

const mediaKey = Uint8Array.from({ length: 32 }, (_, at) => at);
const other = new Uint8Array(32).fill(7);
const frame = hexToBytes('f8112233445566778899');
const buffer = (bytes: Uint8Array) => new Uint8Array(bytes).buffer;

describe('the frame seal', () => {
  let ours: FrameSeal;
  let theirs: FrameSeal;
  beforeEach(async () => {
    [ours, theirs] = [new FrameSeal(), new FrameSeal()];
    for (const seal of [ours, theirs]) seal.setKey(3, await deriveFrameKey(mediaKey));
    ours.useKey(3);
  });

  const sealed = async () => new Uint8Array((await ours.seal(buffer(frame), 0x01020304, 160)) ?? []);
  const opened = async (seal: FrameSeal, bytes: Uint8Array) => {
    const result = await seal.open(buffer(bytes));
    return typeof result === 'string' ? result : bytesToHex(new Uint8Array(result.frame));
  };

  it('derives the AES key of LiveKit from the raw key', async () => {
    // The derived key can't be read out, so a frame sealed with the known key must open with it.
    const known = await crypto.subtle.importKey(
      'raw',
      new Uint8Array(hexToBytes('6d0dd7b3d6f4efde47ab9a9e15abde76')),
      'AES-GCM',
      false,
      ['encrypt'],
    );
    const iv = new Uint8Array(12).fill(9);
    const clear = new Uint8Array(frame.subarray(0, 1));
    const body = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: clear },
      known,
      new Uint8Array(frame.subarray(1)),
    );
    expect(await opened(theirs, concatBytes(clear, new Uint8Array(body), iv, Uint8Array.of(12, 3)))).toBe(
      bytesToHex(frame),
    );
  });

  it('makes frames of the format, and opens them', async () => {
    const bytes = await sealed();
    expect(bytes).toHaveLength(frame.length + 16 + 12 + 2);
    expect(bytes[0]).toBe(frame[0]);
    expect(bytesToHex(bytes.slice(-14, -6))).toBe('01020304000000a0');
    expect(bytes.slice(-2)).toEqual(Uint8Array.of(12, 3));
    expect(bytesToHex(bytes)).not.toContain(bytesToHex(frame.slice(1)));
    expect(await opened(theirs, bytes)).toBe(bytesToHex(frame));
  });

  it('never uses an IV twice, not for the same timestamp either', async () => {
    const ivs = new Set<string>();
    for (let count = 0; count < 50; count++) ivs.add(bytesToHex((await sealed()).slice(-14, -2)));
    expect(ivs.size).toBe(50);
  });

  it('seals nothing without a key, and nothing more once it was dropped', async () => {
    expect(await theirs.seal(buffer(frame), 1, 1)).toBeNull();
    theirs.useKey(4);
    expect(await theirs.seal(buffer(frame), 1, 1)).toBeNull();
    const late = ours.seal(buffer(frame), 1, 1);
    ours.dropKey(3);
    expect(await late).toBeNull();
    expect(await ours.seal(buffer(frame), 1, 1)).toBeNull();
    expect(ours.sendingIndex).toBeNull();
  });

  it('goes on with the new key when one is set at the index in use', async () => {
    const key = await deriveFrameKey(other);
    ours.setKey(3, key);
    expect(await opened(theirs, await sealed())).toBe('forged');
    theirs.setKey(3, key);
    expect(await opened(theirs, await sealed())).toBe(bytesToHex(frame));
  });

  it('opens nothing in clear, cut, changed, or under another key', async () => {
    const bytes = await sealed();
    const changed = (at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
    expect(await opened(theirs, frame)).toBe('malformed');
    expect(await opened(theirs, new Uint8Array(160))).toBe('malformed');
    expect(await opened(theirs, bytes.slice(-30))).toBe('malformed');
    for (const at of [0, 1, frame.length + 3, bytes.length - 10]) {
      expect(await opened(theirs, changed(at))).toBe('forged');
    }
    expect(await opened(theirs, changed(bytes.length - 1))).toBe('no-key');
    expect(await opened(theirs, Uint8Array.of(...bytes.slice(0, -1), 16))).toBe('malformed');
    theirs.dropKey(3);
    expect(await opened(theirs, bytes)).toBe('no-key');
  });

  it('has sixteen indexes', async () => {
    const key = await deriveFrameKey(other);
    for (const keyIndex of [-1, 16, 1.5]) expect(() => ours.setKey(keyIndex, key)).toThrow(RangeError);
  });
});

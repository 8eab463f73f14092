import { describe, expect, it } from 'vitest';
import { toWav } from './wav-recorder.ts';

describe('a recorded greeting as a WAV file', () => {
  it('says mono, 16 bit and the rate in its header', () => {
    const view = new DataView(toWav(new Float32Array(160), 16_000).buffer);
    expect(view.byteLength).toBe(44 + 320);
    expect(view.getUint16(22, true)).toBe(1);
    expect(view.getUint32(24, true)).toBe(16_000);
    expect(view.getUint16(34, true)).toBe(16);
    expect(view.getUint32(40, true)).toBe(320);
  });

  it('clips what is too loud instead of turning it over', () => {
    const view = new DataView(toWav(Float32Array.of(0, 1.5, -1.5), 16_000).buffer);
    expect([44, 46, 48].map((at) => view.getInt16(at, true))).toEqual([0, 32_767, -32_767]);
  });
});

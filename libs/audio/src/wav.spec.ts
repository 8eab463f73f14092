import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMuLaw } from './g711.ts';
import { rootMeanSquare, toneShare } from './goertzel.ts';
import { tone } from './tones.ts';
import { parseWav, wavToMuLaw, writeWav } from './wav.ts';

test.each([8000, 16_000, 22_050, 24_000, 44_100, 48_000])('a tone recorded at %i Hz arrives on the phone', (rate) => {
  const result = wavToMuLaw(writeWav(tone([700], { durationMs: 500, rate }), rate));
  if (!result.ok) throw new Error(result.reason);
  expect(result.value.length).toBe(4000);
  expect(toneShare(decodeMuLaw(result.value.subarray(400, 3600)), 700)).toBeGreaterThan(0.98);
});

test('what a phone cannot carry is filtered, not folded', () => {
  const result = wavToMuLaw(writeWav(tone([7000], { durationMs: 500, rate: 48_000 }), 48_000));
  if (!result.ok) throw new Error(result.reason);
  expect(rootMeanSquare(decodeMuLaw(result.value.subarray(400, 3600)))).toBeLessThan(60);
});

test('files that are not what we read are refused with a reason', () => {
  const good = writeWav(tone([700], { durationMs: 20 }));
  expect(parseWav(new Uint8Array(3))).toEqual({ ok: false, reason: 'not-wav' });
  expect(parseWav(good.subarray(0, 30))).toEqual({ ok: false, reason: 'truncated' });
  expect(parseWav(good.subarray(0, 44))).toEqual({ ok: false, reason: 'empty' });
  expect(wavToMuLaw(writeWav(tone([700], { durationMs: 20, rate: 96_000 }), 96_000))).toEqual({
    ok: false,
    reason: 'unsupported-rate',
  });
  const mp3Inside = good.slice();
  mp3Inside[20] = 0x55;
  expect(parseWav(mp3Inside)).toEqual({ ok: false, reason: 'unsupported-encoding' });
});

test('two channels are averaged and unknown chunks skipped', () => {
  const mono = writeWav(Int16Array.of(100, 300, -50, 50));
  const stereo = mono.slice();
  new DataView(stereo.buffer).setUint16(22, 2, true);
  const withChunk = Uint8Array.from([
    ...stereo.subarray(0, 36),
    ...new TextEncoder().encode('LIST'),
    3,
    0,
    0,
    0,
    1,
    2,
    3,
    0,
    ...stereo.subarray(36),
  ]);
  const result = parseWav(withChunk);
  expect(result.ok && [...result.value.samples]).toEqual([200, 0]);
});

test('no bytes make the reader throw', () => {
  const good = writeWav(tone([700], { durationMs: 5 }));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, value) => {
      const broken = good.slice();
      broken[at] = value;
      parseWav(broken);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseWav(bytes)));
});

import { expect, test } from 'vitest';
import { aLawToMuLaw, decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw, muLawToALaw } from './g711.ts';

const everyCode = Uint8Array.from({ length: 256 }, (_, code) => code);

test('the corner codes of G.711 have the levels the recommendation gives', () => {
  expect([...decodeMuLaw(Uint8Array.of(0x00, 0x80, 0xff, 0x7f, 0x8f))]).toEqual([-32_124, 32_124, 0, 0, 16_764]);
  expect([...decodeALaw(Uint8Array.of(0x2a, 0xaa, 0xd5, 0x55))]).toEqual([-32_256, 32_256, 8, -8]);
});

test('every code survives a trip through linear and back', () => {
  const muLaw = encodeMuLaw(decodeMuLaw(everyCode));
  // µ-law has two zeros; both come back as the positive one.
  expect([...muLaw]).toEqual([...everyCode].map((code) => (code === 0x7f ? 0xff : code)));
  expect([...encodeALaw(decodeALaw(everyCode))]).toEqual([...everyCode]);
});

test('the step is never larger than the segment allows', () => {
  const samples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
  const muLaw = decodeMuLaw(encodeMuLaw(samples));
  const aLaw = decodeALaw(encodeALaw(samples));
  for (let i = 0; i < samples.length; i++) {
    const size = Math.abs(samples[i]!);
    expect(Math.abs(muLaw[i]! - samples[i]!)).toBeLessThanOrEqual(Math.max(5, size / 16 + 5));
    expect(Math.abs(aLaw[i]! - samples[i]!)).toBeLessThanOrEqual(Math.max(16, size / 16 + 8));
  }
});

test('one law to the other keeps the sign and the level', () => {
  const there = decodeALaw(muLawToALaw(everyCode));
  const linear = decodeMuLaw(everyCode);
  for (let i = 0; i < 256; i++)
    expect(Math.abs(there[i]! - linear[i]!)).toBeLessThanOrEqual(Math.abs(linear[i]!) / 16 + 16);
  const again = decodeMuLaw(aLawToMuLaw(everyCode));
  const aLinear = decodeALaw(everyCode);
  for (let i = 0; i < 256; i++)
    expect(Math.abs(again[i]! - aLinear[i]!)).toBeLessThanOrEqual(Math.abs(aLinear[i]!) / 16 + 16);
});

import { describe, expect, test } from 'vitest';
import { decodeMuLaw, encodeMuLaw } from './g711.ts';
import { findDtmfDigit, rootMeanSquare, toneShare } from './goertzel.ts';
import { dtmfTone, keypadDigits, tone, voicemailBeep } from './tones.ts';

describe('tones', () => {
  test('a tone is found at its frequency and nowhere else', () => {
    const samples = tone([700], { durationMs: 200 });
    expect(toneShare(samples, 700)).toBeGreaterThan(0.99);
    expect(toneShare(samples, 1234)).toBeLessThan(0.01);
    expect(toneShare(new Int16Array(160), 700)).toBe(0);
  });

  test.each(keypadDigits)('key %s is read back, through µ-law too', (digit) => {
    expect(findDtmfDigit(decodeMuLaw(encodeMuLaw(dtmfTone(digit))))).toBe(digit);
  });

  test('a single tone, silence and two wrong tones are no key', () => {
    expect(findDtmfDigit(tone([697], { durationMs: 100 }))).toBeNull();
    expect(findDtmfDigit(new Int16Array(800))).toBeNull();
    expect(findDtmfDigit(tone([440, 480], { durationMs: 100 }))).toBeNull();
  });

  test('the beep starts and ends softly', () => {
    const beep = voicemailBeep();
    expect(beep.length).toBe(3200);
    expect(Math.abs(beep[0]!)).toBeLessThan(50);
    expect(Math.abs(beep.at(-1)!)).toBeLessThan(50);
    expect(rootMeanSquare(beep)).toBeGreaterThan(5000);
  });
});

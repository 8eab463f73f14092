import { tone } from '@ringdown/audio/tones';
import { decodeMuLaw, encodeMuLaw } from '@ringdown/audio/g711';
import { expect, it } from 'vitest';
import { findLoudest } from './spectrum.ts';

it.each([97, 440, 700, 1234, 3000])('finds %i Hz within half a hertz, through µ-law', (hz) => {
  const samples = tone([hz], { durationMs: 1024, amplitude: 0.3 });
  const heard = findLoudest(decodeMuLaw(encodeMuLaw(samples)), 8000);
  expect(Math.abs(heard.hz - hz)).toBeLessThan(0.5);
  expect(heard.share).toBeGreaterThan(0.95);
  // 0.3 of full scale, and a sine's mean is 3 dB below its peak.
  expect(heard.levelDb).toBeCloseTo(20 * Math.log10(0.3) - 3.01, 0);
});

it('hears nothing in silence', () => {
  expect(findLoudest(new Int16Array(8192), 8000)).toEqual({ hz: 0, share: 0, levelDb: -120 });
});

it('finds the louder of two tones', () => {
  const quiet = tone([500], { durationMs: 1024, amplitude: 0.05 });
  const loud = tone([2000], { durationMs: 1024, amplitude: 0.3 });
  const heard = findLoudest(
    Int16Array.from(loud, (sample, i) => sample + (quiet[i] ?? 0)),
    8000,
  );
  expect(heard.hz).toBeCloseTo(2000, 0);
});

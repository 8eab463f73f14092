import { expect, test } from 'vitest';
import { encodeMuLaw, MU_LAW_SILENCE } from './g711.ts';
import { isSilentMuLaw, meanLevelMuLaw } from './level.ts';
import { tone } from './tones.ts';

test('silence and hum are silent, a whisper is not', () => {
  expect(isSilentMuLaw(new Uint8Array(160).fill(MU_LAW_SILENCE))).toBe(true);
  expect(isSilentMuLaw(encodeMuLaw(tone([50], { durationMs: 20, amplitude: 0.002 })))).toBe(true);
  expect(isSilentMuLaw(encodeMuLaw(tone([300], { durationMs: 20, amplitude: 0.01 })))).toBe(false);
});

test('the mean level follows the amplitude', () => {
  expect(meanLevelMuLaw(new Uint8Array(0))).toBe(0);
  expect(meanLevelMuLaw(encodeMuLaw(tone([400], { durationMs: 100, amplitude: 0.5 })))).toBeCloseTo(
    (0.5 * 32_767 * 2) / Math.PI,
    -3,
  );
});

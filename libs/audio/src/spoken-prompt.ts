import { encodeMuLaw } from './g711.ts';
import { PHONE_RATE } from './tones.ts';
import { parseWav, toPhoneRate, type WavResult } from './wav.ts';

/** As loud as the built-in prompts at their loudest: half a decibel below full scale clips on some lines. */
const PEAK = 23_000;
/** Below this it is the voice's silence before and after what it says. */
const SILENT = 100;
const BEFORE = 0.03 * PHONE_RATE;
const AFTER = 0.08 * PHONE_RATE;

/** What a local voice said (a WAV file), made ready for the phone: without silence around it, at the level of the built-in prompts. */
export function spokenToMuLaw(wav: Uint8Array): WavResult<Uint8Array> {
  const parsed = parseWav(wav);
  if (!parsed.ok) return parsed;
  const samples = toPhoneRate(parsed.value);
  if (!samples) return { ok: false, reason: 'unsupported-rate' };
  const isLoud = (sample: number): boolean => Math.abs(sample) > SILENT;
  const first = samples.findIndex(isLoud);
  if (first < 0) return { ok: false, reason: 'empty' };
  const said = samples.subarray(first, samples.findLastIndex(isLoud) + 1);
  const peak = said.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const ready = new Int16Array(BEFORE + said.length + AFTER);
  said.forEach((sample, i) => (ready[BEFORE + i] = Math.round((sample * PEAK) / peak)));
  return { ok: true, value: encodeMuLaw(ready) };
}

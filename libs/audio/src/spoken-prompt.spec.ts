import { expect, test } from 'vitest';
import { decodeMuLaw } from './g711.ts';
import { toneShare } from './goertzel.ts';
import { spokenToMuLaw } from './spoken-prompt.ts';
import { tone } from './tones.ts';
import { writeWav } from './wav.ts';

test('what a voice said loses the silence around it and comes at the level of a prompt', () => {
  const rate = 22_050;
  const said = tone([700], { durationMs: 500, rate }).map((sample) => sample / 4);
  const padded = new Int16Array(said.length + 2 * rate);
  padded.set(said, rate);
  const ready = spokenToMuLaw(writeWav(padded, rate));
  if (!ready.ok) throw new Error(ready.reason);
  expect(ready.value.length / 8).toBeGreaterThan(500);
  expect(ready.value.length / 8).toBeLessThan(640);
  const samples = decodeMuLaw(ready.value);
  expect(toneShare(samples.subarray(800, 4000), 700)).toBeGreaterThan(0.98);
  expect(Math.max(...samples)).toBeGreaterThan(20_000);
});

test('silence is nothing that was said', () => {
  expect(spokenToMuLaw(writeWav(new Int16Array(8000)))).toEqual({ ok: false, reason: 'empty' });
});

import { expect, test } from 'vitest';
import { toneShare } from './goertzel.ts';
import { Limiter } from './limiter.ts';
import { tone } from './tones.ts';

const FRAME = 160;

function run(sum: Int32Array): Int16Array {
  const limiter = new Limiter();
  const out = new Int16Array(sum.length);
  for (let at = 0; at < sum.length; at += FRAME) out.set(limiter.frame(sum.subarray(at, at + FRAME)), at);
  return out;
}

const sumOf = (...voices: Int16Array[]): Int32Array =>
  Int32Array.from(voices[0]!, (_, i) => voices.reduce((sum, voice) => sum + voice[i]!, 0));

const steepest = (samples: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 1; i < samples.length; i++) most = Math.max(most, Math.abs(samples[i]! - samples[i - 1]!));
  return most;
};

test('what fits goes through untouched', () => {
  const quiet = sumOf(
    tone([400], { durationMs: 200, amplitude: 0.3 }),
    tone([700], { durationMs: 200, amplitude: 0.3 }),
  );
  expect(run(quiet)).toEqual(Int16Array.from(quiet));
});

test('four shouting voices stay inside 16 bits, each still heard, without a click', () => {
  const voices = [300, 500, 900, 1400].map((frequency) => tone([frequency], { durationMs: 1000, amplitude: 0.95 }));
  const sum = sumOf(...voices);
  const out = run(sum);
  expect(Math.max(...out.map(Math.abs))).toBeLessThan(32_767);
  const settled = out.subarray(4000);
  for (const frequency of [300, 500, 900, 1400]) expect(toneShare(settled, frequency)).toBeGreaterThan(0.2);
  // A click is a step that the sound itself doesn't have.
  expect(steepest(out)).toBeLessThanOrEqual(steepest(sum));
});

test('the level comes back after a shout', () => {
  const shout = sumOf(...[300, 310].map((frequency) => tone([frequency], { durationMs: 200, amplitude: 0.95 })));
  const after = sumOf(tone([700], { durationMs: 1000, amplitude: 0.3 }));
  const out = run(Int32Array.from([...shout, ...after]));
  expect(out.subarray(-1600)).toEqual(Int16Array.from(after.subarray(-1600)));
});

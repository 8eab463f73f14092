import { expect, test } from 'vitest';
import { rootMeanSquare, toneShare } from './goertzel.ts';
import { LossConcealment } from './loss-concealment.ts';
import { tone } from './tones.ts';

function playWithLoss(signal: Int16Array, lost: ReadonlySet<number>): Int16Array {
  const concealment = new LossConcealment();
  const out = new Int16Array(signal.length);
  for (let packet = 0; packet * 160 < signal.length; packet++) {
    const at = packet * 160;
    if (lost.has(packet)) out.set(concealment.conceal(160), at);
    else {
      const samples = signal.slice(at, at + 160);
      concealment.good(samples);
      out.set(samples, at);
    }
  }
  return out;
}

test('a lost packet of a tone is filled with the same tone, without a click', () => {
  const signal = tone([200], { durationMs: 400 });
  const out = playWithLoss(signal, new Set([8]));
  expect(toneShare(out.subarray(8 * 160, 9 * 160), 200)).toBeGreaterThan(0.9);
  let worst = 0;
  for (let i = 1; i < out.length; i++) worst = Math.max(worst, Math.abs(out[i]! - out[i - 1]!));
  let natural = 0;
  for (let i = 1; i < signal.length; i++) natural = Math.max(natural, Math.abs(signal[i]! - signal[i - 1]!));
  expect(worst).toBeLessThan(natural * 2.5);
});

test('a long loss fades to silence within 60 ms', () => {
  const out = playWithLoss(tone([200], { durationMs: 400 }), new Set([8, 9, 10, 11, 12]));
  expect(rootMeanSquare(out.subarray(8 * 160, 8 * 160 + 80))).toBeGreaterThan(5000);
  expect(rootMeanSquare(out.subarray(11 * 160, 13 * 160))).toBe(0);
});

test('nothing heard yet gives silence', () => {
  expect([...new LossConcealment().conceal(4)]).toEqual([0, 0, 0, 0]);
});

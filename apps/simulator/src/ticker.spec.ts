import { expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { Ticker } from './ticker.ts';

it('calls everybody fifty times a second, spread over the 20 ms', async () => {
  const clock = new ManualClock();
  const ticker = new Ticker(clock);
  const times: number[][] = Array.from({ length: 8 }, () => []);
  const leave = times.map((list) => ticker.join(() => list.push(clock.now())));
  await clock.advance(10_000);
  expect(times.map((list) => list.length)).toEqual(Array.from({ length: 8 }, () => 500));
  for (const list of times) expect(list.every((at, i) => i === 0 || at - (list[i - 1] ?? 0) === 20)).toBe(true);
  expect(new Set(times.map((list) => (list[0] ?? 0) % 20)).size).toBe(4);
  for (const each of leave) each();
  await clock.advance(1000);
  expect(times[0]).toHaveLength(500);
});

it('makes up for a stall with a burst, and not for a suspended machine', async () => {
  const clock = new ManualClock();
  const ticker = new Ticker(clock);
  let ticks = 0;
  ticker.join(() => ticks++);
  await clock.advance(1000);
  clock.stall(500);
  await clock.advance(500);
  expect(ticks).toBe(100);
  clock.stall(60_000);
  await clock.advance(1000);
  expect(ticks).toBeLessThanOrEqual(152);
});

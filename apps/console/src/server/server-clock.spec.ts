import { expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

const SERVER = Date.parse('2026-03-01T22:00:00Z');
const HOUR = 3_600_000;
const header = (at: number) => new Date(at).toUTCString();

it.each([HOUR, -HOUR])('a browser whose clock is wrong by %i ms goes by the server’s', (wrong) => {
  let passed = 0;
  const clock = new ServerClock(() => SERVER + wrong + passed);
  clock.learn(header(SERVER));
  expect(Math.abs(clock.now() - SERVER)).toBeLessThan(1_000);
  passed = 5_000;
  expect(Math.abs(clock.now() - SERVER - passed)).toBeLessThan(1_000);
});

it('a clock that is about right is left alone, whatever the way to the server takes', () => {
  const clock = new ServerClock(() => SERVER + 4_000);
  clock.learn(header(SERVER));
  expect(clock.now()).toBe(SERVER + 4_000);
});

it('a clock that is put right meanwhile is followed, and an answer without a time changes nothing', () => {
  let wrong = HOUR;
  const clock = new ServerClock(() => SERVER + wrong);
  clock.learn(header(SERVER));
  wrong = 0;
  clock.learn(header(SERVER));
  clock.learn(null);
  clock.learn('yesterday');
  expect(Math.abs(clock.now() - SERVER)).toBeLessThan(1_000);
});

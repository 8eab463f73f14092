import { describe, expect, it } from 'vitest';
import { toLevel } from './audio-level.ts';
import { NO_FACTS } from './sealing-messages.ts';
import { TrafficWatch } from './traffic-watch.ts';

describe('what is said of the traffic', () => {
  it('comes from frames that were sealed and opened, and ends with them', () => {
    const watch = new TrafficWatch();
    expect([watch.isSending(0), watch.isReceiving(0)]).toEqual([false, false]);
    watch.follow({ ...NO_FACTS, withheld: 40, refused: 40 }, 1000);
    expect([watch.isSending(1000), watch.isReceiving(1000)]).toEqual([false, false]);
    watch.follow({ ...NO_FACTS, sealed: 1 }, 2000);
    expect([watch.isSending(2000), watch.isReceiving(2000)]).toEqual([true, false]);
    watch.follow({ ...NO_FACTS, sealed: 1, opened: 1 }, 3000);
    expect([watch.isSending(3600), watch.isReceiving(3600)]).toEqual([false, true]);
    watch.forget();
    expect(watch.isReceiving(3600)).toBe(false);
  });
});

describe('the level', () => {
  it('is 0 for silence, 1 for full scale and grows with decibels in between', () => {
    const square = (amplitude: number) => new Float32Array(64).fill(amplitude);
    expect(toLevel(new Float32Array())).toBe(0);
    expect(toLevel(square(0))).toBe(0);
    expect(toLevel(square(0.0001))).toBe(0);
    expect(toLevel(square(1))).toBe(1);
    expect(toLevel(square(10 ** (-30 / 20)))).toBeCloseTo(0.5, 5);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateWaitMs } from './wait-estimate.ts';

const tenMinutes = Array.from({ length: 10 }, () => 600_000);

describe('the estimated wait', () => {
  it('is the place times the handle time, shared by the people staffed', () => {
    expect(estimateWaitMs({ position: 3, staffed: 5, handleTimesMs: tenMinutes })).toBe(360_000);
    expect(estimateWaitMs({ position: 1, staffed: 1, handleTimesMs: tenMinutes })).toBe(600_000);
  });

  it.each([
    ['nobody is staffed', { position: 1, staffed: 0, handleTimesMs: tenMinutes }],
    ['too few calls were handled lately', { position: 1, staffed: 2, handleTimesMs: [60_000, 60_000] }],
    ['it would be more than an hour', { position: 20, staffed: 1, handleTimesMs: tenMinutes }],
  ])('is not given when %s', (_, facts) => {
    expect(estimateWaitMs(facts)).toBeNull();
  });

  it('is not moved by one call that took a whole night', () => {
    const oneNight = [...tenMinutes, 36_000_000];
    expect(estimateWaitMs({ position: 1, staffed: 1, handleTimesMs: oneNight })).toBe(600_000);
  });

  it('never grows when somebody joins the shift, nor shrinks further back in the queue', () => {
    const times = fc.array(fc.integer({ min: 1_000, max: 3_600_000 }), { minLength: 5, maxLength: 30 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        times,
        (position, staffed, handleTimesMs) => {
          const now = estimateWaitMs({ position, staffed, handleTimesMs }) ?? Infinity;
          expect(estimateWaitMs({ position, staffed: staffed + 1, handleTimesMs }) ?? Infinity).toBeLessThanOrEqual(
            now,
          );
          expect(estimateWaitMs({ position: position + 1, staffed, handleTimesMs }) ?? Infinity).toBeGreaterThanOrEqual(
            now,
          );
        },
      ),
    );
  });
});

import type { Priority } from '@ringdown/protocol/call-events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AgeingRule,
  agedRank,
  compareRankedPlace,
  NO_AGEING,
  type RankedPlace,
  storedRank,
} from './queue-order.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const AGEING: AgeingRule = { everyMs: 5 * MINUTE, maxSteps: 1 };
let last = 0;

const aPlace = (
  change: { rescued?: boolean; priority?: Priority; priorityStepUps?: number; arrivedAt?: number } = {},
): RankedPlace => {
  last += 1;
  const { rescued = false, priority = 'medium', priorityStepUps = 0, arrivedAt = NOW - 1_000 } = change;
  return { callId: String(last), rescued, rank: storedRank({ priority, priorityStepUps }), arrivedAt };
};
const anyAgeing = fc.record({ everyMs: fc.integer({ min: 1, max: 40 }), maxSteps: fc.integer({ min: 0, max: 2 }) });
const anyPlace = fc.record({
  callId: fc.uuid(),
  rescued: fc.boolean(),
  rank: fc.integer({ min: 0, max: 3 }),
  arrivedAt: fc.integer({ min: 0, max: 100 }),
});
const first = (a: RankedPlace, b: RankedPlace, ageing = NO_AGEING) => compareRankedPlace(a, b, NOW, ageing) < 0;

describe('the order of the queue (Q1)', () => {
  it('by priority, then by the original time of arrival', () => {
    expect(first(aPlace({ priority: 'high', arrivedAt: 9 }), aPlace({ arrivedAt: 1 }))).toBe(true);
    expect(first(aPlace({ arrivedAt: 1 }), aPlace({ arrivedAt: 2 }))).toBe(true);
    expect(first(aPlace({ priority: 'medium' }), aPlace({ priority: 'low', arrivedAt: 0 }))).toBe(true);
  });

  it('a missed round lifts a call by one step, at most to urgent', () => {
    expect(storedRank({ priority: 'low', priorityStepUps: 2 })).toBe(
      storedRank({ priority: 'high', priorityStepUps: 0 }),
    );
    expect(storedRank({ priority: 'high', priorityStepUps: 2 })).toBe(0);
    expect(storedRank({ priority: 'urgent', priorityStepUps: 2 })).toBe(0);
  });

  it('whoever waited five minutes is served with the next higher priority, and before the newer of it', () => {
    const newHigh = aPlace({ priority: 'high' });
    expect(first(newHigh, aPlace({ arrivedAt: NOW - 5 * MINUTE + 1 }), AGEING)).toBe(true);
    expect(first(newHigh, aPlace({ arrivedAt: NOW - 5 * MINUTE }), AGEING)).toBe(false);
  });

  it('waiting lifts by so many steps and no more, and makes nothing urgent', () => {
    expect(agedRank(3, 0, NOW, AGEING)).toBe(2);
    expect(agedRank(3, 0, NOW, { everyMs: 1, maxSteps: 2 })).toBe(1);
    expect(agedRank(2, 0, NOW, { everyMs: 1, maxSteps: 2 })).toBe(1);
    expect(agedRank(0, 0, NOW, AGEING)).toBe(0);
    expect(agedRank(3, 0, NOW, NO_AGEING)).toBe(3);
  });

  it('whoever lost the volunteer to a broken link comes before everybody who waits for the first (L6)', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, anyAgeing, (a, b, ageing) =>
        first({ ...a, rescued: true }, { ...b, rescued: false }, ageing),
      ),
    );
  });

  it('of two calls of one stored rank the later never passes the earlier, at any time', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, anyAgeing, fc.integer({ min: 100, max: 300 }), (a, b, ageing, now) => {
        const [earlier, later] = a.arrivedAt <= b.arrivedAt ? [a, b] : [b, a];
        const same = { ...later, rank: earlier.rank, rescued: earlier.rescued, arrivedAt: later.arrivedAt + 1 };
        expect(compareRankedPlace(earlier, same, now, ageing)).toBeLessThan(0);
      }),
    );
  });

  it('is an order: sorting by it gives one result, whatever order it began with', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyPlace, { selector: (p) => p.callId, maxLength: 10 }),
        anyAgeing,
        (places, ageing) => {
          const compare = (a: RankedPlace, b: RankedPlace) => compareRankedPlace(a, b, NOW, ageing);
          const sorted = places.toSorted(compare);
          expect(places.toReversed().toSorted(compare)).toEqual(sorted);
          for (const [index, place] of sorted.entries()) {
            for (const other of sorted.slice(index + 1)) expect(compare(place, other)).toBeLessThan(0);
          }
        },
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { verdictOf, worstOf } from './network-verdict.ts';

const still = { roundTripMs: 40, lost: 0, jitterMs: 4 };

describe('the verdict on a network', () => {
  it('is good when nothing would be noticed in a call', () => {
    expect(verdictOf(still)).toBe('good');
    expect(verdictOf({ roundTripMs: 200, lost: 0.02, jitterMs: 30 })).toBe('good');
  });

  it.each([
    [{ ...still, roundTripMs: 320 }, 'fair', 'roundTripMs'],
    [{ ...still, lost: 0.04 }, 'fair', 'lost'],
    [{ ...still, jitterMs: 55 }, 'fair', 'jitterMs'],
    [{ ...still, roundTripMs: 900 }, 'poor', 'roundTripMs'],
    [{ ...still, lost: 0.2 }, 'poor', 'lost'],
    [{ ...still, lost: 0.09, jitterMs: 40 }, 'poor', 'lost'],
  ] as const)('of %j is %s because of %s', (figures, verdict, worst) => {
    expect(verdictOf(figures)).toBe(verdict);
    expect(worstOf(figures)).toBe(worst);
  });
});

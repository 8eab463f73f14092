import type { OperatorState } from '@ringdown/protocol/console';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operatorId } from './call-building.fixture.ts';
import { type Candidate, chooseOperator } from './distribution.ts';

const NOW = 100_000;

const aCandidate = (n: number, change: Partial<Candidate> = {}): Candidate => ({
  operatorId: operatorId(n),
  state: 'available',
  idleSince: 0,
  reachable: true,
  takenMeanwhile: false,
  ...change,
});

describe('longest-idle distribution', () => {
  it('the one without a call for the longest time is asked, and the others are told why not', () => {
    const choice = chooseOperator(
      [aCandidate(1, { idleSince: 50 }), aCandidate(2, { idleSince: 10 }), aCandidate(3, { idleSince: 30 })],
      {},
      NOW,
    );
    expect(choice).toEqual({
      outcome: 'offer',
      operatorId: operatorId(2),
      reason: 'longest-idle',
      alongside: [],
      alsoPassedOver: 0,
      passedOver: [
        { operatorId: operatorId(3), reason: 'idle-for-less' },
        { operatorId: operatorId(1), reason: 'idle-for-less' },
      ],
    });
  });

  it('a tie is decided alike by every process, whatever order the rows come in', () => {
    const tied = [aCandidate(1), aCandidate(2), aCandidate(3)];
    const chosen = chooseOperator(tied, {}, NOW);
    expect(chosen).toMatchObject({ outcome: 'offer', operatorId: operatorId(1) });
    expect(chooseOperator(tied.toReversed(), {}, NOW)).toEqual(chosen);
  });

  it.each<[string, Partial<Candidate>, string]>([
    ['offline', { state: 'offline' }, 'offline'],
    ['on a break', { state: 'break' }, 'on-break'],
    ['on a call', { state: 'on-call' }, 'on-a-call'],
    ['being rung', { state: 'ringing' }, 'ringing-elsewhere'],
    ['writing notes', { state: 'wrap-up' }, 'wrapping-up'],
    ['without an open console', { reachable: false }, 'not-reachable'],
    ['taken in the same moment', { takenMeanwhile: true }, 'taken-meanwhile'],
  ])('somebody %s is passed over for that reason', (_, change, reason) => {
    const choice = chooseOperator([aCandidate(1, change), aCandidate(2, { idleSince: 99 })], {}, NOW);
    expect(choice).toMatchObject({ outcome: 'offer', operatorId: operatorId(2) });
    expect(choice.passedOver).toEqual([{ operatorId: operatorId(1), reason }]);
  });

  it('whoever missed this call just now is left out until the time is over, then asked again', () => {
    const excluded = { [operatorId(1)]: NOW };
    expect(chooseOperator([aCandidate(1)], excluded, NOW - 1)).toEqual({
      outcome: 'nobody',
      staffed: 1,
      alsoPassedOver: 0,
      passedOver: [{ operatorId: operatorId(1), reason: 'missed-this-call' }],
    });
    expect(chooseOperator([aCandidate(1)], excluded, NOW)).toMatchObject({ outcome: 'offer' });
  });

  it('counts as staffed who can take the call later, and nobody else', () => {
    const choice = chooseOperator(
      [
        aCandidate(1, { state: 'on-call' }),
        aCandidate(2, { state: 'wrap-up' }),
        aCandidate(3, { state: 'ringing' }),
        aCandidate(4, { state: 'offline' }),
        aCandidate(5, { state: 'break' }),
        aCandidate(6, { reachable: false }),
      ],
      {},
      NOW,
    );
    expect(choice).toMatchObject({ outcome: 'nobody', staffed: 3 });
    expect(chooseOperator([], {}, NOW)).toMatchObject({ outcome: 'nobody', staffed: 0, passedOver: [] });
  });

  it('never chooses somebody with an obstacle, never overlooks somebody without one, and explains everybody else once', () => {
    const states: OperatorState[] = ['offline', 'available', 'ringing', 'on-call', 'wrap-up', 'break'];
    const candidates = fc.uniqueArray(
      fc.record({
        n: fc.integer({ min: 1, max: 12 }),
        state: fc.constantFrom(...states, 'available' as const, 'available' as const),
        idleSince: fc.integer({ min: 0, max: 5 }),
        reachable: fc.boolean(),
        takenMeanwhile: fc.boolean(),
        excludedUntil: fc.option(fc.integer({ min: NOW - 2, max: NOW + 2 })),
      }),
      { selector: (c) => c.n, maxLength: 12 },
    );
    fc.assert(
      fc.property(candidates, (drawn) => {
        const people = drawn.map(({ n, ...rest }) => ({ ...rest, operatorId: operatorId(n) }));
        const excluded = Object.fromEntries(
          drawn.flatMap((d) => (d.excludedUntil === null ? [] : [[operatorId(d.n), d.excludedUntil]])),
        ) as Record<string, number>;
        const able = people.filter(
          (p) => p.state === 'available' && p.reachable && !p.takenMeanwhile && (excluded[p.operatorId] ?? 0) <= NOW,
        );
        const choice = chooseOperator(people, excluded, NOW);
        expect(choice.outcome).toBe(able.length > 0 ? 'offer' : 'nobody');
        const chosen = choice.outcome === 'offer' ? choice.operatorId : null;
        if (chosen) {
          const person = able.find((p) => p.operatorId === chosen);
          expect(person?.idleSince).toBe(Math.min(...able.map((p) => p.idleSince)));
        }
        expect(choice.passedOver.map((p) => p.operatorId).toSorted()).toEqual(
          people.flatMap((p) => (p.operatorId === chosen ? [] : [p.operatorId])).toSorted(),
        );
        for (const { operatorId: id, reason } of choice.passedOver) {
          expect(reason === 'idle-for-less').toBe(able.some((p) => p.operatorId === id));
        }
      }),
      { numRuns: 500 },
    );
  });
});

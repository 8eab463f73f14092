import type { CallEvent, TimerName } from '@ringdown/protocol/call-events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aCall, accepted, arrival, assigned, joined, offered, operatorId, streaming } from './call-building.fixture.ts';
import type { CallState } from './call-state.ts';
import { addSums, type CallFacts, NO_CALLS, outcomeOf, ratesOf, SHORT_ABANDON_MS, sumsOf } from './figures.ts';
import { reduceCall } from './reduce-call.ts';

const RULES = { thresholdMs: 20_000, now: 1_000_000 };
const inCall = (): CallState => aCall(arrival(), assigned(), streaming(), offered(), accepted(), joined());
const next = (state: CallState, event: CallEvent): CallState => reduceCall(state, event).state;
const fire = (state: CallState, timer: TimerName): CallState => {
  const set = state.timers[timer];
  if (!set) throw new Error(`${timer} is not set`);
  return next(state, { type: 'TimerFired', at: set.dueAt, timer, timerId: set.timerId });
};
const hungUp = (at = 90_000): CallEvent => ({ type: 'CarrierStatusChanged', at, status: 'completed', sequence: 3 });

describe('what became of a call', () => {
  it('is open while the caller waits or it rings', () => {
    expect(outcomeOf(aCall(arrival(), assigned(), streaming()))).toBeNull();
    expect(outcomeOf(aCall(arrival(), assigned(), streaming(), offered()))).toBeNull();
  });

  it('is answered once a person has accepted, also when they hang up, and when the link was lost and the caller gives up', () => {
    expect(outcomeOf(inCall())).toBe('answered');
    const over = next(inCall(), { type: 'HangUpRequested', at: 9_000, operatorId: operatorId(1) });
    expect(outcomeOf(over)).toBe('answered');
    expect(outcomeOf(next(inCall(), hungUp()))).toBe('answered');
  });

  it('is abandoned when the caller hangs up while waiting', () => {
    expect(outcomeOf(next(aCall(arrival(), assigned(), streaming()), hungUp()))).toBe('abandoned');
  });

  it('is unanswered from the moment a voicemail or a message takes the place of a person', () => {
    const voicemail = fire(aCall(arrival(), assigned(), streaming()), 'max-wait');
    expect(voicemail.phase).toBe('voicemail');
    expect(outcomeOf(voicemail)).toBe('unanswered');
    expect(outcomeOf(next(voicemail, hungUp()))).toBe('unanswered');
    expect(outcomeOf(aCall(arrival({ admission: 'full' })))).toBe('unanswered');
  });

  it('outside of opening hours counts nowhere', () => {
    expect(outcomeOf(aCall(arrival({ admission: 'closed' })))).toBe('uncounted');
  });
});

describe('the service level', () => {
  const of = (change: Partial<typeof NO_CALLS>) => ratesOf({ ...NO_CALLS, ...change });

  it('is the share of those answered in time among all whose wait has been decided', () => {
    expect(of({ answered: 8, answeredInTime: 6, abandoned: 1, unanswered: 1 }).serviceLevel).toBe(0.6);
  });

  it('falls as soon as somebody has waited too long, not only when they are answered', () => {
    expect(of({ answered: 3, answeredInTime: 3, waitingLong: 1 }).serviceLevel).toBe(0.75);
  });

  it('leaves out those who hung up at once; with them it is a figure of its own', () => {
    const rates = of({ answered: 3, answeredInTime: 3, abandonedAtOnce: 1 });
    expect([rates.serviceLevel, rates.serviceLevelWithShort]).toEqual([1, 0.75]);
  });

  it('is unknown while nobody has called, as are the others', () => {
    expect(ratesOf(NO_CALLS)).toEqual({
      serviceLevel: null,
      serviceLevelWithShort: null,
      abandonment: null,
      speedOfAnswerMs: null,
      handleTimeMs: null,
    });
  });
});

describe('a call’s share of the figures', () => {
  const call = (change: Partial<CallFacts>): CallFacts => ({
    arrivedAt: 100_000,
    outcome: null,
    decidedAt: null,
    endedAt: null,
    ...change,
  });

  it('exactly the threshold is in time, a millisecond more is not', () => {
    const answered = (waited: number) => sumsOf(call({ outcome: 'answered', decidedAt: 100_000 + waited }), RULES);
    expect([answered(20_000).answeredInTime, answered(20_001).answeredInTime]).toEqual([1, 0]);
  });

  it('who hangs up within 5 s gave up at once, later gave up waiting', () => {
    const after = (ms: number) => sumsOf(call({ outcome: 'abandoned', decidedAt: 100_000 + ms }), RULES);
    expect(after(SHORT_ABANDON_MS - 1)).toMatchObject({ abandonedAtOnce: 1, abandoned: 0 });
    expect(after(SHORT_ABANDON_MS)).toMatchObject({ abandonedAtOnce: 0, abandoned: 1 });
  });

  it('a call outside of opening hours has none', () => {
    expect(sumsOf(call({ outcome: 'uncounted', decidedAt: 100_000 }), RULES)).toEqual(NO_CALLS);
  });

  it('added up in any parts, the rates of the whole come out the same, and none is above one', () => {
    const facts = fc.record({
      arrivedAt: fc.integer({ min: 0, max: 900_000 }),
      outcome: fc.constantFrom(
        'answered' as const,
        'abandoned' as const,
        'unanswered' as const,
        'uncounted' as const,
        null,
      ),
      wait: fc.integer({ min: 0, max: 60_000 }),
      talk: fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(facts), fc.nat(), (calls, cut) => {
        const sums = calls.map(({ arrivedAt, outcome, wait, talk }) => {
          const decidedAt = outcome === null ? null : arrivedAt + wait;
          return sumsOf(
            { arrivedAt, outcome, decidedAt, endedAt: decidedAt === null || talk === null ? null : decidedAt + talk },
            RULES,
          );
        });
        const at = calls.length === 0 ? 0 : cut % calls.length;
        const whole = sums.reduce(addSums, NO_CALLS);
        const parts = addSums(sums.slice(0, at).reduce(addSums, NO_CALLS), sums.slice(at).reduce(addSums, NO_CALLS));
        expect(parts).toEqual(whole);
        const { serviceLevel, serviceLevelWithShort, abandonment } = ratesOf(whole);
        for (const share of [serviceLevel, serviceLevelWithShort, abandonment]) {
          expect(share ?? 0).toBeGreaterThanOrEqual(0);
          expect(share ?? 0).toBeLessThanOrEqual(1);
        }
        const counted = calls.filter(({ outcome }) => outcome !== 'uncounted').length;
        expect(whole.calls).toBe(counted);
      }),
    );
  });
});

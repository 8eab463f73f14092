import type { CallEvent } from '@ringdown/protocol/call-events';
import { describe, expect, it } from 'vitest';
import {
  accepted,
  arrival,
  assigned,
  CALL_ID,
  connectionId,
  gatewayId,
  joined,
  legId,
  offered,
  offerId,
  operatorId,
  streaming,
} from './call-building.fixture.ts';
import type { CallState } from './call-state.ts';
import { changePresence, finishWrapUp, type Presence } from './operator-presence.ts';
import { aPractice } from './practice.fixture.ts';
import { reduceCall } from './reduce-call.ts';

const RULES = { wrapUpMs: 60_000, missesUntilPause: 1 };

/** One practice call with its person, whose state follows as the engine lets it. */
const practise = (from: 'available' | 'break' | 'offline', events: CallEvent[]) => {
  let state: CallState | null = null;
  let person: Presence = {
    state: from,
    since: 0,
    reason: null,
    callId: null,
    endsAt: null,
    misses: 1,
    idleSince: 7,
  };
  const effects: string[] = [];
  const all = [arrival({ test: true, practice: aPractice({ from }) }), assigned(), offered(1, 1_000), ...events];
  for (const event of all) {
    const reduction = reduceCall(state, event);
    if (reduction.ignored) throw new Error(`${event.type} was ignored: ${reduction.ignored}`);
    state = reduction.state;
    effects.push(...reduction.effects.map(({ kind }) => kind));
    for (const { change } of reduction.operators) person = changePresence(person, change, CALL_ID, event.at, RULES);
  }
  if (!state) throw new Error('No events');
  return { state, person, effects };
};

const talking = [streaming(), accepted(), joined()];
const hungUp: CallEvent = { type: 'HangUpRequested', at: 9_000, operatorId: operatorId(1) };

describe('a practice call', () => {
  it('rings one person, is answered like any call, and ends at once without a carrier', () => {
    const { state, effects } = practise('offline', [...talking, hungUp]);
    expect(state.phase).toBe('ended');
    expect(state.termination).toEqual({ result: 'operator', reason: 'volunteer-hung-up' });
    expect(effects).not.toContain('hang-up-at-carrier');
  });

  const untaken: { title: string; events: CallEvent[] }[] = [
    { title: 'declined', events: [{ type: 'OfferDeclined', at: 2_000, offerId: offerId(1) }] },
    {
      title: 'not answered',
      events: [{ type: 'TimerFired', at: 31_000, timer: 'ring-timeout', timerId: 'ring-timeout-3' as never }],
    },
    {
      title: 'left by closing the page',
      events: [{ type: 'OfferWithdrawn', at: 2_000, offerId: offerId(1), reason: 'went-offline' }],
    },
  ];
  for (const { title, events } of untaken) {
    it(`that is ${title} ends, waits for nobody else and is no miss`, () => {
      const { state, person } = practise('available', events);
      expect(state.termination?.reason).toBe('practice-not-taken');
      expect(state.phase).toBe('ended');
      expect(person).toMatchObject({ state: 'available', misses: 1, idleSince: 7 });
    });
  }

  it('whose volunteer’s laptop dies ends instead of going back to a queue', () => {
    const { state, person } = practise('break', [
      ...talking,
      { type: 'OperatorConnectionLost', at: 5_000, operatorId: operatorId(1), connectionId: connectionId(1) },
    ]);
    const timerId = state.timers.reconnecting?.timerId;
    expect(timerId).toBeDefined();
    const over = reduceCall(state, { type: 'TimerFired', at: 36_000, timer: 'reconnecting', timerId: timerId! });
    expect(over.state.termination?.reason).toBe('practice-not-taken');
    expect(person.state).toBe('on-call');
  });

  it('whose gateway is lost ends with that reason', () => {
    const { state } = practise('offline', [...talking, { type: 'GatewayLost', at: 4_000, gatewayId: gatewayId(1) }]);
    expect(state.termination).toEqual({ result: 'ours', reason: 'gateway-lost' });
    expect(state.phase).toBe('ended');
  });

  it('whose caller has no voice ends with that reason', () => {
    const { state, person } = practise('offline', [{ type: 'PracticeFailed', at: 1_500, reason: 'no-voice' }]);
    expect(state.termination).toEqual({ result: 'ours', reason: 'practice-without-voice' });
    expect(person.state).toBe('offline');
  });

  for (const from of ['available', 'break', 'offline'] as const) {
    it(`leaves somebody who was ${from} as they were, after a wrap-up, with misses and idle time untouched`, () => {
      const { person } = practise(from, [...talking, hungUp]);
      expect(person).toMatchObject({ state: 'wrap-up', endsAt: 69_000, misses: 1, idleSince: 7 });
      expect(finishWrapUp(person, 20_000)).toMatchObject({ state: from, misses: 1, idleSince: 7, callId: null });
    });
  }

  it('tells the gateway that a hand-over was tried and rings nobody', () => {
    const { state } = practise('offline', talking);
    const tried = reduceCall(state, {
      type: 'PracticeHandOverTried',
      at: 5_000,
      operatorId: operatorId(1),
      mode: 'warm',
    });
    expect(tried.state.practice?.handOvers).toBe(1);
    expect(tried.effects).toContainEqual({ kind: 'direct-gateway' });
    const asked = reduceCall(state, {
      type: 'InvitationMade',
      at: 5_000,
      by: operatorId(1),
      mode: 'warm',
      offerId: offerId(2),
      legId: legId(2),
      to: { kind: 'operator', operatorId: operatorId(2), hotlineId: null, passedOver: [] },
    });
    expect(asked.ignored).toBe('practice-rings-nobody');
  });

  it('keeps who spoke when, and a real call takes no such event', () => {
    const turn = { by: 'caller' as const, from: 3_000, to: 4_000, words: 'Hello?', goodbye: false };
    const { state } = practise('offline', [...talking, { type: 'PracticeTurnHeard', at: 4_000, turn }]);
    expect(state.phase).toBe('in-call');
    const real = reduceCall(reduceCall(null, arrival()).state, { type: 'PracticeTurnHeard', at: 4_000, turn });
    expect(real.ignored).toBe('not-practice');
  });
});

import type { CallEvent, TimerName } from '@ringdown/protocol/call-events';
import { describe, expect, it } from 'vitest';
import {
  aCall,
  accepted,
  aPolicy,
  arrival,
  assigned,
  CALL_ID,
  connectionId,
  gatewayId,
  joined,
  offered,
  offerId,
  operatorId,
  publicKey,
  streaming,
  VOICEMAIL_ID,
} from './call-building.fixture.ts';
import { type CallState, operatorLeg, openOffers, phoneLeg } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { reduceCall } from './reduce-call.ts';
import { canJoinRing } from './reduce-offers.ts';

const inCall = (): CallState => aCall(arrival(), assigned(), streaming(), offered(), accepted(), joined());
const fire = (state: CallState, timer: TimerName, at = 50_000) => {
  const set = state.timers[timer];
  if (!set) throw new Error(`${timer} is not set`);
  return reduceCall(state, { type: 'TimerFired', at, timer, timerId: set.timerId });
};
const ended: CallEvent = { type: 'CarrierStatusChanged', at: 90_000, status: 'completed', sequence: 3 };

describe('a call that rings several people at once (Q2 ring-all)', () => {
  const ringing = (): CallState => aCall(arrival(), assigned(), streaming(), offered(1), offered(2), offered(3));

  it('rings all of them, each once', () => {
    expect(openOffers(ringing()).map((o) => o.operatorId)).toEqual([1, 2, 3].map(operatorId));
    expect(reduceCall(ringing(), { ...offered(4), operatorId: operatorId(2) } as CallEvent).ignored).toBe(
      'rings-there-already',
    );
  });

  it('can be joined by others for as long as there is time to answer, and the round ends for all at its first end', () => {
    const all = [offered(1), offered(2)].map((event) => ({ ...event, reason: 'ring-all' }) as CallEvent);
    const state = aCall(arrival(), assigned(), streaming(), ...all);
    const endsAt = 1_200 + 30_000;
    expect([canJoinRing(state, endsAt - 10_000), canJoinRing(state, endsAt - 9_999)]).toEqual([true, false]);
    const joined = aCall(arrival(), assigned(), streaming(), ...all, offered(3, endsAt - 10_000));
    expect(joined.timers['ring-timeout']?.dueAt).toBe(endsAt);
    expect(openOffers(fire(joined, 'ring-timeout', endsAt).state)).toEqual([]);
    // One person rung by another strategy, or by hand, is nobody else's.
    expect(canJoinRing(aCall(arrival(), assigned(), streaming(), offered(1)), 2_000)).toBe(false);
    expect(canJoinRing(inCall(), 3_000)).toBe(false);
  });

  it('goes to the first who accepts, and the others are free at once', () => {
    const { state, operators, effects } = reduceCall(ringing(), accepted(2));
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(2));
    expect(openOffers(state)).toEqual([]);
    expect(operators).toEqual([
      { operatorId: operatorId(2), change: 'accepted' },
      { operatorId: operatorId(1), change: 'withdrawn' },
      { operatorId: operatorId(3), change: 'withdrawn' },
    ]);
    expect(effects).toContainEqual({ kind: 'distribute' });
    expect(reduceCall(state, accepted(1)).ignored).toBe('offer-over');
  });

  it('rings on at the others when one declines or goes away, and is queued again when nobody is left', () => {
    const declined = reduceCall(ringing(), { type: 'OfferDeclined', at: 3_000, offerId: offerId(1) }).state;
    expect(declined.phase).toBe('ringing');
    const withdrawn = reduceCall(declined, {
      type: 'OfferWithdrawn',
      at: 3_100,
      offerId: offerId(2),
      reason: 'went-offline',
    }).state;
    expect(withdrawn.phase).toBe('ringing');
    const last = reduceCall(withdrawn, { type: 'OfferDeclined', at: 3_200, offerId: offerId(3) });
    expect(last.state.phase).toBe('queued');
    expect(last.state.timers['ring-timeout']).toBeUndefined();
    expect(last.effects).toContainEqual({ kind: 'distribute' });
  });

  it('counts as missed by everybody who let it ring to the end, and moves the caller up once', () => {
    const { state, operators } = fire(ringing(), 'ring-timeout', 31_200);
    expect(operators.map((o) => o.change)).toEqual(['missed', 'missed', 'missed']);
    expect(state).toMatchObject({ phase: 'queued', priorityStepUps: 1 });
    expect(Object.keys(state.excludedUntil)).toHaveLength(3);
  });
});

describe('a call that is answered', () => {
  it('rings, connects, and is live only when keys are agreed and the audio is there', () => {
    const connecting = aCall(arrival(), assigned(), streaming(), offered(), accepted());
    expect(connecting.phase).toBe('connecting');
    expect(directedAudio(connecting).members).toHaveLength(1);
    expect(inCall().phase).toBe('in-call');
    const withoutAudio = aCall(arrival(), assigned(), offered(), accepted(), joined());
    expect(withoutAudio.phase).toBe('connecting');
    expect(reduceCall(withoutAudio, streaming(1, 3_000)).state.phase).toBe('in-call');
  });

  it('takes one of two acceptances in the same millisecond', () => {
    const state = aCall(arrival(), assigned(), offered(), accepted());
    const second = reduceCall(state, { ...accepted(), connectionId: connectionId(9) } as CallEvent);
    expect(second).toMatchObject({ ignored: 'offer-over', effects: [], operators: [] });
    expect(second.state).toBe(state);
  });

  it('sends the volunteer to wrap-up and tells the carrier when the volunteer hangs up', () => {
    const { state, effects, operators } = reduceCall(inCall(), {
      type: 'HangUpRequested',
      at: 9_000,
      operatorId: operatorId(1),
    });
    expect(state).toMatchObject({ phase: 'ending', termination: { result: 'operator', reason: 'volunteer-hung-up' } });
    expect(effects).toContainEqual({ kind: 'hang-up-at-carrier' });
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'call-ended' }]);
    expect(reduceCall(state, ended).state).toMatchObject({
      phase: 'ended',
      termination: { reason: 'volunteer-hung-up' },
    });
  });

  it('asks the carrier three times to hang up and then ends by itself', () => {
    let { state } = reduceCall(inCall(), { type: 'HangUpRequested', at: 9_000, operatorId: operatorId(1) });
    let asked = 1;
    for (let turn = 0; state.phase !== 'ended' && turn < 10; turn += 1) {
      const reduction = fire(state, 'hang-up-limit', 20_000 + turn);
      asked += reduction.effects.filter((e) => e.kind === 'hang-up-at-carrier').length;
      state = reduction.state;
    }
    expect(state.phase).toBe('ended');
    expect(asked).toBe(3);
  });

  it('plays music on hold and comes back', () => {
    const held = reduceCall(inCall(), { type: 'HoldChanged', at: 3_000, operatorId: operatorId(1), held: true }).state;
    expect(directedAudio(held).callerHears).toEqual({ kind: 'hold' });
    expect(reduceCall(held, { type: 'HoldChanged', at: 3_001, operatorId: operatorId(1), held: true }).ignored).toBe(
      'not-now',
    );
    expect(
      reduceCall(held, { type: 'HoldChanged', at: 4_000, operatorId: operatorId(1), held: false }).state.phase,
    ).toBe('in-call');
  });

  it('does nothing for somebody whose call it is not', () => {
    for (const event of [
      { type: 'HangUpRequested', at: 1, operatorId: operatorId(2) },
      { type: 'HoldChanged', at: 1, operatorId: operatorId(2), held: true },
      { type: 'DigitsSent', at: 1, operatorId: operatorId(2), digits: '1' },
    ] satisfies CallEvent[]) {
      expect(reduceCall(inCall(), event).ignored).toBe('not-your-call');
    }
  });
});

describe('offers', () => {
  it('a missed ring excludes the person for a while, lifts the call by one step, at most two, and is a miss', () => {
    let state = aCall(arrival(), assigned(), offered());
    const missed = fire(state, 'ring-timeout', 31_200);
    expect(missed.operators).toEqual([{ operatorId: operatorId(1), change: 'missed' }]);
    expect(missed.state.excludedUntil[operatorId(1)]).toBe(31_200 + 15_000);
    state = missed.state;
    for (let n = 2; n < 5; n += 1)
      state = fire(reduceCall(state, offered(n, 32_000)).state, 'ring-timeout', 60_000).state;
    expect(state.priorityStepUps).toBe(2);
    expect(state.offers.map((o) => o.outcome)).toEqual(['timed-out', 'timed-out', 'timed-out', 'timed-out']);
  });

  it('declining is not a miss and keeps the priority', () => {
    const { state, operators } = reduceCall(aCall(arrival(), assigned(), offered()), {
      type: 'OfferDeclined',
      at: 5_000,
      offerId: offerId(1),
    });
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'declined' }]);
    expect(state).toMatchObject({ phase: 'queued', priorityStepUps: 0 });
  });

  it('a late answer to an offer that timed out is refused', () => {
    const state = fire(aCall(arrival(), assigned(), offered()), 'ring-timeout').state;
    expect(reduceCall(state, accepted()).ignored).toBe('offer-over');
  });
});

describe('endings', () => {
  it('nobody reachable: after the set time voicemail, then good-bye', () => {
    const waiting = aCall(arrival(), assigned(), streaming(), {
      type: 'NobodyAvailable',
      at: 1_200,
      staffed: 0,
      passedOver: [],
    });
    const state = fire(waiting, 'nobody-wait', 31_200).state;
    expect(state.phase).toBe('voicemail');
    const recorded = reduceCall(state, {
      type: 'VoicemailRecorded',
      at: 40_000,
      voicemailId: VOICEMAIL_ID,
      durationMs: 5_000,
      endedBy: 'key',
    }).state;
    const bye = reduceCall(recorded, { type: 'PromptsFinished', at: 42_000, revision: recorded.directiveRevision });
    expect(bye.state).toMatchObject({ phase: 'ending', termination: { reason: 'voicemail-left' } });
  });

  it('who comes to voicemail before the opening was over is told there that phone calls are not private', () => {
    const closed = arrival({
      policy: aPolicy({ ladders: { ...aPolicy().ladders, closed: [{ step: 'voicemail' }] } }),
      admission: 'closed',
    });
    const promptsOf = (state: CallState) => {
      const { callerHears } = directedAudio(state);
      return callerHears.kind === 'voicemail'
        ? callerHears.greeting.map((p) => (p.kind === 'built-in' ? p.id : p.kind))
        : [];
    };
    expect(promptsOf(aCall(closed, assigned(), streaming()))).toEqual(['notice', 'voicemail', 'beep']);
    const waited = aCall(arrival(), assigned(), streaming(), {
      type: 'NobodyAvailable',
      at: 1_200,
      staffed: 0,
      passedOver: [],
    });
    expect(promptsOf(fire(waited, 'nobody-wait', 31_200).state)).toEqual(['voicemail', 'beep']);
  });

  it('a caller who hangs up while leaving a message is waited for until the recording is in', () => {
    const voicemail = aCall(
      arrival({
        policy: aPolicy({ ladders: { ...aPolicy().ladders, closed: [{ step: 'voicemail' }] } }),
        admission: 'closed',
      }),
      assigned(),
      streaming(),
    );
    const stopped = reduceCall(voicemail, {
      type: 'StreamEnded',
      at: 9_000,
      gatewayId: gatewayId(1),
      cause: 'carrier-stopped',
    }).state;
    expect(stopped.phase).toBe('ending');
    expect(reduceCall(stopped, ended).ignored).toBe('waiting-for-the-recording');
    const stored = reduceCall(stopped, {
      type: 'VoicemailRecorded',
      at: 9_500,
      voicemailId: VOICEMAIL_ID,
      durationMs: 4_000,
      endedBy: 'hang-up',
    }).state;
    expect(stored).toMatchObject({ phase: 'ended', termination: { result: 'caller', reason: 'voicemail-left' } });
  });

  it('a voicemail that could not be stored falls through to the next step', () => {
    const waiting = aCall(arrival(), assigned(), streaming(), {
      type: 'NobodyAvailable',
      at: 1_200,
      staffed: 0,
      passedOver: [],
    });
    const state = fire(waiting, 'nobody-wait').state;
    const failed = reduceCall(state, { type: 'VoicemailFailed', at: 60_000, reason: 'not-stored' }).state;
    expect(failed.phase).toBe('farewell');
  });

  it('without a vault voicemail is skipped', () => {
    const policy = aPolicy({ vault: null });
    const waiting = aCall(arrival({ policy }), assigned(), streaming(), {
      type: 'NobodyAvailable',
      at: 1_200,
      staffed: 0,
      passedOver: [],
    });
    expect(fire(waiting, 'nobody-wait').state.phase).toBe('farewell');
  });

  it('waits out a ring that is under way when the longest wait is over', () => {
    const ringing = aCall(arrival(), assigned(), streaming(), offered());
    const past = fire(ringing, 'max-wait', 601_000).state;
    expect(past).toMatchObject({ phase: 'ringing', pastMaxWait: true });
    expect(fire(past, 'ring-timeout', 602_000).state.phase).toBe('voicemail');
  });

  it('no gateway at all: the carrier plays the ending', () => {
    const state = aCall(arrival(), { type: 'GatewayAssigned', at: 1_000, gatewayId: null, streamToken: null });
    expect(state).toMatchObject({ phase: 'voicemail', endedByCarrierVerbs: true });
    expect(reduceCall(state, ended).state.termination).toEqual({ result: 'ours', reason: 'no-gateway' });
  });
});

describe('when a link is lost', () => {
  it('a volunteer whose browser is gone for 30 s loses the call; the caller hears an apology and is first', () => {
    const away = reduceCall(inCall(), {
      type: 'OperatorConnectionLost',
      at: 5_000,
      operatorId: operatorId(1),
      connectionId: connectionId(1),
    }).state;
    expect(away.phase).toBe('reconnecting');
    const { state, operators } = fire(away, 'reconnecting', 35_000);
    expect(state).toMatchObject({ phase: 'queued', rescued: true, arrivedAt: 1_000 });
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'link-lost' }]);
    expect(directedAudio(state).callerHears).toMatchObject({
      kind: 'queue',
      opening: [{ id: 'apology-reconnecting' }],
    });
  });

  it('the same page that comes back goes on at once, a new page agrees on keys anew', () => {
    const away = reduceCall(inCall(), {
      type: 'OperatorConnectionLost',
      at: 5_000,
      operatorId: operatorId(1),
      connectionId: connectionId(1),
    }).state;
    const back = (n: number) =>
      reduceCall(away, {
        type: 'OperatorRejoined',
        at: 6_000,
        operatorId: operatorId(1),
        connectionId: connectionId(n),
        publicKey: publicKey(1),
      }).state;
    expect(back(1).phase).toBe('in-call');
    expect(back(2).phase).toBe('connecting');
    expect(operatorLeg(back(2))).toMatchObject({ connectionId: connectionId(2), generation: null });
  });

  it('a gateway that vanishes leaves the volunteer in the call and the audio to a new gateway', () => {
    const lost = reduceCall(inCall(), { type: 'GatewayLost', at: 5_000, gatewayId: gatewayId(1) }).state;
    expect(phoneLeg(lost).state).toBe('away');
    const given = reduceCall(lost, assigned(2, 6_000));
    expect(given.effects).toContainEqual({ kind: 'forget-at-gateway', gatewayId: gatewayId(1) });
    expect(given.state).toMatchObject({ phase: 'connecting', gatewayId: gatewayId(2) });
    const again = reduceCall(reduceCall(given.state, streaming(2, 6_500)).state, joined(1, 6_600, 2)).state;
    expect(again.phase).toBe('in-call');
  });

  it('reports of the old gateway no longer count', () => {
    const moved = aCall(
      arrival(),
      assigned(),
      streaming(),
      { type: 'GatewayLost', at: 5_000, gatewayId: gatewayId(1) },
      assigned(2, 6_000),
    );
    expect(
      reduceCall(moved, { type: 'StreamEnded', at: 7_000, gatewayId: gatewayId(1), cause: 'socket-lost' }).ignored,
    ).toBe('other-gateway');
  });

  it('keys that can not be agreed on send the caller back to the head of the queue', () => {
    const connecting = aCall(arrival(), assigned(), streaming(), offered(), accepted());
    const { state, operators } = reduceCall(connecting, {
      type: 'MemberFailed',
      at: 3_000,
      legId: operatorLeg(connecting)!.legId,
      connectionId: connectionId(1),
      reason: 'not-in-roster',
    });
    expect(state).toMatchObject({ phase: 'queued', rescued: true });
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'call-failed' }]);
  });
});

describe('the log', () => {
  it('ignores what comes after the end', () => {
    const over = reduceCall(inCall(), ended).state;
    expect(over.phase).toBe('ended');
    expect(reduceCall(over, streaming()).ignored).toBe('call-is-over');
    expect(openOffers(over)).toEqual([]);
    expect(over.callId).toBe(CALL_ID);
  });

  it('a timer that was replaced does not fire', () => {
    const state = aCall(arrival(), assigned(), offered());
    expect(
      reduceCall(state, { type: 'TimerFired', at: 2, timer: 'ring-timeout', timerId: 'ring-timeout-99' as never })
        .ignored,
    ).toBe('timer-not-set');
  });
});

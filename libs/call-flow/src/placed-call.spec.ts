import type { CallEvent } from '@ringdown/protocol/call-events';
import type { CarrierCallId, LegId } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import {
  aCall,
  aPolicy,
  arrival,
  assigned,
  CALL_ID,
  connectionId,
  gatewayId,
  joined,
  legId,
  offerId,
  operatorId,
  publicKey,
} from './call-building.fixture.ts';
import { type CallState, operatorLeg, type Reduction } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { reduceCall } from './reduce-call.ts';

type Placed = Extract<CallEvent, { type: 'CallPlaced' }>;
const { hotlineId, carrierAccountId, language } = arrival() as Extract<CallEvent, { type: 'CallArrived' }>;
const policy = aPolicy({ callBack: { attempts: 1, retryMs: 10_000, expiresMs: 14_400_000 } });
const placed = (change: Partial<Placed> = {}): CallEvent => ({
  type: 'CallPlaced',
  at: 1_000,
  callId: CALL_ID,
  hotlineId,
  carrierAccountId,
  carrierCallId: `placed-${CALL_ID}` as CarrierCallId,
  phoneLegId: legId(0),
  direction: 'outbound',
  earlierCallId: CALL_ID,
  operatorId: operatorId(1),
  legId: legId(1),
  offerId: offerId(1),
  connectionId: connectionId(1),
  publicKey: publicKey(1),
  from: 'available',
  language,
  priority: 'medium',
  policy,
  test: false,
  ...change,
});
/** The phone that is dialled has the id of the offer. */
const called = { legId: offerId(1) as unknown as LegId };
const begun: CallEvent = {
  type: 'LegDialBegun',
  at: 1_010,
  ...called,
  carrierAccountId,
  streamToken: 'called-1',
};
const dialled: CallEvent = { type: 'LegDialled', at: 1_020, ...called, carrierCallId: 'CA2' as CarrierCallId };
const there: CallEvent = { type: 'LegStreamStarted', at: 5_000, ...called, gatewayId: gatewayId(1) };
const pressed: CallEvent = { type: 'LegDigitReceived', at: 6_000, ...called, digit: '1' };
const status = (is: 'completed' | 'busy' | 'no-answer' | 'failed'): CallEvent => ({
  type: 'LegStatusChanged',
  at: 7_000,
  ...called,
  status: is,
});
const calling = (change: Partial<Placed> = {}): CallState => aCall(placed(change), assigned(), begun, dialled);
const step = (state: CallState, event: CallEvent): Reduction => {
  const reduction = reduceCall(state, event);
  expect(reduction.ignored, event.type).toBeNull();
  return reduction;
};
const after = (state: CallState, ...events: CallEvent[]): CallState =>
  events.reduce((now, event) => step(now, event).state, state);

describe('a call that we place', () => {
  it('begins with somebody of ours on it, and the other side is dialled at once', () => {
    const { state, effects, operators } = reduceCall(null, placed());
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'supervising' }]);
    expect(effects).toContainEqual({ kind: 'dial-leg', ...called });
    expect(effects).toContainEqual({ kind: 'grant-room', legId: legId(1), connectionId: connectionId(1) });
    expect(state).toMatchObject({ phase: 'connecting', callBack: { away: true } });
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(1));
    expect(effects).not.toContainEqual({ kind: 'distribute' });
  });

  it('gives the other side as long to answer as any call-back, also when the gateway comes after', () => {
    const { timers } = calling();
    expect(timers['call-back']?.dueAt).toBe(61_000);
    expect(timers['bridge-expected']?.dueAt).toBe(76_000);
    expect(timers['stream-expected']).toBeUndefined();
  });

  it('is in the bridge once a person there has pressed 1', () => {
    const asks = after(calling(), there);
    expect(directedAudio(asks).phones).toMatchObject([
      { hears: { kind: 'prompts', prompts: [{ id: 'call-back-hello' }] } },
    ]);
    const answered = after(asks, pressed, joined());
    expect(answered.phase).toBe('in-call');
    expect(directedAudio(answered)).toMatchObject({ phones: [{ hears: { kind: 'bridge' } }], members: [{}] });
    const { state, operators } = step(answered, status('completed'));
    expect(state.termination).toEqual({ result: 'caller', reason: 'caller-hung-up' });
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'call-ended' }]);
  });

  it.each([
    ['no answer', status('no-answer')],
    ['a busy line', status('busy')],
    ['a fault of the carrier', status('failed')],
    ['a hang-up without 1', status('completed')],
  ])('is over after %s: once only, and nobody else is rung', (_, event) => {
    const { state, operators, effects } = step(calling(), event);
    expect(state).toMatchObject({ phase: 'ended', termination: { reason: 'call-back-unanswered' } });
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'withdrawn' }]);
    expect(effects).toContainEqual({ kind: 'hang-up-leg', ...called });
  });

  it('is over when our person leaves, or is lost, before the other side answers', () => {
    const dropped = { phase: 'ended', termination: { result: 'operator', reason: 'placed-call-dropped' } };
    const left = step(calling(), { type: 'HangUpRequested', at: 3_000, operatorId: operatorId(1) });
    expect(left.state).toMatchObject(dropped);
    expect(left.effects).toContainEqual({ kind: 'hang-up-leg', ...called });
    const failed: CallEvent = {
      type: 'MemberFailed',
      at: 3_000,
      legId: legId(1),
      connectionId: connectionId(1),
      reason: 'no-key',
    };
    expect(step(calling(), failed).state).toMatchObject(dropped);
  });

  it.each([
    ['break', 'back-to-break'],
    ['offline', 'link-lost'],
  ] as const)('leaves somebody who was on %s what they were', (from, change) => {
    const answered = after(calling({ from }), there, pressed, joined());
    expect(step(answered, status('completed')).operators).toEqual([{ operatorId: operatorId(1), change }]);
    expect(step(calling({ from }), status('busy')).operators).toEqual([{ operatorId: operatorId(1), change }]);
  });

  it('once answered is a call like any: a lost volunteer is replaced', () => {
    const answered = after(calling(), there, pressed, joined());
    const { state, effects } = step(answered, { type: 'RoomLost', at: 8_000, reason: 'gone' });
    expect(state.phase).toBe('queued');
    expect(effects).toContainEqual({ kind: 'distribute' });
  });
});

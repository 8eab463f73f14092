import type { CallEvent } from '@ringdown/protocol/call-events';
import type { CarrierCallId } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import {
  aCall,
  accepted,
  arrival,
  assigned,
  connectionId,
  gatewayId,
  joined,
  legId,
  offered,
  offerId,
  operatorId,
  publicKey,
  streaming,
} from './call-building.fixture.ts';
import { openOffers, operatorLeg, type CallState } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { reduceCall } from './reduce-call.ts';

const leg = { legId: legId(1) };
const account = '00000000-0000-4000-8000-000000000003' as never;
const sid = 'CA9' as CarrierCallId;
const onPhone = (n = 1): CallEvent => ({
  ...(offered(n) as Extract<CallEvent, { type: 'OfferMade' }>),
  on: 'own-phone',
});
const begun: CallEvent = { type: 'LegDialBegun', at: 1_300, ...leg, carrierAccountId: account, streamToken: 'phone-1' };
const dialled: CallEvent = { type: 'LegDialled', at: 1_400, ...leg, carrierCallId: sid };
const heard: CallEvent = { type: 'LegStreamStarted', at: 3_000, ...leg, gatewayId: gatewayId(1) };
const pressed = (digit: string): CallEvent => ({ type: 'LegDigitReceived', at: 4_000, ...leg, digit });
const status = (is: 'completed' | 'busy' | 'no-answer' | 'failed' | 'ringing'): CallEvent => ({
  type: 'LegStatusChanged',
  at: 5_000,
  ...leg,
  status: is,
});
const ringing = (): CallState => aCall(arrival(), assigned(), streaming(), onPhone(), begun, dialled);
const answered = (): CallState =>
  aCall(arrival(), assigned(), streaming(), onPhone(), begun, dialled, heard, pressed('1'));
const kinds = (state: CallState, event: CallEvent) => reduceCall(state, event).effects.map(({ kind }) => kind);

describe('a volunteer’s own phone', () => {
  it('is dialled once for an offer, however often the effect is performed', () => {
    const state = aCall(arrival(), assigned(), streaming());
    expect(reduceCall(state, onPhone()).effects).toContainEqual({ kind: 'dial-leg', legId: legId(1) });
    expect(reduceCall(ringing(), begun).ignored).toBe('dialled-already');
  });

  it('hears that 1 takes the call, and takes part in nothing until it is pressed', () => {
    const { phones, callerHears } = directedAudio(
      aCall(arrival(), assigned(), streaming(), onPhone(), begun, dialled, heard),
    );
    expect(callerHears.kind).toBe('queue');
    expect(phones).toMatchObject([
      { legId: legId(1), side: 'staff', streamToken: 'phone-1', hears: { kind: 'prompts' } },
    ]);
  });

  it('takes the call with 1: caller and phone are in the bridge, without any key', () => {
    const state = answered();
    expect(state.phase).toBe('in-call');
    expect(operatorLeg(state)).toMatchObject({ kind: 'own-phone', state: 'live', publicKey: null });
    expect(directedAudio(state)).toMatchObject({
      callerHears: { kind: 'bridge' },
      members: [],
      phones: [{ hears: { kind: 'bridge' } }],
    });
  });

  it('is a mailbox when nobody presses anything: missed after the ring’s time, and hung up', () => {
    const state = aCall(arrival(), assigned(), streaming(), onPhone(), begun, dialled, heard);
    const timer = state.timers['ring-timeout']!;
    const after = reduceCall(state, {
      type: 'TimerFired',
      at: timer.dueAt,
      timer: 'ring-timeout',
      timerId: timer.timerId,
    });
    expect(after.operators).toEqual([{ operatorId: operatorId(1), change: 'missed' }]);
    expect(after.effects).toContainEqual({ kind: 'hang-up-leg', legId: legId(1) });
    expect(directedAudio(after.state).phones).toEqual([]);
  });

  it.each([
    ['another key', pressed('5'), 'declined'],
    ['the phone’s own decline', status('busy'), 'declined'],
    ['a hang-up before any key', status('completed'), 'declined'],
    ['ringing on without an answer', status('no-answer'), 'missed'],
    ['a fault of the carrier', status('failed'), 'withdrawn'],
    ['a refusal of the carrier', { type: 'LegDialFailed', at: 2_000, ...leg, reason: 'not-permitted' }, 'withdrawn'],
  ] as const)('%s gives the call to the next person', (_, event, change) => {
    const { state, operators, effects } = reduceCall(ringing(), event);
    expect(operators).toEqual([{ operatorId: operatorId(1), change }]);
    expect(state.phase).toBe('queued');
    expect(state.excludedUntil[operatorId(1)]).toBeGreaterThan(2_000);
    expect(effects).toContainEqual({ kind: 'distribute' });
  });

  it('that hangs up ends the call as the volunteer’s doing', () => {
    const { state, effects, operators } = reduceCall(answered(), status('completed'));
    expect(state).toMatchObject({ phase: 'ending', termination: { result: 'operator', reason: 'volunteer-hung-up' } });
    expect(effects.map(({ kind }) => kind)).toContain('hang-up-at-carrier');
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'call-ended' }]);
  });

  it('stops ringing when somebody else accepts, and when the caller hangs up', () => {
    const both = aCall(arrival(), assigned(), streaming(), onPhone(1), begun, dialled, offered(2));
    const accepted: CallEvent = {
      type: 'OfferAccepted',
      at: 3_000,
      offerId: offerId(2),
      connectionId: connectionId(2),
      publicKey: publicKey(2),
    };
    expect(kinds(both, accepted)).toContain('hang-up-leg');
    const gone: CallEvent = { type: 'CarrierStatusChanged', at: 3_000, status: 'completed', sequence: null };
    expect(kinds(ringing(), gone)).toContain('hang-up-leg');
  });

  it('taken with 1 stops ringing in everybody’s console', () => {
    const both = aCall(arrival(), assigned(), streaming(), onPhone(1), begun, dialled, offered(2), heard);
    const { state } = reduceCall(both, pressed('1'));
    expect(openOffers(state)).toEqual([]);
    expect(state.offers.map(({ outcome }) => outcome)).toEqual(['accepted', 'withdrawn']);
  });

  it('is let go when its owner answers in the console instead', () => {
    const accepted: CallEvent = {
      type: 'OfferAccepted',
      at: 3_000,
      offerId: offerId(1),
      connectionId: connectionId(1),
      publicKey: publicKey(1),
    };
    const { state, effects } = reduceCall(ringing(), accepted);
    expect(operatorLeg(state)?.kind).toBe('console');
    expect(effects).toContainEqual({ kind: 'hang-up-leg', legId: legId(1) });
    expect(directedAudio(state).phones).toEqual([]);
  });

  it('that was given up before the carrier named the call is hung up once it does', () => {
    const early = aCall(arrival(), assigned(), streaming(), onPhone(), begun, {
      type: 'OfferDeclined',
      at: 1_350,
      offerId: offerId(1),
    });
    expect(reduceCall(early, dialled).effects).toContainEqual({ kind: 'hang-up-leg', legId: legId(1) });
  });

  it('whose audio breaks interrupts the call; back again it goes on, not back the caller is rescued', () => {
    const broken = reduceCall(answered(), { type: 'LegStreamEnded', at: 6_000, ...leg, gatewayId: gatewayId(1) }).state;
    expect(broken.phase).toBe('reconnecting');
    expect(reduceCall(broken, { ...heard, at: 7_000 }).state.phase).toBe('in-call');
    const timer = broken.timers.reconnecting!;
    const fired: CallEvent = { type: 'TimerFired', at: timer.dueAt, timer: 'reconnecting', timerId: timer.timerId };
    expect(reduceCall(broken, fired).state).toMatchObject({ phase: 'queued', rescued: true });
  });

  it('goes over to the gateway that takes the call after one was lost', () => {
    const lost = reduceCall(answered(), { type: 'GatewayLost', at: 6_000, gatewayId: gatewayId(1) }).state;
    const moved = reduceCall(lost, assigned(2, 6_500)).state;
    const back = reduceCall(reduceCall(moved, streaming(2, 7_000)).state, {
      ...heard,
      at: 7_100,
      gatewayId: gatewayId(2),
    });
    expect(back.state.phase).toBe('in-call');
    const timer = moved.timers['phone-leg']!;
    const fired: CallEvent = { type: 'TimerFired', at: timer.dueAt, timer: 'phone-leg', timerId: timer.timerId };
    expect(reduceCall(reduceCall(moved, streaming(2, 7_000)).state, fired).state).toMatchObject({
      phase: 'queued',
      rescued: true,
    });
  });
});

describe('an outside phone that was asked in', () => {
  const outside = { legId: legId(7) };
  const invited = (mode: 'warm' | 'three-way'): CallEvent => ({
    type: 'InvitationMade',
    at: 3_000,
    by: operatorId(1),
    mode,
    offerId: offerId(7),
    legId: legId(7),
    to: { kind: 'number' },
  });
  const dial: CallEvent = {
    type: 'LegDialBegun',
    at: 3_010,
    ...outside,
    carrierAccountId: account,
    streamToken: 'out-1',
  };
  const named: CallEvent = { type: 'LegDialled', at: 3_020, ...outside, carrierCallId: sid };
  const there: CallEvent = { type: 'LegStreamStarted', at: 6_000, ...outside, gatewayId: gatewayId(1) };
  const asked = (mode: 'warm' | 'three-way'): CallState =>
    aCall(arrival(), assigned(), streaming(), offered(), accepted(), joined(), invited(mode), dial, named);

  it('is dialled once, and takes part from the moment its audio is there', () => {
    const state = asked('three-way');
    expect(reduceCall(state, dial).ignored).toBe('dialled-already');
    const talking = reduceCall(state, there).state;
    expect(talking).toMatchObject({ phase: 'in-call', invitation: null });
    expect(directedAudio(talking)).toMatchObject({
      callerHears: { kind: 'bridge' },
      phones: [{ legId: legId(7), side: 'outside', hears: { kind: 'bridge' } }],
    });
  });

  it('is heard by the volunteer alone in a consultation, while the caller has music', () => {
    const talking = reduceCall(asked('warm'), there).state;
    expect(talking.invitation?.state).toBe('talking');
    expect(directedAudio(talking)).toMatchObject({
      callerHears: { kind: 'hold' },
      phones: [{ hears: { kind: 'bridge' } }],
    });
  });

  it.each([
    ['busy', 'busy'],
    ['no-answer', 'timed-out'],
    ['failed', 'failed'],
  ] as const)('%s leaves the volunteer with the caller, and says so', (how, reason) => {
    const status: CallEvent = { type: 'LegStatusChanged', at: 7_000, ...outside, status: how };
    const { state } = reduceCall(asked('warm'), status);
    expect(state).toMatchObject({ phase: 'in-call', invitation: null, invitationFailed: { reason } });
  });

  it('that hangs up leaves the two others talking', () => {
    const over: CallEvent = { type: 'LegStatusChanged', at: 9_000, ...outside, status: 'completed' };
    const { state } = reduceCall(reduceCall(asked('three-way'), there).state, over);
    expect(state.phase).toBe('in-call');
    expect(directedAudio(state).phones).toEqual([]);
  });
});

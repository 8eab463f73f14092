import type { CallEvent, InvitationMode, SupervisionMode, TimerName } from '@ringdown/protocol/call-events';
import type { CarrierAccountId } from '@ringdown/protocol/ids';
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
import { acceptedLegs, type CallState, openOffers, operatorLeg } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { reduceCall } from './reduce-call.ts';

/** Person 1 talks with the caller; 2 is asked in; 3 leads. */
const talking = [arrival(), assigned(), streaming(), offered(), accepted(), joined()];
const invited = (mode: InvitationMode, n = 2, at = 5_000): CallEvent => ({
  type: 'InvitationMade',
  at,
  by: operatorId(1),
  mode,
  offerId: offerId(n),
  legId: legId(n),
  to: { kind: 'operator', operatorId: operatorId(n), hotlineId: null, passedOver: [] },
});
const supervising = (mode: SupervisionMode, announced = true, n = 3): CallEvent => ({
  type: 'SupervisionStarted',
  at: 6_000,
  operatorId: operatorId(n),
  legId: legId(n),
  connectionId: connectionId(n),
  publicKey: publicKey(n),
  mode,
  announced,
});
const by = (type: 'InvitationCancelled' | 'TransferCompleted' | 'ConsultationJoined', n = 1): CallEvent => ({
  type,
  at: 9_000,
  by: operatorId(n),
});
const left = (n: number): CallEvent => ({ type: 'LegLeft', at: 9_500, operatorId: operatorId(n) });
const lost = (n: number, at = 9_000): CallEvent => ({
  type: 'OperatorConnectionLost',
  at,
  operatorId: operatorId(n),
  connectionId: connectionId(n),
});
const consulting = (...more: CallEvent[]): CallState =>
  aCall(...talking, invited('warm'), accepted(2, 6_000), joined(2, 6_200, 2), ...more);
const threeWay = (...more: CallEvent[]): CallState =>
  aCall(...talking, invited('three-way'), accepted(2, 6_000), joined(2, 6_200, 2), ...more);
/** An outside number was dialled and answered. */
const withOutsideLine = (mode: InvitationMode): CallState =>
  aCall(
    ...talking,
    { ...invited(mode), to: { kind: 'number' } } as CallEvent,
    {
      type: 'LegDialBegun',
      at: 5_100,
      legId: legId(2),
      carrierAccountId: '00000000-0000-4000-8000-000000000003' as CarrierAccountId,
      streamToken: 'token',
    },
    { type: 'LegStreamStarted', at: 5_200, legId: legId(2), gatewayId: gatewayId(1) },
  );
const fire = (state: CallState, timer: TimerName) => {
  const set = state.timers[timer];
  if (!set) throw new Error(`${timer} is not set`);
  return reduceCall(state, { type: 'TimerFired', at: set.dueAt, timer, timerId: set.timerId });
};
const members = (state: CallState) => directedAudio(state).members.map((m) => m.operatorId);
const people = (...n: number[]) => n.map(operatorId);

describe('a warm transfer (X2)', () => {
  it('rings the colleague for 30 s while the caller hears music', () => {
    const state = aCall(...talking, invited('warm'));
    expect(state.phase).toBe('held');
    expect(directedAudio(state).callerHears).toEqual({ kind: 'hold' });
    expect(openOffers(state)).toMatchObject([{ operatorId: operatorId(2), purpose: 'warm', by: operatorId(1) }]);
    expect(state.timers.invitation?.dueAt).toBe(35_000);
  });

  it('lets the two talk among themselves while the caller still hears music', () => {
    const state = consulting();
    expect(state.invitation?.state).toBe('talking');
    expect(directedAudio(state)).toMatchObject({ callerHears: { kind: 'hold' } });
    expect(members(state)).toEqual(people(1, 2));
  });

  it('when it is completed the call is the colleague’s and the first writes the notes', () => {
    const { state, operators, effects } = reduceCall(consulting(), by('TransferCompleted'));
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(2));
    expect(state).toMatchObject({ phase: 'in-call', invitation: null });
    expect(members(state)).toEqual(people(2));
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'call-ended' }]);
    expect(effects).toContainEqual({ kind: 'remove-from-room', legId: legId(1), connectionId: connectionId(1) });
    for (const operatorId of people(1, 2)) expect(effects).toContainEqual({ kind: 'tell-operator', operatorId });
  });

  it('when it is cancelled the colleague is free and the caller comes off hold', () => {
    const { state, operators } = reduceCall(consulting(), by('InvitationCancelled'));
    expect(state).toMatchObject({ phase: 'in-call', invitation: null, invitationFailed: null });
    expect(operators).toEqual([{ operatorId: operatorId(2), change: 'withdrawn' }]);
    expect(members(state)).toEqual(people(1));
  });

  it('can become a conversation of three', () => {
    const state = consulting(by('ConsultationJoined'));
    expect(state).toMatchObject({ phase: 'in-call', invitation: null });
    expect(acceptedLegs(state).map((l) => l.role)).toEqual(['volunteer', 'guest']);
  });

  it('takes no hold and no second invitation meanwhile', () => {
    expect(
      reduceCall(consulting(), { type: 'HoldChanged', at: 7_000, operatorId: operatorId(1), held: false }).ignored,
    ).toBe('not-now');
    expect(reduceCall(consulting(), invited('three-way', 4)).ignored).toBe('already-inviting');
  });

  it.each([
    ['declines', { type: 'OfferDeclined', at: 7_000, offerId: offerId(2) }, 'declined', 'declined'],
    [
      'goes offline',
      { type: 'OfferWithdrawn', at: 7_000, offerId: offerId(2), reason: 'went-offline' },
      'went-offline',
      'withdrawn',
    ],
  ] as const)('leaves the volunteer with the caller when the colleague %s, and says so', (_, event, reason, change) => {
    const { state, operators, effects } = reduceCall(aCall(...talking, invited('warm')), event);
    expect(effects).toContainEqual({ kind: 'tell-operator', operatorId: operatorId(1) });
    expect(state).toMatchObject({ phase: 'in-call', invitation: null, invitationFailed: { reason } });
    expect(operators).toEqual([{ operatorId: operatorId(2), change }]);
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(1));
  });

  it('an invitation that nobody answers within 30 s is a miss, and the volunteer keeps the call', () => {
    const { state, operators } = fire(aCall(...talking, invited('warm')), 'invitation');
    expect(state).toMatchObject({ phase: 'in-call', invitationFailed: { reason: 'timed-out' } });
    expect(operators).toEqual([{ operatorId: operatorId(2), change: 'missed' }]);
  });

  it('a colleague whose browser never joins is let go, and the volunteer keeps the call', () => {
    const { state, operators } = fire(aCall(...talking, invited('warm'), accepted(2, 6_000)), 'bridge-expected');
    expect(state).toMatchObject({ phase: 'in-call', invitationFailed: { reason: 'failed' } });
    expect(operators).toEqual([{ operatorId: operatorId(2), change: 'call-failed' }]);
    expect(openOffers(state)).toEqual([]);
  });

  it('a colleague who leaves the consultation gives the caller back to the volunteer', () => {
    const { state, operators } = reduceCall(consulting(), left(2));
    expect(state).toMatchObject({ phase: 'in-call', invitation: null });
    expect(operators).toEqual([{ operatorId: operatorId(2), change: 'withdrawn' }]);
  });

  it('a caller who hangs up sets everybody free', () => {
    const { state, operators } = reduceCall(consulting(), {
      type: 'CarrierStatusChanged',
      at: 9_000,
      status: 'completed',
      sequence: 2,
    });
    expect(state).toMatchObject({ phase: 'ended', invitation: null });
    expect(operators).toEqual([
      { operatorId: operatorId(1), change: 'call-ended' },
      { operatorId: operatorId(2), change: 'withdrawn' },
    ]);
  });
});

describe('a blind transfer (X2)', () => {
  it('moves the call when the colleague is there, not before', () => {
    const ringing = aCall(...talking, invited('blind'), accepted(2, 6_000));
    expect(ringing.phase).toBe('held');
    expect(operatorLeg(ringing)?.operatorId).toBe(operatorId(1));
    const { state, operators } = reduceCall(ringing, joined(2, 6_200, 2));
    expect(state).toMatchObject({ phase: 'in-call', invitation: null });
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(2));
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'call-ended' }]);
  });
});

describe('an outside number (X2)', () => {
  it('is talked to first; the call can’t be left to it, but the caller can be brought in', () => {
    const state = withOutsideLine('warm');
    expect(state.invitation?.state).toBe('talking');
    expect(reduceCall(state, by('TransferCompleted')).ignored).toBe('nobody-responsible');
    expect(reduceCall(state, by('ConsultationJoined')).state).toMatchObject({ phase: 'in-call', invitation: null });
  });

  it('never gets a call blindly: nobody would be responsible for the caller', () => {
    const blind = { ...invited('blind'), to: { kind: 'number' } } as CallEvent;
    expect(reduceCall(aCall(...talking), blind).ignored).toBe('nobody-responsible');
  });
});

describe('three on a call (X3)', () => {
  it('all talk, and the caller hears no music while it rings', () => {
    expect(aCall(...talking, invited('three-way')).phase).toBe('in-call');
    expect(threeWay()).toMatchObject({ phase: 'in-call', invitation: null });
    expect(members(threeWay())).toEqual(people(1, 2));
  });

  it('only the volunteer ends the call; the guest leaves it', () => {
    const state = threeWay();
    expect(reduceCall(state, { type: 'HangUpRequested', at: 9_000, operatorId: operatorId(2) }).ignored).toBe(
      'not-your-call',
    );
    const gone = reduceCall(state, left(2));
    expect(gone.state.phase).toBe('in-call');
    expect(gone.operators).toEqual([{ operatorId: operatorId(2), change: 'call-ended' }]);
    const over = reduceCall(state, { type: 'HangUpRequested', at: 9_000, operatorId: operatorId(1) });
    expect(over.operators.map((o) => o.change)).toEqual(['call-ended', 'call-ended']);
  });

  it('a volunteer who leaves makes the guest responsible; alone with the caller nobody may leave', () => {
    const { state, operators } = reduceCall(threeWay(), left(1));
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(2));
    expect(state.phase).toBe('in-call');
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'call-ended' }]);
    expect(reduceCall(state, left(2)).ignored).toBe('nobody-responsible');
  });

  it('with only an outside line on the call the volunteer may not leave', () => {
    const state = withOutsideLine('three-way');
    expect(acceptedLegs(state).map((l) => l.kind)).toEqual(['console', 'outside-phone']);
    expect(reduceCall(state, left(1)).ignored).toBe('nobody-responsible');
    expect(reduceCall(state, by('TransferCompleted')).ignored).not.toBeNull();
  });

  it('the volunteer can let a guest go, but neither themselves nor a supervisor', () => {
    const state = threeWay(supervising('listen'));
    const remove = (n: number, who = 1): CallEvent => ({
      type: 'LegRemoved',
      at: 9_000,
      by: operatorId(who),
      legId: legId(n),
    });
    expect(members(reduceCall(state, remove(2)).state)).toEqual(people(1, 3));
    expect(reduceCall(state, remove(1)).ignored).toBe('not-now');
    expect(reduceCall(state, remove(3)).ignored).toBe('supervision-stays');
    expect(reduceCall(state, remove(1, 2)).ignored).toBe('not-your-call');
  });
});

describe('a laptop that dies with others on the call (L6)', () => {
  it('doesn’t interrupt a conversation of three; after 30 s the guest is responsible', () => {
    const away = threeWay(lost(1));
    expect(away.phase).toBe('in-call');
    const { state, operators } = fire(away, 'reconnecting');
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(2));
    expect(operators).toEqual([{ operatorId: operatorId(1), change: 'link-lost' }]);
  });

  it('in a consultation the colleague takes the call when the volunteer doesn’t come back', () => {
    const away = consulting(lost(1));
    expect(away.phase).toBe('reconnecting');
    const { state } = fire(away, 'reconnecting');
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(2));
    expect(state).toMatchObject({ phase: 'in-call', invitation: null, rescued: false });
  });

  it('while the colleague’s console still rings the caller is rescued and the ring ends', () => {
    const { state, operators } = fire(aCall(...talking, invited('warm'), lost(1)), 'reconnecting');
    expect(state).toMatchObject({ phase: 'queued', rescued: true, invitation: null });
    expect(operators).toEqual([
      { operatorId: operatorId(1), change: 'link-lost' },
      { operatorId: operatorId(2), change: 'withdrawn' },
    ]);
    expect(acceptedLegs(state)).toEqual([]);
  });

  it('back in time, the consultation goes on and the caller still hears music', () => {
    const back = reduceCall(consulting(lost(1)), {
      type: 'OperatorRejoined',
      at: 12_000,
      operatorId: operatorId(1),
      connectionId: connectionId(8),
      publicKey: publicKey(1),
    }).state;
    expect(directedAudio(back).callerHears).toEqual({ kind: 'hold' });
    expect(back.timers.reconnecting).toBeUndefined();
    const again = reduceCall(back, { ...joined(1, 12_200, 3), connectionId: connectionId(8) } as CallEvent).state;
    expect(again).toMatchObject({ phase: 'held', invitation: { state: 'talking' } });
  });

  it('a guest’s lost link ends only the guest’s part', () => {
    const { state, operators } = fire(threeWay(lost(2)), 'reconnecting');
    expect(state.phase).toBe('in-call');
    expect(members(state)).toEqual(people(1));
    expect(operators).toEqual([{ operatorId: operatorId(2), change: 'link-lost' }]);
  });

  it('two links lost at different times each have their own 30 s', () => {
    const both = threeWay(lost(2, 9_000), lost(1, 20_000));
    expect(both.timers.reconnecting?.dueAt).toBe(39_000);
    const first = fire(both, 'reconnecting').state;
    expect(members(first)).toEqual(people(1));
    expect(first.timers.reconnecting?.dueAt).toBe(50_000);
    expect(fire(first, 'reconnecting').state).toMatchObject({ phase: 'queued', rescued: true });
  });

  it('when the gateway dies all join anew at the next one, and who doesn’t is let go', () => {
    const moved = threeWay(assigned(2, 10_000), streaming(2, 10_500), joined(1, 11_000, 1_001));
    expect(moved.phase).toBe('in-call');
    const { state } = fire(moved, 'bridge-expected');
    expect(members(state)).toEqual(people(1));
  });
});

describe('supervision (V)', () => {
  it('is in the group at once, heard by nobody while listening, by staff only while whispering', () => {
    for (const [mode, speaksTo] of [
      ['listen', 'nobody'],
      ['whisper', 'staff'],
      ['barge', undefined],
    ] as const) {
      const state = aCall(...talking, supervising(mode), joined(3, 6_500, 2));
      expect(directedAudio(state).members.find((m) => m.operatorId === operatorId(3))?.speaksTo).toBe(speaksTo);
      expect(state.phase).toBe('in-call');
    }
  });

  it('is told to the caller when the hotline says so, and not otherwise', () => {
    const told = aCall(...talking, supervising('listen', true));
    expect(directedAudio(told).announcement?.prompts).toEqual([
      { kind: 'built-in', id: 'supervisor-listening', language: 'en' },
    ]);
    expect(directedAudio(aCall(...talking, supervising('listen', false))).announcement).toBeNull();
  });

  it('is written down when it begins, changes, takes over and ends', () => {
    const logged = (state: CallState, event: CallEvent) =>
      reduceCall(state, event).effects.flatMap((e) => (e.kind === 'log-supervision' ? [[e.entry, e.mode]] : []));
    const state = aCall(...talking, supervising('listen'), joined(3, 6_500, 2));
    expect(logged(aCall(...talking), supervising('whisper'))).toEqual([['started', 'whisper']]);
    const whisper: CallEvent = {
      type: 'SupervisionModeChanged',
      at: 7_000,
      operatorId: operatorId(3),
      mode: 'whisper',
    };
    expect(logged(state, whisper)).toEqual([['mode-changed', 'whisper']]);
    expect(logged(state, { type: 'TakenOver', at: 7_000, operatorId: operatorId(3) })).toEqual([
      ['taken-over', 'listen'],
    ]);
    expect(logged(state, left(3))).toEqual([['ended', 'listen']]);
    const hangUp: CallEvent = { type: 'HangUpRequested', at: 7_000, operatorId: operatorId(1) };
    expect(logged(state, hangUp)).toEqual([['ended', 'listen']]);
  });

  it('taking over makes the supervisor responsible and sends the volunteer to the notes', () => {
    const state = aCall(...talking, supervising('listen'), joined(3, 6_500, 2));
    const over = reduceCall(state, { type: 'TakenOver', at: 7_000, operatorId: operatorId(3) });
    expect(operatorLeg(over.state)).toMatchObject({ operatorId: operatorId(3), mode: null });
    expect(over.operators).toEqual([{ operatorId: operatorId(1), change: 'call-ended' }]);
    expect(directedAudio(over.state).members).toMatchObject([{ operatorId: operatorId(3) }]);
    expect(directedAudio(over.state).members[0]).not.toHaveProperty('speaksTo');
    const early = aCall(...talking, supervising('listen'));
    expect(reduceCall(early, { type: 'TakenOver', at: 7_000, operatorId: operatorId(3) }).ignored).toBe('not-now');
  });

  it('gives a supervisor back the state they had before', () => {
    const after = (from: 'available' | 'break' | 'offline') =>
      reduceCall(aCall(...talking, { ...supervising('listen'), from } as CallEvent), left(3)).operators[0]?.change;
    expect([after('available'), after('break'), after('offline')]).toEqual(['withdrawn', 'back-to-break', 'link-lost']);
  });

  it('whoever isn’t supervising can neither change it nor take over', () => {
    const state = threeWay();
    expect(reduceCall(state, { type: 'TakenOver', at: 7_000, operatorId: operatorId(2) }).ignored).toBe(
      'not-your-call',
    );
    expect(reduceCall(state, supervising('listen', true, 2)).ignored).toBe('on-the-call-already');
  });

  it('a supervisor who only listens doesn’t keep a caller whose volunteer is gone', () => {
    const state = aCall(...talking, supervising('listen'), joined(3, 6_500, 2), lost(1));
    expect(state.phase).toBe('reconnecting');
    expect(fire(state, 'reconnecting').state).toMatchObject({ phase: 'queued', rescued: true });
  });
});

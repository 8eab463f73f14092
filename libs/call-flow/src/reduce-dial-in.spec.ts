import type { CallEvent } from '@ringdown/protocol/call-events';
import type { LanguageTag } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import {
  aCall,
  accepted,
  aPolicy,
  arrival,
  assigned,
  gatewayId,
  joined,
  legId,
  offered,
  operatorId,
  streaming,
} from './call-building.fixture.ts';
import type { CallState, Reduction } from './call-state.ts';
import { DIAL_IN_IDLE_MS, DIAL_IN_MAX_MS } from './call-limits.ts';
import { directedAudio } from './directive.ts';
import { changePresence, type Presence } from './operator-presence.ts';
import { takesPart } from './people-on-call.ts';
import { dialledIn } from './reduce-dial-in.ts';
import { reduceCall } from './reduce-call.ts';

const WHO = operatorId(7);
const HER_PHONE = legId(30);
const waiting = [arrival(), assigned(), streaming()];
const recognised = (at = 3_000, from: 'available' | 'break' | 'offline' = 'available'): CallEvent => ({
  type: 'StaffRecognised',
  at,
  operatorId: WHO,
  from,
});
const refused = (reason: 'wrong' | 'busy' = 'wrong', at = 2_000): CallEvent => ({
  type: 'StaffCodeRefused',
  at,
  reason,
});
const key = (digit: string, at = 4_000): CallEvent => ({ type: 'DigitReceived', at, digit });
const calling = (what: 'last-caller' | 'number' = 'last-caller', at = 5_000): CallEvent => ({
  type: 'DialInCalling',
  at,
  legId: HER_PHONE,
  what,
  earlierCallId: null,
  language: 'es' as LanguageTag,
});
const dialled: CallEvent[] = [
  {
    type: 'LegDialBegun',
    at: 5_100,
    legId: HER_PHONE,
    carrierAccountId: '00000000-0000-4000-8000-000000000003' as never,
    streamToken: 't'.repeat(40),
  },
  { type: 'LegDialled', at: 5_200, legId: HER_PHONE, carrierCallId: 'CA2' as never },
];
const answered: CallEvent = { type: 'LegStreamStarted', at: 6_000, legId: HER_PHONE, gatewayId: gatewayId(1) };
const talking = [...waiting, recognised(), key('1'), calling(), ...dialled, answered];

const after = (state: CallState, event: CallEvent): Reduction => reduceCall(state, event);
const fired = (state: CallState): CallEvent => ({
  type: 'TimerFired',
  at: state.timers['dial-in']?.dueAt ?? 0,
  timer: 'dial-in',
  timerId: state.timers['dial-in']?.timerId ?? ('none' as never),
});

describe('a volunteer who dials in (Q9)', () => {
  it('gives up the place in the queue and is on a call, whatever rang for it rings no more', () => {
    const before = aCall(...waiting, offered());
    const { state, operators } = after(before, recognised());
    expect(state.phase).toBe('dial-in');
    expect(dialledIn(state)).toBe(WHO);
    expect(takesPart(state, WHO)).toBe(true);
    expect(operators).toEqual([
      { operatorId: operatorId(1), change: 'withdrawn' },
      { operatorId: WHO, change: 'dialled-in' },
    ]);
    expect(Object.keys(state.timers)).toEqual(['dial-in']);
    expect(directedAudio(state).callerHears).toMatchObject({ kind: 'menu', keys: 'one' });
    expect(directedAudio(state).codeEntry).toBeUndefined();
  });

  it('is recognised while the hotline is closed and says so, but not once a caller talks with somebody', () => {
    const closed = aCall(arrival({ admission: 'closed' }), assigned(), streaming());
    expect(directedAudio(closed).codeEntry).toMatchObject({ open: true });
    expect(after(closed, recognised()).state.phase).toBe('dial-in');
    const inCall = aCall(...waiting, offered(), accepted(), joined());
    expect(directedAudio(inCall).codeEntry).toBeUndefined();
    expect(after(inCall, recognised()).ignored).toBe('not-now');
  });

  it('is recognised at any step of a ladder; an outside phone that rang for a caller rings no more', () => {
    const steps = { step: 'outside-number', numberId: '00000000-0000-4000-8000-000000000077', confirm: true } as const;
    const ladders = { ...aPolicy().ladders, closed: [steps, { step: 'message', message: 'closed' }] } as never;
    const ringing = aCall(arrival({ admission: 'closed', policy: aPolicy({ ladders }) }), assigned(), streaming());
    expect(ringing.phase).toBe('ladder');
    const { state } = after(ringing, recognised());
    expect(state.phase).toBe('dial-in');
    expect(state.legs.filter((leg) => leg.kind === 'outside-phone').map((leg) => leg.state)).toEqual(['ended']);
    expect(Object.keys(state.timers)).toEqual(['dial-in']);
  });

  it('has three wrong tries; each is answered with the same words, then the keys mean nothing on that call', () => {
    let state = aCall(...waiting);
    for (const tries of [1, 2, 3]) {
      state = after(state, refused('wrong', 2_000 + tries)).state;
      expect(directedAudio(state).codeEntry).toMatchObject({
        refusals: tries,
        open: tries < 3,
        refused: [{ id: 'staff-code-wrong' }],
      });
    }
    expect(after(state, refused()).ignored).toBe('not-now');
    expect(after(state, recognised()).ignored).toBe('not-now');
    expect(state.phase).toBe('queued');
  });

  it('who is busy is told so, which is no wrong try', () => {
    const state = aCall(...waiting, refused('busy'));
    expect(directedAudio(state).codeEntry).toMatchObject({ open: true, refusals: 1, refused: [{ id: 'staff-busy' }] });
    expect(state.dialIn?.wrong).toBe(0);
  });

  it('1 calls the caller they spoke with last; both talk when that phone’s audio comes, after a hello', () => {
    const asked = after(aCall(...waiting, recognised()), key('1'));
    expect(asked.effects).toContainEqual({ kind: 'answer-dial-in' });
    const ringing = after(asked.state, calling());
    expect(ringing.effects).toContainEqual({ kind: 'dial-leg', legId: HER_PHONE });
    expect(directedAudio(ringing.state).callerHears).toEqual({ kind: 'hold' });
    const state = aCall(...talking);
    const audio = directedAudio(state);
    expect(audio.callerHears).toEqual({ kind: 'bridge' });
    expect(audio.phones).toMatchObject([{ legId: HER_PHONE, side: 'outside', hears: { kind: 'bridge' } }]);
    expect(audio.announcement?.prompts).toEqual([{ kind: 'built-in', id: 'dial-in-hello', language: 'es' }]);
  });

  it('3 keeps the keys of a number in one piece, and no key that is part of one is stored', () => {
    const entering = aCall(...waiting, recognised(), key('3'));
    expect(directedAudio(entering).callerHears).toMatchObject({ kind: 'menu', keys: 'entry' });
    for (const digit of '0123456789*#') expect(after(entering, key(digit)).ignored).toBe('not-now');
    expect(after(entering, calling('number')).state.dialIn?.step).toBe('calling');
    expect(after(entering, calling('last-caller')).ignored).toBe('not-now');
    for (const digit of '4567') expect(after(aCall(...talking), key(digit)).ignored).toBe('not-now');
    expect(after(aCall(...waiting, recognised()), key('5')).ignored).toBe('no-such-choice');
  });

  it('keys that mean nothing are stored neither after the talk nor while a caller waits: they may be the rest of a code', () => {
    const over = after(aCall(...talking), {
      type: 'LegStatusChanged',
      at: 9_000,
      legId: HER_PHONE,
      status: 'completed',
    });
    expect(over.state.phase).toBe('ending');
    for (const digit of '0123456789*#') {
      expect(after(over.state, key(digit, 9_100)).ignored).toBe('not-now');
      expect(after(aCall(...waiting), key(digit)).ignored).toBe('means-nothing');
    }
    expect(after(aCall(...waiting, offered(), accepted(), joined()), key('5')).ignored).toBeNull();
  });

  it('a number that may not be called, or nobody to call back, leads back to the menu with the reason said first', () => {
    const entering = aCall(...waiting, recognised(), key('3'));
    const bad = after(entering, { type: 'DialInRefused', at: 5_000, reason: 'bad-number' }).state;
    expect(directedAudio(bad).callerHears).toMatchObject({
      prompts: [{ id: 'dial-in-bad-number' }, { id: 'dial-in-menu' }],
    });
    const again = after(bad, key('1')).state;
    const nobody = after(again, { type: 'DialInRefused', at: 6_000, reason: 'no-caller' }).state;
    expect(nobody.dialIn).toMatchObject({ step: 'menu', said: 'dial-in-no-caller' });
  });

  it('nobody answering there leads back to the menu; the volunteer may try again', () => {
    const ringing = aCall(...waiting, recognised(), key('1'), calling(), ...dialled);
    const busy = after(ringing, { type: 'LegStatusChanged', at: 7_000, legId: HER_PHONE, status: 'busy' });
    expect(busy.state.dialIn).toMatchObject({ step: 'menu', said: 'dial-in-no-answer', legId: null });
    const late = after(ringing, fired(ringing));
    expect(late.state.dialIn).toMatchObject({ step: 'menu', said: 'dial-in-no-answer' });
    expect(late.effects).toContainEqual({ kind: 'hang-up-leg', legId: HER_PHONE });
    expect(late.operators).toEqual([]);
  });

  it('when either hangs up the call ends, the other phone is hung up and the volunteer writes up', () => {
    const state = aCall(...talking);
    const theirs = after(state, { type: 'LegStatusChanged', at: 9_000, legId: HER_PHONE, status: 'completed' });
    expect(theirs.state.phase).toBe('ending');
    expect(theirs.state.termination).toEqual({ result: 'caller', reason: 'dial-in-ended' });
    expect(theirs.effects).toContainEqual({ kind: 'hang-up-at-carrier' });
    expect(theirs.operators).toEqual([{ operatorId: WHO, change: 'call-ended' }]);
    const own = after(state, { type: 'CarrierStatusChanged', at: 9_000, status: 'completed', sequence: null });
    expect(own.state.phase).toBe('ended');
    expect(own.state.termination).toEqual({ result: 'operator', reason: 'dial-in-ended' });
    expect(own.effects).toContainEqual({ kind: 'hang-up-leg', legId: HER_PHONE });
    expect(own.operators).toEqual([{ operatorId: WHO, change: 'call-ended' }]);
  });

  it('without a talk there is nothing to write up; who was on a break or offline is so again', () => {
    const hangUp = (from: 'available' | 'break' | 'offline') =>
      after(aCall(...waiting, recognised(3_000, from)), {
        type: 'CarrierStatusChanged',
        at: 9_000,
        status: 'completed',
        sequence: null,
      }).operators;
    expect(hangUp('available')).toEqual([{ operatorId: WHO, change: 'withdrawn' }]);
    expect(hangUp('break')).toEqual([{ operatorId: WHO, change: 'back-to-break' }]);
    expect(hangUp('offline')).toEqual([{ operatorId: WHO, change: 'link-lost' }]);
  });

  it('9 changes what they are afterwards', () => {
    const asked = aCall(...waiting, recognised(3_000, 'offline'), key('9'));
    const available = after(asked, { type: 'DialInAvailability', at: 5_000, available: true }).state;
    expect(available.dialIn).toMatchObject({ resumes: 'available', said: 'dial-in-available' });
    const over: CallEvent = { type: 'CarrierStatusChanged', at: 9_000, status: 'completed', sequence: null };
    expect(after(available, over).operators).toEqual([{ operatorId: WHO, change: 'withdrawn' }]);
  });

  it('ends by itself: in the menu after a minute without a key, in a talk after an hour', () => {
    const menu = aCall(...waiting, recognised());
    expect(menu.timers['dial-in']?.dueAt).toBe(3_000 + DIAL_IN_IDLE_MS);
    expect(after(menu, fired(menu)).state.termination).toEqual({ result: 'operator', reason: 'dial-in-ended' });
    const talk = aCall(...talking);
    expect(talk.timers['dial-in']?.dueAt).toBe(6_000 + DIAL_IN_MAX_MS);
    expect(after(talk, fired(talk)).state.termination).toEqual({ result: 'ours', reason: 'dial-in-limit-reached' });
    for (const digit of ['1', '3', '9']) {
      const asked = aCall(...waiting, recognised(), key(digit));
      const again = after(asked, fired(asked)).state;
      expect(again.dialIn?.step).toBe('menu');
      expect(after(again, fired(again)).state.phase).toBe('ending');
    }
  });

  it('a gateway that is lost meanwhile loses the keys that were not told, and nothing else', () => {
    const entering = aCall(...waiting, recognised(), key('3'));
    const lost = after(entering, { type: 'GatewayLost', at: 5_000, gatewayId: gatewayId(1) }).state;
    const again = aCall(
      ...waiting,
      recognised(),
      key('3'),
      { type: 'GatewayLost', at: 5_000, gatewayId: gatewayId(1) },
      assigned(2, 5_500),
      streaming(2, 6_000),
    );
    expect(lost.phase).toBe('dial-in');
    expect(directedAudio(again).callerHears).toMatchObject({ kind: 'menu', keys: 'entry' });
    const none = after(lost, { type: 'GatewayAssigned', at: 6_000, gatewayId: null, streamToken: null });
    expect(none.state.phase).toBe('ending');
    expect(none.operators).toEqual([{ operatorId: WHO, change: 'withdrawn' }]);
  });

  it('cannot be offered, supervised or asked into anything else on that call', () => {
    const state = aCall(...talking);
    expect(after(state, offered(2, 7_000)).ignored).toBe('not-waiting');
    expect(after(state, recognised(7_000)).ignored).toBe('not-now');
    expect(after(state, { type: 'NobodyAvailable', at: 7_000, staffed: 0, passedOver: [] }).ignored).toBe(
      'not-waiting',
    );
  });

  it('is on a call to everybody, and free afterwards', () => {
    const idle: Presence = {
      state: 'offline',
      since: 0,
      reason: null,
      callId: null,
      endsAt: null,
      misses: 1,
      idleSince: 0,
    };
    const { callId } = aCall(...waiting);
    const rules = { wrapUpMs: 60_000, missesUntilPause: 2 };
    const on = changePresence(idle, 'dialled-in', callId, 10, rules);
    expect(on).toMatchObject({ state: 'on-call', callId });
    expect(changePresence(on, 'call-ended', callId, 20, rules)).toMatchObject({ state: 'wrap-up', endsAt: 60_020 });
  });

  it('a promise of a call-back or a message that was begun is no caller’s: neither is kept', () => {
    const callBack = { attempts: 3, retryMs: 60_000, expiresMs: 3_600_000 };
    const promised = aCall(arrival({ policy: aPolicy({ callBack }) }), assigned(), streaming(), key('1'), recognised());
    expect(promised.callBack).toBeNull();
    const over = after(promised, { type: 'CarrierStatusChanged', at: 9_000, status: 'completed', sequence: null });
    expect(over.state.phase).toBe('ended');
  });
});

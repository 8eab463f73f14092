import type { CallEvent, CallPolicy } from '@ringdown/protocol/call-events';
import type { CarrierCallId, LegId } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import {
  aCall,
  accepted,
  aPolicy,
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
import { type CallState, operatorLeg, type Reduction } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { longestWait } from './longest-wait.ts';
import { reduceCall } from './reduce-call.ts';

const outside = { maxMs: 600_000 };
const policy = aPolicy({ outside });
const leg = { legId: legId(9) };
const account = '00000000-0000-4000-8000-000000000003' as never;
const mine = { by: operatorId(1) };

const talking = (rules: CallPolicy = policy): CallState =>
  aCall(arrival({ policy: rules }), assigned(), streaming(), offered(), accepted(), joined());
const asked = (mode: 'warm' | 'blind' | 'three-way', confirm = false): CallEvent => ({
  type: 'InvitationMade',
  at: 10_000,
  ...mine,
  mode,
  offerId: offerId(9),
  ...leg,
  to: { kind: 'number', confirm },
});
const begun = (given: { legId: LegId } = leg): CallEvent => ({
  type: 'LegDialBegun',
  at: 10_010,
  ...given,
  carrierAccountId: account,
  streamToken: 'outside-1',
});
const dialled = (given: { legId: LegId } = leg): CallEvent => ({
  type: 'LegDialled',
  at: 10_020,
  ...given,
  carrierCallId: 'CA9' as CarrierCallId,
});
const there = (given: { legId: LegId } = leg, gateway = 1): CallEvent => ({
  type: 'LegStreamStarted',
  at: 12_000,
  ...given,
  gatewayId: gatewayId(gateway),
});
const pressed = (digit: string, given: { legId: LegId } = leg): CallEvent => ({
  type: 'LegDigitReceived',
  at: 13_000,
  ...given,
  digit,
});
const status = (is: 'completed' | 'busy' | 'no-answer' | 'failed', given: { legId: LegId } = leg): CallEvent => ({
  type: 'LegStatusChanged',
  at: 20_000,
  ...given,
  status: is,
});
const callerGone: CallEvent = { type: 'CarrierStatusChanged', at: 20_000, status: 'completed', sequence: null };
const broken: CallEvent = { type: 'LegStreamEnded', at: 14_000, ...leg, gatewayId: gatewayId(1) };

const step = (state: CallState, event: CallEvent): Reduction => {
  const reduction = reduceCall(state, event);
  expect(reduction.ignored, event.type).toBeNull();
  return reduction;
};
const after = (state: CallState, ...events: CallEvent[]): CallState =>
  events.reduce((now, event) => step(now, event).state, state);
const fire = (state: CallState, timer: keyof CallState['timers']): Reduction => {
  const set = state.timers[timer];
  if (!set) throw new Error(`${timer} is not set`);
  return step(state, { type: 'TimerFired', at: set.dueAt, timer, timerId: set.timerId });
};
const kinds = ({ effects }: Reduction): string[] => effects.map(({ kind }) => kind);
const heard = (state: CallState) => {
  const { callerHears, phones, members } = directedAudio(state);
  return { caller: callerHears.kind, phones: phones.map(({ hears }) => hears.kind), members: members.length };
};
const left = (): CallState => after(talking(), asked('blind'), begun(), dialled(), there());

describe('a call that is left with an outside number (X2)', () => {
  it('blind: the caller hears music while it rings, and the volunteer keeps the call until somebody answers', () => {
    const ringing = after(talking(), asked('blind'), begun(), dialled());
    expect(heard(ringing)).toEqual({ caller: 'hold', phones: ['bridge'], members: 1 });
    expect(operatorLeg(ringing)?.operatorId).toBe(operatorId(1));
    const taken = step(ringing, there());
    expect(taken.operators).toEqual([{ operatorId: operatorId(1), change: 'call-ended' }]);
    expect(taken.state).toMatchObject({ phase: 'outside', invitation: null });
    expect(operatorLeg(taken.state)).toBeUndefined();
    expect(heard(taken.state)).toEqual({ caller: 'bridge', phones: ['bridge'], members: 0 });
    expect(kinds(taken)).toEqual(expect.arrayContaining(['remove-from-room', 'close-room', 'direct-gateway']));
  });

  it.each([
    ['nobody answers within 30 s', 'timer', 'timed-out'],
    ['it is busy', 'busy', 'busy'],
    ['the carrier gives up', 'no-answer', 'timed-out'],
    ['the carrier fails', 'failed', 'failed'],
  ] as const)('the volunteer keeps the call and is told when %s', (_, how, reason) => {
    const ringing = after(talking(), asked('blind'), begun(), dialled());
    const { state, effects } = how === 'timer' ? fire(ringing, 'invitation') : step(ringing, status(how));
    expect(state).toMatchObject({ phase: 'in-call', invitation: null, invitationFailed: { reason } });
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(1));
    expect(heard(state)).toEqual({ caller: 'bridge', phones: [], members: 1 });
    expect(effects).toContainEqual({ kind: 'hang-up-leg', ...leg });
    expect(ringing.timers.invitation?.dueAt).toBe(40_000);
  });

  it('warm: after a word the volunteer leaves, and caller and outside phone talk on', () => {
    const consulting = after(talking(), asked('warm'), begun(), dialled(), there());
    expect(heard(consulting)).toEqual({ caller: 'hold', phones: ['bridge'], members: 1 });
    const done = step(consulting, { type: 'TransferCompleted', at: 15_000, ...mine });
    expect(done.operators).toEqual([{ operatorId: operatorId(1), change: 'call-ended' }]);
    expect(done.state.phase).toBe('outside');
    expect(heard(done.state)).toEqual({ caller: 'bridge', phones: ['bridge'], members: 0 });
  });

  it('warm: the keypad is for the outside number, which may answer with a menu, as long as the two talk', () => {
    const digits: CallEvent = { type: 'DigitsSent', at: 13_000, operatorId: operatorId(1), digits: '2' };
    const consulting = after(talking(), asked('warm'), begun(), dialled());
    expect(reduceCall(consulting, digits).ignored).toBe('not-now');
    expect(directedAudio(after(consulting, there(), digits)).digits).toEqual({ sequence: 1, digits: '2' });
  });

  it('from three: the volunteer leaves caller and outside phone to each other', () => {
    const three = after(talking(), asked('three-way'), begun(), dialled(), there());
    expect(three.phase).toBe('in-call');
    const alone = step(three, { type: 'LegLeft', at: 15_000, operatorId: operatorId(1) });
    expect(alone.state.phase).toBe('outside');
  });

  it('a colleague who talks with the caller has the call before any outside phone has it alone', () => {
    const colleague: CallEvent = {
      type: 'InvitationMade',
      at: 5_000,
      ...mine,
      mode: 'three-way',
      offerId: offerId(2),
      legId: legId(2),
      to: { kind: 'operator', operatorId: operatorId(2), hotlineId: null, passedOver: [] },
    };
    const three = after(talking(), colleague, accepted(2, 6_000), joined(2, 6_100));
    const { state } = step(after(three, asked('blind'), begun(), dialled()), there());
    expect(state.phase).toBe('in-call');
    expect(operatorLeg(state)?.operatorId).toBe(operatorId(2));
    expect(heard(state)).toEqual({ caller: 'bridge', phones: ['bridge'], members: 1 });
  });

  it('is refused where the hotline leaves no call with an outside number', () => {
    const strict = talking(aPolicy());
    expect(reduceCall(strict, asked('blind')).ignored).toBe('nobody-responsible');
    const consulting = after(strict, asked('warm'), begun(), dialled(), there());
    expect(reduceCall(consulting, { type: 'TransferCompleted', at: 15_000, ...mine }).ignored).toBe(
      'nobody-responsible',
    );
    const three = after(strict, asked('three-way'), begun(), dialled(), there());
    expect(reduceCall(three, { type: 'LegLeft', at: 15_000, operatorId: operatorId(1) }).ignored).toBe(
      'nobody-responsible',
    );
  });

  it('ends with a farewell when the outside phone hangs up', () => {
    const { state, effects } = step(left(), status('completed'));
    expect(state.phase).toBe('farewell');
    expect(effects).toContainEqual({ kind: 'hang-up-leg', ...leg });
    expect(directedAudio(state).callerHears).toMatchObject({ kind: 'farewell', prompts: [{ id: 'goodbye' }] });
    const over = step(state, { type: 'PromptsFinished', at: 21_000, revision: state.directiveRevision });
    expect(over.state).toMatchObject({
      phase: 'ending',
      termination: { result: 'operator', reason: 'outside-hung-up' },
    });
  });

  it('ends for the outside phone when the caller hangs up', () => {
    const { state, effects } = step(left(), callerGone);
    expect(state).toMatchObject({ phase: 'ended', termination: { result: 'caller', reason: 'caller-hung-up' } });
    expect(effects).toContainEqual({ kind: 'hang-up-leg', ...leg });
  });

  it('can not run for ever: both are told a minute before, then it ends', () => {
    const warned = fire(left(), 'outside-limit').state;
    expect(warned).toMatchObject({ phase: 'outside', announcement: { prompts: [{ id: 'one-minute-left' }] } });
    expect(warned.timers['outside-limit']?.dueAt).toBe(12_000 + outside.maxMs);
    const over = fire(warned, 'outside-limit').state;
    expect(over.phase).toBe('farewell');
    expect(fire(over, 'farewell-limit').state.termination).toEqual({ result: 'ours', reason: 'outside-limit-reached' });
  });

  it('gives the caller music while the outside stream is broken, and ends when it doesn’t come back', () => {
    const away = after(left(), broken);
    expect(away.phase).toBe('outside');
    expect(heard(away).caller).toBe('hold');
    expect(heard(after(away, there())).caller).toBe('bridge');
    expect(fire(away, 'reconnecting').state.phase).toBe('farewell');
  });

  it('gives the outside phone music while the caller’s stream is broken, and ends when it doesn’t come back', () => {
    const away = after(left(), {
      type: 'StreamEnded',
      at: 14_000,
      gatewayId: gatewayId(1),
      cause: 'socket-lost',
    });
    expect(heard(away).phones).toEqual(['hold']);
    const over = fire(away, 'stream-expected');
    expect(over.state.phase).toBe('ended');
    expect(kinds(over)).toEqual(expect.arrayContaining(['hang-up-leg', 'hang-up-at-carrier']));
  });

  it('goes on at another gateway: both streams come anew, and a phone that doesn’t come ends it', () => {
    const lost = after(left(), { type: 'GatewayLost', at: 14_000, gatewayId: gatewayId(1) }, assigned(2, 15_000));
    expect(lost.phase).toBe('outside');
    expect(heard(lost).caller).toBe('hold');
    const back = after(lost, streaming(2, 15_500), there(leg, 2));
    expect(heard(back)).toEqual({ caller: 'bridge', phones: ['bridge'], members: 0 });
    expect(fire(after(lost, streaming(2, 15_500)), 'phone-leg').state.phase).toBe('farewell');
  });

  it('is nobody’s: nobody listens in, and the volunteer who left can do nothing with it', () => {
    const supervised: CallEvent = {
      type: 'SupervisionStarted',
      at: 15_000,
      operatorId: operatorId(3),
      legId: legId(3),
      connectionId: connectionId(3),
      publicKey: publicKey(3),
      mode: 'listen',
      announced: true,
    };
    expect(reduceCall(left(), supervised).ignored).toBe('not-now');
    expect(reduceCall(left(), { type: 'HangUpRequested', at: 15_000, operatorId: operatorId(1) }).ignored).toBe(
      'not-your-call',
    );
  });
});

describe('an outside phone that is asked to press 1', () => {
  const ringing = (): CallState => after(talking(), asked('blind', true), begun(), dialled(), there());

  it('is not connected before it does: a mailbox never takes a call', () => {
    expect(ringing()).toMatchObject({ phase: 'held', invitation: { state: 'ringing' } });
    expect(heard(ringing())).toEqual({ caller: 'hold', phones: ['prompts'], members: 1 });
    expect(fire(ringing(), 'invitation').state).toMatchObject({
      phase: 'in-call',
      invitationFailed: { reason: 'timed-out' },
    });
  });

  it('takes the call with 1, and declines with another key', () => {
    expect(after(ringing(), pressed('1')).phase).toBe('outside');
    expect(after(ringing(), pressed('5'))).toMatchObject({
      phase: 'in-call',
      invitationFailed: { reason: 'declined' },
    });
  });
});

describe('an outside number as a step of a ladder (Q7)', () => {
  const numberId = '00000000-0000-4000-8000-000000000077' as never;
  const rules = (confirm: boolean): CallPolicy =>
    aPolicy({
      outside,
      ladders: {
        closed: [
          { step: 'outside-number', numberId, confirm },
          { step: 'message', message: 'closed' },
        ],
        full: [{ step: 'message', message: 'full' }],
        unanswered: [{ step: 'message', message: 'nobody' }],
      },
    });
  const atStep = (confirm = true): CallState =>
    aCall(arrival({ policy: rules(confirm), admission: 'closed' }), assigned(), streaming());
  const rung = (state: CallState): { legId: LegId } => {
    const found = state.legs.find(({ kind }) => kind === 'outside-phone');
    if (!found) throw new Error('Nothing rings.');
    return { legId: found.legId };
  };

  it('is dialled once the caller hears something, and takes the call in the volunteer’s place', () => {
    const before = aCall(arrival({ policy: rules(true), admission: 'closed' }), assigned());
    expect(kinds(step(before, streaming()))).toContain('dial-leg');
    const state = atStep();
    const phone = rung(state);
    // Nobody is connected before they have heard that phones aren't private.
    expect(directedAudio(state).callerHears).toMatchObject({ kind: 'interrupted', prompts: state.opening });
    expect(state.opening.map((prompt) => (prompt.kind === 'built-in' ? prompt.id : ''))).toContain('notice');
    const asks = after(state, begun(phone), dialled(phone), there(phone));
    expect(heard(asks).phones).toEqual(['prompts']);
    const taken = after(asks, pressed('1', phone));
    expect(taken.phase).toBe('outside');
    expect(heard(taken)).toEqual({ caller: 'bridge', phones: ['bridge'], members: 0 });
    expect(taken.timers['ladder-step']).toBeUndefined();
  });

  it.each([
    ['nobody takes it in time', null],
    ['it is busy', status('busy')],
    ['the number can’t be dialled', { type: 'LegDialFailed', at: 10_000, ...leg, reason: 'no-number' }],
  ] as const)('leads to the next step when %s, and rings no more', (_, event) => {
    const state = after(atStep(), begun(rung(atStep())), dialled(rung(atStep())));
    const phone = rung(state);
    const { state: next, effects } = event === null ? fire(state, 'ladder-step') : step(state, { ...event, ...phone });
    expect(next.phase).toBe('farewell');
    expect(effects).toContainEqual({ kind: 'hang-up-leg', ...phone });
  });

  it('ends when the caller hangs up while it rings', () => {
    const state = after(atStep(), begun(rung(atStep())), dialled(rung(atStep())));
    const { state: over, effects } = step(state, callerGone);
    expect(over.phase).toBe('ended');
    expect(effects).toContainEqual({ kind: 'hang-up-leg', ...rung(state) });
  });

  it('is in the longest wait that is shown', () => {
    const without = longestWait(aPolicy({ ladders: { ...rules(true).ladders, closed: rules(true).ladders.full } }));
    expect(longestWait(rules(true)).untilEndMs).toBeGreaterThan(without.untilEndMs);
  });
});

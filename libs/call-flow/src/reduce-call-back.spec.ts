import type { CallEvent } from '@ringdown/protocol/call-events';
import type { CarrierCallId } from '@ringdown/protocol/ids';
import * as fc from 'fast-check';
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
  offerId,
  operatorId,
  streaming,
} from './call-building.fixture.ts';
import { type CallState, phoneLeg } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { reduceCall } from './reduce-call.ts';

const callBack = { attempts: 2, retryMs: 180_000, expiresMs: 7_200_000 };
const policy = aPolicy({ callBack });
const key = (digit: string, at = 1_150): CallEvent => ({ type: 'DigitReceived', at, digit });
const hungUp = (at = 1_160): CallEvent => ({ type: 'CarrierStatusChanged', at, status: 'completed', sequence: null });
/** The phone that is called back has the id of the offer that led to it. */
const called = { legId: offerId(1) as never };
const account = '00000000-0000-4000-8000-000000000003' as never;
const begun: CallEvent = {
  type: 'LegDialBegun',
  at: 2_010,
  ...called,
  carrierAccountId: account,
  streamToken: 'back-1',
};
const dialled: CallEvent = { type: 'LegDialled', at: 2_020, ...called, carrierCallId: 'CA2' as CarrierCallId };
const there: CallEvent = { type: 'LegStreamStarted', at: 2_100, ...called, gatewayId: gatewayId(1) };
const pressed = (digit: string): CallEvent => ({ type: 'LegDigitReceived', at: 3_000, ...called, digit });
const status = (is: 'completed' | 'busy' | 'no-answer' | 'failed'): CallEvent => ({
  type: 'LegStatusChanged',
  at: 4_000,
  ...called,
  status: is,
});
const promised = (): CallState => aCall(arrival({ policy }), assigned(), streaming(), key('1'));
const away = (): CallState => aCall(arrival({ policy }), assigned(), streaming(), key('1'), hungUp());
const calling = (): CallState =>
  aCall(arrival({ policy }), assigned(), streaming(), key('1'), hungUp(), offered(), accepted(), begun, dialled);
const after = (state: CallState, ...events: CallEvent[]): CallState =>
  events.reduce((now, event) => {
    const reduction = reduceCall(now, event);
    expect(reduction.ignored, event.type).toBeNull();
    return reduction.state;
  }, state);
const fire = (state: CallState, timer: 'call-back') => {
  const set = state.timers[timer]!;
  return reduceCall(state, { type: 'TimerFired', at: set.dueAt, timer, timerId: set.timerId });
};

describe('a call-back that keeps the place', () => {
  it('is offered while waiting, promised at 1, and offered no more', () => {
    const waiting = aCall(arrival({ policy }), assigned(), streaming());
    expect(directedAudio(waiting).callerHears).toMatchObject({ kind: 'queue', offersCallBack: true });
    const { callerHears } = directedAudio(promised());
    expect(callerHears).toMatchObject({ kind: 'queue', opening: [{ id: 'call-back-promised' }] });
    expect(callerHears).not.toHaveProperty('offersCallBack');
  });

  it('is not offered where the hotline has none, and a caller without the promise ends the call by hanging up', () => {
    const waiting = aCall(arrival(), assigned(), streaming());
    expect(directedAudio(waiting).callerHears).not.toHaveProperty('offersCallBack');
    expect(reduceCall(waiting, key('1')).ignored).toBe('means-nothing');
    expect(reduceCall(waiting, hungUp()).state.phase).toBe('ended');
    expect(reduceCall(aCall(arrival({ policy }), assigned(), streaming()), hungUp()).state.phase).toBe('ended');
  });

  it('keeps the place when the caller hangs up: same arrival, still in the queue', () => {
    expect(away()).toMatchObject({ phase: 'queued', arrivedAt: 1_000, callBack: { away: true } });
    expect(away().timers).not.toHaveProperty('max-wait');
    expect(reduceCall(away(), hungUp(1_500)).state.phase).toBe('queued');
  });

  it('waits for the volunteer first, then dials the caller once', () => {
    expect(away().legs.some(({ kind }) => kind === 'outside-phone')).toBe(false);
    const taken = reduceCall(after(away(), offered()), accepted());
    expect(taken.effects).toContainEqual({ kind: 'dial-leg', legId: offerId(1) });
    expect(reduceCall(calling(), begun).ignored).toBe('dialled-already');
  });

  it('asks for 1 first: what answers without it is no person, and nobody talks to it', () => {
    const asked = after(calling(), there, joined());
    expect(asked.phase).toBe('connecting');
    expect(directedAudio(asked).phones).toMatchObject([
      { side: 'outside', hears: { kind: 'prompts', prompts: [{ id: 'call-back-hello' }] } },
    ]);
    expect(reduceCall(asked, pressed('5')).ignored).toBe('nothing-rings-there');
    const given = fire(asked, 'call-back');
    expect(given.state.phase).toBe('call-back');
    expect(given.operators).toEqual([{ operatorId: operatorId(1), change: 'withdrawn' }]);
    expect(given.effects).toContainEqual({ kind: 'hang-up-leg', legId: offerId(1) });
  });

  it('connects the two with 1, whichever is ready first', () => {
    for (const order of [
      [there, joined(), pressed('1')],
      [there, pressed('1'), joined(1, 3_500)],
    ]) {
      const talking = after(calling(), ...order);
      expect(talking.phase).toBe('in-call');
      expect(phoneLeg(talking)).toMatchObject({ kind: 'outside-phone', state: 'live' });
      expect(directedAudio(talking).phones).toMatchObject([{ hears: { kind: 'bridge' } }]);
    }
  });

  it('puts the called phone on hold with the call', () => {
    const talking = after(calling(), there, joined(), pressed('1'));
    const held = after(talking, { type: 'HoldChanged', at: 5_000, operatorId: operatorId(1), held: true });
    expect(directedAudio(held).phones).toMatchObject([{ hears: { kind: 'hold' } }]);
  });

  it('ends like any other call when one of the two hangs up', () => {
    const talking = after(calling(), there, joined(), pressed('1'));
    expect(reduceCall(talking, status('completed')).state).toMatchObject({
      phase: 'ended',
      termination: { result: 'caller', reason: 'caller-hung-up' },
    });
    const byUs = reduceCall(talking, { type: 'HangUpRequested', at: 5_000, operatorId: operatorId(1) });
    expect(byUs.state).toMatchObject({ phase: 'ended', termination: { reason: 'volunteer-hung-up' } });
    expect(byUs.effects).toContainEqual({ kind: 'hang-up-leg', legId: offerId(1) });
  });

  it.each(['busy', 'no-answer', 'failed', 'completed'] as const)('%s is tried again, as often as set', (how) => {
    const first = reduceCall(calling(), status(how));
    expect(first.state).toMatchObject({ phase: 'call-back', callBack: { attempts: 1 } });
    expect(first.operators).toEqual([{ operatorId: operatorId(1), change: 'withdrawn' }]);
    const queued = fire(first.state, 'call-back').state;
    expect(queued).toMatchObject({ phase: 'queued', arrivedAt: 1_000 });
    const second = after(queued, offered(2, 200_000), accepted(2, 201_000));
    expect(second.callBack?.legId).toBe(offerId(2));
    const last = reduceCall(second, { ...begun, at: 201_100, legId: offerId(2) as never }).state;
    const over = reduceCall(last, {
      type: 'LegStatusChanged',
      at: 210_000,
      legId: offerId(2) as never,
      status: how,
    });
    expect(over.state).toMatchObject({ phase: 'ended', termination: { reason: 'call-back-unanswered' } });
  });

  it('is made later by somebody else when the volunteer leaves before the phone answers', () => {
    const left = reduceCall(calling(), { type: 'HangUpRequested', at: 2_500, operatorId: operatorId(1) });
    expect(left.state).toMatchObject({ phase: 'call-back', callBack: { attempts: 0, legId: null } });
    expect(left.effects).toContainEqual({ kind: 'hang-up-leg', legId: offerId(1) });
  });

  it('expires with an ending of its own, and never becomes a voicemail of nobody', () => {
    const { state } = fire(away(), 'call-back');
    expect(state).toMatchObject({ phase: 'ended', termination: { result: 'ours', reason: 'call-back-expired' } });
    const nobody: CallEvent = { type: 'NobodyAvailable', at: 2_000, staffed: 0, passedOver: [] };
    expect(reduceCall(away(), nobody).ignored).toBe('caller-is-away');
    const found: CallEvent = { type: 'FoundOrphaned', at: 90_000, finding: 'carrier-says-over' };
    expect(reduceCall(away(), found).ignored).toBe('called-back-later');
  });

  it('gets another gateway when its own is lost, and waits on', () => {
    const lost = reduceCall(away(), { type: 'GatewayLost', at: 2_000, gatewayId: gatewayId(1) });
    expect(lost.state).toMatchObject({ phase: 'queued', gatewayId: null });
    expect(lost.effects).toContainEqual({ kind: 'assign-gateway' });
    const moved = after(lost.state, assigned(2, 3_000));
    expect(moved.timers).not.toHaveProperty('stream-expected');
  });

  it('goes on with somebody else when the volunteer’s laptop dies in the middle of it', () => {
    const talking = after(calling(), there, joined(), pressed('1'));
    const failed: CallEvent = {
      type: 'MemberFailed',
      at: 6_000,
      legId: legId(1),
      connectionId: talking.legs.find((l) => l.legId === legId(1))!.connectionId!,
      reason: 'x',
    };
    const rescued = after(talking, failed);
    expect(rescued).toMatchObject({ phase: 'queued', rescued: true });
    expect(directedAudio(rescued).phones).toMatchObject([{ hears: { kind: 'hold' } }]);
    expect(after(rescued, offered(2, 6_100), accepted(2, 6_200), joined(2, 6_300)).phase).toBe('in-call');
  });

  it('comes to an end by its timers alone, whatever happened before', () => {
    const events = fc.constantFrom<CallEvent>(
      key('1'),
      hungUp(),
      offered(),
      accepted(),
      begun,
      dialled,
      there,
      joined(),
      pressed('1'),
      pressed('2'),
      status('completed'),
      status('no-answer'),
      { type: 'GatewayLost', at: 2_000, gatewayId: gatewayId(1) },
      assigned(2, 3_000),
      { type: 'LegStreamEnded', at: 3_500, ...called, gatewayId: gatewayId(1) },
      { type: 'HangUpRequested', at: 5_000, operatorId: operatorId(1) },
    );
    fc.assert(
      fc.property(fc.array(events, { maxLength: 30 }), (list) => {
        let state = aCall(arrival({ policy }), assigned(), streaming());
        for (const event of list) state = reduceCall(state, event).state;
        for (let turn = 0; turn < 100 && state.phase !== 'ended' && state.phase !== 'in-call'; turn += 1) {
          const due = Object.entries(state.timers).sort(([, a], [, b]) => a.dueAt - b.dueAt)[0];
          if (!due) break;
          const [timer, { dueAt, timerId }] = due;
          const fired = reduceCall(state, { type: 'TimerFired', at: dueAt, timer: timer as 'menu', timerId });
          expect(fired.ignored).toBeNull();
          ({ state } = fired);
        }
        expect(['ended', 'in-call']).toContain(state.phase);
      }),
      { numRuns: 3_000 },
    );
  });
});

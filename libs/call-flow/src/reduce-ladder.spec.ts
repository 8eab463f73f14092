import type { CallEvent, CallPolicy, LadderStep } from '@ringdown/protocol/call-events';
import type { HotlineId, LanguageTag } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import { aCall, accepted, aPolicy, arrival, assigned, offered, streaming } from './call-building.fixture.ts';
import { LADDER_CALL_BACK_MS, LADDER_MOVE_MS, MAX_MOVES } from './call-limits.ts';
import { type CallState, ringingOutside } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { longestWait } from './longest-wait.ts';

import { reduceCall } from './reduce-call.ts';

const hotline = (n: number): HotlineId => `00000000-0000-4000-8000-00000000090${n}` as HotlineId;
const to = (n: number): LadderStep => ({ step: 'other-hotline', hotlineId: hotline(n) });
const message = (said: 'closed' | 'nobody' | 'full'): LadderStep => ({ step: 'message', message: said });
const CALL_BACK = { attempts: 3, retryMs: 60_000, expiresMs: 600_000, ladderExpiresMs: 80_000_000 };

const policyWith = (unanswered: LadderStep[], change: Partial<CallPolicy> = {}): CallPolicy =>
  aPolicy({ ladders: { ...aPolicy().ladders, unanswered }, ...change });
const moved = (n: number, at: number, change: Partial<CallPolicy> = {}): CallEvent => ({
  type: 'MovedToHotline',
  at,
  hotlineId: hotline(n),
  language: 'en' as LanguageTag,
  policy: aPolicy(change),
});
const refusedBy = (n: number, at: number, why: 'closed' | 'full' | 'gone' = 'closed'): CallEvent => ({
  type: 'OverflowRefused',
  at,
  hotlineId: hotline(n),
  why,
});
const key = (at: number): CallEvent => ({ type: 'DigitReceived', at, digit: '1' });
const fire = (state: CallState, timer: keyof CallState['timers']): CallEvent => {
  const set = state.timers[timer];
  if (!set) throw new Error(`${timer} isn't set.`);
  return { type: 'TimerFired', at: set.dueAt, timer, timerId: set.timerId };
};
const then = (state: CallState, ...events: CallEvent[]) => {
  let reduction = reduceCall(state, events[0]!);
  for (const event of events.slice(1)) reduction = reduceCall(reduction.state, event);
  return reduction;
};
/** On the line, has waited as long as the hotline allows. */
const unansweredCall = (policy: CallPolicy, ...before: CallEvent[]): CallState => {
  const waiting = aCall(arrival({ policy }), assigned(), streaming(), ...before);
  return reduceCall(waiting, fire(waiting, 'max-wait')).state;
};

describe('a ladder that leads to another hotline (Q7)', () => {
  it('asks for the other hotline, for a bounded time, while the caller hears music', () => {
    const policy = policyWith([to(1), message('nobody')]);
    const waiting = aCall(arrival({ policy }), assigned(), streaming());
    const reduction = reduceCall(waiting, fire(waiting, 'max-wait'));
    expect(reduction.effects).toContainEqual({ kind: 'move-to-hotline', hotlineId: hotline(1) });
    expect(reduction.state.phase).toBe('ladder');
    expect(reduction.state.timers['ladder-step']?.dueAt).toBe(reduction.state.phaseSince + LADDER_MOVE_MS);
    expect(directedAudio(reduction.state).callerHears).toEqual({ kind: 'hold' });
  });

  it('waits there with the place of the arrival, by that hotline’s policy and for its own time', () => {
    const call = unansweredCall(policyWith([to(1), message('nobody')]));
    const there = then(call, moved(1, 601_500, { maxWaitMs: 120_000, voicemailMaxMs: 7_000 })).state;
    expect(there).toMatchObject({ hotlineId: hotline(1), phase: 'queued', arrivedAt: call.arrivedAt, ladder: null });
    expect(there.policy.voicemailMaxMs).toBe(7_000);
    expect(there.timers['max-wait']?.dueAt).toBe(601_500 + 120_000);
    expect(there.timers['ladder-step']).toBeUndefined();
  });

  it('who has heard a greeting hears that they are passed on; who called a closed hotline hears the other’s', () => {
    const late = then(unansweredCall(policyWith([to(1), message('nobody')])), moved(1, 601_500)).state;
    expect(late.opening).toMatchObject([{ id: 'passed-on' }]);
    const policy = aPolicy({ ladders: { ...aPolicy().ladders, closed: [to(1), message('closed')] } });
    const early = then(aCall(arrival({ policy, admission: 'closed' }), assigned()), moved(1, 1_300)).state;
    expect(early.opening).toMatchObject([{ id: 'greeting' }, { id: 'notice' }]);
    expect(early.phase).toBe('queued');
  });

  it('a language that is not offered there becomes the hotline’s own, or is asked for where there is a choice', () => {
    const policy = policyWith([to(1), message('nobody')]);
    const spanish = { type: 'LanguageChosen', at: 1_200, language: 'es' as LanguageTag, how: 'remembered' } as const;
    const call = unansweredCall(policy, spanish);
    expect(then(call, moved(1, 601_500)).state).toMatchObject({ language: 'en', phase: 'queued' });
    expect(then(call, moved(1, 601_500, { languages: ['es' as LanguageTag] })).state.language).toBe('es');
    const choice = then(call, moved(1, 601_500, { languages: ['fr' as LanguageTag] })).state;
    expect(choice).toMatchObject({ phase: 'menu', menu: ['en', 'fr'] });
  });

  it('when it can’t be taken there, or no answer comes, the next step follows', () => {
    const call = unansweredCall(policyWith([to(1), to(2), message('nobody')]));
    const second = then(call, refusedBy(1, 601_200, 'full'));
    expect(second.effects).toContainEqual({ kind: 'move-to-hotline', hotlineId: hotline(2) });
    const ending = then(second.state, fire(second.state, 'ladder-step')).state;
    expect(ending.phase).toBe('farewell');
  });

  it('an answer for another step than the present one changes nothing', () => {
    const call = unansweredCall(policyWith([to(1), to(2), message('nobody')]));
    expect(reduceCall(call, moved(2, 601_200)).ignored).toBe('not-now');
    const gone = then(call, refusedBy(1, 601_200)).state;
    expect(reduceCall(gone, moved(1, 601_300)).ignored).toBe('not-now');
  });

  it('the other hotline’s own plan follows where nobody answers there', () => {
    const call = unansweredCall(policyWith([to(1), message('nobody')]));
    const there = then(call, moved(1, 601_500)).state;
    const again = then(there, fire(there, 'max-wait')).state;
    expect(again.phase).toBe('voicemail');
    expect(directedAudio(again).callerHears).toMatchObject({ kind: 'voicemail', hotlineId: hotline(1) });
  });

  it('goes on three times at most, whatever was saved meanwhile', () => {
    const circling = { ladders: policyWith([to(1), message('nobody')]).ladders };
    let call = unansweredCall(aPolicy(circling));
    for (let n = 0; n < MAX_MOVES; n += 1) {
      expect(call.phase).toBe('ladder');
      call = then(call, moved(1, call.phaseSince + 100, circling)).state;
      call = then(call, fire(call, 'max-wait')).state;
    }
    expect(call.moves).toHaveLength(MAX_MOVES);
    expect(call.phase).toBe('farewell');
  });

  it('a call that somebody has answered stays with the hotline its notes are sealed for', () => {
    const policy = policyWith([to(1), message('nobody')]);
    const talking = aCall(arrival({ policy }), assigned(), streaming(), offered(), accepted());
    const lost = then(talking, fire(talking, 'bridge-expected')).state;
    expect(lost.phase).toBe('queued');
    expect(then(lost, fire(lost, 'max-wait')).state.phase).toBe('farewell');
  });

  it('a caller who hangs up on the way ends the call', () => {
    const call = unansweredCall(policyWith([to(1), message('nobody')]));
    const ended = then(call, { type: 'CarrierStatusChanged', at: 601_300, status: 'completed', sequence: 1 }).state;
    expect(ended).toMatchObject({ phase: 'ended', termination: { reason: 'caller-hung-up-while-waiting' } });
    expect(reduceCall(ended, moved(1, 601_400)).ignored).toBe('call-is-over');
  });

  it('without any gateway the carrier ends the call on the way, too', () => {
    const call = unansweredCall(policyWith([to(1), message('nobody')]));
    const byCarrier = then(call, { ...assigned(), gatewayId: null, streamToken: null, at: 601_300 } as CallEvent).state;
    expect(byCarrier).toMatchObject({ phase: 'farewell', endedByCarrierVerbs: true });
  });
});

describe('a ladder that offers a call-back (Q7, Q8)', () => {
  const policy = policyWith([{ step: 'call-back' }, { step: 'voicemail' }, message('nobody')], {
    callBack: { ...CALL_BACK, onlyByLadder: true },
  });

  it('asks, and without an answer the next step follows', () => {
    const asked = unansweredCall(policy);
    expect(directedAudio(asked).callerHears).toMatchObject({ kind: 'menu', prompts: [{ id: 'call-back-ask' }] });
    expect(asked.timers['ladder-step']?.dueAt).toBe(asked.phaseSince + LADDER_CALL_BACK_MS);
    expect(then(asked, fire(asked, 'ladder-step')).state.phase).toBe('voicemail');
  });

  it('whoever presses 1 hears the promise, is let go and keeps the place', () => {
    const asked = unansweredCall(policy);
    const promised = then(asked, key(605_000)).state;
    expect(directedAudio(promised).callerHears).toMatchObject({
      kind: 'farewell',
      prompts: [{ id: 'call-back-promised' }],
    });
    const heard = then(promised, { type: 'PromptsFinished', at: 610_000, revision: promised.directiveRevision });
    expect(heard.effects).toContainEqual({ kind: 'hang-up-at-carrier' });
    expect(heard.state).toMatchObject({ phase: 'queued', arrivedAt: asked.arrivedAt, callBack: { away: true } });
    expect(heard.state.timers['call-back']?.dueAt).toBe(605_000 + CALL_BACK.ladderExpiresMs);
    // The carrier's word that it is over changes nothing.
    const after = then(heard.state, { type: 'CarrierStatusChanged', at: 611_000, status: 'completed', sequence: 1 });
    expect(after.state.phase).toBe('queued');
    expect(then(after.state, fire(after.state, 'call-back')).state.termination?.reason).toBe('call-back-expired');
  });

  it('whoever hangs up at the promise, or hears it for too long, keeps the place as well', () => {
    const promised = then(unansweredCall(policy), key(605_000)).state;
    const hungUp = then(promised, { type: 'CarrierStatusChanged', at: 606_000, status: 'completed', sequence: 1 });
    expect(hungUp.state).toMatchObject({ phase: 'queued', callBack: { away: true } });
    expect(then(promised, fire(promised, 'ladder-step')).state).toMatchObject({ phase: 'queued' });
  });

  it('is not offered while waiting where only the ladder offers it', () => {
    const waiting = aCall(arrival({ policy }), assigned(), streaming());
    expect(directedAudio(waiting).callerHears).not.toHaveProperty('offersCallBack');
    expect(then(waiting, key(2_000)).state.callBack).toBeNull();
  });

  it('is left out when the number is withheld', () => {
    const { callBack: _none, ...withheld } = policy;
    expect(unansweredCall(withheld).phase).toBe('voicemail');
  });

  it('to a closed hotline: the time to decide begins when the caller can hear the question', () => {
    const closed = { ...policy, ladders: { ...policy.ladders, closed: policy.ladders.unanswered } };
    const asked = aCall(arrival({ policy: closed, admission: 'closed' }), assigned());
    expect(asked.timers['ladder-step']?.dueAt).toBe(1_000 + policy.streamTimeoutMs + LADDER_CALL_BACK_MS);
    const heard = then(asked, streaming(1, 9_000)).state;
    expect(heard.timers['ladder-step']?.dueAt).toBe(9_000 + LADDER_CALL_BACK_MS);
  });

  it('a promise goes along to another hotline, also to one that offers none', () => {
    const on = policyWith([to(1), message('nobody')], { callBack: CALL_BACK });
    const call = unansweredCall(on, key(2_000));
    const there = then(call, moved(1, 601_500)).state;
    expect(there.policy.callBack).toEqual(CALL_BACK);
    const away = then(there, { type: 'CarrierStatusChanged', at: 602_000, status: 'completed', sequence: 1 }).state;
    expect(away).toMatchObject({ phase: 'queued', callBack: { away: true } });
  });
});

describe('a promise made while waiting, on a ladder (Q8)', () => {
  const hungUp = (at: number): CallEvent => ({ type: 'CarrierStatusChanged', at, status: 'completed', sequence: 1 });
  const outside: LadderStep = { step: 'outside-number', numberId: hotline(5) as never, confirm: true };
  const promisedOn = (...steps: LadderStep[]) =>
    unansweredCall(policyWith(steps, { callBack: CALL_BACK }), key(100_000));

  it('holds for whoever hangs up while an outside number rings, which then rings no more', () => {
    const ringing = promisedOn(outside, message('nobody'));
    const leg = ringingOutside(ringing);
    expect(leg).toBeDefined();
    const { state } = then(ringing, hungUp(ringing.phaseSince + 1_000));
    expect(state).toMatchObject({ phase: 'queued', callBack: { away: true }, ladder: null });
    expect(state.legs.find(({ legId }) => legId === leg?.legId)?.state).toBe('ended');
    expect(state.timers['call-back']?.dueAt).toBe(100_000 + CALL_BACK.expiresMs);
  });

  it('holds for whoever hangs up while the other hotline is asked, and its late answer changes nothing', () => {
    const asked = promisedOn(to(1), message('nobody'));
    const { state } = then(asked, hungUp(asked.phaseSince + 100));
    expect(state).toMatchObject({ phase: 'queued', callBack: { away: true } });
    expect(then(state, moved(1, asked.phaseSince + 200)).ignored).toBe('not-now');
  });

  it.each([['voicemail', { step: 'voicemail' } as const], ['message', message('nobody')] as const])(
    'comes in the place of the ending %s: said once more, and the caller is let go with their place',
    (_, ending) => {
      const told = promisedOn(ending);
      expect(directedAudio(told).callerHears).toMatchObject({
        kind: 'farewell',
        prompts: [{ id: 'call-back-promised' }],
      });
      const at = told.phaseSince + 3_000;
      const heard = then(told, { type: 'PromptsFinished', at, revision: told.directiveRevision });
      expect(heard.effects).toContainEqual({ kind: 'hang-up-at-carrier' });
      expect(heard.state).toMatchObject({ phase: 'queued', callBack: { away: true }, termination: null });
    },
  );

  it('that has run out is no promise any more: the plan ends as it says', () => {
    const short = { ...CALL_BACK, expiresMs: 300_000 };
    const call = unansweredCall(policyWith([message('nobody')], { callBack: short }), key(100_000));
    expect(call.phase).toBe('farewell');
  });
});

describe('the bound of a ladder (P1)', () => {
  const book = (policies: Record<string, CallPolicy>) => (hotlineId: HotlineId) => policies[hotlineId];

  it('holds over all hotlines that it leads to', () => {
    const alone = longestWait(policyWith([message('nobody')])).untilEndMs;
    const second = policyWith([message('nobody')], { maxWaitMs: 900_000 });
    const first = policyWith([to(1), message('nobody')]);
    const both = longestWait(first, book({ [hotline(1)]: second })).untilEndMs;
    expect(both).toBe(first.maxWaitMs + first.ringTimeoutMs + LADDER_MOVE_MS + longestWait(second).untilEndMs);
    expect(both).toBeGreaterThan(alone + 900_000);
    expect(longestWait(first).untilEndMs).toBe(alone + LADDER_MOVE_MS);
  });

  it('ends also for settings that lead in a circle', () => {
    const circling = policyWith([to(1), message('nobody')]);
    expect(longestWait(circling, book({ [hotline(1)]: circling })).untilEndMs).toBeLessThan(6 * 700_000);
  });
});

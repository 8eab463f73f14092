import type { CallEvent } from '@ringdown/protocol/call-events';
import type { LanguageTag } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import { aCall, aPolicy, arrival, assigned, gatewayId, streaming } from './call-building.fixture.ts';
import type { CallState } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { reduceCall } from './reduce-call.ts';

const es = 'es' as LanguageTag;
const policy = aPolicy({ languages: [es] });
const chosen = (language: LanguageTag): CallEvent => ({
  type: 'LanguageChosen',
  at: 1_000,
  language,
  how: 'remembered',
});
const key = (digit: string): CallEvent => ({ type: 'DigitReceived', at: 4_000, digit });
const asked = (): CallState => aCall(arrival({ policy }), assigned(), streaming());
const fire = (state: CallState, timer: 'menu' | 'max-wait') => {
  const set = state.timers[timer]!;
  return reduceCall(state, { type: 'TimerFired', at: set.dueAt, timer, timerId: set.timerId });
};

describe('the language menu', () => {
  it('says each choice in its own language, and rings nobody before one is made', () => {
    const state = asked();
    expect(state.phase).toBe('menu');
    expect(directedAudio(state).callerHears).toMatchObject({
      kind: 'menu',
      prompts: [
        { id: 'menu-choice', language: 'en', number: 1 },
        { id: 'menu-choice', language: 'es', number: 2 },
      ],
    });
  });

  it('takes a key, remembers it, and goes on in that language with the place of the arrival', () => {
    const { state, effects } = reduceCall(asked(), key('2'));
    expect(state).toMatchObject({ phase: 'queued', language: 'es', arrivedAt: 1_000 });
    expect(effects).toContainEqual({ kind: 'remember-language' });
    expect(effects).toContainEqual({ kind: 'distribute' });
    expect(directedAudio(state).callerHears).toMatchObject({
      kind: 'queue',
      opening: [
        { id: 'greeting', language: 'es' },
        { id: 'notice', language: 'es' },
      ],
    });
  });

  it('is skipped by waiting, in the hotline’s own language and without a trace', () => {
    const { state, effects } = fire(asked(), 'menu');
    expect(state).toMatchObject({ phase: 'queued', language: 'en' });
    expect(effects).not.toContainEqual({ kind: 'remember-language' });
  });

  it('stays over a key that means nothing', () => {
    expect(reduceCall(asked(), key('7')).state.phase).toBe('menu');
    expect(reduceCall(asked(), key('#')).state.phase).toBe('menu');
  });

  it('is not said to a caller whose language is known, even if it is the hotline’s own', () => {
    for (const language of [es, 'en' as LanguageTag]) {
      const state = aCall(arrival({ policy }), assigned(), chosen(language));
      expect(state).toMatchObject({ phase: 'queued', language });
    }
  });

  it('opens again with the star key while waiting, and the wait goes on', () => {
    const waiting = reduceCall(asked(), key('1')).state;
    const again = reduceCall(waiting, key('*')).state;
    expect(again.phase).toBe('menu');
    expect(again.timers['max-wait']).toEqual(waiting.timers['max-wait']);
    expect(reduceCall(again, key('2')).state).toMatchObject({ phase: 'queued', language: 'es' });
  });

  it('has an ending whatever happens: hang-up, a lost gateway, the longest wait', () => {
    const gone = reduceCall(asked(), { type: 'CarrierStatusChanged', at: 3_000, status: 'completed', sequence: null });
    expect(gone.state).toMatchObject({ phase: 'ended', termination: { reason: 'caller-hung-up-while-waiting' } });
    const lost = reduceCall(asked(), { type: 'GatewayLost', at: 3_000, gatewayId: gatewayId(1) }).state;
    expect(lost.timers['stream-expected']).toBeDefined();
    expect(fire(asked(), 'max-wait').state.phase).toBe('voicemail');
  });

  it('does not exist with one language, nor on a call that is not let in', () => {
    expect(aCall(arrival({ policy: aPolicy({ languages: ['en' as LanguageTag] }) })).phase).toBe('queued');
    expect(aCall(arrival({ policy, admission: 'closed' })).phase).toBe('farewell');
  });
});

describe('what else a caller hears', () => {
  it('is told what to do in danger of life where the hotline wants it', () => {
    const { callerHears } = directedAudio(aCall(arrival({ policy: aPolicy({ emergencyAdvice: true }) })));
    expect(callerHears).toMatchObject({ opening: [{ id: 'greeting' }, { id: 'notice' }, { id: 'emergency-advice' }] });
  });

  it('hears that the queue is full, that it is closed, and how long it may take', () => {
    const full = directedAudio(aCall(arrival({ admission: 'full' }))).callerHears;
    expect(full).toMatchObject({ kind: 'farewell', prompts: [{ id: 'full' }] });
    const closed = directedAudio(aCall(arrival({ admission: 'closed' }))).callerHears;
    expect(closed).toMatchObject({ kind: 'farewell', prompts: [{ id: 'closed' }] });
    const told: CallEvent = { type: 'PositionChanged', at: 2_000, position: 3, estimatedWaitMs: 240_000 };
    expect(directedAudio(aCall(arrival(), told)).callerHears).toMatchObject({ position: 3, estimatedWaitMs: 240_000 });
  });
});

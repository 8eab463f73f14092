import type { CallEvent, LadderStep } from '@ringdown/protocol/call-events';
import type { CallerHears, PromptRef } from '@ringdown/protocol/gateway';
import type { LadderCause } from '@ringdown/protocol/ladder';
import { type HotlineId, type Instant, VoicemailId } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import {
  FAREWELL_LIMIT_MS,
  INVITE_TIMEOUT_MS,
  LADDER_CALL_BACK_MS,
  LADDER_MOVE_MS,
  MAX_MOVES,
  OPENING_MS,
  VOICEMAIL_GRACE_MS,
} from './call-limits.ts';
import { type CallState, phoneLeg } from './call-state.ts';
import { dropRinging, ringOutside } from './outside-party.ts';
import { menuOf, openingOf, openMenu } from './reduce-menu.ts';
import { PRACTICE_NOT_TAKEN } from './reduce-practice.ts';

const KEY = '1';
const ASK_AGAIN_MS = 2_000;

/** What the call is at; undefined beyond the last step, and for a call that isn't on a ladder. */
export const ladderStep = ({ ladder }: CallState): LadderStep | undefined => ladder?.steps[ladder.at];

/** Since when the call waits at its present hotline. The place in line is that of the arrival all the same. */
const waitsSince = ({ moves, arrivedAt }: CallState): Instant => moves?.at(-1)?.at ?? arrivedAt;

/** Back to the queue with the original place, or on to the ladder when the caller has waited long enough. */
export const requeue = (draft: Draft): void => {
  if (draft.state.practice) {
    draft.end(PRACTICE_NOT_TAKEN);
    return;
  }
  if (draft.state.placed && phoneLeg(draft.state).state !== 'live') {
    draft.end({ result: 'operator', reason: 'placed-call-dropped' });
    return;
  }
  if (draft.state.pastMaxWait) {
    startLadder(draft, 'unanswered');
    return;
  }
  draft.phase('queued');
  // Without a caller on the line nothing is to be waited for: the promise has a time of its own.
  if (!draft.state.timers['max-wait'] && !draft.state.callBack?.away) {
    const { maxWaitMs, ringTimeoutMs } = draft.state.policy;
    draft.timer('max-wait', Math.max(waitsSince(draft.state) + maxWaitMs, draft.at + ringTimeoutMs));
  }
  draft.effects.push({ kind: 'distribute' });
};

export const startLadder = (draft: Draft, cause: LadderCause): void => {
  if (draft.state.practice) {
    draft.end(PRACTICE_NOT_TAKEN);
    return;
  }
  if (draft.state.callBack?.away) {
    draft.end({ result: 'ours', reason: 'call-back-expired' });
    return;
  }
  draft.closeOffers('withdrawn', 'withdrawn');
  draft.clear('max-wait', 'nobody-wait', 'redistribute', 'ring-timeout', 'menu');
  draft.set({ ladder: { cause, steps: draft.state.policy.ladders[cause], at: 0 } });
  takeStep(draft);
};

export const nextLadderStep = (draft: Draft): void => {
  const { ladder } = draft.state;
  if (ladder) draft.set({ ladder: { ...ladder, at: ladder.at + 1 } });
  dropRinging(draft);
  draft.clear('voicemail-limit', 'farewell-limit', 'ladder-step');
  takeStep(draft);
};

const takeStep = (draft: Draft): void => {
  const step = ladderStep(draft.state);
  if (!step) draft.hangUp({ result: 'ours', reason: 'voicemail-not-left' });
  else if (isEnding(step) && keepPromise(draft)) return;
  else if (!begin(draft, step)) nextLadderStep(draft);
};

const isEnding = ({ step }: LadderStep): boolean => step === 'voicemail' || step === 'message';

/** Whoever was promised a call while waiting gets it in the place of an ending: the promise is said once more, and the place waits. */
const keepPromise = (draft: Draft): boolean => {
  const { ladder, callBack } = draft.state;
  if (!ladder || !callBack || expiresAt(draft.state) <= draft.at) return false;
  draft.set({ ladder: { ...ladder, steps: [...ladder.steps.slice(0, ladder.at), { step: 'call-back' }] } });
  draft.phase('ladder');
  ask(draft);
  return true;
};

/** False when this call can't take the step: the next one follows. Every step has a time of its own (P1). */
const begin = (draft: Draft, step: LadderStep): boolean => {
  const { state } = draft;
  switch (step.step) {
    case 'voicemail':
      if (!state.policy.vault) return false;
      draft.set({ voicemail: { voicemailId: VoicemailId.parse(state.callId), stored: false } });
      draft.phase('voicemail');
      draft.timer('voicemail-limit', draft.at + state.policy.voicemailMaxMs + VOICEMAIL_GRACE_MS);
      return true;
    case 'message':
      draft.phase('farewell');
      draft.timer('farewell-limit', draft.at + FAREWELL_LIMIT_MS);
      return true;
    case 'other-hotline':
      // Circles are refused when they are saved. This holds also for a call that saw settings from before and after.
      if ((state.moves?.length ?? 0) >= MAX_MOVES || wasAnswered(state)) return false;
      draft.phase('ladder');
      draft.timer('ladder-step', draft.at + LADDER_MOVE_MS);
      draft.effects.push({ kind: 'move-to-hotline', hotlineId: step.hotlineId });
      return true;
    case 'outside-number':
      draft.phase('ladder');
      draft.timer('ladder-step', draft.at + INVITE_TIMEOUT_MS);
      ringOutside(draft, step.confirm);
      return true;
    case 'call-back':
      // A withheld number can't be called back: its policy offers none.
      if (!state.policy.callBack) return false;
      draft.phase('ladder');
      ask(draft);
      return true;
  }
};

/** Its notes are sealed for its hotline: another one could read none of them. */
const wasAnswered = ({ legs }: CallState): boolean =>
  legs.some(({ role, acceptedAt }) => role === 'volunteer' && acceptedAt !== null);

const isPromised = (state: CallState): boolean =>
  state.phase === 'ladder' && ladderStep(state)?.step === 'call-back' && state.callBack !== null;

/** The time to decide begins when the caller can hear the question; whoever has a promise already is told it once more. */
const ask = (draft: Draft): void => {
  const { state } = draft;
  const connectMs = phoneLeg(state).state === 'live' ? 0 : state.policy.streamTimeoutMs;
  draft.timer('ladder-step', draft.at + connectMs + (state.callBack ? FAREWELL_LIMIT_MS : LADDER_CALL_BACK_MS));
};

/** The caller's audio has reached the gateway. */
export const onLadderStream = (draft: Draft): void => {
  if (draft.state.phase === 'ladder' && ladderStep(draft.state)?.step === 'call-back') ask(draft);
};

/** False when the key means nothing here. */
export const onLadderKey = (draft: Draft, digit: string): boolean => {
  const { state } = draft;
  if (digit !== KEY || state.phase !== 'ladder' || ladderStep(state)?.step !== 'call-back' || state.callBack)
    return false;
  draft.set({ callBack: { promisedAt: draft.at, attempts: 0, away: false, legId: null, fromLadder: true } });
  ask(draft);
  return true;
};

/** The promise was heard to its end, or has had its time: the caller is let go and only their place waits. */
export const onPromiseHeard = (draft: Draft): boolean => {
  if (!isPromised(draft.state)) return false;
  awaitCallBack(draft);
  draft.effects.push({ kind: 'hang-up-at-carrier' });
  return true;
};

/** True when the caller hung up on a ladder with a promise, made there or before: what was begun for them is dropped. */
export const keepsLadderPromise = (draft: Draft): boolean => {
  if (draft.state.phase !== 'ladder' || !draft.state.callBack) return false;
  dropRinging(draft);
  awaitCallBack(draft);
  return true;
};

const awaitCallBack = (draft: Draft): void => {
  const { callBack, policy } = draft.state;
  if (!callBack) return;
  draft.phone({ state: 'ended' });
  draft.set({ callBack: { ...callBack, away: true }, pastMaxWait: false, ladder: null });
  draft.clear('stream-expected', 'ladder-step');
  draft.timer('call-back', expiresAt({ callBack, policy }));
  draft.phase('queued');
  draft.effects.push({ kind: 'distribute' });
};

/** A promise made to somebody who found nobody at all holds longer: it may have to wait for the next shift. */
export const expiresAt = ({ callBack, policy }: Pick<CallState, 'callBack' | 'policy'>): Instant => {
  const given = policy.callBack;
  const forMs = callBack?.fromLadder ? (given?.ladderExpiresMs ?? given?.expiresMs) : given?.expiresMs;
  return (callBack?.promisedAt ?? 0) + (forMs ?? 0);
};

export const onLadderTimer = (draft: Draft): string | null => {
  if (draft.state.phase !== 'ladder') return 'not-now';
  if (!onPromiseHeard(draft)) nextLadderStep(draft);
  return null;
};

/** The other hotline has taken the call, or can't: then the ladder goes on where it is. */
export const applyOverflow = (
  draft: Draft,
  event: Extract<CallEvent, { type: 'MovedToHotline' | 'OverflowRefused' }>,
): string | null => {
  const { state } = draft;
  const step = ladderStep(state);
  if (state.phase !== 'ladder' || step?.step !== 'other-hotline' || step.hotlineId !== event.hotlineId)
    return 'not-now';
  if (event.type === 'OverflowRefused') nextLadderStep(draft);
  else moveTo(draft, event);
  return null;
};

const moveTo = (draft: Draft, event: Extract<CallEvent, { type: 'MovedToHotline' }>): void => {
  const { state } = draft;
  // A promise that was made stays one.
  const promised = state.callBack && !event.policy.callBack ? { callBack: state.policy.callBack } : {};
  const policy = { ...event.policy, ...promised };
  const offered: readonly string[] = [event.language, ...(policy.languages ?? [])];
  const speaks = offered.includes(state.language);
  const language = speaks ? state.language : event.language;
  const from: HotlineId = state.hotlineId;
  draft.clear('ladder-step');
  draft.set({
    hotlineId: event.hotlineId,
    policy,
    language,
    menu: menuOf(policy, event.language),
    moves: [...(state.moves ?? []), { from, at: draft.at }],
    ladder: null,
    pastMaxWait: false,
    excludedUntil: {},
    position: 1,
    estimatedWaitMs: null,
    opening: openingAfterMove(draft, language, policy),
  });
  draft.timer('max-wait', draft.at + policy.maxWaitMs);
  if (!speaks && draft.state.menu.length > 0) openMenu(draft);
  else draft.phase('queued');
  draft.effects.push({ kind: 'distribute' }, { kind: 'tell-watchers' });
};

/** Who has heard a greeting hears only that they are passed on. */
const openingAfterMove = (draft: Draft, language: CallState['language'], policy: CallState['policy']): PromptRef[] =>
  draft.at - draft.state.arrivedAt < OPENING_MS
    ? openingOf(policy, language)
    : [{ kind: 'built-in', id: 'passed-on', language }];

/** What the caller hears at a step that isn't an ending yet. */
export const ladderHears = (state: CallState): CallerHears => {
  const { language } = state;
  // Whoever came to a number without having waited hasn't heard a greeting, nor that phones aren't private.
  if (ladderStep(state)?.step === 'outside-number' && state.phaseSince - state.arrivedAt < OPENING_MS) {
    return { kind: 'interrupted', prompts: state.opening.slice(0, 4) };
  }
  if (ladderStep(state)?.step !== 'call-back') return { kind: 'hold' };
  return state.callBack
    ? { kind: 'farewell', prompts: [{ kind: 'built-in', id: 'call-back-promised', language }] }
    : {
        kind: 'menu',
        prompts: [{ kind: 'built-in', id: 'call-back-ask', language }],
        repeatAfterMs: ASK_AGAIN_MS,
      };
};

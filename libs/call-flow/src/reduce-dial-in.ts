import type { CallEvent, CallPhase } from '@ringdown/protocol/call-events';
import { CODE_TRIES_PER_CALL, type StaffPromptId } from '@ringdown/protocol/dial-in';
import type { CallerHears, GatewayDirective, PromptRef } from '@ringdown/protocol/gateway';
import type { Instant, OperatorId } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import { DIAL_IN_ASKED_MS, DIAL_IN_IDLE_MS, DIAL_IN_MAX_MS, DIAL_IN_RING_MS } from './call-limits.ts';
import { type CallState, type DialIn, isWaiting, type Leg, newLeg, type OperatorChangeKind } from './call-state.ts';
import { dropRinging } from './outside-party.ts';

type DialInEvent = Extract<
  CallEvent,
  { type: 'StaffRecognised' | 'StaffCodeRefused' | 'DialInCalling' | 'DialInRefused' | 'DialInAvailability' }
>;

const NUMBER_REPEAT_MS = 12_000;
const MENU_REPEAT_MS = 4_000;

const NOBODY: DialIn = {
  wrong: 0,
  refusals: 0,
  refused: null,
  operatorId: null,
  resumes: null,
  step: 'menu',
  said: null,
  legId: null,
  language: null,
  talked: false,
};

/** Who dialled in, while they are on the call. */
export const dialledIn = ({ phase, dialIn }: CallState): OperatorId | null =>
  phase === 'dial-in' ? (dialIn?.operatorId ?? null) : null;

/** Since when whoever dialled in talks, or talked, with the person called. */
export const dialInTalkSince = ({ legs, dialIn }: CallState): Instant | null =>
  legs.find(({ legId }) => legId === dialIn?.legId)?.connectedAt ?? null;

/** Where somebody waits or hears us speak: also when the hotline is closed. */
const hearsUs = (phase: CallPhase): boolean =>
  isWaiting(phase) || phase === 'menu' || phase === 'ladder' || phase === 'voicemail' || phase === 'farewell';

export const acceptsCode = (state: CallState): boolean =>
  hearsUs(state.phase) &&
  !state.endedByCarrierVerbs &&
  !state.callBack?.away &&
  !state.voicemail?.stored &&
  state.practice === undefined &&
  (state.dialIn?.wrong ?? 0) < CODE_TRIES_PER_CALL;

const builtIn = (state: CallState, id: StaffPromptId): PromptRef => ({
  kind: 'built-in',
  id,
  language: state.language,
});

/** For the gateway: whether `*0…#` is a code now, and what to say of one that was refused. */
export const codeEntryOf = (state: CallState): GatewayDirective['codeEntry'] => {
  if (!hearsUs(state.phase) || state.practice) return undefined;
  const { refusals, refused } = state.dialIn ?? NOBODY;
  return {
    open: acceptsCode(state),
    refusals,
    refused: refused ? [builtIn(state, refused === 'busy' ? 'staff-busy' : 'staff-code-wrong')] : [],
  };
};

/** What the phone of whoever dialled in hears. */
export const dialInHears = (state: CallState): CallerHears => {
  const { step, said } = state.dialIn ?? NOBODY;
  switch (step) {
    case 'menu': {
      const menu = builtIn(state, 'dial-in-menu');
      const prompts = said ? [builtIn(state, said), menu] : [menu];
      return { kind: 'menu', prompts, repeatAfterMs: MENU_REPEAT_MS, keys: 'one' };
    }
    case 'number':
      return {
        kind: 'menu',
        prompts: [builtIn(state, 'dial-in-number')],
        repeatAfterMs: NUMBER_REPEAT_MS,
        keys: 'entry',
      };
    case 'last-caller':
    case 'availability':
    case 'calling':
      return { kind: 'hold' };
    case 'talking':
      return { kind: 'bridge' };
  }
};

const change = (draft: Draft, changed: Partial<DialIn>): void =>
  draft.set({ dialIn: { ...NOBODY, ...draft.state.dialIn, ...changed } });

const toMenu = (draft: Draft, said: StaffPromptId | null): void => {
  change(draft, { step: 'menu', said, legId: null });
  draft.timer('dial-in', draft.at + DIAL_IN_IDLE_MS);
};

/** No caller: gives up the place, whatever rang for it, and a promise or a message that was begun. */
const onRecognised = (draft: Draft, event: Extract<DialInEvent, { type: 'StaffRecognised' }>): string | null => {
  if (!acceptsCode(draft.state)) return 'not-now';
  const { timers } = draft.state;
  draft.closeOffers('withdrawn', 'withdrawn');
  dropRinging(draft);
  draft.set({
    timers: timers['stream-expected'] ? { 'stream-expected': timers['stream-expected'] } : {},
    callBack: null,
    ladder: null,
    voicemail: null,
    opening: [],
  });
  change(draft, { operatorId: event.operatorId, resumes: event.from, refused: null });
  draft.phase('dial-in');
  toMenu(draft, null);
  draft.operator(event.operatorId, 'dialled-in');
  draft.effects.push({ kind: 'distribute' });
  return null;
};

const onCodeRefused = (draft: Draft, reason: 'wrong' | 'busy'): string | null => {
  if (!acceptsCode(draft.state)) return 'not-now';
  const { wrong, refusals } = draft.state.dialIn ?? NOBODY;
  change(draft, { refused: reason, refusals: refusals + 1, wrong: wrong + (reason === 'wrong' ? 1 : 0) });
  return null;
};

const onCalling = (draft: Draft, event: Extract<DialInEvent, { type: 'DialInCalling' }>): string | null => {
  const { state } = draft;
  if (state.dialIn?.step !== event.what) return 'not-now';
  const leg = newLeg({ legId: event.legId, kind: 'outside-phone', role: 'guest', state: 'expected' });
  draft.set({ legs: [...state.legs, leg] });
  change(draft, { step: 'calling', said: null, legId: event.legId, language: event.language });
  draft.timer('dial-in', draft.at + DIAL_IN_RING_MS);
  return null;
};

const REFUSED: Record<Extract<DialInEvent, { type: 'DialInRefused' }>['reason'], StaffPromptId> = {
  'no-caller': 'dial-in-no-caller',
  'bad-number': 'dial-in-bad-number',
  'no-own-phone': 'dial-in-no-own-phone',
};

export const applyDialIn = (draft: Draft, event: DialInEvent): string | null => {
  if (event.type === 'StaffRecognised') return onRecognised(draft, event);
  if (event.type === 'StaffCodeRefused') return onCodeRefused(draft, event.reason);
  if (!dialledIn(draft.state)) return 'not-dialled-in';
  const step = draft.state.dialIn?.step;
  switch (event.type) {
    case 'DialInCalling':
      return onCalling(draft, event);
    case 'DialInRefused':
      if (step !== 'last-caller' && step !== 'availability' && step !== 'number') return 'not-now';
      toMenu(draft, REFUSED[event.reason]);
      return null;
    case 'DialInAvailability':
      if (step !== 'availability') return 'not-now';
      change(draft, { resumes: event.available ? 'available' : 'offline' });
      toMenu(draft, event.available ? 'dial-in-available' : 'dial-in-unavailable');
      return null;
  }
};

/** Keys of the menu. Any other key, and any key at another time, is stored nowhere: it may be part of a number. */
export const onDialInKey = (draft: Draft, digit: string): string | null => {
  if (!dialledIn(draft.state) || draft.state.dialIn?.step !== 'menu') return 'not-now';
  switch (digit) {
    case '3':
      change(draft, { step: 'number', said: null });
      draft.timer('dial-in', draft.at + DIAL_IN_IDLE_MS);
      return null;
    case '1':
    case '9':
      change(draft, { step: digit === '1' ? 'last-caller' : 'availability', said: null });
      draft.timer('dial-in', draft.at + DIAL_IN_ASKED_MS);
      draft.effects.push({ kind: 'answer-dial-in' });
      return null;
    default:
      return 'no-such-choice';
  }
};

const legCalled = ({ legs, dialIn }: CallState): Leg | undefined =>
  legs.find(({ legId, state }) => legId === dialIn?.legId && state !== 'ended');

/** Each step has its time. */
export const onDialInTimer = (draft: Draft): string | null => {
  if (!dialledIn(draft.state)) return 'not-dialled-in';
  const leg = legCalled(draft.state);
  switch (draft.state.dialIn?.step) {
    case 'last-caller':
    case 'availability':
    case 'number':
      toMenu(draft, null);
      return null;
    case 'calling':
      if (leg) draft.closeLeg(leg);
      return null;
    case 'talking':
      draft.hangUp({ result: 'ours', reason: 'dial-in-limit-reached' });
      return null;
    case 'menu':
    case undefined:
      draft.hangUp({ result: 'operator', reason: 'dial-in-ended' });
      return null;
  }
};

const afterwards = ({ resumes, talked }: DialIn): OperatorChangeKind => {
  if (resumes === 'break') return 'back-to-break';
  if (resumes === 'offline') return 'link-lost';
  return talked ? 'call-ended' : 'withdrawn';
};

/** Runs after each event: what becomes of the phone that is called, and of whoever dialled in when the call is over for them. */
export const followDialIn = (before: CallState, draft: Draft): void => {
  const operatorId = dialledIn(before);
  if (!operatorId && !dialledIn(draft.state)) return;
  const { dialIn } = draft.state;
  if (dialledIn(draft.state) && (dialIn?.step === 'calling' || dialIn?.step === 'talking')) {
    const leg = legCalled(draft.state);
    if (dialIn.step === 'calling') {
      if (!leg) toMenu(draft, 'dial-in-no-answer');
      else if (leg.state === 'live') beginTalk(draft);
    } else if (!leg) draft.hangUp({ result: 'caller', reason: 'dial-in-ended' });
  }
  if (operatorId && dialIn && !dialledIn(draft.state)) draft.operator(operatorId, afterwards(dialIn));
};

/** The same words for both: they are not alone with each other before they end. */
const beginTalk = (draft: Draft): void => {
  change(draft, { step: 'talking', talked: true });
  const { seq, dialIn, language } = draft.state;
  draft.set({
    announcement: {
      sequence: seq,
      prompts: [{ kind: 'built-in', id: 'dial-in-hello', language: dialIn?.language ?? language }],
    },
  });
  draft.timer('dial-in', draft.at + DIAL_IN_MAX_MS);
};

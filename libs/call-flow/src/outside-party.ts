import type { Termination } from '@ringdown/protocol/call-events';
import type { CallerHears } from '@ringdown/protocol/gateway';
import { LegId } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import { FAREWELL_LIMIT_MS, OUTSIDE_MAX_MS, OUTSIDE_WARNING_MS } from './call-limits.ts';
import { acceptedLegs, type CallState, type Leg, newLeg, phoneLeg, ringingOutside } from './call-state.ts';

/** Outside phones that take part in the call beside the caller's. */
export const outsideParties = (state: CallState): Leg[] =>
  acceptedLegs(state).filter(({ kind }) => kind === 'outside-phone');

const isHere = (leg: Leg): boolean => leg.state === 'live';

/** The volunteer talks with an outside phone while the caller waits. */
export const consultsOutside = (state: CallState): boolean =>
  state.invitation?.state === 'talking' &&
  outsideParties(state).some(({ legId, state: is }) => legId === state.invitation?.legId && is === 'live');

/** The reducer makes no ids: the call's own, counted on by how many legs it had. */
const nextLegId = ({ callId, legs }: CallState): LegId => {
  const counted = (Number.parseInt(callId.slice(-8), 16) + legs.length + 1) % 2 ** 32;
  return LegId.parse(`${callId.slice(0, -8)}${counted.toString(16).padStart(8, '0')}`);
};

/** A step of a ladder: an outside phone is to take the call. It is dialled once the caller hears that something goes on. */
export const ringOutside = (draft: Draft, confirm: boolean): void => {
  const leg = newLeg({
    legId: nextLegId(draft.state),
    kind: 'outside-phone',
    role: 'guest',
    state: 'expected',
    confirm,
  });
  draft.set({ legs: [...draft.state.legs, leg] });
  dialRinging(draft);
};

/** Dialling what is being dialled already does nothing. */
export const dialRinging = (draft: Draft): void => {
  const leg = ringingOutside(draft.state);
  if (!leg || leg.phone || draft.state.phase !== 'ladder' || phoneLeg(draft.state).state !== 'live') return;
  draft.effects.push({ kind: 'dial-leg', legId: leg.legId });
};

/** What rang there rings no more. */
export const dropRinging = (draft: Draft): void => {
  const leg = ringingOutside(draft.state);
  if (leg) draft.closeLeg(leg);
};

/** Caller and outside phone go on without anybody of ours: nobody else would end it, so its length is bounded (P1, P4). */
export const beginOutside = (draft: Draft): void => {
  const maxMs = draft.state.policy.outside?.maxMs ?? OUTSIDE_MAX_MS;
  draft.set({ outside: { since: draft.at, warned: false, over: null } });
  draft.phase('outside');
  draft.timer('outside-limit', draft.at + Math.max(maxMs - OUTSIDE_WARNING_MS, 0));
  draft.effects.push({ kind: 'close-room' });
};

/** The caller is told goodbye; one who was called back is hung up on with the rest. */
const endOutside = (draft: Draft, over: 'outside-hung-up' | 'outside-limit-reached'): void => {
  const { outside, callBack } = draft.state;
  if (!outside || draft.state.phase !== 'outside') return;
  draft.set({ outside: { ...outside, over } });
  draft.clear('outside-limit', 'reconnecting', 'bridge-expected', 'phone-leg');
  for (const leg of outsideParties(draft.state)) draft.closeLeg(leg);
  if (callBack?.away) {
    draft.end(outsideTermination(draft.state) ?? { result: 'ours', reason: over });
    return;
  }
  draft.phase('farewell');
  draft.timer('farewell-limit', draft.at + FAREWELL_LIMIT_MS);
};

/** Somebody who wasn't ours has left: with nobody to talk to the caller doesn't stay. */
export const followOutside = (draft: Draft): void => {
  if (draft.state.phase === 'outside' && outsideParties(draft.state).length === 0) endOutside(draft, 'outside-hung-up');
};

/** A minute before the end both are told, then it is the end. */
export const onOutsideLimit = (draft: Draft): string | null => {
  const { outside, language, phase } = draft.state;
  if (!outside || phase !== 'outside') return 'not-now';
  if (outside.warned) {
    endOutside(draft, 'outside-limit-reached');
    return null;
  }
  draft.set({
    outside: { ...outside, warned: true },
    announcement: { sequence: draft.state.seq, prompts: [{ kind: 'built-in', id: 'one-minute-left', language }] },
  });
  draft.timer('outside-limit', draft.at + OUTSIDE_WARNING_MS);
  return null;
};

/** Null while a call isn't over in this way. */
export const outsideTermination = ({ outside }: CallState): Termination | null =>
  outside?.over ? { result: outside.over === 'outside-hung-up' ? 'operator' : 'ours', reason: outside.over } : null;

/** Music while the other side's link is away. */
export const outsideHears = (state: CallState): Extract<CallerHears, { kind: 'bridge' | 'hold' }> =>
  outsideParties(state).some(isHere) ? { kind: 'bridge' } : { kind: 'hold' };

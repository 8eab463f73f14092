import type { Termination } from '@ringdown/protocol/call-events';
import { LegId } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import { BRIDGE_EXPECTED_MS, CALL_BACK_RING_MS } from './call-limits.ts';
import { acceptedLegs, type CallState, isWaiting, type Leg, newLeg, operatorLeg, phoneLeg } from './call-state.ts';
import { expiresAt, keepsLadderPromise } from './reduce-ladder.ts';

const KEY = '1';

/** The caller was promised a call and has hung up: only their place waits. */
export const callerIsAway = (state: CallState): boolean => state.callBack?.away === true;

/** The phone that was promised a call is being dialled, or a person hasn't pressed 1 there yet. */
export const isCalling = (state: CallState): boolean =>
  state.callBack?.legId != null && phoneLeg(state).state === 'offered';

const giveUp = (draft: Draft, reason: 'call-back-expired' | 'call-back-unanswered'): void =>
  draft.end({ result: reason === 'call-back-expired' ? 'ours' : 'caller', reason });

/** Pressed while waiting: the place is kept, and the caller may hang up (Q8). False when the key means nothing here. */
export const onCallBackKey = (draft: Draft, digit: string): boolean => {
  const { state } = draft;
  if (digit !== KEY || state.callBack || !isWaiting(state.phase)) return false;
  if (!state.policy.callBack || state.policy.callBack.onlyByLadder) return false;
  draft.set({
    callBack: { promisedAt: draft.at, attempts: 0, away: false, legId: null },
    opening: [{ kind: 'built-in', id: 'call-back-promised', language: state.language }],
  });
  return true;
};

/** True when the caller hung up with a promise, so that the call goes on without them. */
export const keepsPlace = (draft: Draft): boolean => {
  const { state } = draft;
  const { callBack } = state;
  if (!callBack) return false;
  if (callBack.away) return true;
  if (keepsLadderPromise(draft)) return true;
  if (!isWaiting(state.phase)) return false;
  draft.phone({ state: 'ended' });
  draft.set({ callBack: { ...callBack, away: true }, pastMaxWait: false });
  draft.clear('stream-expected', 'max-wait', 'nobody-wait');
  draft.timer('call-back', expiresAt(state));
  draft.effects.push({ kind: 'tell-watchers' });
  return true;
};

/** There was no talk: nothing to write notes about. */
const dropPlaced = (draft: Draft, reason: 'call-back-unanswered' | 'placed-call-dropped'): void => {
  for (const leg of acceptedLegs(draft.state)) {
    if (leg.resumes === 'available') draft.closeLeg(leg, 'withdrawn');
    else draft.closeLeg(leg);
  }
  draft.end({ result: reason === 'call-back-unanswered' ? 'caller' : 'operator', reason });
};

/** Nobody answered there, or it was no person: the volunteer is free again, and the place waits for another try. */
const tryLater = (draft: Draft, counts: boolean): void => {
  const { callBack, policy } = draft.state;
  if (!callBack || !policy.callBack) return;
  if (draft.state.placed) {
    dropPlaced(draft, counts ? 'call-back-unanswered' : 'placed-call-dropped');
    return;
  }
  for (const leg of acceptedLegs(draft.state)) draft.closeLeg(leg, 'withdrawn');
  if (callBack.legId) draft.leg(callBack.legId, { state: 'ended' });
  draft.set({ invitation: null });
  draft.clear('bridge-expected', 'reconnecting', 'invitation');
  const attempts = callBack.attempts + (counts ? 1 : 0);
  draft.set({ callBack: { ...callBack, attempts, legId: null } });
  if (attempts >= policy.callBack.attempts) {
    giveUp(draft, 'call-back-unanswered');
    return;
  }
  const again = draft.at + policy.callBack.retryMs;
  if (again >= expiresAt(draft.state)) {
    giveUp(draft, 'call-back-expired');
    return;
  }
  draft.phase('call-back');
  draft.timer('call-back', again);
};

/** A person pressed 1: the call goes on as if they had waited. */
export const onCalledBackKey = (draft: Draft, leg: Leg, digit: string): string | null => {
  if (digit !== KEY || leg.state !== 'offered') return 'nothing-rings-there';
  draft.leg(leg.legId, { state: 'live', acceptedAt: draft.at, connectedAt: draft.at });
  draft.timer('call-back', Math.max(expiresAt(draft.state), draft.at + CALL_BACK_RING_MS));
  const volunteer = operatorLeg(draft.state);
  if (volunteer?.state === 'connecting') draft.timer('bridge-expected', draft.at + BRIDGE_EXPECTED_MS);
  if (volunteer?.state === 'live' && draft.state.phase === 'connecting') draft.phase('in-call');
  if (volunteer?.operatorId) draft.effects.push({ kind: 'tell-operator', operatorId: volunteer.operatorId });
  return null;
};

/** The phone that was called back is gone: before a person answered it is tried again, after that the call is over. */
export const onCalledBackGone = (draft: Draft, leg: Leg, termination: Termination): void => {
  if (leg.state === 'offered') tryLater(draft, true);
  else draft.end(termination);
};

/** The volunteer doesn't wait for the phone to answer: somebody else will have the call. */
export const onVolunteerLeavesCallBack = (draft: Draft): boolean => {
  if (!callerIsAway(draft.state) || phoneLeg(draft.state).state === 'live') return false;
  tryLater(draft, false);
  return true;
};

export const onCallBackTimer = (draft: Draft): string | null => {
  const { state } = draft;
  if (!callerIsAway(state)) return 'caller-is-here';
  if (isCalling(state)) {
    tryLater(draft, true);
    return null;
  }
  const talks = operatorLeg(state) !== undefined || phoneLeg(state).state === 'live';
  if (draft.at >= expiresAt(state) && !talks) {
    giveUp(draft, 'call-back-expired');
    return null;
  }
  draft.timer('call-back', Math.max(expiresAt(state), draft.at + CALL_BACK_RING_MS));
  if (state.phase !== 'call-back') return null;
  draft.phase('queued');
  draft.effects.push({ kind: 'distribute' });
  return null;
};

/** Runs after each event: dials once a volunteer has taken the call, and stops when there is nobody to connect with. */
export const followCallBack = (draft: Draft): void => {
  const { state } = draft;
  const { callBack } = state;
  if (!callBack?.away || state.phase === 'ended') return;
  const volunteer = operatorLeg(state);
  if (volunteer && !callBack.legId) {
    // Each attempt has an id of its own, which nobody has to make: that of the offer that led to it.
    const offer = state.offers.find(({ legId, outcome }) => legId === volunteer.legId && outcome === 'accepted');
    if (!offer) return;
    const legId = LegId.parse(offer.offerId);
    const leg = newLeg({ legId, kind: 'outside-phone', role: 'caller', state: 'offered' });
    draft.set({ legs: [...state.legs, leg], callBack: { ...callBack, legId } });
    draft.timer('call-back', draft.at + CALL_BACK_RING_MS);
    // Keys are agreed once the phone's audio is at the gateway.
    if (volunteer.state === 'connecting') {
      draft.timer('bridge-expected', draft.at + CALL_BACK_RING_MS + BRIDGE_EXPECTED_MS);
    }
  } else if (!volunteer && callBack.legId && phoneLeg(state).state === 'offered') {
    draft.leg(callBack.legId, { state: 'ended' });
    draft.set({ callBack: { ...callBack, legId: null } });
    draft.timer('call-back', Math.max(expiresAt(state), draft.at + CALL_BACK_RING_MS));
  }
};

import type { Instant, OperatorId } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import {
  acceptedLegs,
  type CallState,
  type Leg,
  offerTo,
  openOffers,
  type OfferOutcome,
  type OperatorChange,
  operatorLeg,
  phoneLeg,
} from './call-state.ts';
import { dialledIn } from './reduce-dial-in.ts';
import { requeue } from './reduce-ladder.ts';

import { followOutside } from './outside-party.ts';

/** As many as can still follow each other. */
export const MAX_PEOPLE = 8;

/** The caller waits with music while the volunteer hands over. */
export const isConsulting = (state: CallState): boolean =>
  state.invitation !== null && state.invitation.mode !== 'three-way';

/** Talks with the caller without being responsible for the call. */
const isHeard = (leg: Leg): boolean =>
  leg.state === 'live' && leg.operatorId !== null && (leg.role === 'guest' || leg.mode === 'barge');

/** A person who can become responsible at once: whoever talks with the caller already, or else the one consulted. */
export const findSuccessor = (state: CallState): Leg | undefined => {
  const others = acceptedLegs(state).filter((l) => l.operatorId && l.role !== 'volunteer');
  return others.find(isHeard) ?? others.find((l) => l.role === 'consulted' && l.state === 'live');
};

/**
 * Draws the phase from who is there. While somebody else talks with the caller, the volunteer's lost link interrupts
 * nothing. A caller who isn't to hear two people talk stays with the music until the end of the consultation.
 */
export const settle = (draft: Draft, offHold = false): void => {
  const { state } = draft;
  const volunteer = operatorLeg(state);
  if (!volunteer) return;
  const held = state.phase === 'held' && !offHold;
  const covered = !isConsulting(state) && acceptedLegs(state).some(isHeard);
  if (volunteer.state !== 'live' && covered) draft.phase(held ? 'held' : 'in-call');
  else if (volunteer.state === 'away') draft.phase('reconnecting');
  else if (isConsulting(state)) draft.phase('held');
  else if (volunteer.state === 'connecting') draft.phase('connecting');
  else if (held) draft.phase('held');
  else if (state.phase !== 'connecting' || phoneLeg(state).state === 'live') draft.phase('in-call');
};

/** Timers for links that are being made or are lost, kept only while there is one. */
export const rearm = (draft: Draft): void => {
  const { state } = draft;
  const legs = acceptedLegs(state);
  if (!legs.some((l) => l.state === 'connecting')) draft.clear('bridge-expected');
  const since = legs.filter((l) => l.state === 'away').map((l) => l.awaySince ?? draft.at);
  if (since.length === 0) {
    draft.clear('reconnecting');
    return;
  }
  const dueAt = Math.min(...since) + state.policy.reconnectingMs;
  if (state.timers.reconnecting?.dueAt !== dueAt) draft.timer('reconnecting', dueAt);
};

type Failure = NonNullable<CallState['invitationFailed']>['reason'];

/** Whoever was asked in doesn't come, or goes again: the volunteer keeps the call and the caller comes off hold. */
export const dropInvitation = (
  draft: Draft,
  given: {
    outcome: Exclude<OfferOutcome, 'accepted'>;
    change: OperatorChange['change'];
    /** Null when the volunteer wanted it so. */
    failed: Failure | null;
  },
): void => {
  const { invitation } = draft.state;
  if (!invitation) return;
  const consulting = isConsulting(draft.state);
  const offer = openOffers(draft.state).find((o) => o.offerId === invitation.offerId);
  const leg = draft.state.legs.find((l) => l.legId === invitation.legId && l.state !== 'ended');
  draft.set({
    invitation: null,
    invitationFailed: given.failed ? { reason: given.failed, at: draft.at } : null,
  });
  draft.clear('invitation');
  if (offer) draft.closeOffer(offer, given.outcome, given.change);
  else if (leg) draft.closeLeg(leg, given.change);
  rearm(draft);
  settle(draft, consulting);
};

/** Another person becomes responsible for the call; `change` says what becomes of the one before. */
export const handOver = (draft: Draft, successor: Leg, change: OperatorChange['change']): void => {
  const before = operatorLeg(draft.state);
  const { invitation } = draft.state;
  const consulting = isConsulting(draft.state);
  if (invitation && invitation.legId !== successor.legId) {
    dropInvitation(draft, { outcome: 'withdrawn', change: 'withdrawn', failed: null });
  }
  draft.set({ invitation: null, invitationFailed: null });
  draft.clear('invitation');
  if (before) draft.closeLeg(before, change);
  draft.leg(successor.legId, { role: 'volunteer', mode: null, resumes: null });
  if (successor.role === 'supervisor' && successor.operatorId) {
    draft.effects.push({
      kind: 'log-supervision',
      operatorId: successor.operatorId,
      entry: 'taken-over',
      mode: successor.mode,
    });
  }
  if (successor.connectionId) {
    draft.effects.push({ kind: 'grant-room', legId: successor.legId, connectionId: successor.connectionId });
  }
  rearm(draft);
  settle(draft, consulting);
};

/** Nobody on the call can go on with it: all leave, the caller goes to the head of the queue. */
export const rescue = (draft: Draft, volunteer: Leg, change: OperatorChange['change']): void => {
  draft.closeLeg(volunteer, change);
  draft.letGo();
  draft.set({ rescued: true, invitationFailed: null });
};

/** The link of somebody on the call could not be made, or is gone for good. */
export const failLeg = (draft: Draft, leg: Leg): void => {
  if (leg.role === 'volunteer') {
    const successor = findSuccessor(draft.state);
    if (successor) {
      handOver(draft, successor, 'call-failed');
      return;
    }
    rescue(draft, leg, 'call-failed');
    if (leg.operatorId) draft.exclude(leg.operatorId);
    requeue(draft);
    return;
  }
  dropLeg(draft, leg, 'call-failed', 'failed');
};

/** Somebody who isn't responsible for the call is off it. */
export const dropLeg = (
  draft: Draft,
  leg: Leg,
  change: OperatorChange['change'] | undefined,
  failed: Failure | null,
): void => {
  if (draft.state.invitation?.legId === leg.legId) {
    dropInvitation(draft, { outcome: 'withdrawn', change: change ?? 'withdrawn', failed });
    return;
  }
  draft.closeLeg(leg, change);
  rearm(draft);
  settle(draft);
  followOutside(draft);
};

/** A lost link has had its time (L6). */
export const giveUpAway = (draft: Draft, now: Instant): string | null => {
  const { reconnectingMs } = draft.state.policy;
  const due = acceptedLegs(draft.state).filter((l) => l.state === 'away' && (l.awaySince ?? 0) + reconnectingMs <= now);
  if (due.length === 0) return 'not-away';
  const volunteer = due.find((l) => l.role === 'volunteer');
  for (const leg of due) if (leg !== volunteer) dropLeg(draft, leg, 'link-lost', 'went-offline');
  if (volunteer) {
    const successor = findSuccessor(draft.state);
    if (successor) {
      handOver(draft, successor, 'link-lost');
    } else {
      rescue(draft, volunteer, 'link-lost');
      draft.set({
        opening: [{ kind: 'built-in', id: 'apology-reconnecting', language: draft.state.language }],
        pastMaxWait: false,
      });
      draft.timer('max-wait', draft.at + draft.state.policy.maxWaitMs);
      requeue(draft);
    }
  }
  rearm(draft);
  return null;
};

/** The keys could not be agreed in time: all who are still at it. */
export const giveUpConnecting = (draft: Draft): string | null => {
  const late = acceptedLegs(draft.state).filter((l) => l.state === 'connecting' && l.kind === 'console');
  if (late.length === 0) return 'nobody-connecting';
  for (const leg of late) if (leg.role !== 'volunteer') failLeg(draft, leg);
  for (const leg of late) if (leg.role === 'volunteer') failLeg(draft, leg);
  return null;
};

/** Rings at them, or has them on it. */
export const takesPart = (state: CallState, operatorId: OperatorId): boolean =>
  offerTo(state, operatorId) !== undefined ||
  dialledIn(state) === operatorId ||
  acceptedLegs(state).some((l) => l.operatorId === operatorId);

import type { CallEvent } from '@ringdown/protocol/call-events';
import type { ConnectionId, LegId, PublicKeyHex } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import { BRIDGE_EXPECTED_MS, INVITE_TIMEOUT_MS } from './call-limits.ts';
import {
  acceptedLegs,
  type CallState,
  type Leg,
  legOf,
  newLeg,
  type Offer,
  operatorLeg,
  phoneLeg,
} from './call-state.ts';
import { beginOutside, outsideParties } from './outside-party.ts';
import {
  dropInvitation,
  dropLeg,
  findSuccessor,
  handOver,
  isConsulting,
  MAX_PEOPLE,
  rearm,
  settle,
  takesPart,
} from './people-on-call.ts';

type InvitationEvent = Extract<
  CallEvent,
  {
    type:
      | 'InvitationMade'
      | 'InvitationCancelled'
      | 'TransferCompleted'
      | 'ConsultationJoined'
      | 'LegLeft'
      | 'LegRemoved';
  }
>;

const onMade = (draft: Draft, event: Extract<InvitationEvent, { type: 'InvitationMade' }>): string | null => {
  const { state } = draft;
  const { to, mode, legId, offerId } = event;
  if (state.practice) return 'practice-rings-nobody';
  if (state.invitation) return 'already-inviting';
  if (state.phase !== 'in-call' && state.phase !== 'held') return 'not-now';
  if (operatorLeg(state)?.state !== 'live' || phoneLeg(state).state !== 'live') return 'not-now';
  if (acceptedLegs(state).length >= MAX_PEOPLE) return 'call-is-full';
  if (to.kind === 'operator' && takesPart(state, to.operatorId)) return 'on-the-call-already';
  // Where the hotline leaves no call with an outside line alone, a volunteer stays with the caller.
  if (to.kind === 'number' && mode === 'blind' && !state.policy.outside) return 'nobody-responsible';
  const role = mode === 'three-way' ? 'guest' : 'consulted';
  const since = event.at;
  draft.set({
    invitation: {
      mode,
      by: event.by,
      legId,
      offerId: to.kind === 'operator' ? offerId : null,
      state: 'ringing',
      since,
    },
    invitationFailed: null,
  });
  draft.timer('invitation', event.at + INVITE_TIMEOUT_MS);
  if (to.kind === 'number') {
    const confirm = to.confirm ?? false;
    draft.set({ legs: [...state.legs, newLeg({ legId, kind: 'outside-phone', role, state: 'expected', confirm })] });
  } else {
    draft.set({
      legs: [...state.legs, newLeg({ legId, kind: 'console', role, state: 'offered', operatorId: to.operatorId })],
      offers: [
        ...state.offers,
        {
          offerId,
          legId,
          operatorId: to.operatorId,
          at: event.at,
          reason: 'invited',
          passedOver: to.passedOver,
          purpose: mode,
          on: 'console',
          by: event.by,
          outcome: null,
        },
      ],
    });
    draft.operator(to.operatorId, 'offered');
  }
  settle(draft);
  return null;
};

/** Somebody who was asked in takes it: their keys are agreed next. */
export const acceptInvitation = (
  draft: Draft,
  offer: Offer,
  by: { connectionId: ConnectionId; publicKey: PublicKeyHex },
): void => {
  draft.closeOffer(offer, 'accepted', 'accepted');
  draft.leg(offer.legId, { state: 'connecting', ...by, acceptedAt: draft.at });
  const { invitation } = draft.state;
  if (invitation) draft.set({ invitation: { ...invitation, state: 'connecting', since: draft.at } });
  draft.clear('invitation');
  draft.timer('bridge-expected', draft.at + BRIDGE_EXPECTED_MS);
  draft.effects.push({ kind: 'grant-room', legId: offer.legId, connectionId: by.connectionId });
};

/**
 * The volunteer leaves the call to somebody. An outside line isn't responsible for anything: a colleague who talks with the
 * caller is, and with none left the call goes on without us, bounded.
 */
const passOn = (draft: Draft, target: Leg): void => {
  if (target.operatorId) {
    handOver(draft, target, 'call-ended');
    return;
  }
  if (draft.state.invitation && draft.state.invitation.legId !== target.legId) {
    dropInvitation(draft, { outcome: 'withdrawn', change: 'withdrawn', failed: null });
  }
  draft.leg(target.legId, { role: 'guest' });
  draft.set({ invitation: null, invitationFailed: null });
  draft.clear('invitation');
  const colleague = findSuccessor(draft.state);
  if (colleague) {
    handOver(draft, colleague, 'call-ended');
    settle(draft, true);
    return;
  }
  for (const leg of acceptedLegs(draft.state)) if (leg.kind !== 'outside-phone') draft.closeLeg(leg);
  beginOutside(draft);
  rearm(draft);
};

/** A live outside phone that talks with the caller already, where a call may be left with one. */
const findOutside = (state: CallState): Leg | undefined =>
  state.policy.outside && outsideParties(state).find((leg) => leg.state === 'live' && leg.role === 'guest');

/**
 * Somebody who was asked in, by console or by phone, can be heard: warm, the two talk; blind, the call is theirs;
 * three-way, all talk. Once for each invitation.
 */
export const invitedIsLive = (draft: Draft, legId: LegId): void => {
  const { invitation } = draft.state;
  if (!invitation || invitation.legId !== legId || invitation.state === 'talking') return;
  draft.clear('invitation');
  switch (invitation.mode) {
    case 'warm':
      draft.set({ invitation: { ...invitation, state: 'talking', since: draft.at } });
      return;
    case 'three-way':
      draft.set({ invitation: null });
      return;
    case 'blind': {
      const leg = draft.state.legs.find((l) => l.legId === legId);
      if (leg) passOn(draft, leg);
      return;
    }
  }
};

const onCompleted = (draft: Draft): string | null => {
  const { invitation } = draft.state;
  const target: Leg | undefined = invitation
    ? draft.state.legs.find((l) => l.legId === invitation.legId)
    : (findSuccessor(draft.state) ?? findOutside(draft.state));
  if (!target || (invitation && invitation.state !== 'talking') || target.state !== 'live') return 'not-now';
  if (!target.operatorId && !draft.state.policy.outside) return 'nobody-responsible';
  passOn(draft, target);
  return null;
};

const onJoined = (draft: Draft): string | null => {
  const { invitation } = draft.state;
  if (invitation?.state !== 'talking') return 'not-now';
  draft.leg(invitation.legId, { role: 'guest' });
  draft.set({ invitation: null });
  settle(draft, true);
  return null;
};

/** The volunteer may leave only to somebody who talks with the caller already; that person is responsible from then on. */
const onLeft = (draft: Draft, leg: Leg): string | null => {
  if (leg.role !== 'volunteer') {
    const consulted = draft.state.invitation?.legId === leg.legId;
    dropLeg(draft, leg, undefined, consulted ? 'declined' : null);
    return null;
  }
  const successor = isConsulting(draft.state) ? undefined : (findSuccessor(draft.state) ?? findOutside(draft.state));
  if (!successor) return 'nobody-responsible';
  passOn(draft, successor);
  return null;
};

const onRemoved = (draft: Draft, legId: LegId): string | null => {
  const leg = draft.state.legs.find((l) => l.legId === legId && l.state !== 'ended');
  if (!leg || leg.role === 'caller' || leg.role === 'volunteer') return 'not-now';
  if (leg.role === 'supervisor') return 'supervision-stays';
  if (draft.state.invitation?.legId !== legId && !acceptedLegs(draft.state).includes(leg)) return 'not-now';
  dropLeg(draft, leg, undefined, null);
  return null;
};

/** Asking somebody into a call in progress: warm and blind transfer, three-way (X2, X3). */
export const applyInvitation = (draft: Draft, event: InvitationEvent): string | null => {
  const { state } = draft;
  if (state.phase === 'ending') return 'call-is-ending';
  if (event.type === 'LegLeft') {
    const leg = legOf(state, event.operatorId);
    return leg ? onLeft(draft, leg) : 'not-your-call';
  }
  if (operatorLeg(state)?.operatorId !== event.by) return 'not-your-call';
  switch (event.type) {
    case 'InvitationMade':
      return onMade(draft, event);
    case 'InvitationCancelled':
      if (!state.invitation) return 'nothing-new';
      dropInvitation(draft, { outcome: 'withdrawn', change: 'withdrawn', failed: null });
      return null;
    case 'TransferCompleted':
      return onCompleted(draft);
    case 'ConsultationJoined':
      return onJoined(draft);
    case 'LegRemoved':
      return onRemoved(draft, event.legId);
  }
};

/** A further phone's leg is over, whoever hung up: an outside number, or a phone of somebody asked in. */
export const furtherPhoneGone = (
  draft: Draft,
  leg: Leg,
  failed: 'declined' | 'timed-out' | 'failed' | 'busy' | null,
): void => {
  dropLeg(draft, leg, undefined, failed);
  rearm(draft);
};

import type { CallEvent } from '@ringdown/protocol/call-events';
import type { LegId } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import { PHONE_LEG_GRACE_MS } from './call-limits.ts';
import { type CallState, type Leg, type Offer, openOffers, phoneLeg } from './call-state.ts';
import { beginOutside, dialRinging } from './outside-party.ts';
import { furtherPhones, isFurtherPhone } from './further-phones.ts';
import { terminationByCaller } from './call-endings.ts';
import { onCalledBackGone, onCalledBackKey, onVolunteerLeavesCallBack } from './reduce-call-back.ts';
import { nextLadderStep } from './reduce-ladder.ts';
import { failLeg, rearm, settle } from './people-on-call.ts';
import { furtherPhoneGone, invitedIsLive } from './reduce-invitations.ts';
import { requeue } from './reduce-ladder.ts';

type PhoneLegEvent = Extract<
  CallEvent,
  {
    type:
      | 'LegDialBegun'
      | 'LegDialled'
      | 'LegDialFailed'
      | 'LegStatusChanged'
      | 'LegStreamStarted'
      | 'LegStreamEnded'
      | 'LegDigitReceived';
  }
>;

const ACCEPT_KEY = '1';

const offerOf = (state: CallState, legId: LegId): Offer | undefined =>
  openOffers(state).find((offer) => offer.legId === legId);

/** It stops ringing there. The others ring on; with nobody left the caller is back in the queue. */
const endRing = (draft: Draft, offer: Offer, how: 'missed' | 'declined' | 'withdrawn'): void => {
  draft.closeOffer(offer, how === 'missed' ? 'timed-out' : how, how);
  draft.exclude(offer.operatorId);
  if (openOffers(draft.state).length === 0) requeue(draft);
};

/** A person pressed the key: a mailbox never does. The phone's audio is there already, no key has to be agreed. */
const accept = (draft: Draft, offer: Offer): void => {
  draft.closeOffer(offer, 'accepted', 'accepted');
  const others = openOffers(draft.state).length > 0;
  draft.closeOffers('withdrawn', 'withdrawn');
  draft.leg(offer.legId, { state: 'live', acceptedAt: draft.at, connectedAt: draft.at });
  draft.clear('max-wait', 'nobody-wait', 'redistribute');
  draft.phase(phoneLeg(draft.state).state === 'live' ? 'in-call' : 'connecting');
  if (others) draft.effects.push({ kind: 'distribute' });
};

const OUTSIDE_FAILURE = { 'hung-up': 'declined', busy: 'busy', 'no-answer': 'timed-out', failed: 'failed' } as const;

const onGone = (draft: Draft, leg: Leg, how: 'hung-up' | 'busy' | 'no-answer' | 'failed'): string | null => {
  if (leg.role === 'caller') {
    onCalledBackGone(draft, leg, terminationByCaller(draft.state));
    return null;
  }
  if (leg.kind === 'outside-phone') {
    if (draft.state.phase === 'ladder') {
      nextLadderStep(draft);
      return null;
    }
    furtherPhoneGone(draft, leg, OUTSIDE_FAILURE[how]);
    return null;
  }
  const offer = offerOf(draft.state, leg.legId);
  if (offer) {
    // A fault of the carrier is no miss; whoever hangs up or presses "decline" on the phone has declined.
    endRing(draft, offer, how === 'no-answer' ? 'missed' : how === 'failed' ? 'withdrawn' : 'declined');
    return null;
  }
  if (leg.role === 'volunteer' && how === 'hung-up') {
    if (!onVolunteerLeavesCallBack(draft)) draft.hangUp({ result: 'operator', reason: 'volunteer-hung-up' });
  } else if (leg.role === 'volunteer') failLeg(draft, leg);
  else furtherPhoneGone(draft, leg, OUTSIDE_FAILURE[how]);
  return null;
};

const onStatus = (
  draft: Draft,
  leg: Leg,
  event: Extract<PhoneLegEvent, { type: 'LegStatusChanged' }>,
): string | null => {
  switch (event.status) {
    case 'completed':
      return onGone(draft, leg, 'hung-up');
    case 'busy':
      return onGone(draft, leg, 'busy');
    case 'no-answer':
      return onGone(draft, leg, 'no-answer');
    case 'failed':
    case 'canceled':
      return onGone(draft, leg, 'failed');
    case 'ringing':
    case 'in-progress':
    case 'unknown':
      return 'nothing-new';
  }
};

/** Its audio is at the gateway: for the first time, or again. */
const onStream = (draft: Draft, leg: Leg): void => {
  if (leg.state === 'offered' || leg.role === 'caller') return;
  if (leg.confirm && leg.state === 'expected') {
    draft.leg(leg.legId, { state: 'offered' });
    return;
  }
  connect(draft, leg);
};

const connect = (draft: Draft, leg: Leg): void => {
  const { at } = draft;
  draft.leg(leg.legId, {
    state: 'live',
    awaySince: null,
    acceptedAt: leg.acceptedAt ?? at,
    connectedAt: leg.connectedAt ?? at,
  });
  if (draft.state.phase === 'ladder') {
    draft.clear('ladder-step');
    beginOutside(draft);
  }
  invitedIsLive(draft, leg.legId);
  rearm(draft);
  settle(draft);
  if (leg.operatorId) draft.effects.push({ kind: 'tell-operator', operatorId: leg.operatorId });
};

/** Either a hang-up, of which the carrier tells in a moment, or a broken link, which has a moment to come back. */
const onStreamEnd = (draft: Draft, leg: Leg): void => {
  if (leg.role === 'caller') {
    draft.timer('phone-leg', draft.at + PHONE_LEG_GRACE_MS);
    return;
  }
  if (leg.state !== 'live' && leg.state !== 'connecting') return;
  draft.leg(leg.legId, { state: 'away', awaySince: draft.at });
  rearm(draft);
  settle(draft);
};

const onDigit = (draft: Draft, leg: Leg, digit: string): string | null => {
  if (leg.role === 'caller') return onCalledBackKey(draft, leg, digit);
  if (leg.kind === 'outside-phone') {
    if (leg.state !== 'offered') return 'nothing-rings-there';
    if (digit === ACCEPT_KEY) connect(draft, leg);
    else onGone(draft, leg, 'hung-up');
    return null;
  }
  const offer = offerOf(draft.state, leg.legId);
  if (leg.kind !== 'own-phone' || !offer) return 'nothing-rings-there';
  if (digit === ACCEPT_KEY) accept(draft, offer);
  else endRing(draft, offer, 'declined');
  return null;
};

/** Further phones on a call: a volunteer's own (Q9), an outside number (X2, X3). */
export const applyPhoneLeg = (draft: Draft, event: PhoneLegEvent): string | null => {
  const leg = draft.state.legs.find((each) => each.legId === event.legId);
  if (!leg || !(isFurtherPhone(leg) || leg.phone)) return 'no-such-phone';
  if (event.type === 'LegDialled') {
    // Also when nobody waits for it any more: only now can it be hung up.
    if (!leg.phone || leg.phone.carrierCallId) return 'nothing-new';
    draft.leg(leg.legId, { phone: { ...leg.phone, carrierCallId: event.carrierCallId } });
    if (!isFurtherPhone(leg) || leg.state === 'ended') draft.effects.push({ kind: 'hang-up-leg', legId: leg.legId });
    return null;
  }
  if (!isFurtherPhone(leg) || leg.state === 'ended') return 'leg-over';
  if (event.type === 'LegDialBegun') {
    if (leg.phone) return 'dialled-already';
    const { carrierAccountId, streamToken } = event;
    draft.leg(leg.legId, { phone: { carrierAccountId, carrierCallId: null, streamToken, streaming: false } });
    return null;
  }
  if (event.type === 'LegDialFailed') return onGone(draft, leg, 'failed');
  if (!leg.phone) return 'not-dialled';
  switch (event.type) {
    case 'LegStatusChanged':
      return onStatus(draft, leg, event);
    case 'LegStreamStarted':
      if (event.gatewayId !== draft.state.gatewayId) return 'other-gateway';
      if (leg.phone.streaming) return 'already-live';
      draft.leg(leg.legId, { phone: { ...leg.phone, streaming: true } });
      onStream(draft, leg);
      return null;
    case 'LegStreamEnded':
      if (event.gatewayId !== draft.state.gatewayId) return 'other-gateway';
      if (!leg.phone.streaming) return 'nothing-new';
      draft.leg(leg.legId, { phone: { ...leg.phone, streaming: false } });
      onStreamEnd(draft, leg);
      return null;
    case 'LegDigitReceived':
      return onDigit(draft, leg, event.digit);
  }
};

/** After a change of the gateway a phone's audio didn't come to the new one. */
export const onPhoneLegTimer = (draft: Draft): string | null => {
  const late = furtherPhones(draft.state).filter((leg) =>
    leg.role === 'caller' ? leg.state === 'live' && leg.phone?.streaming === false : leg.state === 'connecting',
  );
  if (late.length === 0) return 'nobody-connecting';
  for (const leg of late) {
    if (leg.role === 'caller') onCalledBackGone(draft, leg, terminationByCaller(draft.state));
    else failLeg(draft, leg);
  }
  return null;
};

/** Runs after each event: what the change of a further phone's leg means for its line. */
export const followPhoneLegs = (before: CallState, draft: Draft): void => {
  const over = draft.state.phase === 'ending' || draft.state.phase === 'ended';
  const movedOn = draft.state.gatewayAssignments !== before.gatewayAssignments;
  for (const leg of draft.state.legs) {
    if (!isFurtherPhone(leg)) continue;
    const earlier = before.legs.find((each) => each.legId === leg.legId);
    if (over && leg.state !== 'ended') draft.leg(leg.legId, { state: 'ended' });
    const ended = over || leg.state === 'ended';
    if (ended) {
      if (earlier?.state !== 'ended' && leg.phone) draft.effects.push({ kind: 'hang-up-leg', legId: leg.legId });
    } else if (leg.connectionId) {
      // Accepted in the console although it rang on the phone: the phone isn't needed.
      draft.leg(leg.legId, { kind: 'console' });
      if (leg.phone) draft.effects.push({ kind: 'hang-up-leg', legId: leg.legId });
    } else if (!earlier && draft.state.phase !== 'ladder') {
      draft.effects.push({ kind: 'dial-leg', legId: leg.legId });
    } else if (movedOn && leg.phone) {
      draft.leg(leg.legId, { phone: { ...leg.phone, streaming: false } });
      draft.timer('phone-leg', draft.at + draft.state.policy.streamTimeoutMs + PHONE_LEG_GRACE_MS);
    }
  }
  dialRinging(draft);
};

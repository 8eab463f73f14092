import type { CallEvent } from '@ringdown/protocol/call-events';
import type { ConnectionId, Instant, OfferId, PublicKeyHex } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import { BRIDGE_EXPECTED_MS } from './call-limits.ts';
import { type CallState, isWaiting, newLeg, type Offer, offerTo, openOffers } from './call-state.ts';
import { dropInvitation } from './people-on-call.ts';
import { acceptInvitation } from './reduce-invitations.ts';
import { requeue } from './reduce-ladder.ts';

type OfferEvent = Extract<CallEvent, { type: 'OfferMade' | 'OfferAccepted' | 'OfferDeclined' | 'OfferWithdrawn' }>;

/** Rings one person, or with ring-all one more: the round ends for all when the first one's time is over. */
const onMade = (draft: Draft, event: Extract<OfferEvent, { type: 'OfferMade' }>): string | null => {
  const { state } = draft;
  if (!isWaiting(state.phase)) return 'not-waiting';
  if (offerTo(state, event.operatorId)) return 'rings-there-already';
  draft.set({
    offers: [
      ...state.offers,
      {
        offerId: event.offerId,
        legId: event.legId,
        operatorId: event.operatorId,
        at: event.at,
        reason: event.reason,
        passedOver: event.passedOver,
        purpose: 'queue',
        on: event.on ?? 'console',
        by: event.by ?? null,
        outcome: null,
      },
    ],
    legs: [
      ...state.legs,
      newLeg({
        legId: event.legId,
        kind: event.on ?? 'console',
        role: 'volunteer',
        state: 'offered',
        operatorId: event.operatorId,
      }),
    ],
  });
  draft.phase('ringing');
  draft.clear('nobody-wait', 'redistribute');
  if (!state.timers['ring-timeout']) draft.timer('ring-timeout', event.at + state.policy.ringTimeoutMs);
  draft.operator(event.operatorId, 'offered');
  return null;
};

/** With less time than this left, whoever becomes free is asked in the next round: a ring cut short would count as a miss. */
const JOIN_MS = 10_000;

/** Whether somebody who becomes free may still ring with the others (ring-all), for the rest of the round. */
export const canJoinRing = (state: CallState, now: Instant): boolean =>
  state.phase === 'ringing' &&
  (state.timers['ring-timeout']?.dueAt ?? 0) - now >= JOIN_MS &&
  openOffers(state).some((offer) => offer.purpose === 'queue' && offer.reason === 'ring-all');

const findOpen = (state: CallState, offerId: OfferId): Offer | undefined =>
  openOffers(state).find((o) => o.offerId === offerId);

/** The first to accept a waiting caller has the call; for everybody else it stops ringing. */
const acceptWaiting = (
  draft: Draft,
  offer: Offer,
  by: { connectionId: ConnectionId; publicKey: PublicKeyHex },
): void => {
  draft.closeOffer(offer, 'accepted', 'accepted');
  const others = openOffers(draft.state).length > 0;
  draft.closeOffers('withdrawn', 'withdrawn');
  draft.leg(offer.legId, { state: 'connecting', ...by, acceptedAt: draft.at });
  draft.clear('max-wait', 'nobody-wait', 'redistribute');
  draft.phase('connecting');
  draft.timer('bridge-expected', draft.at + BRIDGE_EXPECTED_MS);
  draft.effects.push({ kind: 'grant-room', legId: offer.legId, connectionId: by.connectionId });
  // They are free for whoever waits next.
  if (others) draft.effects.push({ kind: 'distribute' });
};

/** Somebody won't take it. The others ring on; with nobody left the caller is back in the queue. */
const dropOffer = (draft: Draft, offer: Offer, outcome: 'declined' | 'withdrawn'): void => {
  draft.closeOffer(offer, outcome, outcome);
  if (outcome === 'declined') draft.exclude(offer.operatorId);
  if (openOffers(draft.state).length === 0) requeue(draft);
};

export const applyOffer = (draft: Draft, event: OfferEvent): string | null => {
  if (event.type === 'OfferMade') return onMade(draft, event);
  const offer = findOpen(draft.state, event.offerId);
  if (!offer) return 'offer-over';
  const waiting = offer.purpose === 'queue';
  switch (event.type) {
    case 'OfferAccepted': {
      const accept = waiting ? acceptWaiting : acceptInvitation;
      accept(draft, offer, { connectionId: event.connectionId, publicKey: event.publicKey });
      return null;
    }
    case 'OfferDeclined':
      if (waiting) dropOffer(draft, offer, 'declined');
      else dropInvitation(draft, { outcome: 'declined', change: 'declined', failed: 'declined' });
      return null;
    case 'OfferWithdrawn':
      if (waiting) dropOffer(draft, offer, 'withdrawn');
      else dropInvitation(draft, { outcome: 'withdrawn', change: 'withdrawn', failed: 'went-offline' });
      return null;
  }
};

import type { Termination, TimerName } from '@ringdown/protocol/call-events';
import { type OperatorId, TimerId, type Instant } from '@ringdown/protocol/ids';
import { EXCLUSION_MS, HANG_UP_LIMIT_MS } from './call-limits.ts';
import {
  acceptedLegs,
  type CallEffect,
  type CallState,
  type Leg,
  type Offer,
  openOffers,
  type OfferOutcome,
  type OperatorChange,
  phoneLeg,
  ringingOutside,
} from './call-state.ts';

/** What becomes of a person when their part in a call ends in good order. */
const afterwards = (leg: Leg): OperatorChange['change'] => {
  if (leg.resumes === 'break') return 'back-to-break';
  if (leg.resumes === 'offline') return 'link-lost';
  switch (leg.role) {
    case 'consulted':
    case 'supervisor':
      return 'withdrawn';
    case 'caller':
    case 'volunteer':
    case 'guest':
      return 'call-ended';
  }
};

/** Works on a copy of the state while one event is reduced, and collects what has to be done about it. */
export class Draft {
  readonly effects: CallEffect[] = [];
  readonly operators: OperatorChange[] = [];
  state: CallState;
  readonly at: Instant;

  constructor(state: CallState, at: Instant) {
    this.state = { ...state, seq: state.seq + 1 };
    this.at = at;
  }

  set(change: Partial<CallState>): void {
    this.state = { ...this.state, ...change };
  }

  phase(phase: CallState['phase']): void {
    if (this.state.phase !== phase) this.set({ phase, phaseSince: this.at });
  }

  leg(legId: Leg['legId'], change: Partial<Leg>): void {
    this.set({ legs: this.state.legs.map((l) => (l.legId === legId ? { ...l, ...change } : l)) });
  }

  phone(change: Partial<Leg>): void {
    this.leg(phoneLeg(this.state).legId, change);
  }

  timer(timer: TimerName, dueAt: Instant): void {
    const timerId = TimerId.parse(`${timer}-${this.state.seq}`);
    this.set({ timers: { ...this.state.timers, [timer]: { timerId, dueAt } } });
  }

  clear(...timers: TimerName[]): void {
    const rest = { ...this.state.timers };
    for (const timer of timers) delete rest[timer];
    this.set({ timers: rest });
  }

  operator(operatorId: OperatorId, change: OperatorChange['change']): void {
    this.operators.push({ operatorId, change });
    this.effects.push({ kind: 'tell-operator', operatorId });
  }

  closeOffer(offer: Offer, outcome: OfferOutcome, change: OperatorChange['change']): void {
    this.set({ offers: this.state.offers.map((o) => (o.offerId === offer.offerId ? { ...o, outcome } : o)) });
    if (openOffers(this.state).length === 0) this.clear('ring-timeout');
    if (outcome !== 'accepted') this.leg(offer.legId, { state: 'ended' });
    this.operator(offer.operatorId, change);
  }

  /** Whatever still rings. */
  closeOffers(outcome: Exclude<OfferOutcome, 'accepted'>, change: OperatorChange['change']): void {
    for (const offer of openOffers(this.state)) this.closeOffer(offer, outcome, change);
  }

  /** Somebody's part in the call is over; `change` says what becomes of the person. */
  closeLeg(leg: Leg, change: OperatorChange['change'] = afterwards(leg)): void {
    this.leg(leg.legId, { state: 'ended' });
    if (leg.connectionId) {
      this.effects.push({ kind: 'remove-from-room', legId: leg.legId, connectionId: leg.connectionId });
    }
    if (!leg.operatorId) return;
    if (leg.role === 'supervisor') {
      this.effects.push({
        kind: 'log-supervision',
        operatorId: leg.operatorId,
        entry: 'ended',
        mode: leg.mode,
      });
    }
    this.operator(leg.operatorId, change);
  }

  exclude(operatorId: OperatorId): void {
    const until = this.at + EXCLUSION_MS;
    this.set({ excludedUntil: { ...this.state.excludedUntil, [operatorId]: until } });
    this.timer('redistribute', until);
  }

  /** We end the call: everybody else is let go at once, the carrier is told, and its word that it is over ends the call. */
  hangUp(termination: Termination): void {
    if (this.state.callBack?.away || this.state.practice) {
      // A scripted caller has no carrier. The phone that called is gone long since; the one that was called back is hung up with its leg.
      this.end(termination);
      return;
    }
    this.letGo();
    this.set({ timers: {}, termination: this.state.termination ?? termination });
    this.phase('ending');
    this.timer('hang-up-limit', this.at + HANG_UP_LIMIT_MS);
    this.effects.push({ kind: 'hang-up-at-carrier' });
  }

  /** Everybody but the caller. */
  letGo(): void {
    this.closeOffers('withdrawn', 'withdrawn');
    const asked = this.state.invitation?.legId;
    for (const leg of this.state.legs) if (leg.legId === asked && leg.state === 'expected') this.closeLeg(leg);
    const outside = ringingOutside(this.state);
    if (outside) this.closeLeg(outside);
    for (const leg of acceptedLegs(this.state)) this.closeLeg(leg);
    this.set({ invitation: null });
    this.clear('invitation', 'bridge-expected', 'reconnecting');
  }

  end(termination: Termination): void {
    this.letGo();
    this.phone({ state: 'ended' });
    this.set({ timers: {}, termination: this.state.termination ?? termination });
    this.phase('ended');
    if (this.state.gatewayId) this.effects.push({ kind: 'forget-at-gateway', gatewayId: this.state.gatewayId });
    this.effects.push({ kind: 'close-room' }, { kind: 'distribute' });
    if (this.state.placed) this.effects.push({ kind: 'placed-call-over' });
  }
}

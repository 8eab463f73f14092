import type { OperatorId } from '@ringdown/protocol/ids';
import { offerTo, operatorLeg, type OperatorChange } from './call-state.ts';
import { changePresence, finishWrapUp, type Presence, type PresenceWish, wishPresence } from './operator-presence.ts';
import type { Calls } from './simulation-calls.ts';
import type { Caller, Evening, Person } from './simulation-evening.ts';
import type { SimulatedPerson } from './simulation-input.ts';

/** Without a page for so long a person counts as offline, as in production. */
const GONE_MS = 30_000;

/** People's states as calls and their own wishes change them, and the links of their pages. */
export class People {
  misses = 0;
  private readonly evening: Evening;
  private readonly calls: Calls;
  /** Somebody may be free for a call. */
  private readonly distributeSoon: () => void;
  /** A page is back: its call's keys are agreed anew. */
  private readonly joinAgain: (caller: Caller) => void;

  constructor(
    evening: Evening,
    calls: Calls,
    acts: { distributeSoon: () => void; joinAgain: (caller: Caller) => void },
  ) {
    this.evening = evening;
    this.calls = calls;
    this.distributeSoon = acts.distributeSoon;
    this.joinAgain = acts.joinAgain;
  }

  /** Everybody as they are at the start. */
  begin(): void {
    const { people, sim } = this.evening;
    for (const given of sim.people) people.set(given.operatorId, this.arrive(given));
    for (const person of people.values()) if (person.presence.state === 'wrap-up') this.afterPresence(person);
  }

  change(caller: Caller, { operatorId, change }: OperatorChange): void {
    const person = this.evening.people.get(operatorId);
    const { callId, policy } = caller.state;
    // As in production: who is on another call by now keeps that.
    if (!person || (change !== 'offered' && person.presence.callId !== callId)) return;
    this.tellChange(caller, person, change);
    const { wrapUpMs, missesUntilPause } = policy;
    person.presence = changePresence(person.presence, change, callId, this.evening.now, { wrapUpMs, missesUntilPause });
    this.afterPresence(person);
  }

  wish(operatorId: OperatorId, wish: PresenceWish): void {
    const person = this.evening.people.get(operatorId);
    if (person) this.follow(person, wish);
  }

  loseLink(operatorId: OperatorId, backAfterMs: number | null): void {
    const person = this.evening.people.get(operatorId);
    if (!person) return;
    const { agenda, now } = this.evening;
    person.reachable = false;
    const caller = this.callOf(person);
    this.evening.tell({ event: 'link-lost', operatorId, ...(caller ? { call: caller.given.label } : {}) });
    const offer = caller ? offerTo(caller.state, operatorId) : undefined;
    const leg = caller ? operatorLeg(caller.state) : undefined;
    if (caller && offer)
      this.calls.append(caller, { type: 'OfferWithdrawn', at: now, offerId: offer.offerId, reason: 'went-offline' });
    else if (caller && leg?.operatorId === operatorId && leg.connectionId) {
      const { connectionId } = leg;
      this.calls.append(caller, { type: 'OperatorConnectionLost', at: now, operatorId, connectionId });
    }
    agenda.add(now + GONE_MS, () => {
      if (person.reachable || person.presence.state === 'offline') return;
      const gone = wishPresence(person.presence, { state: 'offline' }, this.evening.now);
      if (gone.outcome === 'changed') person.presence = gone.presence;
    });
    if (backAfterMs !== null) agenda.add(now + backAfterMs, () => this.regainLink(person));
  }

  private arrive(given: SimulatedPerson): Person {
    const { start } = this.evening.sim;
    const { busyUntil = null } = given;
    const presence: Presence = {
      state: busyUntil === null ? given.state : 'wrap-up',
      since: start,
      reason: given.state === 'break' ? 'rest' : null,
      callId: null,
      endsAt: busyUntil,
      misses: 0,
      idleSince: given.idleSince ?? start,
    };
    const reachable = given.reachable ?? given.state !== 'offline';
    return {
      given,
      presence,
      reachable,
      rung: 0,
      shiftCalls: given.shiftCalls ?? 0,
      lastOfferedAt: given.lastOfferedAt ?? null,
      wish: null,
    };
  }

  private tellChange(caller: Caller, person: Person, change: OperatorChange['change']): void {
    const { operatorId } = person.given;
    const call = caller.given.label;
    if (change === 'missed') this.misses += 1;
    if (change === 'missed') this.evening.tell({ event: 'misses', call, operatorId });
    else if (change === 'declined') this.evening.tell({ event: 'declines', call, operatorId });
    // Whoever waited for somebody to be called back has heard already that they weren't reached.
    else if (change === 'withdrawn' && person.presence.state === 'ringing')
      this.evening.tell({ event: 'withdrawn', call, operatorId });
    else if (change === 'link-lost' || change === 'call-failed')
      this.evening.tell({ event: 'back-in-queue', call, operatorId });
  }

  private afterPresence(person: Person): void {
    const { presence, given } = person;
    if (presence.state === 'break' && presence.reason === 'missed-calls')
      this.evening.tell({ event: 'state', operatorId: given.operatorId, detail: 'paused-after-misses' });
    if (presence.state === 'wrap-up' && presence.endsAt !== null) {
      const { endsAt } = presence;
      this.evening.agenda.add(endsAt, () => {
        if (person.presence.state !== 'wrap-up' || person.presence.endsAt !== endsAt) return;
        person.presence = finishWrapUp(person.presence, this.evening.now);
        this.distributeSoon();
      });
    }
    if (presence.state !== 'available' && presence.state !== 'wrap-up') return;
    this.distributeSoon();
    if (person.wish) this.follow(person, person.wish);
  }

  private follow(person: Person, wish: PresenceWish): void {
    const outcome = wishPresence(person.presence, wish, this.evening.now);
    if (outcome.outcome === 'refused') {
      person.wish = wish;
      return;
    }
    person.wish = null;
    person.presence = outcome.presence;
    person.reachable = wish.state !== 'offline';
    this.evening.tell({ event: 'state', operatorId: person.given.operatorId, detail: wish.state });
    this.distributeSoon();
  }

  private callOf(person: Person): Caller | undefined {
    return person.presence.callId ? this.evening.callers.get(person.presence.callId) : undefined;
  }

  private regainLink(person: Person): void {
    const { operatorId } = person.given;
    person.reachable = true;
    this.evening.tell({ event: 'link-back', operatorId });
    const caller = this.callOf(person);
    const leg = caller ? operatorLeg(caller.state) : undefined;
    if (caller && leg?.operatorId === operatorId && leg.connectionId && leg.publicKey) {
      const { connectionId, publicKey } = leg;
      const at = this.evening.now;
      this.calls.append(caller, { type: 'OperatorRejoined', at, operatorId, connectionId, publicKey });
      this.joinAgain(caller);
    }
    this.distributeSoon();
  }
}

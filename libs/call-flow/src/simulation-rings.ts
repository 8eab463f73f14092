import type { CallEvent } from '@ringdown/protocol/call-events';
import type { ConnectionId, LegId, OfferId, OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import { operatorLeg, phoneLeg } from './call-state.ts';
import { callerIsAway } from './reduce-call-back.ts';
import type { Calls } from './simulation-calls.ts';
import type { Caller, Evening, Person } from './simulation-evening.ts';
import { JOIN_MS } from './simulation-network.ts';

/** Rings a person, who answers as they are said to: after a while, by declining, or not at all. */
export class Rings {
  private readonly evening: Evening;
  private readonly calls: Calls;

  constructor(evening: Evening, calls: Calls) {
    this.evening = evening;
    this.calls = calls;
  }

  offer(
    caller: Caller,
    operatorId: OperatorId,
    why: Pick<Extract<CallEvent, { type: 'OfferMade' }>, 'reason' | 'passedOver'>,
  ): void {
    const person = this.evening.people.get(operatorId);
    if (!person) return;
    const at = this.evening.now;
    const offerId = this.evening.nextId(5) as OfferId;
    const made = this.calls.append(caller, {
      type: 'OfferMade',
      at,
      offerId,
      legId: this.evening.nextId(6) as LegId,
      operatorId,
      ...why,
    });
    if (!made) return;
    caller.rings += 1;
    person.lastOfferedAt = at;
    this.evening.tell({ event: 'rings', call: caller.given.label, operatorId, detail: why.reason });
    const answer = person.given.answers[Math.min(person.rung, person.given.answers.length - 1)];
    person.rung += 1;
    if (!answer || answer.kind === 'misses') return;
    this.evening.agenda.add(at + this.evening.within(answer.afterMs), () => {
      if (!person.reachable) return;
      if (answer.kind === 'declines')
        this.calls.append(caller, { type: 'OfferDeclined', at: this.evening.now, offerId });
      else this.accept(caller, person, offerId);
    });
  }

  /** The keys of whoever took the call are agreed in a moment. */
  join(caller: Caller): void {
    this.evening.agenda.add(this.evening.now + JOIN_MS, () => {
      const leg = operatorLeg(caller.state);
      if (!leg?.connectionId || leg.state !== 'connecting') return;
      // Of whoever is called back not before their audio is there.
      if (callerIsAway(caller.state) && !phoneLeg(caller.state).phone?.streaming) return;
      const { legId, connectionId } = leg;
      const { firstGeneration, firstKeyIndex } = caller.state.group;
      this.calls.append(caller, {
        type: 'MemberJoined',
        at: this.evening.now,
        legId,
        connectionId,
        generation: firstGeneration + 1,
        keyIndex: firstKeyIndex,
      });
    });
  }

  private accept(caller: Caller, person: Person, offerId: OfferId): void {
    const { operatorId } = person.given;
    const at = this.evening.now;
    const connectionId = this.evening.nextId(7) as ConnectionId;
    const publicKey = '0'.repeat(64) as PublicKeyHex;
    if (!this.calls.append(caller, { type: 'OfferAccepted', at, offerId, connectionId, publicKey })) return;
    person.shiftCalls += 1;
    // Their phone is dialled now; they are answered when they talk.
    if (callerIsAway(caller.state)) return;
    this.evening.tell({ event: 'answers', call: caller.given.label, operatorId });
    caller.answeredBy = operatorId;
    caller.answeredAt ??= at;
    this.join(caller);
  }
}

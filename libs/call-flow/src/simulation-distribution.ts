import type { CallPolicy } from '@ringdown/protocol/call-events';
import type { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { openOffers } from './call-state.ts';
import { type Candidate, HotlineQueue } from './distribution.ts';
import { storedRank } from './queue-order.ts';
import { canJoinRing } from './reduce-offers.ts';
import { listOccurrences, whoIsOnShift } from './rota.ts';
import type { Calls } from './simulation-calls.ts';
import type { Caller, Evening, Line, Person } from './simulation-evening.ts';
import type { Rings } from './simulation-rings.ts';

/** Who is rung for whom: production's choice, made anew after whatever may change it. */
export class Distribution {
  private readonly evening: Evening;
  private readonly calls: Calls;
  private readonly rings: Rings;
  private isDue = false;

  constructor(evening: Evening, calls: Calls, rings: Rings) {
    this.evening = evening;
    this.calls = calls;
    this.rings = rings;
  }

  soon(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.evening.agenda.add(this.evening.now, () => {
      this.isDue = false;
      for (const line of this.evening.lines.values()) this.distributeAt(line);
    });
  }

  /** Whoever waits when a shift begins is offered to it at once. */
  planShifts(): void {
    const { start, calls } = this.evening.sim;
    const lines = [...this.evening.lines.values()];
    const waits = lines.reduce((sum, { policy }) => sum + policy.maxWaitMs, 0);
    const last = Math.max(start, ...calls.map((call) => call.at)) + waits + 3_600_000;
    // A promise may have to wait for the next shift.
    const promise = calls.some((call) => call.callBack) ? Math.max(...lines.map(({ policy }) => promiseMs(policy))) : 0;
    for (const shift of lines.flatMap(({ rota }) => listOccurrences(rota, start, last + promise))) {
      if (shift.start < start) continue;
      this.evening.agenda.add(shift.start, () => {
        if (shift.start > last && this.evening.callers.size === 0) return;
        this.evening.tell({ event: 'shift-begins', operatorId: shift.operatorId });
        this.soon();
      });
    }
  }

  /** After a while a call may be offered to people who lack its language or its skills. */
  planRelaxing({ state }: Caller): void {
    const { rules } = this.evening.lineOf(state.hotlineId);
    const relaxing = [rules.language?.relaxAfterMs ?? null, ...rules.skills.map((skill) => skill.relaxAfterMs)];
    for (const after of relaxing) {
      if (after !== null) this.evening.agenda.add(state.arrivedAt + after, () => this.soon());
    }
  }

  private distributeAt({ hotlineId, rules, rota }: Line): void {
    const { now } = this.evening;
    const queue = new HotlineQueue(rules);
    const onShift = whoIsOnShift(rota, now);
    for (const person of this.evening.people.values()) {
      const { serves = [this.evening.sim.hotline.hotlineId] } = person.given;
      if (serves.includes(hotlineId)) queue.people.put(candidateOf(person, onShift));
    }
    const waiting = [...this.evening.callers.values()].filter(
      ({ state }) => state.phase === 'queued' && state.hotlineId === hotlineId,
    );
    for (const { state, rings } of waiting) {
      queue.line.add({
        callId: state.callId,
        language: state.language,
        arrivedAt: state.arrivedAt,
        excludedUntil: state.excludedUntil,
        rounds: rings,
        rescued: state.rescued,
        rank: storedRank(state),
      });
    }
    for (let decision = queue.next(now); decision; decision = queue.next(now)) {
      const caller = this.evening.callers.get(decision.call.callId);
      if (!caller) continue;
      const { operatorId, alongside, reason, passedOver } = decision.choice;
      for (const chosen of [operatorId, ...alongside]) this.rings.offer(caller, chosen, { reason, passedOver });
    }
    if (rules.strategy === 'ring-all') this.joinRings(queue, hotlineId);
    this.tellNobody(queue, waiting);
  }

  private tellNobody(queue: HotlineQueue, waiting: readonly Caller[]): void {
    const { now } = this.evening;
    for (const caller of waiting) {
      const { state } = caller;
      if (state.phase !== 'queued') continue;
      const call = { ...state, rounds: caller.rings };
      const choice = queue.people.decide(call, now);
      if (choice.outcome !== 'nobody') continue;
      const told = this.calls.append(caller, {
        type: 'NobodyAvailable',
        at: now,
        staffed: choice.staffed,
        passedOver: choice.passedOver,
      });
      if (told && choice.staffed === 0) this.evening.tell({ event: 'nobody', call: caller.given.label });
    }
  }

  private joinRings(queue: HotlineQueue, hotlineId: HotlineId): void {
    const { now } = this.evening;
    for (const caller of this.evening.callers.values()) {
      const { state, rings } = caller;
      if (state.hotlineId !== hotlineId || !canJoinRing(state, now)) continue;
      const choice = queue.join({ ...state, rounds: rings }, openOffers(state).length, now);
      if (!choice) continue;
      const { operatorId, alongside, reason, passedOver } = choice;
      for (const chosen of [operatorId, ...alongside]) this.rings.offer(caller, chosen, { reason, passedOver });
    }
  }
}

const promiseMs = ({ callBack }: CallPolicy): number => callBack?.ladderExpiresMs ?? callBack?.expiresMs ?? 0;

const candidateOf = (person: Person, onShift: ReadonlySet<OperatorId> | 'everyone'): Candidate => {
  const { given, presence } = person;
  return {
    operatorId: given.operatorId,
    state: presence.state,
    idleSince: presence.idleSince,
    reachable: person.reachable,
    takenMeanwhile: false,
    onShift: onShift === 'everyone' || onShift.has(given.operatorId),
    languages: given.languages,
    skills: given.skills,
    weight: given.weight,
    penalty: given.penalty,
    listPlace: given.listPlace ?? 0,
    lastOfferedAt: person.lastOfferedAt,
    shiftCalls: person.shiftCalls,
    shiftCapacity: given.shiftCapacity,
  };
};

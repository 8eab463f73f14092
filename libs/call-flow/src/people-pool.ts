import type { DistributionReason, PassedOver } from '@ringdown/protocol/call-events';
import type { Instant, OperatorId } from '@ringdown/protocol/ids';
import {
  type Candidate,
  compareByStrategy,
  type DistributionRules,
  languageKey,
  type Need,
  obstacleOf,
  skillKey,
  STILL_STAFFED,
  STRATEGY_WORDS,
} from './distribution-rules.ts';
import { SlotHeap } from './slot-heap.ts';
import type { WaitingCall } from './waiting-line.ts';
import { WeightedDraw } from './weighted-draw.ts';

/** A decision names so many of those passed over, the nearest first, and counts the rest. */
const LISTED = 24;
/** Ring-all rings so many at once at most: more phones don't answer sooner. */
export const RINGING_AT_ONCE = 20;

export interface Offering {
  outcome: 'offer';
  operatorId: OperatorId;
  /** Ring-all: who is rung at the same time. */
  alongside: OperatorId[];
  reason: DistributionReason;
  passedOver: PassedOver[];
  alsoPassedOver: number;
}
export type Choice =
  | Offering
  | { outcome: 'nobody'; staffed: number; passedOver: PassedOver[]; alsoPassedOver: number };

export type AskingCall = Pick<WaitingCall, 'callId' | 'language' | 'arrivedAt' | 'excludedUntil' | 'rounds'>;

class Person {
  readonly operatorId: OperatorId;
  candidate!: Candidate;
  weight = 1;
  obstacle: DistributionReason | null = null;
  needs: ReadonlySet<string> = new Set();

  constructor(operatorId: OperatorId) {
    this.operatorId = operatorId;
  }

  be(candidate: Candidate, rules: DistributionRules): void {
    this.candidate = candidate;
    this.weight = Math.max(1, candidate.weight ?? 1);
    this.obstacle = obstacleOf(candidate);
    this.needs = needsMetBy(candidate, rules);
  }
}

const needsMetBy = (candidate: Candidate, rules: DistributionRules): ReadonlySet<string> => {
  const languages = candidate.languages?.length ? candidate.languages : [rules.hotlineLanguage];
  return new Set([...languages.map(languageKey), ...(candidate.skills ?? []).map(skillKey)]);
};

interface Order {
  readonly size: number;
  add(person: Person): void;
  remove(person: Person): void;
  walk(seed: string): Generator<Person, void>;
}

/**
 * The people of one hotline, kept in the order its strategy asks for: all who are free, and once more for each language and
 * skill. A change of one person costs log n, a decision k log k for the k people it looks at. The only place that decides.
 */
export class PeoplePool {
  readonly rules: DistributionRules;
  private readonly people = new Map<OperatorId, Person>();
  private readonly free: Order;
  private readonly freeWith = new Map<string, Order>();
  private readonly busy = new Map<DistributionReason, Set<Person>>();
  /** How many are on shift with these needs met; forgotten with every change. */
  private readonly staffedWith = new Map<string, number>();

  constructor(rules: DistributionRules) {
    this.rules = rules;
    this.free = this.makeOrder();
  }

  get size(): number {
    return this.people.size;
  }

  get freeCount(): number {
    return this.free.size;
  }

  /** Languages and skills somebody free has. */
  freeNeeds(): string[] {
    return [...this.freeWith].flatMap(([key, order]) => (order.size > 0 ? [key] : []));
  }

  put(candidate: Candidate): void {
    const known = this.people.get(candidate.operatorId);
    if (known) this.leaveOrders(known);
    const person = known ?? new Person(candidate.operatorId);
    person.be({ ...candidate }, this.rules);
    this.people.set(candidate.operatorId, person);
    this.joinOrders(person);
  }

  change(operatorId: OperatorId, change: Partial<Omit<Candidate, 'operatorId' | 'languages' | 'skills'>>): void {
    const person = this.people.get(operatorId);
    if (!person) return;
    this.leaveOrders(person);
    Object.assign(person.candidate, change);
    person.obstacle = obstacleOf(person.candidate);
    this.joinOrders(person);
  }

  /** Who gets this call now and why, who was passed over and why (P6). Changes nothing. */
  decide(call: AskingCall, now: Instant): Choice {
    return (
      this.tryOffer(call, now) ?? {
        outcome: 'nobody',
        staffed: this.staffed(this.needsOf(call, now).hard),
        ...this.others([], this.needsOf(call, now).must, call, now),
      }
    );
  }

  /** The same, without a word about why nobody can take it. */
  tryOffer(call: AskingCall, now: Instant): Offering | null {
    const needs = this.needsOf(call, now);
    for (let wishes = needs.wish.length; wishes >= 0; wishes -= 1) {
      const required = wishes === 0 ? needs.must : [...needs.must, ...needs.wish.slice(0, wishes)];
      const chosen = this.find(required, call, now);
      const [first, ...rest] = chosen;
      if (!first) continue;
      const { chosen: reason } = STRATEGY_WORDS[this.rules.strategy];
      const alongside = rest.map((p) => p.operatorId);
      const others = this.others(chosen, required, call, now);
      return { outcome: 'offer', operatorId: first.operatorId, alongside, reason, ...others };
    }
    return null;
  }

  /** Nobody free has what calls like this ask for: those behind it with the same needs needn't be looked at. */
  lacksFor(call: AskingCall, now: Instant): boolean {
    const { must } = this.needsOf(call, now);
    for (const person of this.orderFor(must)?.walk('') ?? []) {
      if (must.every((need) => person.needs.has(need.key))) return false;
    }
    return true;
  }

  private makeOrder(): Order {
    if (this.rules.strategy === 'weighted-random') return new WeightedDraw<Person>();
    const compare = compareByStrategy[this.rules.strategy];
    return new SlotHeap<Person>((a, b) => compare(a.candidate, b.candidate));
  }

  private leaveOrders(person: Person): void {
    this.staffedWith.clear();
    if (person.obstacle) {
      this.busy.get(person.obstacle)?.delete(person);
      return;
    }
    this.free.remove(person);
    for (const need of person.needs) this.freeWith.get(need)?.remove(person);
  }

  private joinOrders(person: Person): void {
    this.staffedWith.clear();
    if (person.obstacle) {
      const same = this.busy.get(person.obstacle);
      if (same) same.add(person);
      else this.busy.set(person.obstacle, new Set([person]));
      return;
    }
    this.free.add(person);
    for (const need of person.needs) {
      let order = this.freeWith.get(need);
      if (!order) this.freeWith.set(need, (order = this.makeOrder()));
      order.add(person);
    }
  }

  /** `must`: not to be done without now · `wish`: waited for long enough, still preferred · `hard`: never done without. */
  private needsOf(call: AskingCall, now: Instant): { must: Need[]; wish: Need[]; hard: Need[] } {
    const { language, skills } = this.rules;
    const must: Need[] = [];
    const wish: Need[] = [];
    const hard: Need[] = [];
    const sort = (need: Need): void => {
      if (need.relaxAfterMs === null) hard.push(need);
      (need.relaxAfterMs === null || now - call.arrivedAt < need.relaxAfterMs ? must : wish).push(need);
    };
    if (language)
      sort({ key: languageKey(call.language), relaxAfterMs: language.relaxAfterMs, lack: 'lacks-language' });
    for (const skill of skills) sort(skill);
    return { must, wish, hard };
  }

  private orderFor(required: readonly Need[]): Order | undefined {
    let smallest: Order | undefined = this.free;
    for (const { key } of required) {
      const order = this.freeWith.get(key);
      if (!order || order.size === 0) return undefined;
      if (order.size < smallest.size) smallest = order;
    }
    return smallest;
  }

  private find(required: readonly Need[], call: AskingCall, now: Instant): Person[] {
    const found: Person[] = [];
    const limit = this.rules.strategy === 'ring-all' ? RINGING_AT_ONCE : 1;
    for (const person of this.orderFor(required)?.walk(seedOf(call)) ?? []) {
      if ((call.excludedUntil[person.operatorId] ?? 0) > now) continue;
      if (!required.every((need) => person.needs.has(need.key))) continue;
      found.push(person);
      if (found.length === limit) break;
    }
    return found;
  }

  private staffed(hard: readonly Need[]): number {
    const key = hard.map((need) => need.key).join(' ');
    const known = this.staffedWith.get(key);
    if (known !== undefined) return known;
    let count = 0;
    for (const person of this.people.values()) {
      const there = person.obstacle === null || STILL_STAFFED.has(person.obstacle);
      if (there && hard.every((need) => person.needs.has(need.key))) count += 1;
    }
    this.staffedWith.set(key, count);
    return count;
  }

  private others(
    chosen: readonly Person[],
    required: readonly Need[],
    call: AskingCall,
    now: Instant,
  ): { passedOver: PassedOver[]; alsoPassedOver: number } {
    const passedOver: PassedOver[] = [];
    const { other } = STRATEGY_WORDS[this.rules.strategy];
    const limit = Math.min(LISTED, this.people.size - chosen.length);
    if (limit > 0) {
      for (const person of this.free.walk(seedOf(call))) {
        if (chosen.includes(person)) continue;
        const lack = required.find((need) => !person.needs.has(need.key))?.lack;
        const missed = (call.excludedUntil[person.operatorId] ?? 0) > now;
        passedOver.push({ operatorId: person.operatorId, reason: missed ? 'missed-this-call' : (lack ?? other) });
        if (passedOver.length === limit) break;
      }
    }
    for (const [reason, people] of this.busy) {
      if (passedOver.length >= limit) break;
      for (const { operatorId } of people) {
        if (passedOver.length >= limit) break;
        passedOver.push({ operatorId, reason });
      }
    }
    return { passedOver, alsoPassedOver: this.people.size - chosen.length - passedOver.length };
  }
}

/** Each round of a call draws anew; a replay of the same round draws the same. */
const seedOf = (call: AskingCall): string => `${call.callId}:${call.rounds}`;

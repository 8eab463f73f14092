import type { CallId, Instant, OperatorId } from '@ringdown/protocol/ids';
import { type Candidate, type DistributionRules, LONGEST_IDLE } from './distribution-rules.ts';
import { type AskingCall, type Choice, type Offering, PeoplePool, RINGING_AT_ONCE } from './people-pool.ts';
import { type WaitingCall, WaitingLine } from './waiting-line.ts';

export type { Candidate } from './distribution-rules.ts';
export type { Choice } from './people-pool.ts';

const UNKNOWN_CALL: Omit<AskingCall, 'excludedUntil'> = {
  callId: '' as CallId,
  language: LONGEST_IDLE.hotlineLanguage,
  arrivedAt: 0,
  rounds: 0,
};

/** One decision about people given all at once. */
export const chooseOperator = (
  candidates: readonly Candidate[],
  excludedUntil: Readonly<Record<OperatorId, Instant>>,
  now: Instant,
  rules: DistributionRules = LONGEST_IDLE,
  call: Omit<AskingCall, 'excludedUntil'> = UNKNOWN_CALL,
): Choice => {
  const pool = new PeoplePool(rules);
  for (const candidate of candidates) pool.put(candidate);
  return pool.decide({ ...call, excludedUntil }, now);
};

export interface Decision {
  call: WaitingCall;
  choice: Offering;
}

/** One hotline's callers and people. Decisions are taken one after the other; nothing is scanned that didn't change. */
export class HotlineQueue {
  readonly people: PeoplePool;
  readonly line: WaitingLine;

  constructor(rules: DistributionRules) {
    this.people = new PeoplePool(rules);
    this.line = new WaitingLine(rules.ageing);
  }

  /** The next call that somebody can take, with who takes it: out of the line and ringing from now on. Null: none. */
  next(now: Instant): Decision | null {
    if (this.people.freeCount === 0) return null;
    const decision = this.line.find(
      now,
      (call) => {
        const choice = this.people.tryOffer(call, now);
        return choice && { call, choice };
      },
      (call) => this.people.lacksFor(call, now),
    );
    if (!decision) return null;
    this.line.remove(decision.call.callId);
    this.rung(decision.choice, now);
    return decision;
  }

  /** Ring-all: who is free and suits a call that rings already, at so many people, ringing with them from now on. */
  join(call: AskingCall, ringing: number, now: Instant): Offering | null {
    const choice = this.people.tryOffer(call, now);
    if (!choice || ringing >= RINGING_AT_ONCE) return null;
    const joined = { ...choice, alongside: choice.alongside.slice(0, RINGING_AT_ONCE - ringing - 1) };
    this.rung(joined, now);
    return joined;
  }

  private rung({ operatorId, alongside }: Offering, now: Instant): void {
    for (const id of [operatorId, ...alongside]) this.people.change(id, { state: 'ringing', lastOfferedAt: now });
  }
}

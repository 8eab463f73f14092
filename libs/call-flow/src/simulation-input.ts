import type { CallPolicy, Priority } from '@ringdown/protocol/call-events';
import type { OpeningHours } from '@ringdown/protocol/http';
import type { HotlineId, Instant, LadderNumberId, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import type { Rota } from '@ringdown/protocol/rota';
import type { DistributionRules } from './distribution-rules.ts';
import type { PresenceWish } from './operator-presence.ts';

/** Inclusive, milliseconds: drawn anew each time, from the seed. */
export type Span = readonly [number, number];

/** What a person does when it rings: one entry for each ring, the last one for all further rings. */
export type RingAnswer = { kind: 'answers'; afterMs: Span } | { kind: 'declines'; afterMs: Span } | { kind: 'misses' };

/** What becomes of a call to a phone outside. `pressesMs` counts from when its person can hear us; null: nobody presses 1. */
export type PhoneAnswer =
  | { kind: 'picks-up'; afterMs: Span; pressesMs: Span | null }
  /** Picks up, and hangs up again without having pressed anything. */
  | { kind: 'hangs-up'; afterMs: Span }
  | { kind: 'busy' }
  | { kind: 'no-answer' };

/** An outside number that a plan leads to. */
export interface SimulatedNumber {
  numberId: LadderNumberId;
  /** One entry for each time it is called, the last one for all further times. */
  answers: readonly PhoneAnswer[];
  talkMs: Span;
}

/** What a caller does with the offer of a call-back. */
export interface SimulatedCallBack {
  /** Presses 1 so long after it is offered while waiting. Null: not then. */
  waitingMs: Span | null;
  /** The same after the question of a plan. */
  askedMs: Span | null;
  /** Hangs up so long after a promise made while waiting. Null: waits on. */
  hangsUpMs: Span | null;
  /** When called back: one entry for each try, the last one for all further tries. */
  answers: readonly PhoneAnswer[];
}

export interface SimulatedPerson {
  operatorId: OperatorId;
  state: 'available' | 'break' | 'offline';
  answers: readonly RingAnswer[];
  talkMs: Span;
  languages: readonly LanguageTag[];
  skills: readonly string[];
  weight: number;
  penalty: number;
  shiftCapacity: number | null;
  /** Unset: since the start. */
  idleSince?: Instant;
  lastOfferedAt?: Instant | null;
  /** Linear: the place in the list within one penalty. */
  listPlace?: number;
  /** On a call or writing at the start; free from then on. */
  busyUntil?: Instant;
  /** False: no page open at the start. */
  reachable?: boolean;
  /** Taken in this shift before the start. */
  shiftCalls?: number;
  /** Unset: the first hotline only. */
  serves?: readonly HotlineId[];
}

export interface SimulatedCall {
  label: string;
  at: Instant;
  /** Unset: the first hotline. */
  hotlineId?: HotlineId;
  language: LanguageTag;
  priority: Priority;
  /** Hangs up after waiting so long. Null: waits for as long as it takes. */
  patienceMs: number | null;
  /** Null: as long as the person who answers usually talks. */
  talkMs: number | null;
  /** How long a message they leave; 0: hangs up at the tone. */
  voicemailMs: number;
  /** Unset: takes none. */
  callBack?: SimulatedCallBack;
}

export type SimulatedChange =
  | { at: Instant; kind: 'wish'; operatorId: OperatorId; wish: PresenceWish }
  | { at: Instant; kind: 'link-lost'; operatorId: OperatorId; backAfterMs: number | null }
  | { at: Instant; kind: 'gateway-lost'; backAfterMs: number | null }
  | { at: Instant; kind: 'emergency'; state: 'closed' | 'open' | null; hotlineId?: HotlineId };

export interface SimulatedHotline {
  hotlineId: HotlineId;
  timeZone: string;
  hours: OpeningHours;
  policy: CallPolicy;
  rules: DistributionRules;
  queueLimit: number;
}

export interface Simulation {
  hotline: SimulatedHotline;
  rota: Rota;
  /** Those that ladders lead to, and that calls may come to as well. */
  others?: readonly (SimulatedHotline & { rota: Rota; language: LanguageTag })[];
  /** Unset, and of those that aren't among them: nobody answers there. */
  numbers?: readonly SimulatedNumber[];
  people: readonly SimulatedPerson[];
  calls: readonly SimulatedCall[];
  changes: readonly SimulatedChange[];
  start: Instant;
  gateways: number;
  seed: number;
}

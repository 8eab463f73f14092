import type { CallPolicy, Priority } from '@ringdown/protocol/call-events';
import type { OpeningHours } from '@ringdown/protocol/http';
import type { HotlineId, Instant, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import type { Rota } from '@ringdown/protocol/rota';
import type { DistributionRules } from './distribution-rules.ts';
import type { PresenceWish } from './operator-presence.ts';

/** Inclusive, milliseconds: drawn anew each time, from the seed. */
export type Span = readonly [number, number];

/** What a person does when it rings: one entry for each ring, the last one for all further rings. */
export type RingAnswer = { kind: 'answers'; afterMs: Span } | { kind: 'declines'; afterMs: Span } | { kind: 'misses' };

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
  people: readonly SimulatedPerson[];
  calls: readonly SimulatedCall[];
  changes: readonly SimulatedChange[];
  start: Instant;
  gateways: number;
  seed: number;
}

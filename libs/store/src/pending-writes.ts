import type { CallEvent } from '@ringdown/protocol/call-events';
import type {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  GatewayId,
  HotlineId,
  Instant,
  LanguageTag,
  OperatorId,
} from '@ringdown/protocol/ids';
import { date, type Queries } from './database.ts';
import { presenceRow, type PresenceRow } from './presence-rows.ts';
import { CREATE_AND_WRITE, WRITE, WRITE_IF } from './write-statements.ts';

/** A row of the outbox, claimed by the process that made it until `claimedUntil`. */
export interface StoredEffect<Effect> {
  effectId: string;
  callId: CallId;
  attempts: number;
  effect: Effect;
}

/** What a transaction stored. */
export interface Stored<T, State, Effect> {
  result: T;
  effects: readonly StoredEffect<Effect>[];
  events: readonly CallEvent[];
  /** Of each changed call, after its last event. */
  states: readonly State[];
}

/** Columns drawn from a call's state, for finding and ordering. */
export interface CallColumns {
  phase: string;
  rank: number;
  rescued: boolean;
  position: number;
  language: LanguageTag;
  /** The time with nobody reachable is running. */
  nobodyThere: boolean;
  gatewayId: GatewayId | null;
  operatorId: OperatorId | null;
  acceptedAt: Instant | null;
  endedAt: Instant | null;
  nextTimerAt: Instant | null;
  result: string | null;
  reason: string | null;
  /** What became of the caller's wait, once that is decided. */
  outcome: string | null;
}

export interface NewCall<State> {
  callId: CallId;
  hotlineId: HotlineId;
  carrierAccountId: CarrierAccountId;
  carrierCallId: CarrierCallId;
  arrivedAt: Instant;
  test: boolean;
  callerSealed: Uint8Array | null;
  callerIndex: string | null;
  state: State;
}

/** How long the process that made an effect has it to itself. */
export const CLAIM_MS = 5_000;

/** An event of a call with what it led to. */
export interface Entry<State, Effect> {
  seq: number;
  event: CallEvent;
  eventKey: string | null;
  state: State;
  columns: CallColumns;
  effects: readonly Effect[];
}

interface EffectRecord<Effect> {
  id: string;
  call_id: CallId;
  body: Effect;
}

/**
 * What one transaction will write about calls and people. Everything is written by one statement just before the commit,
 * however many calls and events there are: nobody else sees a difference, and a round of offers costs as much as one offer.
 */
export class PendingWrites<State, Effect> {
  private readonly effects: StoredEffect<Effect>[] = [];
  private readonly created = new Map<CallId, NewCall<State>>();
  private readonly entries: (Entry<State, Effect> & { callId: CallId })[] = [];
  readonly latest = new Map<CallId, Entry<State, Effect>>();
  readonly presences = new Map<OperatorId, PresenceRow>();

  /** What has come of it, for whoever acts on it after the commit. */
  stored<T>(result: T): Stored<T, State, Effect> {
    return {
      result,
      effects: this.effects,
      events: this.entries.map(({ event }) => event),
      states: [...this.latest.values()].map(({ state }) => state),
    };
  }

  create(call: NewCall<State>): void {
    this.created.set(call.callId, call);
  }

  append(callId: CallId, entry: Entry<State, Effect>): void {
    this.entries.push({ ...entry, callId });
    this.latest.set(callId, entry);
  }

  async flush(client: Queries): Promise<void> {
    if (this.entries.length === 0 && this.presences.size === 0) return;
    const { rows } = await client.query<EffectRecord<Effect>>({
      name: this.created.size > 0 ? 'call-create-flush' : 'call-flush',
      text: this.created.size > 0 ? CREATE_AND_WRITE : WRITE,
      values: this.values(),
    });
    this.keepEffects(rows);
  }

  /** Writes all or nothing, outside of a transaction: false when the call or somebody's presence isn't as expected any more. */
  async flushIf(client: Queries, call: { callId: CallId; seq: number }, people: PresenceRow[]): Promise<boolean> {
    if (this.entries.length === 0) return false;
    const { rows } = await client.query<{ as_expected: boolean } & EffectRecord<Effect>>({
      name: 'call-flush-if',
      text: WRITE_IF,
      values: [
        ...this.values(),
        call.callId,
        call.seq,
        JSON.stringify(people.map((presence) => presenceRow(presence))),
        people.length,
      ],
    });
    if (rows[0]?.as_expected !== true) return false;
    this.keepEffects(rows.filter((row) => row.id !== null));
    return true;
  }

  private values(): unknown[] {
    return [
      JSON.stringify(this.eventRows()),
      JSON.stringify(this.callRows()),
      JSON.stringify([...this.presences.values()].map((presence) => presenceRow(presence))),
      JSON.stringify(this.offerRows()),
      JSON.stringify(this.entries.flatMap((e) => e.effects.map((body) => ({ call_id: e.callId, body })))),
      CLAIM_MS,
    ];
  }

  private keepEffects(rows: readonly EffectRecord<Effect>[]): void {
    for (const row of rows) {
      this.effects.push({ effectId: row.id, callId: row.call_id, attempts: 0, effect: row.body });
    }
  }

  private eventRows(): object[] {
    return this.entries.map(({ callId, seq, event, eventKey }) => ({
      call_id: callId,
      seq,
      at: date(event.at),
      type: event.type,
      body: event,
      event_key: eventKey,
    }));
  }

  private callRows(): object[] {
    return [...this.latest].map(([callId, { seq, event, state, columns }]) => ({
      id: callId,
      seq,
      updated_at: date(event.at),
      state,
      phase: columns.phase,
      rank: columns.rank,
      rescued: columns.rescued,
      position: columns.position,
      language: columns.language,
      nobody_there: columns.nobodyThere,
      gateway_id: columns.gatewayId,
      operator_id: columns.operatorId,
      accepted_at: date(columns.acceptedAt),
      ended_at: date(columns.endedAt),
      next_timer_at: date(columns.nextTimerAt),
      result: columns.result,
      reason: columns.reason,
      outcome: columns.outcome,
      decided_at: columns.outcome === null ? null : date(columns.acceptedAt ?? event.at),
      ...this.newCallColumns(callId),
    }));
  }

  private newCallColumns(callId: CallId): object {
    const call = this.created.get(callId);
    if (!call) return {};
    return {
      hotline_id: call.hotlineId,
      carrier_account_id: call.carrierAccountId,
      carrier_call_id: call.carrierCallId,
      test: call.test,
      arrived_at: date(call.arrivedAt),
      caller_sealed: call.callerSealed && Buffer.from(call.callerSealed).toString('base64'),
      caller_index: call.callerIndex,
    };
  }

  private offerRows(): object[] {
    return this.entries.flatMap(({ callId, event }) =>
      event.type === 'OfferMade' ? [{ call_id: callId, operator_id: event.operatorId, at: date(event.at) }] : [],
    );
  }
}

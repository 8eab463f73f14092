import type { CallEvent, CallPhase } from '@ringdown/protocol/call-events';
import type {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  HotlineId,
  Instant,
  OfferId,
  OperatorId,
} from '@ringdown/protocol/ids';
import { escapeLiteral } from 'pg';
import { CallTransaction, NotRemembered, RememberedCall } from './call-transaction.ts';
import { date, isUniqueViolation, type SqlPool } from './database.ts';
import { CLAIM_MS, type NewCall, PendingWrites, type Stored, type StoredEffect } from './pending-writes.ts';
import {
  PRESENCE_COLUMNS,
  type PresenceRecord,
  type PresenceRow,
  savePresence,
  toPresenceRow,
} from './presence-rows.ts';
import {
  type Ageing,
  listHeads,
  type PlaceRow,
  RoundsTransaction,
  type RoundTransaction,
  SERVING_ORDER,
} from './round-transaction.ts';

export type { CallTransaction } from './call-transaction.ts';
export type { CallColumns, NewCall, Stored, StoredEffect } from './pending-writes.ts';
export type { PresenceRow } from './presence-rows.ts';
export type { RoundsTransaction, RoundTransaction } from './round-transaction.ts';

/** What a process remembers is bounded: what was used longest ago is forgotten. */
const CALLS_REMEMBERED = 2_000;
const PEOPLE_REMEMBERED = 10_000;
/** So long rounds that share a transaction may wait for a row: one that somebody keeps must not hold up other hotlines. */
const ROW_WAIT_MS = 100;

/** Whoever has this lock decides about the hotline's callers. */
const turnOf = (hotlineId: HotlineId): string => `hashtextextended(${escapeLiteral(hotlineId)}, 0)`;

const remember = <Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void => {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
};

/**
 * The event log of calls with their states, outbox and people's presence: everything that changes in one transaction.
 * It remembers what this process stored or read last; that is only ever a guess, checked by the statement that relies on it.
 */
export class CallLog<State, Effect> {
  private readonly sql: SqlPool;
  private readonly calls = new Map<CallId, { seq: number; state: State }>();
  private readonly people = new Map<OperatorId, PresenceRow>();
  /** By account and the carrier's id. A call never changes them. */
  private readonly carrierCalls = new Map<string, CallId>();

  constructor(sql: SqlPool) {
    this.sql = sql;
  }

  /**
   * Makes the row of a new call with its first events, by one statement; `work` only appends. Throws a unique violation when
   * the carrier's id is known.
   */
  async create<T>(
    call: NewCall<State>,
    work: (transaction: CallTransaction<State, Effect>) => Promise<T>,
  ): Promise<Stored<T, State, Effect>> {
    const writes = new PendingWrites<State, Effect>();
    writes.create(call);
    const result = await work(new RememberedCall(writes, { callId: call.callId, state: call.state }, new Map()));
    await writes.flush(this.sql.pool);
    this.rememberWritten(writes);
    remember(this.carrierCalls, `${call.carrierAccountId}/${call.carrierCallId}`, call.callId, CALLS_REMEMBERED);
    return writes.stored(result);
  }

  /** The same in a transaction, for a call that begins with somebody of ours: `work` may lock people. */
  async createWithPeople<T>(
    call: NewCall<State>,
    work: (transaction: CallTransaction<State, Effect>) => Promise<T>,
  ): Promise<Stored<T, State, Effect>> {
    const writes = new PendingWrites<State, Effect>();
    writes.create(call);
    const result = await this.sql.transaction(async (client) => {
      const made = await work(new CallTransaction(client, writes, { callId: call.callId, state: call.state }));
      await writes.flush(client);
      return made;
    });
    this.rememberWritten(writes);
    return writes.stored(result);
  }

  /** Locks the call's row for the transaction. Null when there is no such call. */
  async change<T>(
    callId: CallId,
    work: (transaction: CallTransaction<State, Effect>) => Promise<T>,
  ): Promise<Stored<T, State, Effect> | null> {
    const writes = new PendingWrites<State, Effect>();
    const changed = await this.sql.transaction(async (client) => {
      const { rows } = await client.query<{ state: State; seq: number }>({
        name: 'call-lock',
        text: 'select state, seq from call where id = $1 for update',
        values: [callId],
      });
      const row = rows[0];
      if (!row) return null;
      const result = await work(new CallTransaction(client, writes, { callId, state: row.state }));
      await writes.flush(client);
      return { result, ...row };
    });
    if (!changed) return null;
    this.rememberCall(callId, changed);
    this.rememberWritten(writes);
    return writes.stored(changed.result);
  }

  /**
   * The same from memory: `work` is given what this process remembers, and what it appends is stored by one statement if
   * that is still how things stand. Null if it isn't: then `change` decides. `work` has no effect beside what it appends.
   */
  async tryChange<T>(
    callId: CallId,
    work: (transaction: CallTransaction<State, Effect>) => Promise<T>,
  ): Promise<Stored<T, State, Effect> | null> {
    const known = this.calls.get(callId);
    if (!known) return null;
    const writes = new PendingWrites<State, Effect>();
    const transaction = new RememberedCall(writes, { callId, state: known.state }, this.people);
    try {
      const result = await work(transaction);
      const { seq } = known;
      if (writes.latest.size === 0) return (await this.isStill(callId, seq)) ? writes.stored(result) : null;
      if (await writes.flushIf(this.sql.pool, { callId, seq }, [...transaction.expected.values()])) {
        this.rememberWritten(writes);
        return writes.stored(result);
      }
    } catch (error) {
      // The event's key is in the log already, or more has to be asked for: both are seen with the row locked.
      if (!(error instanceof NotRemembered) && !isUniqueViolation(error)) throw error;
    }
    // Another event of this process may have been quicker: then what is remembered is newer already, and right.
    if ((this.calls.get(callId)?.seq ?? 0) > known.seq) return this.tryChange(callId, work);
    this.calls.delete(callId);
    for (const [operatorId, row] of transaction.expected) {
      if (this.people.get(operatorId) === row) this.people.delete(operatorId);
    }
    return null;
  }

  /** As this process stored or read it last: others may have gone on since. */
  lastKnown(callId: CallId): State | null {
    return this.calls.get(callId)?.state ?? null;
  }

  lastKnownPresence(operatorId: OperatorId): PresenceRow | null {
    const row = this.people.get(operatorId);
    return row ? { ...row } : null;
  }

  private async isStill(callId: CallId, seq: number): Promise<boolean> {
    const { rowCount } = await this.sql.pool.query({
      name: 'call-is-still',
      text: 'select 1 from call where id = $1 and seq = $2',
      values: [callId, seq],
    });
    return (rowCount ?? 0) > 0;
  }

  private rememberCall(callId: CallId, { seq, state }: { seq: number; state: State }): void {
    const known = this.calls.get(callId);
    if (known && known.seq > seq) return;
    remember(this.calls, callId, { seq, state }, CALLS_REMEMBERED);
  }

  private rememberPerson(presence: PresenceRow): void {
    remember(this.people, presence.operatorId, { ...presence }, PEOPLE_REMEMBERED);
  }

  private rememberWritten(writes: PendingWrites<State, Effect>): void {
    for (const [callId, entry] of writes.latest) this.rememberCall(callId, entry);
    for (const presence of writes.presences.values()) this.rememberPerson(presence);
  }

  /** One decision at a time for each hotline, over all processes: nobody serves a later caller first. Waits for its turn. */
  async changeHotline<T>(
    hotlineId: HotlineId,
    work: (transaction: RoundTransaction<State, Effect>) => Promise<T>,
  ): Promise<Stored<T, State, Effect>> {
    const firstly = `select pg_advisory_xact_lock(${turnOf(hotlineId)})`;
    return this.storeRounds(
      firstly,
      () => [hotlineId],
      (rounds) => work(rounds.of(hotlineId)),
    );
  }

  /**
   * The same for several hotlines in one transaction, which waits for nobody for long: hotlines about which somebody decides
   * just now are left out, and if a row isn't to be had in ROW_WAIT_MS it throws a lock timeout. Then nothing was stored.
   */
  async tryChangeHotlines<T>(
    hotlineIds: readonly HotlineId[],
    work: (rounds: RoundsTransaction<State, Effect>) => Promise<T>,
  ): Promise<Stored<T, State, Effect>> {
    const turns = hotlineIds.map((id) => `(${escapeLiteral(id)}, pg_try_advisory_xact_lock(${turnOf(id)}))`);
    const firstly = `set local lock_timeout = ${ROW_WAIT_MS}; values ${turns.join(', ')}`;
    const ours = (rows: unknown[]) =>
      (rows as { column1: HotlineId; column2: boolean }[]).flatMap((row) => (row.column2 ? [row.column1] : []));
    return this.storeRounds(firstly, ours, work);
  }

  private async storeRounds<T>(
    firstly: string,
    hotlinesOf: (firstRows: unknown[]) => HotlineId[],
    work: (rounds: RoundsTransaction<State, Effect>) => Promise<T>,
  ): Promise<Stored<T, State, Effect>> {
    const writes = new PendingWrites<State, Effect>();
    const result = await this.sql.transaction(async (client, firstRows) => {
      const decided = await work(new RoundsTransaction(client, writes, hotlinesOf(firstRows)));
      await writes.flush(client);
      return decided;
    }, firstly);
    this.rememberWritten(writes);
    return writes.stored(result);
  }

  /**
   * Changes one person's presence; `null` leaves it as it is. Tried on what this process remembers first, then under the
   * row's lock: `work` may be asked twice.
   */
  async changePresence<T>(
    operatorId: OperatorId,
    work: (presence: PresenceRow) => { presence: PresenceRow | null; result: T },
  ): Promise<T | null> {
    const known = this.people.get(operatorId);
    if (known) {
      const { presence, result } = work({ ...known });
      if (presence && (await savePresence(this.sql.pool, presence, known))) {
        this.rememberPerson(presence);
        return result;
      }
    }
    let saved: PresenceRow | null = null;
    const result = await this.sql.transaction(async (client) => {
      const { rows } = await client.query<PresenceRecord>({
        name: 'presence-lock-one',
        text: `select ${PRESENCE_COLUMNS} from operator where id = $1 and removed_at is null for update`,
        values: [operatorId],
      });
      if (!rows[0]) return null;
      const row = toPresenceRow(rows[0]);
      const changed = work({ ...row });
      if (changed.presence) await savePresence(client, changed.presence);
      saved = changed.presence ?? row;
      return changed.result;
    });
    if (saved) this.rememberPerson(saved);
    return result;
  }

  async findPresence(operatorId: OperatorId): Promise<PresenceRow | null> {
    const { rows } = await this.sql.pool.query<PresenceRecord>({
      name: 'presence-find',
      text: `select ${PRESENCE_COLUMNS} from operator where id = $1 and removed_at is null`,
      values: [operatorId],
    });
    return rows[0] ? toPresenceRow(rows[0]) : null;
  }

  /** A person with the call they are busy with. */
  async findSituation(operatorId: OperatorId): Promise<{ presence: PresenceRow; state: State | null } | null> {
    const { rows } = await this.sql.pool.query<PresenceRecord & { state: State | null }>({
      name: 'presence-and-call',
      text: `select o.*, c.state from (select ${PRESENCE_COLUMNS} from operator where id = $1 and removed_at is null) o
        left join call c on c.id = o.presence_call_id`,
      values: [operatorId],
    });
    const row = rows[0];
    if (!row) return null;
    const presence = toPresenceRow(row);
    // Read without a lock: what this process stored meanwhile is newer.
    if ((this.people.get(operatorId)?.since ?? 0) <= presence.since) this.rememberPerson(presence);
    return { presence, state: row.state };
  }

  /** The same as this process remembers it; null when it doesn't know all of it. */
  lastKnownSituation(operatorId: OperatorId): { presence: PresenceRow; state: State | null } | null {
    const presence = this.lastKnownPresence(operatorId);
    const state = presence?.callId ? this.lastKnown(presence.callId) : null;
    return presence && (state || !presence.callId) ? { presence, state } : null;
  }

  /** Whether there is anything to offer: asked before a round takes its turn. */
  async anyIn(hotlineId: HotlineId, phases: readonly CallPhase[]): Promise<boolean> {
    const { rowCount } = await this.sql.pool.query({
      name: 'call-any-in',
      text: `select 1 from call where hotline_id = $1 and phase = any($2) limit 1`,
      values: [hotlineId, phases],
    });
    return (rowCount ?? 0) > 0;
  }

  async effectsDone(effectIds: readonly string[]): Promise<void> {
    if (effectIds.length === 0) return;
    await this.sql.pool.query({
      name: 'effects-done',
      text: 'delete from call_effect where id = any($1::bigint[])',
      values: [effectIds],
    });
  }

  /** Tries again after a while, longer each time. */
  async effectFailed(effectId: string): Promise<void> {
    await this.sql.pool.query({
      name: 'effect-failed',
      text: `update call_effect set attempts = attempts + 1,
        claimed_until = now() + least(60, power(2, least(attempts, 6))) * interval '1 second' where id = $1`,
      values: [effectId],
    });
  }

  /** Effects whose process died or failed: claimed for this process. */
  async claimEffects(limit: number): Promise<StoredEffect<Effect>[]> {
    const { rows } = await this.sql.pool.query<{ id: string; call_id: CallId; attempts: number; body: Effect }>({
      name: 'effect-claim',
      text: `update call_effect set claimed_until = now() + $2 * interval '1 millisecond'
        where id in (select id from call_effect where claimed_until < now() order by id limit $1 for update skip locked)
        returning id, call_id, attempts, body`,
      values: [limit, CLAIM_MS],
    });
    return rows.map((row) => ({ effectId: row.id, callId: row.call_id, attempts: row.attempts, effect: row.body }));
  }

  /** Calls with a timer that should have fired `lateMs` ago. */
  async listOverdue(now: Instant, lateMs: number): Promise<CallId[]> {
    const { rows } = await this.sql.pool.query<{ id: CallId }>({
      name: 'call-overdue',
      text: 'select id from call where next_timer_at < $1 limit 200',
      values: [new Date(now - lateMs)],
    });
    return rows.map((row) => row.id);
  }

  async findState(callId: CallId): Promise<State | null> {
    const { rows } = await this.sql.pool.query<{ state: State }>({
      name: 'call-state',
      text: 'select state from call where id = $1',
      values: [callId],
    });
    return rows[0]?.state ?? null;
  }

  async findIdByCarrierCall(carrierAccountId: CarrierAccountId, carrierCallId: CarrierCallId): Promise<CallId | null> {
    const known = this.carrierCalls.get(`${carrierAccountId}/${carrierCallId}`);
    if (known) return known;
    const { rows } = await this.sql.pool.query<{ id: CallId }>({
      name: 'call-by-carrier-id',
      text: 'select id from call where carrier_account_id = $1 and carrier_call_id = $2',
      values: [carrierAccountId, carrierCallId],
    });
    return rows[0]?.id ?? null;
  }

  async listEvents(callId: CallId): Promise<{ seq: number; event: CallEvent }[]> {
    const { rows } = await this.sql.pool.query<{ seq: number; body: CallEvent }>({
      name: 'call-events',
      text: 'select seq, body from call_event where call_id = $1 order by seq',
      values: [callId],
    });
    return rows.map((row) => ({ seq: row.seq, event: row.body }));
  }

  /** Waiting calls of a hotline in the order they will be served: the same order as `compareRankedPlace`. */
  async countWaiting(hotlineId: HotlineId): Promise<{ waiting: number; longestSince: Instant | null }> {
    const { rows } = await this.sql.pool.query<{ waiting: number; longest_since: Date | null }>({
      name: 'call-count-waiting',
      text: `select count(*)::int as waiting, min(arrived_at) as longest_since from call
        where hotline_id = $1 and phase in ('queued', 'ringing') and not test`,
      values: [hotlineId],
    });
    return { waiting: rows[0]?.waiting ?? 0, longestSince: rows[0]?.longest_since?.getTime() ?? null };
  }

  async listWaiting(
    hotlineId: HotlineId,
    given: { now: Instant; ageing: Ageing; limit: number } = {
      now: 0,
      ageing: { everyMs: 1, maxSteps: 0 },
      limit: 1_000,
    },
  ): Promise<{ callId: CallId; position: number; phase: string; arrivedAt: Instant }[]> {
    const { rows } = await this.sql.pool.query<{ id: CallId; position: number; phase: string; arrived_at: Date }>({
      name: 'call-waiting',
      text: `select id, position, phase, arrived_at from call where hotline_id = $1 and phase in ('queued', 'ringing') and not test
        order by ${SERVING_ORDER} limit $5`,
      values: [hotlineId, date(given.now), given.ageing.everyMs, given.ageing.maxSteps, given.limit],
    });
    return rows.map((r) => ({ callId: r.id, position: r.position, phase: r.phase, arrivedAt: r.arrived_at.getTime() }));
  }

  listHeads(operatorId: OperatorId): Promise<(PlaceRow & { hotlineId: HotlineId; weight: number })[]> {
    return listHeads(this.sql.pool, operatorId);
  }

  /** Offers that ring in a call's state although the person's own row belongs to something else: there must be none. */
  async listStrayOffers(): Promise<{ callId: CallId; operatorId: OperatorId; offerId: OfferId }[]> {
    const { rows } = await this.sql.pool.query<{ call_id: CallId; operator_id: OperatorId; offer_id: OfferId }>({
      name: 'offers-stray',
      text: `select c.id as call_id, o.id as operator_id, offer->>'offerId' as offer_id
        from hotline h join call c on c.hotline_id = h.id and c.phase = 'ringing'
          cross join lateral jsonb_array_elements(c.state->'offers') offer
          join operator o on o.id = (offer->>'operatorId')::uuid
        where offer->>'outcome' is null and (o.presence_call_id is distinct from c.id or o.presence_state <> 'ringing')`,
    });
    return rows.map((row) => ({ callId: row.call_id, operatorId: row.operator_id, offerId: row.offer_id }));
  }

  /** Hotlines where somebody waits although somebody could be rung: a round was lost with its process. */
  async listNeglected(): Promise<HotlineId[]> {
    const { rows } = await this.sql.pool.query<{ hotline_id: HotlineId }>({
      name: 'hotlines-neglected',
      text: `select h.id as hotline_id from hotline h
        where exists (select 1 from call where hotline_id = h.id and phase = 'queued')
          and exists (select 1 from hotline_member m join operator o on o.id = m.operator_id
            where m.hotline_id = h.id and o.presence_state = 'available' and o.removed_at is null)`,
    });
    return rows.map((row) => row.hotline_id);
  }
}

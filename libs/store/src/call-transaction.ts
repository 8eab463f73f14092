import type { CallEvent } from '@ringdown/protocol/call-events';
import type {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  GatewayId,
  HotlineId,
  Instant,
  LanguageTag,
  LegId,
  OperatorId,
} from '@ringdown/protocol/ids';
import type { OperatorState } from '@ringdown/protocol/console';
import type { Queries } from './database.ts';

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

export interface PresenceRow {
  operatorId: OperatorId;
  state: OperatorState;
  since: Instant;
  reason: string | null;
  callId: CallId | null;
  endsAt: Instant | null;
  misses: number;
  idleSince: Instant;
}

/** How long the process that made an effect has it to itself. */
export const CLAIM_MS = 5_000;
export const date = (instant: Instant | null): Date | null => (instant === null ? null : new Date(instant));

export const PRESENCE_COLUMNS = `id, presence_state, presence_since, presence_reason, presence_call_id, presence_ends_at, misses, idle_since`;

export interface PresenceRecord {
  id: string;
  presence_state: string;
  presence_since: Date;
  presence_reason: string | null;
  presence_call_id: string | null;
  presence_ends_at: Date | null;
  misses: number;
  idle_since: Date;
}

export const toPresenceRow = (row: PresenceRecord): PresenceRow => ({
  operatorId: row.id as OperatorId,
  state: row.presence_state as OperatorState,
  since: row.presence_since.getTime(),
  reason: row.presence_reason,
  callId: row.presence_call_id as CallId | null,
  endsAt: row.presence_ends_at?.getTime() ?? null,
  misses: row.misses,
  idleSince: row.idle_since.getTime(),
});

interface Entry<State, Effect> {
  seq: number;
  event: CallEvent;
  eventKey: string | null;
  state: State;
  columns: CallColumns;
  effects: readonly Effect[];
}

/**
 * A person's shift counter: one more with each call that rang and was taken (supervision doesn't ring), from nought again
 * after an hour offline. Practice isn't counted. Drawn from the person's own row, which the transaction has locked.
 */
const SHIFT_CALLS = (state: string, callId: string) => `case
  when ${state} = 'on-call' and presence_state = 'ringing'
    and not exists (select 1 from call where id = ${callId} and test) then shift_calls + 1
  when presence_state = 'offline' and ${state} <> 'offline' and presence_since < now() - interval '1 hour' then 0
  else shift_calls end`;

interface EffectRecord<Effect> {
  id: string;
  call_id: CallId;
  body: Effect;
}

const presenceRow = (presence: PresenceRow): object => ({
  id: presence.operatorId,
  state: presence.state,
  since: date(presence.since),
  reason: presence.reason,
  call_id: presence.callId,
  ends_at: date(presence.endsAt),
  misses: presence.misses,
  idle_since: date(presence.idleSince),
});

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

/** `onlyIf`: a condition on all that is written, as SQL. */
const loggedIf = (onlyIf: string) => `logged as (
    insert into call_event (call_id, seq, at, type, body, event_key)
      select call_id, seq, at, type, body, event_key from jsonb_to_recordset($1::jsonb)
        as e(call_id uuid, seq int, at timestamptz, type text, body jsonb, event_key text) where ${onlyIf}
  )`;
const CALL_ROWS = `jsonb_to_recordset($2::jsonb) as c(id uuid, seq int, updated_at timestamptz, state jsonb, phase text,
    rank int, rescued boolean, position int, language text, nobody_there boolean, gateway_id uuid, operator_id uuid,
    accepted_at timestamptz, ended_at timestamptz, next_timer_at timestamptz, result text, reason text,
    outcome text, decided_at timestamptz, hotline_id uuid, carrier_account_id uuid, carrier_call_id text, test boolean,
    arrived_at timestamptz, caller_sealed text, caller_index text)`;
/** The time at which an outcome was decided is that of the event that decided it, not of a later one. */
const DECIDED = (column: string) =>
  `case when call.outcome = 'answered' or call.outcome = c.outcome then call.${column} else c.${column} end`;
const storedIf = (onlyIf: string) => `stored as (
    update call set seq = c.seq, updated_at = c.updated_at, state = c.state, phase = c.phase, rank = c.rank,
      rescued = c.rescued, position = c.position, language = c.language, nobody_there = c.nobody_there,
      gateway_id = c.gateway_id, operator_id = coalesce(c.operator_id, call.operator_id),
      accepted_at = coalesce(call.accepted_at, c.accepted_at), ended_at = c.ended_at, next_timer_at = c.next_timer_at,
      result = c.result, reason = c.reason, outcome = ${DECIDED('outcome')}, decided_at = ${DECIDED('decided_at')}
    from ${CALL_ROWS} where call.id = c.id and ${onlyIf}
  )`;
const CREATED = `created as (
    insert into call (id, seq, updated_at, state, phase, rank, rescued, position, language, nobody_there, gateway_id,
      operator_id, accepted_at, ended_at, next_timer_at, result, reason, outcome, decided_at, hotline_id, carrier_account_id,
      carrier_call_id, test, arrived_at, caller_sealed, caller_index)
    select id, seq, updated_at, state, phase, rank, rescued, position, language, nobody_there, gateway_id, operator_id,
      accepted_at, ended_at, next_timer_at, result, reason, outcome, decided_at, hotline_id, carrier_account_id,
      carrier_call_id, test, arrived_at, decode(caller_sealed, 'base64'), caller_index from ${CALL_ROWS}
  )`;
const PERSON_ROWS = `p(id uuid, state text, since timestamptz, reason text, call_id uuid, ends_at timestamptz, misses int,
    idle_since timestamptz)`;
const peopleIf = (onlyIf: string) => `people as (
    update operator set shift_calls = ${SHIFT_CALLS('p.state', 'p.call_id')}, presence_state = p.state, presence_since = p.since,
      presence_reason = p.reason, presence_call_id = p.call_id, presence_ends_at = p.ends_at, misses = p.misses,
      idle_since = p.idle_since
    from jsonb_to_recordset($3::jsonb) as ${PERSON_ROWS}
    where operator.id = p.id and ${onlyIf}
  ), rung as (
    update hotline_member m set last_offered_at = o.at
    from jsonb_to_recordset($4::jsonb) as o(call_id uuid, operator_id uuid, at timestamptz) join call on call.id = o.call_id
    where m.hotline_id = call.hotline_id and m.operator_id = o.operator_id and ${onlyIf}
  )`;
const effectsIf = (onlyIf: string) => `insert into call_effect (call_id, body, claimed_until)
    select call_id, body, now() + $6::float8 * interval '1 millisecond'
      from jsonb_to_recordset($5::jsonb) as f(call_id uuid, body jsonb) where ${onlyIf}
    returning id, call_id, body`;
const WRITE = `with ${loggedIf('true')}, ${storedIf('true')}, ${peopleIf('true')} ${effectsIf('true')}`;
const CREATE_AND_WRITE = `with ${CREATED}, ${loggedIf('true')}, ${peopleIf('true')} ${effectsIf('true')}`;
const AS_EXPECTED = 'exists (select 1 from as_expected)';
/** $7 the call, $8 its last event as expected, $9 people as expected, $10 how many. The call is locked before its people. */
const WRITE_IF = `with held as materialized (select id from call where id = $7 and seq = $8 for update),
  held_people as materialized (
    select operator.id from held, jsonb_to_recordset($9::jsonb) as ${PERSON_ROWS}, operator
    where operator.id = p.id and operator.presence_state = p.state and operator.presence_since = p.since
      and operator.presence_reason is not distinct from p.reason
      and operator.presence_call_id is not distinct from p.call_id
      and operator.presence_ends_at is not distinct from p.ends_at
      and operator.misses = p.misses and operator.idle_since = p.idle_since
    order by operator.id for update of operator
  ),
  as_expected as materialized (select 1 from held where (select count(*) from held_people) = $10::int),
  ${loggedIf(AS_EXPECTED)}, ${storedIf(AS_EXPECTED)}, ${peopleIf(AS_EXPECTED)},
  made as (${effectsIf(AS_EXPECTED)})
  select ${AS_EXPECTED} as as_expected, made.* from (values (1)) one left join made on true`;

/** What this process remembers isn't enough to decide without asking the database. */
export class NotRemembered extends Error {}

/** One open transaction on one call, whose row is locked. */
export class CallTransaction<State, Effect> {
  readonly callId: CallId;
  readonly state: State;
  private readonly client: Queries;
  private readonly writes: PendingWrites<State, Effect>;
  /** People this transaction has locked: not asked for again. */
  private readonly locked: Map<OperatorId, PresenceRow>;

  constructor(
    client: Queries,
    writes: PendingWrites<State, Effect>,
    given: { callId: CallId; state: State; locked?: Map<OperatorId, PresenceRow> },
  ) {
    this.client = client;
    this.writes = writes;
    this.callId = given.callId;
    this.state = given.state;
    this.locked = given.locked ?? new Map<OperatorId, PresenceRow>();
  }

  /** Whether an event with this key is in the log already. */
  async knows(eventKey: string): Promise<boolean> {
    const { rowCount } = await this.client.query({
      name: 'call-event-known',
      text: 'select 1 from call_event where call_id = $1 and event_key = $2',
      values: [this.callId, eventKey],
    });
    return (rowCount ?? 0) > 0;
  }

  /** Appends an event with the state it led to and the effects still to be performed: written before the commit. */
  append(entry: Entry<State, Effect>): void {
    this.writes.append(this.callId, entry);
  }

  /** Locks people's rows in the order of their ids, so that two calls never wait for each other. */
  async lockPresences(operatorIds: readonly OperatorId[]): Promise<PresenceRow[]> {
    const missing = operatorIds.filter((id) => !this.locked.has(id));
    if (missing.length > 0) {
      const { rows } = await this.client.query<PresenceRecord>({
        name: 'presence-lock',
        text: `select ${PRESENCE_COLUMNS} from operator where id = any($1::uuid[]) order by id for update`,
        values: [missing],
      });
      for (const row of rows.map(toPresenceRow)) this.locked.set(row.operatorId, row);
    }
    return operatorIds.flatMap((id) => this.locked.get(id) ?? []);
  }

  /** Locks one person if nobody else has them locked and they are still available; otherwise null. */
  async tryLockAvailable(operatorId: OperatorId): Promise<PresenceRow | null> {
    const [row] = await lockAvailable(this.client, [operatorId]);
    if (row) this.locked.set(operatorId, row);
    return row ?? null;
  }

  /** Locks one person if nobody else has them locked and no call has them; otherwise null. */
  async tryLockOffCalls(operatorId: OperatorId): Promise<PresenceRow | null> {
    const { rows } = await this.client.query<PresenceRecord>({
      name: 'presence-try-lock-off-calls',
      text: `select ${PRESENCE_COLUMNS} from operator
        where id = $1 and presence_state in ('available', 'break', 'offline') and removed_at is null
        for update skip locked`,
      values: [operatorId],
    });
    const row = rows[0] && toPresenceRow(rows[0]);
    if (row) this.locked.set(operatorId, row);
    return row ?? null;
  }

  /** Another hotline has the call from now on. */
  async moveToHotline(
    hotlineId: HotlineId,
    caller: { callerSealed: Uint8Array | null; callerIndex: string | null },
  ): Promise<void> {
    await this.client.query({
      name: 'call-move',
      text: 'update call set hotline_id = $2, caller_sealed = $3, caller_index = $4 where id = $1',
      values: [this.callId, hotlineId, caller.callerSealed, caller.callerIndex],
    });
  }

  /** Locks one person who is on no call, writes one up, or is rung for this one; null when somebody else has them locked. */
  async tryLockToDialIn(operatorId: OperatorId): Promise<PresenceRow | null> {
    const { rows } = await this.client.query<PresenceRecord>({
      name: 'presence-try-lock-to-dial-in',
      text: `select ${PRESENCE_COLUMNS} from operator
        where id = $1 and removed_at is null and (presence_state in ('available', 'break', 'offline', 'wrap-up')
          or (presence_state = 'ringing' and presence_call_id = $2))
        for update skip locked`,
      values: [operatorId, this.callId],
    });
    const row = rows[0] && toPresenceRow(rows[0]);
    if (row) this.locked.set(operatorId, row);
    return row ?? null;
  }

  async replaceCaller(caller: { callerSealed: Uint8Array | null; callerIndex: string | null }): Promise<void> {
    await this.client.query({
      name: 'call-replace-caller',
      text: 'update call set caller_sealed = $2, caller_index = $3 where id = $1',
      values: [this.callId, caller.callerSealed && Buffer.from(caller.callerSealed), caller.callerIndex],
    });
  }

  /** The outside number of a leg of a call that is stored already, sealed. */
  async saveLegNumber(legId: LegId, sealed: Uint8Array): Promise<void> {
    await this.client.query({
      name: 'call-leg-number',
      text: 'insert into call_leg_number (leg_id, call_id, sealed) values ($1, $2, $3)',
      values: [legId, this.callId, sealed],
    });
  }

  protected hold(presence: PresenceRow): void {
    this.locked.set(presence.operatorId, presence);
  }

  savePresence(presence: PresenceRow): void {
    this.locked.set(presence.operatorId, presence);
    this.writes.presences.set(presence.operatorId, presence);
  }
}

const ASK_NOTHING: Queries = {
  query: () => Promise.reject(new NotRemembered('This change needs the database.')),
};

/** A change tried on what this process remembers of the call and its people: checked, and stored, by one statement at the end. */
export class RememberedCall<State, Effect> extends CallTransaction<State, Effect> {
  /** Copies of what was used, as it must still be. */
  readonly expected = new Map<OperatorId, PresenceRow>();

  constructor(
    writes: PendingWrites<State, Effect>,
    given: { callId: CallId; state: State },
    private readonly remembered: ReadonlyMap<OperatorId, PresenceRow>,
  ) {
    super(ASK_NOTHING, writes, given);
  }

  /** The unique index finds out. */
  override knows(): Promise<boolean> {
    return Promise.resolve(false);
  }

  override lockPresences(operatorIds: readonly OperatorId[]): Promise<PresenceRow[]> {
    for (const operatorId of operatorIds) {
      const row = this.remembered.get(operatorId);
      if (row && !this.expected.has(operatorId)) {
        this.expected.set(operatorId, row);
        this.hold({ ...row });
      }
    }
    return super.lockPresences(operatorIds);
  }
}

/** Those of these people who are available and whom nobody else has locked: locked for this transaction. */
export const lockAvailable = async (client: Queries, operatorIds: readonly OperatorId[]): Promise<PresenceRow[]> => {
  const { rows } = await client.query<PresenceRecord>({
    name: 'presence-try-lock',
    text: `select ${PRESENCE_COLUMNS} from operator
      where id = any($1::uuid[]) and presence_state = 'available' and removed_at is null
      order by id for update skip locked`,
    values: [operatorIds],
  });
  return rows.map(toPresenceRow);
};

/** `expected`: only if the row is still like this; answers whether it was. */
export const savePresence = async (
  client: Queries,
  presence: PresenceRow,
  expected: PresenceRow | null = null,
): Promise<boolean> => {
  const set = `update operator set shift_calls = ${SHIFT_CALLS('$2', '$5')}, presence_state = $2, presence_since = $3,
      presence_reason = $4, presence_call_id = $5, presence_ends_at = $6, misses = $7, idle_since = $8 where id = $1`;
  const { rowCount } = await client.query({
    name: expected ? 'presence-save-if' : 'presence-save',
    text: expected ? `${set} and ${SAME_PRESENCE}` : set,
    values: [...valuesOf(presence), ...(expected ? valuesOf(expected).slice(1) : [])],
  });
  return (rowCount ?? 0) > 0;
};

const SAME_PRESENCE = `removed_at is null and presence_state = $9 and presence_since = $10
  and presence_reason is not distinct from $11 and presence_call_id is not distinct from $12
  and presence_ends_at is not distinct from $13 and misses = $14 and idle_since = $15`;

const valuesOf = (presence: PresenceRow): unknown[] => [
  presence.operatorId,
  presence.state,
  date(presence.since),
  presence.reason,
  presence.callId,
  date(presence.endsAt),
  presence.misses,
  date(presence.idleSince),
];

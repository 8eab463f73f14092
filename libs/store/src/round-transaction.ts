import type { OperatorState } from '@ringdown/protocol/console';
import type { CallId, HotlineId, Instant, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import type { Pool, PoolClient } from 'pg';
import { CallTransaction } from './call-transaction.ts';
import { date } from './database.ts';
import type { PendingWrites } from './pending-writes.ts';
import { lockAvailable, type PresenceRow } from './presence-rows.ts';

export interface Ageing {
  everyMs: number;
  maxSteps: number;
}

export interface CandidateRow {
  operatorId: OperatorId;
  state: OperatorState;
  idleSince: Instant;
  /** A page of the console is connected, or their own phone rings in its place. */
  reachable: boolean;
  /** Their own phone rings in place of the console. */
  ringsOwnPhone: boolean;
  languages: LanguageTag[];
  skills: string[];
  weight: number;
  penalty: number;
  listPlace: number;
  lastOfferedAt: Instant | null;
  shiftCalls: number;
  shiftCapacity: number | null;
}

export interface QueuedRow<State> {
  callId: CallId;
  state: State;
  rank: number;
  position: number;
}

export interface PlaceRow {
  callId: CallId;
  rescued: boolean;
  rank: number;
  arrivedAt: Instant;
}
interface PlaceRecord {
  id: CallId;
  rescued: boolean;
  rank: number;
  arrived_at: Date;
}
const toPlace = (row: PlaceRecord): PlaceRow => ({
  callId: row.id,
  rescued: row.rescued,
  rank: row.rank,
  arrivedAt: row.arrived_at.getTime(),
});

/** The first callers of each hotline that a person serves, with what the hotline weighs for them. */
export const listHeads = async (
  client: PoolClient | Pool,
  operatorId: OperatorId,
): Promise<(PlaceRow & { hotlineId: HotlineId; weight: number })[]> => {
  const { rows } = await client.query<PlaceRecord & { hotline_id: HotlineId; weight: number }>({
    name: 'call-heads',
    text: `select m.hotline_id, m.weight, c.* from hotline_member m, (values (true), (false)) r(was_rescued),
        generate_series(0, 3) k(of_rank)
      cross join lateral (
        select id, rescued, rank, arrived_at from call
        where hotline_id = m.hotline_id and phase = 'queued' and rescued = r.was_rescued and rank = k.of_rank
        order by arrived_at, id limit 1
      ) c where m.operator_id = $1`,
    values: [operatorId],
  });
  return rows.map((row) => ({ ...toPlace(row), hotlineId: row.hotline_id, weight: row.weight }));
};

/** $2 now, $3 one step each so many ms, $4 steps at most: `agedRank` of libs/call-flow in SQL. */
export const SERVING_ORDER = `rescued desc, case when rank = 0 then 0 else greatest(1, rank - least($4::int,
  greatest(0, floor(extract(epoch from ($2::timestamptz - arrived_at)) * 1000 / $3::int)))) end, arrived_at, id`;

/** The first of each row of one stored rank are the only ones that can be first of all (see WaitingLine): read by the index. */
const FIRST_OF_EACH_ROW = `select c.* from (values (true), (false)) r(was_rescued), generate_series(0, 3) k(of_rank)
  cross join lateral (
    select id, rescued, rank, arrived_at from call where hotline_id = $1 and phase = 'queued'
      and rescued = r.was_rescued and rank = k.of_rank and ($5::text[] is null or language = any($5))
    order by arrived_at, id limit $6::int + $7::int
  ) c order by ${SERVING_ORDER} limit $6 offset $7`;

export interface QueuedFilter {
  now: Instant;
  ageing: Ageing;
  languages: readonly LanguageTag[] | null;
  limit: number;
  offset: number;
}

/** One open transaction in which one hotline's callers are given to its people; no other such runs at the same time. */
export class RoundTransaction<State, Effect> {
  private readonly client: PoolClient;
  private readonly writes: PendingWrites<State, Effect>;
  private readonly hotlineId: HotlineId;
  private readonly locked = new Map<OperatorId, PresenceRow>();

  constructor(client: PoolClient, writes: PendingWrites<State, Effect>, hotlineId: HotlineId) {
    this.client = client;
    this.writes = writes;
    this.hotlineId = hotlineId;
  }

  async listCandidates(): Promise<CandidateRow[]> {
    return listCandidates(this.client, this.hotlineId);
  }

  /** Languages of those who wait: leaps from one to the next in the index, however many wait. */
  async listLanguages(): Promise<LanguageTag[]> {
    const { rows } = await this.client.query<{ language: LanguageTag }>({
      name: 'call-languages',
      text: `with recursive leap as (
          select min(language) as language from call where hotline_id = $1 and phase = 'queued'
          union all
          select (select min(c.language) from call c
            where c.hotline_id = $1 and c.phase = 'queued' and c.language > leap.language)
          from leap where leap.language is not null
        ) select language from leap where language is not null`,
      values: [this.hotlineId],
    });
    return rows.map((row) => row.language);
  }

  /** Some waiting calls of a language that were told otherwise about whether anybody is there, locked; in no order. */
  async lockTold(given: {
    language: LanguageTag;
    nobodyThere: boolean;
    /** Told in this transaction: the database doesn't know it yet. */
    except: readonly CallId[];
    limit: number;
  }): Promise<QueuedRow<State>[]> {
    const { rows } = await this.client.query<{ id: CallId; state: State; rank: number; position: number }>({
      name: 'call-told',
      text: `select id, state, rank, position from call
        where hotline_id = $1 and phase = 'queued' and language = $2 and nobody_there = $3
          and id <> all($5::uuid[]) limit $4 for update`,
      values: [this.hotlineId, given.language, given.nobodyThere, given.limit, given.except],
    });
    return rows.map((row) => ({ callId: row.id, state: row.state, rank: row.rank, position: row.position }));
  }

  /** Waiting calls in the order of serving, locked. */
  async lockQueued(filter: QueuedFilter): Promise<QueuedRow<State>[]> {
    const { rows } = await this.client.query<{ id: CallId; state: State; rank: number; position: number }>({
      name: 'call-next-waiting',
      text: `select id, state, rank, position from call
        where id in (select id from (${FIRST_OF_EACH_ROW}) next) and phase = 'queued'
        order by ${SERVING_ORDER} for update`,
      values: [
        this.hotlineId,
        date(filter.now),
        filter.ageing.everyMs,
        filter.ageing.maxSteps,
        filter.languages,
        filter.limit,
        filter.offset,
      ],
    });
    return rows.map((row) => ({ callId: row.id, state: row.state, rank: row.rank, position: row.position }));
  }

  /** Calls that ring now, locked, in the order of serving. One that somebody is just answering is left out: nobody waits for it. */
  async lockRinging(given: { now: Instant; ageing: Ageing; limit: number }): Promise<QueuedRow<State>[]> {
    const { rows } = await this.client.query<{ id: CallId; state: State; rank: number; position: number }>({
      name: 'call-lock-ringing',
      text: `select id, state, rank, position from call where hotline_id = $1 and phase = 'ringing' and not test
        order by ${SERVING_ORDER} limit $5 for update skip locked`,
      values: [this.hotlineId, date(given.now), given.ageing.everyMs, given.ageing.maxSteps, given.limit],
    });
    return rows.map((row) => ({ callId: row.id, state: row.state, rank: row.rank, position: row.position }));
  }

  /** Waiting calls that ring somebody at the moment: still ahead of those behind them. */
  async listRinging(): Promise<PlaceRow[]> {
    const { rows } = await this.client.query<PlaceRecord>({
      name: 'call-ringing',
      text: `select id, rescued, rank, arrived_at from call where hotline_id = $1 and phase = 'ringing' and not test`,
      values: [this.hotlineId],
    });
    return rows.map(toPlace);
  }

  /** Locks those who are still available and whom no other call is taking; gives who they are. */
  async lockAvailable(operatorIds: readonly OperatorId[]): Promise<ReadonlySet<OperatorId>> {
    if (operatorIds.length === 0) return new Set();
    const rows = await lockAvailable(this.client, operatorIds);
    for (const row of rows) this.locked.set(row.operatorId, row);
    return new Set(rows.map((row) => row.operatorId));
  }

  open(row: { callId: CallId; state: State }): CallTransaction<State, Effect> {
    return new CallTransaction(this.client, this.writes, { ...row, locked: this.locked });
  }
}

/** Everybody who serves a hotline, as far as distribution asks about them. */
export const listCandidates = async (client: PoolClient | Pool, hotlineId: HotlineId): Promise<CandidateRow[]> => {
  const { rows } = await client.query<{
    id: OperatorId;
    presence_state: OperatorState;
    idle_since: Date;
    reachable: boolean;
    languages: LanguageTag[] | null;
    skills: string[] | null;
    weight: number;
    penalty: number;
    last_offered_at: Date | null;
    shift_calls: number;
    shift_capacity: number | null;
    rings_own_phone: boolean;
  }>({
    name: 'candidates',
    // Looked up member by member, by index: joined plainly, the planner reads all people of all hotlines.
    text: `select o.id, o.presence_state, o.idle_since, o.languages, o.skills, o.shift_calls,
        m.weight, m.penalty, m.last_offered_at, m.shift_capacity,
        coalesce((select p.rings from own_phone p where p.operator_id = o.id), false) as rings_own_phone,
        (select true from console_connection c where c.operator_id = o.id limit 1) is not null as reachable
      from hotline_member m
        cross join lateral (select * from operator where id = m.operator_id and removed_at is null limit 1) o
      where m.hotline_id = $1 order by m.joined_at, o.id`,
    values: [hotlineId],
  });
  return rows.map((row, index) => ({
    operatorId: row.id,
    state: row.presence_state,
    idleSince: row.idle_since.getTime(),
    reachable: row.reachable || row.rings_own_phone,
    ringsOwnPhone: row.rings_own_phone,
    languages: row.languages ?? [],
    skills: row.skills ?? [],
    weight: row.weight,
    penalty: row.penalty,
    listPlace: index,
    lastOfferedAt: row.last_offered_at?.getTime() ?? null,
    shiftCalls: row.shift_calls,
    shiftCapacity: row.shift_capacity,
  }));
};

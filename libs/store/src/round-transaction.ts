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

/**
 * Callers of one stored rank in their order. The rank as a range: with an equation the planner may take the index of all arrivals,
 * whose order would do as well, and read every call there ever was.
 */
const IN_ROW = 'rank between k.of_rank and k.of_rank order by rank, arrived_at, id';

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
        where hotline_id = m.hotline_id and phase = 'queued' and rescued = r.was_rescued and ${IN_ROW} limit 1
      ) c where m.operator_id = $1`,
    values: [operatorId],
  });
  return rows.map((row) => ({ ...toPlace(row), hotlineId: row.hotline_id, weight: row.weight }));
};

/** `agedRank` of libs/call-flow in SQL: a step each `everyMs`, `maxSteps` at most. */
const servingOrder = (now: string, everyMs: string, maxSteps: string): string =>
  `rescued desc, case when rank = 0 then 0 else greatest(1, rank - least(${maxSteps},
  greatest(0, floor(extract(epoch from (${now} - arrived_at)) * 1000 / ${everyMs})))) end, arrived_at, id`;
/** $2 now, $3 one step each so many ms, $4 steps at most. */
export const SERVING_ORDER = servingOrder('$2::timestamptz', '$3::int', '$4::int');
const ASKED_ORDER = servingOrder('asked.now', 'asked.every_ms', 'asked.max_steps');

/**
 * Of each hotline asked about its next callers, looked up and locked one by one, by index. The first of each row of one
 * stored rank are the only ones that can be first of all (see WaitingLine).
 */
const LOCK_QUEUED = `select next.hotline_id, c.* from (
    select asked.hotline_id, first.id, row_number() over (partition by asked.hotline_id order by ${ASKED_ORDER}) as place,
      first_place, last_place
    from jsonb_to_recordset($1::jsonb) as asked(hotline_id uuid, now timestamptz, every_ms int, max_steps int, languages text[],
        first_place int, last_place int),
      (values (true), (false)) r(was_rescued), generate_series(0, 3) k(of_rank)
      cross join lateral (
        select id, rescued, rank, arrived_at from call where hotline_id = asked.hotline_id and phase = 'queued'
          and rescued = r.was_rescued and (asked.languages is null or language = any(asked.languages)) and ${IN_ROW}
        limit asked.last_place
      ) first
  ) next cross join lateral (
    select id, state, rank, position from call where id = next.id and hotline_id = next.hotline_id and phase = 'queued' for update
  ) c where next.place between first_place and last_place order by next.hotline_id, next.place`;

export interface QueuedFilter {
  hotlineId: HotlineId;
  now: Instant;
  ageing: Ageing;
  languages: readonly LanguageTag[] | null;
  limit: number;
  offset: number;
}

interface QueuedRecord<State> {
  id: CallId;
  state: State;
  rank: number;
  position: number;
}
const toQueued = <State>(row: QueuedRecord<State>): QueuedRow<State> => ({
  callId: row.id,
  state: row.state,
  rank: row.rank,
  position: row.position,
});

/** One open transaction in which some hotlines' callers are given to their people; nobody else does it for these meanwhile. */
export class RoundsTransaction<State, Effect> {
  /** People this transaction has locked, as they will be when it is over. */
  private readonly locked = new Map<OperatorId, PresenceRow>();

  constructor(
    private readonly client: PoolClient,
    private readonly writes: PendingWrites<State, Effect>,
    readonly hotlineIds: readonly HotlineId[],
  ) {}

  /** What concerns one of these hotlines. */
  of(hotlineId: HotlineId): RoundTransaction<State, Effect> {
    return new RoundTransaction(this, this.client, hotlineId);
  }

  async listCandidates(): Promise<Map<HotlineId, CandidateRow[]>> {
    return listCandidates(this.client, this.hotlineIds);
  }

  /** Waiting calls of each hotline in the order of serving, locked. */
  async lockQueued(filters: readonly QueuedFilter[]): Promise<Map<HotlineId, QueuedRow<State>[]>> {
    const byHotline = new Map<HotlineId, QueuedRow<State>[]>(filters.map((filter) => [filter.hotlineId, []]));
    if (filters.length === 0) return byHotline;
    const { rows } = await this.client.query<QueuedRecord<State> & { hotline_id: HotlineId }>({
      name: 'call-next-waiting',
      text: LOCK_QUEUED,
      values: [
        JSON.stringify(
          filters.map((filter) => ({
            hotline_id: filter.hotlineId,
            now: date(filter.now),
            every_ms: filter.ageing.everyMs,
            max_steps: filter.ageing.maxSteps,
            languages: filter.languages,
            first_place: filter.offset + 1,
            last_place: filter.offset + filter.limit,
          })),
        ),
      ],
    });
    for (const row of rows) byHotline.get(row.hotline_id)?.push(toQueued(row));
    return byHotline;
  }

  /** Locks those who are still available and whom no other call is taking, here or elsewhere; gives who they are. */
  async lockAvailable(operatorIds: readonly OperatorId[]): Promise<ReadonlySet<OperatorId>> {
    // Whom this transaction has given a call is available to the database until it is over.
    const asked = operatorIds.filter((id) => (this.locked.get(id)?.state ?? 'available') === 'available');
    if (asked.length === 0) return new Set();
    const rows = await lockAvailable(this.client, asked);
    for (const row of rows) this.locked.set(row.operatorId, row);
    return new Set(rows.map((row) => row.operatorId));
  }

  open(row: { callId: CallId; state: State }): CallTransaction<State, Effect> {
    return new CallTransaction(this.client, this.writes, { ...row, locked: this.locked });
  }
}

/** The part of it that is about one hotline. */
export class RoundTransaction<State, Effect> {
  constructor(
    readonly rounds: RoundsTransaction<State, Effect>,
    private readonly client: PoolClient,
    readonly hotlineId: HotlineId,
  ) {}

  async listCandidates(): Promise<CandidateRow[]> {
    return (await listCandidates(this.client, [this.hotlineId])).get(this.hotlineId) ?? [];
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
    const { rows } = await this.client.query<QueuedRecord<State>>({
      name: 'call-told',
      text: `select id, state, rank, position from call
        where hotline_id = $1 and phase = 'queued' and language = $2 and nobody_there = $3
          and id <> all($5::uuid[]) limit $4 for update`,
      values: [this.hotlineId, given.language, given.nobodyThere, given.limit, given.except],
    });
    return rows.map(toQueued);
  }

  /** Waiting calls in the order of serving, locked. */
  async lockQueued(filter: Omit<QueuedFilter, 'hotlineId'>): Promise<QueuedRow<State>[]> {
    const { hotlineId } = this;
    return (await this.rounds.lockQueued([{ hotlineId, ...filter }])).get(hotlineId) ?? [];
  }

  /** Calls that ring now, locked, in the order of serving. One that somebody is just answering is left out: nobody waits for it. */
  async lockRinging(given: { now: Instant; ageing: Ageing; limit: number }): Promise<QueuedRow<State>[]> {
    const { rows } = await this.client.query<QueuedRecord<State>>({
      name: 'call-lock-ringing',
      text: `select id, state, rank, position from call where hotline_id = $1 and phase = 'ringing' and not test
        order by ${SERVING_ORDER} limit $5 for update skip locked`,
      values: [this.hotlineId, date(given.now), given.ageing.everyMs, given.ageing.maxSteps, given.limit],
    });
    return rows.map(toQueued);
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

  lockAvailable(operatorIds: readonly OperatorId[]): Promise<ReadonlySet<OperatorId>> {
    return this.rounds.lockAvailable(operatorIds);
  }

  open(row: { callId: CallId; state: State }): CallTransaction<State, Effect> {
    return this.rounds.open(row);
  }
}

/** Everybody who serves these hotlines, as far as distribution asks about them. */
export const listCandidates = async (
  client: PoolClient | Pool,
  hotlineIds: readonly HotlineId[],
): Promise<Map<HotlineId, CandidateRow[]>> => {
  const byHotline = new Map<HotlineId, CandidateRow[]>(hotlineIds.map((id) => [id, []]));
  if (hotlineIds.length === 0) return byHotline;
  const { rows } = await client.query<{
    hotline_id: HotlineId;
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
    text: `select m.hotline_id, o.id, o.presence_state, o.idle_since, o.languages, o.skills, o.shift_calls,
        m.weight, m.penalty, m.last_offered_at, m.shift_capacity,
        coalesce((select p.rings from own_phone p where p.operator_id = o.id), false) as rings_own_phone,
        (select true from console_connection c where c.operator_id = o.id limit 1) is not null as reachable
      from hotline_member m
        cross join lateral (select * from operator where id = m.operator_id and removed_at is null limit 1) o
      where m.hotline_id = any($1::uuid[]) order by m.hotline_id, m.joined_at, o.id`,
    values: [hotlineIds],
  });
  for (const row of rows) {
    const candidates = byHotline.get(row.hotline_id);
    candidates?.push({
      operatorId: row.id,
      state: row.presence_state,
      idleSince: row.idle_since.getTime(),
      reachable: row.reachable || row.rings_own_phone,
      ringsOwnPhone: row.rings_own_phone,
      languages: row.languages ?? [],
      skills: row.skills ?? [],
      weight: row.weight,
      penalty: row.penalty,
      listPlace: candidates.length,
      lastOfferedAt: row.last_offered_at?.getTime() ?? null,
      shiftCalls: row.shift_calls,
      shiftCapacity: row.shift_capacity,
    });
  }
  return byHotline;
};

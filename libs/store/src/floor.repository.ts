import type { CallPhase, PassedOver, Priority } from '@ringdown/protocol/call-events';
import type { OperatorState } from '@ringdown/protocol/console';
import { HotlineSettings, type Role } from '@ringdown/protocol/http';
import type { CallId, HotlineId, Instant, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import type { ServiceGoal } from '@ringdown/protocol/reports';
import type { SqlPool } from './database.ts';

export interface WaitingRow {
  callId: CallId;
  language: LanguageTag;
  priority: Priority;
  rescued: boolean;
  test: boolean;
  ringingAt: OperatorId[];
  /** Of the newest decision that found nobody. */
  passedOver: PassedOver[];
}

/** What a hotline's figures are measured by, and what is so now. */
export interface LineRow {
  hotlineId: HotlineId;
  name: string;
  timeZone: string;
  goal: ServiceGoal;
  waiting: number;
  longestSince: Instant | null;
  available: number;
}

export interface FloorPersonRow {
  operatorId: OperatorId;
  name: string;
  role: Role;
  hotlineIds: HotlineId[];
  state: OperatorState;
  since: Instant;
  reason: string | null;
  misses: number;
  reachable: boolean;
  call: {
    callId: CallId;
    hotlineId: HotlineId;
    hotlineName: string;
    since: Instant;
    phase: CallPhase;
    /** With a scripted caller. */
    practice: boolean;
    rescueAt: Instant | null;
  } | null;
}

/** What goes on now, for all who look at it. Plain SQL: it is asked for at each change. */
export class FloorRepository {
  private readonly sql: SqlPool;

  constructor(sql: SqlPool) {
    this.sql = sql;
  }

  async listWaiting(callIds: readonly CallId[]): Promise<Map<CallId, WaitingRow>> {
    if (callIds.length === 0) return new Map();
    const { rows } = await this.sql.pool.query<{
      id: CallId;
      language: LanguageTag;
      priority: Priority;
      rescued: boolean;
      test: boolean;
      ringing_at: OperatorId[];
      passed_over: PassedOver[] | null;
    }>({
      name: 'floor-waiting',
      text: `select c.id, c.state->>'language' as language, c.state->>'priority' as priority, c.rescued, c.test,
          coalesce((select jsonb_agg(o->>'operatorId') from jsonb_array_elements(c.state->'offers') o
            where o->>'outcome' is null), '[]') as ringing_at,
          (select e.body->'passedOver' from call_event e where e.call_id = c.id and e.type = 'NobodyAvailable'
            order by e.seq desc limit 1) as passed_over
        from call c where c.id = any($1)`,
      values: [callIds],
    });
    return new Map(
      rows.map((row) => [
        row.id,
        {
          callId: row.id,
          language: row.language,
          priority: row.priority,
          rescued: row.rescued,
          test: row.test,
          ringingAt: row.ringing_at,
          passedOver: row.passed_over ?? [],
        },
      ]),
    );
  }

  async listLines(): Promise<LineRow[]> {
    const { rows } = await this.sql.pool.query<{
      id: HotlineId;
      name: string;
      time_zone: string;
      settings: unknown;
      waiting: number;
      longest: Date | null;
      available: number;
    }>({
      name: 'floor-lines',
      text: `with line as (
          select hotline_id, count(*)::int as waiting, min(arrived_at) as longest
          from call where phase in ('queued', 'ringing') and not test group by hotline_id
        ), staff as (
          select m.hotline_id, count(*)::int as available from hotline_member m join operator o on o.id = m.operator_id
          where o.removed_at is null and o.presence_state = 'available' and o.unreachable_since is null
            and exists (select 1 from console_connection k where k.operator_id = o.id)
          group by m.hotline_id
        )
        select h.id, h.name, h.time_zone, h.settings, coalesce(line.waiting, 0) as waiting, line.longest,
          coalesce(staff.available, 0) as available
        from hotline h left join line on line.hotline_id = h.id left join staff on staff.hotline_id = h.id
        order by h.created_at`,
    });
    return rows.map((row) => {
      const { serviceLevelS, serviceGoalPercent } = HotlineSettings.parse(row.settings);
      return {
        hotlineId: row.id,
        name: row.name,
        timeZone: row.time_zone,
        goal: { thresholdMs: serviceLevelS * 1_000, percent: serviceGoalPercent },
        waiting: row.waiting,
        longestSince: row.longest?.getTime() ?? null,
        available: row.available,
      };
    });
  }

  async listPeople(): Promise<FloorPersonRow[]> {
    const { rows } = await this.sql.pool.query<{
      id: OperatorId;
      name: string;
      role: Role;
      hotline_ids: HotlineId[];
      presence_state: OperatorState;
      presence_since: Date;
      presence_reason: string | null;
      misses: number;
      reachable: boolean;
      call_id: CallId | null;
      call_hotline: HotlineId | null;
      call_hotline_name: string | null;
      call_since: Date | null;
      call_phase: CallPhase | null;
      call_test: boolean | null;
      rescue_at: number | null;
    }>({
      name: 'floor-people',
      text: `select o.id, o.name, o.role, o.presence_state, o.presence_since, o.presence_reason, o.misses,
          array(select m.hotline_id::text from hotline_member m where m.operator_id = o.id) as hotline_ids,
          exists (select 1 from console_connection k where k.operator_id = o.id) as reachable,
          c.id as call_id, c.hotline_id as call_hotline, h.name as call_hotline_name, c.phase as call_phase, c.test as call_test,
          coalesce(c.accepted_at, o.presence_since) as call_since,
          case when c.phase = 'reconnecting' then (c.state->'timers'->'reconnecting'->>'dueAt')::float8 end as rescue_at
        from operator o left join call c on c.id = o.presence_call_id and o.presence_state = 'on-call' and c.ended_at is null
          left join hotline h on h.id = c.hotline_id
        where o.removed_at is null order by o.name, o.id`,
    });
    return rows.map((row) => ({
      operatorId: row.id,
      name: row.name,
      role: row.role,
      hotlineIds: row.hotline_ids,
      state: row.presence_state,
      since: row.presence_since.getTime(),
      reason: row.presence_reason,
      misses: row.misses,
      reachable: row.reachable,
      call:
        row.call_id && row.call_hotline && row.call_phase && row.call_since
          ? {
              callId: row.call_id,
              hotlineId: row.call_hotline,
              hotlineName: row.call_hotline_name ?? '',
              since: row.call_since.getTime(),
              phase: row.call_phase,
              practice: row.call_test === true,
              rescueAt: row.rescue_at,
            }
          : null,
    }));
  }
}

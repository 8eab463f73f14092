import { type CallSums, NO_CALLS, SHORT_ABANDON_MS } from '@ringdown/call-flow/figures';
import type { HotlineId, Instant, LanguageTag } from '@ringdown/protocol/ids';
import type { LocalDate } from '@ringdown/protocol/rota';
import type { SqlPool } from './database.ts';

/** A hotline's calls that arrived from `from` until before `to`. */
export interface FiguresScope {
  hotlineId: HotlineId;
  /** The hotline's own zone: its hours and days are those that its clocks show. */
  timeZone: string;
  from: Instant;
  to: Instant;
  /** Answered within this time counts as in time. */
  thresholdMs: number;
}

export type FiguresBy = 'hotline' | 'hour' | 'day' | 'language';
export interface FiguresRow extends CallSums {
  /** Hotline: its id · hour: 0 to 23 · day: `2026-03-29` · language: its tag. */
  key: HotlineId | LocalDate | LanguageTag | `${number}`;
}

/** By the hotline's clocks: an hour that they show twice is one row, one that they leave out has no calls. */
const KEY: Record<FiguresBy, string> = {
  hotline: 'c.hotline_id::text',
  hour: `extract(hour from c.arrived_at at time zone s.zone)::int::text`,
  day: `to_char(c.arrived_at at time zone s.zone, 'YYYY-MM-DD')`,
  language: `case when c.language = '' then 'und' else c.language end`,
};

/** As `sumsOf` in call-flow/figures.ts says it of one call. */
const SUMS = `count(*)::int as calls,
  count(*) filter (where outcome = 'answered')::int as answered,
  count(*) filter (where outcome = 'answered' and waited <= threshold)::int as in_time,
  count(*) filter (where outcome = 'abandoned' and waited >= $7)::int as abandoned,
  count(*) filter (where outcome = 'abandoned' and waited < $7)::int as at_once,
  count(*) filter (where outcome = 'unanswered')::int as unanswered,
  count(*) filter (where outcome is null and waited > threshold)::int as waiting_long,
  coalesce(sum(waited) filter (where outcome = 'answered'), 0)::float8 as answer_ms,
  coalesce(max(waited) filter (where outcome is not null), 0)::float8 as longest_ms,
  count(handled)::int as handled,
  coalesce(sum(handled), 0)::float8 as handle_ms`;

/** Figures of calls, for the wallboard as for reports. Reads what arrived in the time asked for, by its index, no events. */
export class CallFiguresRepository {
  private readonly sql: SqlPool;

  constructor(sql: SqlPool) {
    this.sql = sql;
  }

  async list(scopes: readonly FiguresScope[], by: FiguresBy, now: Instant): Promise<FiguresRow[]> {
    if (scopes.length === 0) return [];
    const { rows } = await this.sql.pool.query<{
      key: FiguresRow['key'];
      calls: number;
      answered: number;
      in_time: number;
      abandoned: number;
      at_once: number;
      unanswered: number;
      waiting_long: number;
      answer_ms: number;
      longest_ms: number;
      handled: number;
      handle_ms: number;
    }>({
      name: `call-figures-${by}`,
      text: `with scope as (
          select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::float8[])
            as s(hotline_id, zone, since, until, threshold)
        ), counted as (
          select ${KEY[by]} as key, c.outcome, s.threshold,
            extract(epoch from coalesce(c.decided_at, $6::timestamptz) - c.arrived_at) * 1000 as waited,
            case when c.outcome = 'answered' then extract(epoch from c.ended_at - c.decided_at) * 1000 end as handled
          from scope s join call c on c.hotline_id = s.hotline_id and c.arrived_at >= s.since and c.arrived_at < s.until
          where c.arrived_at >= $8 and c.arrived_at < $9 and not c.test and c.outcome is distinct from 'uncounted'
        )
        select key, ${SUMS} from counted group by key order by key`,
      values: [
        scopes.map(({ hotlineId }) => hotlineId),
        scopes.map(({ timeZone }) => timeZone),
        scopes.map(({ from }) => new Date(from)),
        scopes.map(({ to }) => new Date(to)),
        scopes.map(({ thresholdMs }) => thresholdMs),
        new Date(now),
        SHORT_ABANDON_MS,
        // The same once more, over all hotlines: the index is by the time of arrival.
        new Date(Math.min(...scopes.map(({ from }) => from))),
        new Date(Math.max(...scopes.map(({ to }) => to))),
      ],
    });
    return rows.map((row) => ({
      ...NO_CALLS,
      key: row.key,
      calls: row.calls,
      answered: row.answered,
      answeredInTime: row.in_time,
      abandoned: row.abandoned,
      abandonedAtOnce: row.at_once,
      unanswered: row.unanswered,
      waitingLong: row.waiting_long,
      answerMs: row.answer_ms,
      longestMs: row.longest_ms,
      handled: row.handled,
      handleMs: row.handle_ms,
    }));
  }
}

import { Injectable } from '@nestjs/common';
import { addSums, type CallSums, NO_CALLS, ratesOf } from '@ringdown/call-flow/figures';
import { Clock } from '@ringdown/platform/clock';
import { notFound } from '@ringdown/platform/problems';
import type { Instant } from '@ringdown/protocol/ids';
import type { Report, ReportBy, ReportFigures, ReportQuery, ServiceGoal } from '@ringdown/protocol/reports';
import { CallFiguresRepository, type FiguresScope } from '@ringdown/store/call-figures.repository';
import { FloorRepository, type LineRow } from '@ringdown/store/floor.repository';
import { type Days, daysOf, instantsOf, listDays } from './report-days.ts';

type Line = Pick<LineRow, 'hotlineId' | 'name' | 'timeZone' | 'goal'>;

export const scopeOf = (line: Line, days: Days): FiguresScope => ({
  hotlineId: line.hotlineId,
  timeZone: line.timeZone,
  thresholdMs: line.goal.thresholdMs,
  ...instantsOf(days, line.timeZone),
});

/** Today by the clocks of this hotline, for the wallboard as for reports. */
export const todayOf = (line: Line, now: Instant): FiguresScope => scopeOf(line, daysOf('today', line.timeZone, now));

/** Null where not all have the same. */
export const commonGoal = (lines: readonly Line[]): ServiceGoal | null => {
  const [first, ...others] = lines.map(({ goal }) => goal);
  const same = others.every(
    ({ thresholdMs, percent }) => thresholdMs === first?.thresholdMs && percent === first.percent,
  );
  return first && same ? first : null;
};

/** A4: what went on over days, by the same figures as the wallboard's. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly floor: FloorRepository,
    private readonly figures: CallFiguresRepository,
    private readonly clock: Clock,
  ) {}

  async report(query: ReportQuery): Promise<Report> {
    const now = this.clock.now();
    const all = await this.floor.listLines();
    const lines = all.filter(({ hotlineId }) => query.hotlineId === undefined || hotlineId === query.hotlineId);
    if (query.hotlineId !== undefined && lines.length === 0) throw notFound('hotline');
    const days = lines.map((line) => ({ line, days: this.daysOf(query, line, now) }));
    const rows = await this.figures.list(
      days.map((each) => scopeOf(each.line, each.days)),
      query.by,
      now,
    );
    const span = spanOf(days.map((each) => each.days)) ?? daysOf('today', 'UTC', now);
    const sums = new Map<string, CallSums>(rows.map((row) => [row.key, row]));
    return {
      by: query.by,
      ...span,
      asOf: now,
      hotlines: lines.map(({ hotlineId, name, timeZone, goal }) => ({ hotlineId, name, timeZone, goal })),
      goal: commonGoal(lines),
      total: toFigures(rows.reduce(addSums, NO_CALLS)),
      rows: keysOf(query.by, span, lines, sums).map((key) => ({ key, ...toFigures(sums.get(key) ?? NO_CALLS) })),
    };
  }

  private daysOf({ period, from, to }: ReportQuery, { timeZone }: Line, now: Instant): Days {
    if (period !== 'custom') return daysOf(period, timeZone, now);
    if (from === undefined || to === undefined) throw new Error('A custom period without days passed its schema.');
    return { from, to };
  }
}

/** Hotlines in different zones may be on different days at the same moment. */
const spanOf = (days: readonly Days[]): Days | null =>
  days.reduce<Days | null>(
    (span, { from, to }) => ({
      from: span && span.from < from ? span.from : from,
      to: span && span.to > to ? span.to : to,
    }),
    null,
  );

/** Hours, days and hotlines without a call have a row as well; languages only if somebody called in them. */
const keysOf = (
  by: ReportBy,
  span: Days,
  lines: readonly Line[],
  sums: ReadonlyMap<string, CallSums>,
): readonly string[] => {
  switch (by) {
    case 'hour':
      return Array.from({ length: 24 }, (_, hour) => String(hour));
    case 'day':
      return listDays(span);
    case 'hotline':
      return lines.map(({ hotlineId }) => hotlineId);
    case 'language':
      return [...sums.entries()].toSorted(([, a], [, b]) => b.calls - a.calls).map(([key]) => key);
  }
};

export const toFigures = (sums: CallSums): ReportFigures => {
  const { calls, answered, answeredInTime, abandoned, abandonedAtOnce, unanswered } = sums;
  const longestWaitMs = answered + abandoned + abandonedAtOnce + unanswered === 0 ? null : sums.longestMs;
  const counts = { calls, answered, answeredInTime, abandoned, abandonedAtOnce, unanswered };
  return { ...counts, ...ratesOf(sums), longestWaitMs };
};

import { z } from 'zod';
import { HotlineId, Instant } from './ids.ts';
import { LocalDate } from './rota.ts';

/*
 * Figures of calls over days. `GET /api/reports?period=&by=&hotlineId=&from=&to=` → Report; `GET /api/reports/csv` with the same
 * search → text/csv. For who leads a hotline. docs/glossary.md defines each figure.
 */

export const ReportPeriod = z.enum(['today', 'yesterday', '7-days', '28-days', 'custom']);
export type ReportPeriod = z.infer<typeof ReportPeriod>;
export const ReportBy = z.enum(['hour', 'day', 'language', 'hotline']);
export type ReportBy = z.infer<typeof ReportBy>;

/** Longer periods are asked for in parts. */
export const MAX_REPORT_DAYS = 400;
const DAY_MS = 86_400_000;

export const ReportQuery = z
  .strictObject({
    period: ReportPeriod,
    by: ReportBy,
    /** All without it. */
    hotlineId: HotlineId.optional(),
    /** Of a custom period: its first and its last day, both included. */
    from: LocalDate.optional(),
    to: LocalDate.optional(),
  })
  .refine(({ period, from, to }) => (period === 'custom') === (from !== undefined && to !== undefined), {
    message: 'A custom period, and only that, has a first and a last day.',
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'The last day comes before the first.',
  })
  .refine(
    ({ from, to }) =>
      from === undefined || to === undefined || (Date.parse(to) - Date.parse(from)) / DAY_MS < MAX_REPORT_DAYS,
    { path: ['to'], message: `A report has ${MAX_REPORT_DAYS} days at most.` },
  );
export type ReportQuery = z.infer<typeof ReportQuery>;

const count = z.number().int().min(0);
const share = z.number().min(0).max(1).nullable();
const milliseconds = z.number().min(0).nullable();

export const ReportFigures = z.object({
  calls: count,
  answered: count,
  answeredInTime: count,
  abandoned: count,
  abandonedAtOnce: count,
  unanswered: count,
  serviceLevel: share,
  serviceLevelWithShort: share,
  abandonment: share,
  speedOfAnswerMs: milliseconds,
  longestWaitMs: milliseconds,
  handleTimeMs: milliseconds,
});
export type ReportFigures = z.infer<typeof ReportFigures>;

/** By hour `0` … `23`, by day `2026-03-29`, by language its tag, by hotline its id. */
export const ReportRow = ReportFigures.extend({ key: z.string() });
export type ReportRow = z.infer<typeof ReportRow>;

/** What counts as in time, and for how many of a hundred callers that should be so. */
export const ServiceGoal = z.object({ thresholdMs: z.number().int(), percent: z.number().int() });
export type ServiceGoal = z.infer<typeof ServiceGoal>;

export const Report = z.object({
  by: ReportBy,
  /** By the clocks of the hotlines, each its own. */
  from: LocalDate,
  to: LocalDate,
  asOf: Instant,
  hotlines: z.array(z.object({ hotlineId: HotlineId, name: z.string(), timeZone: z.string(), goal: ServiceGoal })),
  /** Null where the hotlines have different ones. */
  goal: ServiceGoal.nullable(),
  total: ReportFigures,
  rows: z.array(ReportRow),
});
export type Report = z.infer<typeof Report>;

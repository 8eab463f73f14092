import { addDays, dayNumber, instantOf, localDateOf } from '@ringdown/call-flow/wall-time';
import type { Instant } from '@ringdown/protocol/ids';
import type { ReportPeriod } from '@ringdown/protocol/reports';
import { type LocalDate, WallTime } from '@ringdown/protocol/rota';

/** Days of a calendar, both included. */
export interface Days {
  from: LocalDate;
  to: LocalDate;
}

/** Before today. `to` − `from` days of it belong to the period as well. */
const BACK: Record<Exclude<ReportPeriod, 'custom'>, { from: number; to: number }> = {
  today: { from: 0, to: 0 },
  yesterday: { from: -1, to: -1 },
  '7-days': { from: -6, to: 0 },
  '28-days': { from: -27, to: 0 },
};

/** By the clocks of one zone. */
export const daysOf = (period: Exclude<ReportPeriod, 'custom'>, timeZone: string, now: Instant): Days => {
  const today = localDateOf(now, timeZone);
  const { from, to } = BACK[period];
  return { from: addDays(today, from), to: addDays(today, to) };
};

const MIDNIGHT = WallTime.parse('00:00');

/** From the first day's midnight until before the midnight after the last: 23 or 25 hours where the clocks change. */
export const instantsOf = ({ from, to }: Days, timeZone: string): { from: Instant; to: Instant } => ({
  from: instantOf(from, MIDNIGHT, timeZone),
  to: instantOf(addDays(to, 1), MIDNIGHT, timeZone),
});

export const listDays = ({ from, to }: Days): LocalDate[] =>
  Array.from({ length: dayNumber(to) - dayNumber(from) + 1 }, (_, n) => addDays(from, n));

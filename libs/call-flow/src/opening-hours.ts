import type { OpeningHours } from '@ringdown/protocol/http';
import type { Instant } from '@ringdown/protocol/ids';
import { DateTime } from 'luxon';

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/**
 * Whether the hotline is open at an instant, by the wall clock of its zone. A period whose end isn't after its start runs
 * past midnight; on the nights of a clock change the wall clock decides, as people read it.
 */
export const isOpenAt = (hours: OpeningHours, timeZone: string, instant: Instant): boolean => {
  if (hours.kind === 'always') return true;
  const local = DateTime.fromMillis(instant, { zone: timeZone });
  const minute = local.hour * 60 + local.minute;
  const yesterday = ((local.weekday + 5) % 7) + 1;
  return hours.periods.some((period) => {
    const from = minutesOf(period.from);
    const to = minutesOf(period.to);
    if (to > from) return period.weekday === local.weekday && minute >= from && minute < to;
    return (period.weekday === local.weekday && minute >= from) || (period.weekday === yesterday && minute < to);
  });
};

import type { Instant } from '@ringdown/protocol/ids';
import { DateTime } from 'luxon';

/** `dueOn`: a day `YYYY-MM-DD` in `timeZone`. It is overdue from the first moment of the next day there. */
export function dueState(dueOn: string | null, timeZone: string, now: Instant): 'overdue' | 'today' | 'later' | 'none' {
  if (dueOn === null) return 'none';
  const today = DateTime.fromMillis(now, { zone: timeZone }).toISODate() ?? '';
  if (dueOn === today) return 'today';
  return dueOn < today ? 'overdue' : 'later';
}

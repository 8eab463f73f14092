import type { Instant } from '@ringdown/protocol/ids';
import type { LocalDate, WallTime } from '@ringdown/protocol/rota';
import { DateTime } from 'luxon';

const DAY_MS = 86_400_000;

export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

export const addDays = (date: LocalDate, days: number): LocalDate =>
  new Date(dayNumber(date) * DAY_MS + days * DAY_MS).toISOString().slice(0, 10) as LocalDate;

/** Days since 1 January 1970: dates of a calendar compare and subtract without any zone. */
export const dayNumber = (date: LocalDate): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

export const localDateOf = (instant: Instant, timeZone: string): LocalDate =>
  DateTime.fromMillis(instant, { zone: timeZone }).toISODate() as LocalDate;

const wallOf = (date: LocalDate, time: WallTime, timeZone: string): DateTime =>
  DateTime.fromISO(`${date}T${time}`, { zone: timeZone });

const reads = (at: DateTime, date: LocalDate, time: WallTime): boolean =>
  at.toFormat("yyyy-MM-dd'T'HH:mm") === `${date}T${time}`;

/** False in the hour that a clock change leaves out. */
export const wallTimeExists = (date: LocalDate, time: WallTime, timeZone: string): boolean =>
  reads(wallOf(date, time, timeZone), date, time);

/**
 * The instant at which the hotline's clocks show this. A time that they show twice means the first; one that they leave out
 * means the moment they jump. So a later wall time is never an earlier instant, and shifts that touch on paper touch in truth.
 */
export const instantOf = (date: LocalDate, time: WallTime, timeZone: string): Instant => {
  const wall = wallOf(date, time, timeZone);
  if (reads(wall, date, time)) return Math.min(...wall.getPossibleOffsets().map((each) => each.toMillis()));
  // Luxon reads a missing time by the offset before the jump, so it comes out later by the jump's length.
  const offsetAt = (instant: Instant): number => DateTime.fromMillis(instant, { zone: timeZone }).offset;
  let after = wall.toMillis();
  const offset = offsetAt(after);
  let before = after - 25 * 3_600_000;
  while (after - before > 1_000) {
    const middle = Math.floor((before + after) / 2_000) * 1_000;
    if (offsetAt(middle) === offset) after = middle;
    else before = middle;
  }
  return after;
};

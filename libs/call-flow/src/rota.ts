import type { OpeningHours } from '@ringdown/protocol/http';
import type { Instant, OperatorId } from '@ringdown/protocol/ids';
import type { Emergency, LocalDate, OpeningCause, Rota, Shift, ShiftId } from '@ringdown/protocol/rota';
import { isOpenAt } from './opening-hours.ts';
import { addDays, dayNumber, instantOf, localDateOf, minutesOf } from './wall-time.ts';

const WEEK = 7;
const DAY_MINUTES = 24 * 60;

/** One evening of a shift, with the person who does it. */
export interface Occurrence {
  shiftId: ShiftId;
  date: LocalDate;
  operatorId: OperatorId;
  start: Instant;
  /** Not included. Equal to `start` when the clocks leave the whole shift out: then it doesn't take place. */
  end: Instant;
}

type Plan = Pick<Rota, 'timeZone' | 'shifts' | 'covers' | 'holidays'>;

const isEmergency = (emergency: Emergency | null, state: Emergency['state'], instant: Instant): boolean =>
  emergency?.state === state && emergency.since <= instant && (emergency.until === null || emergency.until > instant);

const holidayOn = (plan: Pick<Plan, 'holidays'>, date: LocalDate, effect: 'closed' | 'one-off-only'): boolean =>
  plan.holidays.some((holiday) => holiday.effect === effect && holiday.from <= date && date <= holiday.to);

const beginsOn = (shift: Shift, date: LocalDate): boolean => {
  if (shift.except.includes(date)) return false;
  if (shift.everyWeeks === 0) return shift.date === date;
  if (date < shift.date || (shift.until !== null && date > shift.until)) return false;
  return (dayNumber(date) - dayNumber(shift.date)) % (WEEK * shift.everyWeeks) === 0;
};

/** Whether this evening is in the rota: the shift begins that day, and no holiday takes it out. */
export const takesPlace = (plan: Plan, shift: Shift, date: LocalDate): boolean =>
  beginsOn(shift, date) && !(shift.everyWeeks > 0 && holidayOn(plan, date, 'one-off-only'));

export const occurrenceOf = (plan: Plan, shift: Shift, date: LocalDate): Occurrence => {
  const cover = plan.covers.find((each) => each.shiftId === shift.shiftId && each.date === date);
  const pastMidnight = shift.to <= shift.from;
  return {
    shiftId: shift.shiftId,
    date,
    operatorId: cover?.operatorId ?? shift.operatorId,
    start: instantOf(date, shift.from, plan.timeZone),
    end: instantOf(pastMidnight ? addDays(date, 1) : date, shift.to, plan.timeZone),
  };
};

/** Every evening that has a moment between the two instants, in order of its start. */
export const listOccurrences = (plan: Plan, from: Instant, to: Instant): Occurrence[] => {
  const found: Occurrence[] = [];
  const last = localDateOf(to, plan.timeZone);
  // The day before: shifts past midnight.
  for (let date = addDays(localDateOf(from, plan.timeZone), -1); date <= last; date = addDays(date, 1)) {
    for (const shift of plan.shifts) {
      if (!takesPlace(plan, shift, date)) continue;
      const occurrence = occurrenceOf(plan, shift, date);
      if (occurrence.start < to && occurrence.end > from && occurrence.end > occurrence.start) found.push(occurrence);
    }
  }
  return found.toSorted((a, b) => a.start - b.start || (a.shiftId < b.shiftId ? -1 : 1));
};

/**
 * Whom the rota names for an instant. `everyone` while there is no rota, and while the hotline is opened by hand: then
 * whoever is available rings.
 */
export const whoIsOnShift = (rota: Rota, instant: Instant): ReadonlySet<OperatorId> | 'everyone' => {
  if (rota.shifts.length === 0 || isEmergency(rota.emergency, 'open', instant)) return 'everyone';
  return new Set(listOccurrences(rota, instant, instant + 1).map((occurrence) => occurrence.operatorId));
};

/** Whether the hotline takes calls, and what decides it: a hand, a holiday, or its hours. */
export const openingAt = (
  rota: Rota | null,
  hours: OpeningHours,
  timeZone: string,
  instant: Instant,
): { open: boolean; because: OpeningCause } => {
  if (rota && isEmergency(rota.emergency, 'closed', instant)) return { open: false, because: 'emergency-closed' };
  if (rota && isEmergency(rota.emergency, 'open', instant)) return { open: true, because: 'emergency-open' };
  if (rota && holidayOn(rota, localDateOf(instant, timeZone), 'closed')) return { open: false, because: 'holiday' };
  return { open: isOpenAt(hours, timeZone, instant), because: hours.kind === 'always' ? 'always' : 'hours' };
};

/** A line of the calendar that belongs to one person: a shift without its covered days, or a covered day. */
type Line = Pick<Shift, 'shiftId' | 'date' | 'from' | 'to' | 'everyWeeks' | 'until' | 'except'>;

const linesOf = (plan: Plan, operatorId: OperatorId): Line[] => {
  const lines: Line[] = [];
  for (const shift of plan.shifts) {
    const covers = plan.covers.filter(
      (cover) => cover.shiftId === shift.shiftId && cover.operatorId !== shift.operatorId,
    );
    if (shift.operatorId === operatorId)
      lines.push({ ...shift, except: [...shift.except, ...covers.map((c) => c.date)] });
    for (const cover of covers) {
      if (cover.operatorId !== operatorId || !beginsOn(shift, cover.date)) continue;
      lines.push({ ...shift, date: cover.date, everyWeeks: 0, until: null, except: [] });
    }
  }
  return lines;
};

/** Minutes on the wall: what doesn't overlap there doesn't overlap in truth either (see `instantOf`). */
const wallSpan = (line: Line, date: LocalDate): { start: number; end: number } => {
  const start = dayNumber(date) * DAY_MINUTES + minutesOf(line.from);
  const length = (minutesOf(line.to) - minutesOf(line.from) + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  return { start, end: start + length };
};

function* datesOf(line: Line, from: LocalDate, to: LocalDate): Generator<LocalDate> {
  if (line.everyWeeks === 0) {
    if (line.date >= from && line.date <= to && !line.except.includes(line.date)) yield line.date;
    return;
  }
  const step = WEEK * line.everyWeeks;
  const skipped = Math.max(0, Math.ceil((dayNumber(from) - dayNumber(line.date)) / step));
  for (let date = addDays(line.date, skipped * step); date <= to; date = addDays(date, step)) {
    if (line.until !== null && date > line.until) return;
    if (!line.except.includes(date)) yield date;
  }
}

const commonWeeks = (a: number, b: number): number => {
  let weeks = Math.max(a, 1);
  while (weeks % Math.max(b, 1) !== 0) weeks += Math.max(a, 1);
  return weeks;
};

const latest = (...dates: LocalDate[]): LocalDate => dates.reduce((a, b) => (a > b ? a : b));

/** The first day on which two lines of one person collide, or null. Both repeat after their common period. */
const collision = (a: Line, b: Line): LocalDate | null => {
  const start = latest(a.date, b.date);
  const quiet = latest(start, ...a.except, ...b.except);
  const to = addDays(quiet, commonWeeks(a.everyWeeks, b.everyWeeks) * WEEK + 2);
  const spans = [...datesOf(b, addDays(start, -1), to)].map((date) => wallSpan(b, date));
  for (const date of datesOf(a, addDays(start, -1), to)) {
    const span = wallSpan(a, date);
    if (spans.some((other) => other.start < span.end && span.start < other.end)) return date;
  }
  return null;
};

export interface Overlap {
  operatorId: OperatorId;
  shifts: [ShiftId, ShiftId];
  /** The first day, on the first of the two. */
  date: LocalDate;
}

/** The first two shifts that one of these people would have to do at once. Nobody can be at two phones. */
export const findOverlap = (plan: Plan, operatorIds: Iterable<OperatorId>): Overlap | null => {
  for (const operatorId of new Set(operatorIds)) {
    const lines = linesOf(plan, operatorId);
    for (const [index, line] of lines.entries()) {
      for (const other of lines.slice(index + 1)) {
        const date = collision(line, other);
        if (date) return { operatorId, shifts: [line.shiftId, other.shiftId], date };
      }
    }
  }
  return null;
};

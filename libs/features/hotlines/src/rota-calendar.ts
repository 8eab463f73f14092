import { addDays, instantOf, localDateOf } from '@ringdown/call-flow/wall-time';
import type { OperatorId } from '@ringdown/protocol/ids';
import {
  type CalendarProblem,
  type Cover,
  type Holiday,
  HolidayId,
  LocalDate,
  type Rota,
  type Shift,
  ShiftId,
  WallTime,
} from '@ringdown/protocol/rota';
import ICAL from 'ical.js';
import { DateTime } from 'luxon';
import { tzlib_get_ical_block as timeZoneBlock } from 'timezones-ical-library';

/** RFC 5545. The person stands in SUMMARY for people and in a property of our own for us. */
const PERSON = 'x-ringdown-operator';
const HOLIDAY = 'x-ringdown-holiday';
const UID_SUFFIX = '@ringdown';
const MAX_EVENTS = 2_000;
const DAY_MS = 86_400_000;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

type Plan = Pick<Rota, 'shifts' | 'covers' | 'holidays'>;
interface Person {
  operatorId: OperatorId;
  name: string;
}

const wall = (date: string, time: string): ICAL.Time => ICAL.Time.fromDateTimeString(`${date}T${time}:00`);

const zoned = (event: ICAL.Component, name: string, values: ICAL.Time[], timeZone: string): void => {
  for (const value of values) {
    const property = new ICAL.Property(name, event);
    property.setParameter('tzid', timeZone);
    property.setValue(value);
    event.addProperty(property);
  }
};

const eventOf = (
  rota: Rota,
  shift: Shift,
  date: string,
  operatorId: OperatorId,
  nameOf: (id: OperatorId) => string,
): ICAL.Component => {
  const event = new ICAL.Component('vevent');
  event.addPropertyWithValue('uid', `${shift.shiftId}${UID_SUFFIX}`);
  // Required by RFC 5545; the same for the same rota, so that two exports compare.
  event.addPropertyWithValue('dtstamp', ICAL.Time.fromDateTimeString('2026-01-01T00:00:00Z'));
  event.addPropertyWithValue('summary', nameOf(operatorId));
  event.addPropertyWithValue(PERSON, operatorId);
  const end = shift.to <= shift.from ? addDays(date as LocalDate, 1) : date;
  zoned(event, 'dtstart', [wall(date, shift.from)], rota.timeZone);
  zoned(event, 'dtend', [wall(end, shift.to)], rota.timeZone);
  return event;
};

/** The whole rota as a calendar that other programs can show, and that `readCalendar` reads back to the same rota. */
export const writeCalendar = (rota: Rota, people: readonly Person[]): string => {
  const names = new Map(people.map((person) => [person.operatorId, person.name]));
  const nameOf = (id: OperatorId): string => names.get(id) ?? '–';
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Ringdown//Rota//EN');
  const [block] = [timeZoneBlock(rota.timeZone)].flat();
  if (block) calendar.addSubcomponent(new ICAL.Component(ICAL.parse(block)));
  for (const shift of rota.shifts) {
    const event = eventOf(rota, shift, shift.date, shift.operatorId, nameOf);
    if (shift.everyWeeks > 0) {
      const rule: Record<string, unknown> = { freq: 'WEEKLY' };
      if (shift.everyWeeks > 1) rule['interval'] = shift.everyWeeks;
      if (shift.until)
        rule['until'] = ICAL.Time.fromJSDate(new Date(instantOf(shift.until, shift.from, rota.timeZone)), true);
      event.addPropertyWithValue('rrule', new ICAL.Recur(rule));
    }
    zoned(
      event,
      'exdate',
      shift.except.map((date) => wall(date, shift.from)),
      rota.timeZone,
    );
    calendar.addSubcomponent(event);
  }
  for (const cover of rota.covers) {
    const shift = rota.shifts.find((each) => each.shiftId === cover.shiftId);
    if (!shift) continue;
    const event = eventOf(rota, shift, cover.date, cover.operatorId, nameOf);
    zoned(event, 'recurrence-id', [wall(cover.date, shift.from)], rota.timeZone);
    calendar.addSubcomponent(event);
  }
  for (const holiday of rota.holidays) {
    const event = new ICAL.Component('vevent');
    event.addPropertyWithValue('uid', `${holiday.holidayId}${UID_SUFFIX}`);
    event.addPropertyWithValue('dtstamp', ICAL.Time.fromDateTimeString('2026-01-01T00:00:00Z'));
    event.addPropertyWithValue('summary', holiday.name);
    event.addPropertyWithValue(HOLIDAY, holiday.effect);
    event.addPropertyWithValue('dtstart', ICAL.Time.fromDateString(holiday.from));
    event.addPropertyWithValue('dtend', ICAL.Time.fromDateString(addDays(holiday.to, 1)));
    calendar.addSubcomponent(event);
  }
  return `${calendar.toString()}\r\n`;
};

/** Why one event can't be a shift. */
class EventRefused extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A moment of an event in the hotline's own clocks. A zone that isn't named means the hotline's. */
const localOf = (
  property: ICAL.Property | null,
  timeZone: string,
  recurring: boolean,
): { date: LocalDate; time: WallTime; at: number } => {
  const value = property?.getFirstValue();
  if (!property || !(value instanceof ICAL.Time)) throw new EventRefused('no-time', 'It has no beginning or no end.');
  if (value.isDate)
    throw new EventRefused('all-day', 'It lasts whole days. A shift needs a beginning and an end by the clock.');
  const named = property.getParameter('tzid');
  const zone = value.zone === ICAL.Timezone.utcTimezone ? 'UTC' : typeof named === 'string' ? named : timeZone;
  const { year, month, day, hour, minute } = value;
  const given = DateTime.fromObject({ year, month, day, hour, minute }, { zone });
  if (!given.isValid) throw new EventRefused('unknown-time-zone', 'Its time zone or its date is not known.');
  if (zone === timeZone) {
    const iso = value.toString();
    const [date, time] = [LocalDate.parse(iso.slice(0, 10)), WallTime.parse(iso.slice(11, 16))];
    return { date, time, at: instantOf(date, time, timeZone) };
  }
  if (recurring)
    throw new EventRefused(
      'other-time-zone',
      `It repeats in another time zone than the hotline's, ${timeZone}: its hour would wander.`,
    );
  const local = given.setZone(timeZone);
  return {
    date: LocalDate.parse(local.toISODate()),
    time: WallTime.parse(local.toFormat('HH:mm')),
    at: given.toMillis(),
  };
};

const personOf = (event: ICAL.Component, people: readonly Person[]): OperatorId => {
  const id = event.getFirstPropertyValue(PERSON);
  const known = people.find((person) => person.operatorId === id);
  if (known) return known.operatorId;
  const summary = String(event.getFirstPropertyValue('summary') ?? '')
    .trim()
    .toLowerCase();
  const named = people.filter((person) => person.name.trim().toLowerCase() === summary);
  const [person, other] = named;
  if (person && !other) return person.operatorId;
  throw new EventRefused(
    other ? 'two-people-of-this-name' : 'unknown-person',
    other ? 'Two people of the hotline have this name.' : 'Its title is not the name of a person of this hotline.',
  );
};

const idOf = (event: ICAL.Component): string => {
  const uid = String(event.getFirstPropertyValue('uid') ?? '');
  return uid.endsWith(UID_SUFFIX) ? uid.slice(0, -UID_SUFFIX.length) : '';
};

interface Rhythm {
  everyWeeks: number;
  until: LocalDate | null;
  /** Days from the first date to each date of the first week. */
  offsets: number[];
}

const rhythmOf = (event: ICAL.Component, first: { date: LocalDate; time: WallTime }, timeZone: string): Rhythm => {
  const rule = event.getFirstPropertyValue('rrule');
  if (event.getFirstPropertyValue('rdate'))
    throw new EventRefused('rule-not-weekly', 'It lists days one by one. Make them single events.');
  if (!(rule instanceof ICAL.Recur)) return { everyWeeks: 0, until: null, offsets: [0] };
  const parts = new Set(Object.keys(rule.parts));
  const days = rule.parts['BYDAY'] ?? [];
  const daily = rule.freq === 'DAILY' && rule.interval === 1 && parts.size === 0;
  parts.delete('BYDAY');
  if (
    !daily &&
    (rule.freq !== 'WEEKLY' || parts.size > 0 || rule.interval > 8 || days.some((d) => !WEEKDAYS.includes(d)))
  )
    throw new EventRefused(
      'rule-not-weekly',
      'It repeats by another rule than weekly. Shifts repeat each week or every few weeks.',
    );
  const weekday = (new Date(`${first.date}T00:00:00Z`).getUTCDay() + 6) % 7;
  const wanted = daily ? WEEKDAYS.map((_, n) => n) : days.length > 0 ? days.map((d) => WEEKDAYS.indexOf(d)) : [weekday];
  if (rule.interval > 1 && wanted.some((n) => n !== weekday) && wanted.length > 1)
    throw new EventRefused('rule-not-weekly', 'Every few weeks on several days: make it one event for each day.');
  if (!wanted.includes(weekday))
    throw new EventRefused('rule-not-weekly', 'It begins on a day that its own rule leaves out.');
  const offsets = wanted.map((n) => (n - weekday + 7) % 7).toSorted((a, b) => a - b);
  if (rule.count && offsets.length > 1)
    throw new EventRefused('rule-not-weekly', 'It counts its days. Give it a last day instead.');
  let until: LocalDate | null = null;
  if (rule.count) until = addDays(first.date, (rule.count - 1) * 7 * rule.interval);
  else if (rule.until) {
    const { zone } = rule.until;
    const iso = rule.until.toString();
    until =
      zone === ICAL.Timezone.utcTimezone && !rule.until.isDate
        ? localDateOf(rule.until.toUnixTime() * 1000, timeZone)
        : LocalDate.parse(iso.slice(0, 10));
  }
  return { everyWeeks: daily ? 1 : rule.interval, until, offsets };
};

const exceptionsOf = (event: ICAL.Component, timeZone: string): LocalDate[] =>
  event.getAllProperties('exdate').flatMap((property) =>
    property.getValues().map((value: unknown) => {
      if (!(value instanceof ICAL.Time)) throw new EventRefused('no-time', 'A day that it leaves out can not be read.');
      return value.zone === ICAL.Timezone.utcTimezone && !value.isDate
        ? localDateOf(value.toUnixTime() * 1000, timeZone)
        : LocalDate.parse(value.toString().slice(0, 10));
    }),
  );

const shiftsOf = (event: ICAL.Component, people: readonly Person[], timeZone: string, newId: () => string): Shift[] => {
  const recurring = event.getFirstPropertyValue('rrule') !== null;
  const start = localOf(event.getFirstProperty('dtstart'), timeZone, recurring);
  const duration = event.getFirstPropertyValue('duration');
  const ends = event.getFirstProperty('dtend');
  const end =
    !ends && duration instanceof ICAL.Duration
      ? (() => {
          const local = DateTime.fromMillis(start.at + duration.toSeconds() * 1000, { zone: timeZone });
          return {
            date: local.toISODate() as LocalDate,
            time: local.toFormat('HH:mm') as WallTime,
            at: local.toMillis(),
          };
        })()
      : localOf(ends, timeZone, recurring);
  const operatorId = personOf(event, people);
  const days = (Date.parse(end.date) - Date.parse(start.date)) / DAY_MS;
  if (end.at <= start.at)
    throw new EventRefused('ends-before-it-begins', 'It ends before it begins, or in the same minute.');
  if (days > 1 || (days === 1 && end.time > start.time))
    throw new EventRefused('too-long', 'It is longer than a day. Make it two shifts.');
  const { everyWeeks, until, offsets } = rhythmOf(event, start, timeZone);
  const except = exceptionsOf(event, timeZone);
  const own = ShiftId.safeParse(idOf(event));
  return offsets.map((offset, n) => {
    const date = addDays(start.date, offset);
    const weekday = new Date(date).getUTCDay();
    return {
      shiftId: n === 0 && own.success ? own.data : ShiftId.parse(newId()),
      operatorId,
      date,
      from: start.time,
      to: end.time,
      everyWeeks,
      until,
      except: except.filter((each) => offsets.length === 1 || new Date(each).getUTCDay() === weekday).toSorted(),
    };
  });
};

const holidayOf = (event: ICAL.Component, newId: () => string): Holiday => {
  const [from, end] = ['dtstart', 'dtend'].map((name) => event.getFirstPropertyValue(name));
  if (!(from instanceof ICAL.Time) || !from.isDate || (end !== null && !(end instanceof ICAL.Time)))
    throw new EventRefused('no-time', 'A holiday needs whole days.');
  const own = HolidayId.safeParse(idOf(event));
  return {
    holidayId: own.success ? own.data : HolidayId.parse(newId()),
    name:
      String(event.getFirstPropertyValue('summary') ?? '')
        .trim()
        .slice(0, 80) || '–',
    from: LocalDate.parse(from.toString()),
    to: end ? addDays(LocalDate.parse(end.toString().slice(0, 10)), -1) : LocalDate.parse(from.toString()),
    effect: event.getFirstPropertyValue(HOLIDAY) === 'one-off-only' ? 'one-off-only' : 'closed',
  };
};

const coverOf = (
  event: ICAL.Component,
  plan: Plan,
  ids: Map<string, ShiftId>,
  people: readonly Person[],
  timeZone: string,
): Cover => {
  const instance = localOf(event.getFirstProperty('recurrence-id'), timeZone, false);
  const start = localOf(event.getFirstProperty('dtstart'), timeZone, false);
  const end = localOf(event.getFirstProperty('dtend'), timeZone, false);
  const series = ids.get(String(event.getFirstPropertyValue('uid') ?? ''));
  const shift = plan.shifts.find((each) => each.shiftId === series);
  if (!shift) throw new EventRefused('unknown-series', 'It changes one day of a series that is not in the file.');
  if (start.date !== instance.date || start.time !== shift.from || end.time !== shift.to)
    throw new EventRefused(
      'moved-day',
      'It moves one day of a series. Leave that day out (EXDATE) and make it a single event.',
    );
  return { shiftId: shift.shiftId, date: instance.date, operatorId: personOf(event, people) };
};

export type CalendarReading = { ok: true; plan: Plan } | { ok: false; problems: CalendarProblem[] };

const componentOf = (text: string): ICAL.Component | null => {
  try {
    const parsed = ICAL.parse(text) as unknown[];
    const calendar = new ICAL.Component(
      (Array.isArray(parsed[0]) ? parsed[0] : parsed) as ConstructorParameters<typeof ICAL.Component>[0],
    );
    return calendar.name === 'vcalendar' ? calendar : null;
  } catch {
    // The library's texts quote the file; ours says what to do.
    return null;
  }
};

/** A calendar as a rota. With a problem in any event, all problems and no rota. */
export const readCalendar = (
  text: string,
  given: { timeZone: string; people: readonly Person[]; newId: () => string },
): CalendarReading => {
  const { timeZone, people, newId } = given;
  const calendar = componentOf(text);
  const whole = (reason: string, message: string): CalendarReading => ({
    ok: false,
    problems: [{ event: '', reason, message }],
  });
  if (!calendar) return whole('not-a-calendar', 'This file is not an iCalendar (.ics) file.');
  const events = calendar.getAllSubcomponents('vevent');
  if (events.length === 0) return whole('no-events', 'There is no event in this calendar.');
  if (events.length > MAX_EVENTS) return whole('too-many-events', `A calendar may have ${MAX_EVENTS} events at most.`);
  const plan: Plan = { shifts: [], covers: [], holidays: [] };
  const ids = new Map<string, ShiftId>();
  const problems: CalendarProblem[] = [];
  const read = (wanted: boolean, take: (event: ICAL.Component) => void): void => {
    for (const [index, event] of events.entries()) {
      if ((event.getFirstProperty('recurrence-id') !== null) !== wanted) continue;
      try {
        take(event);
      } catch (error) {
        const refused = error instanceof EventRefused ? error : null;
        problems.push({
          event: String(event.getFirstPropertyValue('summary') ?? '').slice(0, 80) || `#${index + 1}`,
          reason: refused?.reason ?? 'not-readable',
          message: refused?.message ?? 'A date or a time in it can not be read.',
        });
      }
    }
  };
  read(false, (event) => {
    if (event.getFirstPropertyValue(HOLIDAY) !== null) {
      plan.holidays.push(holidayOf(event, newId));
      return;
    }
    const shifts = shiftsOf(event, people, timeZone, newId);
    if (shifts.some((shift) => plan.shifts.some((known) => known.shiftId === shift.shiftId)))
      throw new EventRefused('twice', 'An event with the same UID is in the file already.');
    plan.shifts.push(...shifts);
    const [first] = shifts;
    if (first) ids.set(String(event.getFirstPropertyValue('uid') ?? ''), first.shiftId);
  });
  // Single days of a series come after all series: a file may have them in any order.
  read(true, (event) => void plan.covers.push(coverOf(event, plan, ids, people, timeZone)));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, plan };
};

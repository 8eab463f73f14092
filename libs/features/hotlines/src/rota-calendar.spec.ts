import { addDays } from '@ringdown/call-flow/wall-time';
import type { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import type { Holiday, LocalDate, Rota, Shift, ShiftId, WallTime } from '@ringdown/protocol/rota';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCalendar, writeCalendar } from './rota-calendar.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const people = [
  { operatorId: uuid(1) as OperatorId, name: 'Noor' },
  { operatorId: uuid(2) as OperatorId, name: 'Åsa; the "third", 3' },
];
const rotaOf = (shifts: Shift[], more: Partial<Rota> = {}): Rota => ({
  hotlineId: uuid(9) as HotlineId,
  timeZone: 'Europe/Berlin',
  revision: 1,
  shifts,
  covers: [],
  holidays: [],
  emergency: null,
  ...more,
});
let next = 500;
const read = (text: string, timeZone = 'Europe/Berlin') =>
  readCalendar(text, { timeZone, people, newId: () => uuid((next += 1)) });
const file = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Other//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]): string => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');
const monday = [
  'UID:a@b',
  'SUMMARY:noor',
  'DTSTART;TZID=Europe/Berlin:20260105T220000',
  'DTEND;TZID=Europe/Berlin:20260106T060000',
];

const date = fc.nat(700).map((n) => addDays('2026-01-01' as LocalDate, n));
const time = fc.nat(1439).map((m) => new Date(m * 60_000).toISOString().slice(11, 16) as WallTime);
const anyRota = fc
  .array(
    fc.record({
      operatorId: fc.constantFrom(...people.map((p) => p.operatorId)),
      date,
      from: time,
      to: time,
      everyWeeks: fc.nat(3),
      weeks: fc.option(fc.nat(30), { nil: null }),
      except: fc.uniqueArray(fc.nat(20), { maxLength: 3 }),
      covered: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .chain((drafts) =>
    fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC').map((timeZone) => {
      const shifts = drafts.map(({ weeks, except, operatorId, date: on, from, to, everyWeeks }, n): Shift => {
        const draft = { operatorId, date: on, from, to, everyWeeks };
        const step = draft.everyWeeks * 7;
        return {
          ...draft,
          shiftId: uuid(100 + n) as ShiftId,
          until: step > 0 && weeks !== null ? addDays(draft.date, weeks * step) : null,
          except: step > 0 ? except.map((k) => addDays(draft.date, (k + 1) * step)).toSorted() : [],
        };
      });
      const covers = shifts
        .filter((_, n) => drafts[n]?.covered)
        .map(({ shiftId, date: on }) => ({ shiftId, date: on, operatorId: people[1]?.operatorId as OperatorId }));
      const holidays: Holiday[] = [
        {
          holidayId: uuid(800) as Holiday['holidayId'],
          name: 'New year, at last',
          from: '2026-12-31' as LocalDate,
          to: '2027-01-01' as LocalDate,
          effect: 'one-off-only',
        },
      ];
      return rotaOf(shifts, { timeZone, covers, holidays });
    }),
  );

describe('a rota as a calendar', () => {
  it('is read back as the same rota, covers, holidays and days left out included', () => {
    fc.assert(
      fc.property(anyRota, (rota) => {
        const reading = read(writeCalendar(rota, people), rota.timeZone);
        // A shift whose end is its beginning in that zone's clocks (a missing hour) is no event: the api refuses it before.
        if (!reading.ok)
          expect(reading.problems.map((p) => p.reason)).toEqual(reading.problems.map(() => 'ends-before-it-begins'));
        else expect(reading.plan).toEqual({ shifts: rota.shifts, covers: rota.covers, holidays: rota.holidays });
      }),
      { numRuns: 200 },
    );
  });

  it('carries its time zone, so that other programs show the right hours', () => {
    const text = writeCalendar(rotaOf([]), people);
    expect(text).toContain('BEGIN:VTIMEZONE');
    expect(text).toContain('TZID:Europe/Berlin');
  });

  it('of another program becomes shifts: the title names the person, several weekdays become several shifts', () => {
    const reading = read(
      file(
        event(
          ...monday,
          'RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260331T200000Z',
          'EXDATE;TZID=Europe/Berlin:20260114T220000',
        ),
      ),
    );
    expect(reading.ok && reading.plan.shifts).toMatchObject([
      { date: '2026-01-05', from: '22:00', to: '06:00', everyWeeks: 1, until: '2026-03-31', except: [] },
      { date: '2026-01-07', everyWeeks: 1, until: '2026-03-31', except: ['2026-01-14'] },
    ]);
  });

  it('a single event in another zone is put on the hotline’s clocks', () => {
    const reading = read(file(event('UID:x', 'SUMMARY:Noor', 'DTSTART:20260705T200000Z', 'DURATION:PT8H')));
    expect(reading.ok && reading.plan.shifts).toMatchObject([
      { date: '2026-07-05', from: '22:00', to: '06:00', everyWeeks: 0 },
    ]);
  });

  it.each([
    ['not-a-calendar', 'hunter2'],
    ['not-a-calendar', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nhunter2\r\n'],
    ['no-events', file()],
    ['unknown-person', file(event(...monday.map((l) => l.replace('noor', 'nobody'))))],
    ['all-day', file(event('UID:x', 'SUMMARY:Noor', 'DTSTART;VALUE=DATE:20260105', 'DTEND;VALUE=DATE:20260106'))],
    ['too-long', file(event('UID:x', 'SUMMARY:Noor', 'DTSTART:20260105T080000', 'DTEND:20260107T090000'))],
    ['ends-before-it-begins', file(event('UID:x', 'SUMMARY:Noor', 'DTSTART:20260105T080000', 'DTEND:20260105T070000'))],
    ['no-time', file(event('UID:x', 'SUMMARY:Noor', 'DTSTART:20260105T080000'))],
    ['rule-not-weekly', file(event(...monday, 'RRULE:FREQ=MONTHLY;BYMONTHDAY=5'))],
    ['rule-not-weekly', file(event(...monday, 'RRULE:FREQ=WEEKLY;BYDAY=2MO'))],
    [
      'other-time-zone',
      file(event(...monday.map((l) => l.replace('Europe/Berlin', 'America/New_York')), 'RRULE:FREQ=WEEKLY')),
    ],
    ['unknown-time-zone', file(event(...monday.map((l) => l.replace('Europe/Berlin', 'Moon/Crater'))))],
    [
      'twice',
      file(
        event(...monday.map((l) => l.replace('a@b', `${uuid(1)}@ringdown`))),
        event(...monday.map((l) => l.replace('a@b', `${uuid(1)}@ringdown`))),
      ),
    ],
    ['unknown-series', file(event(...monday, 'RECURRENCE-ID;TZID=Europe/Berlin:20260105T220000'))],
  ])('with a bad event is refused whole: %s', (reason, text) => {
    const reading = read(text);
    expect(reading.ok ? 'read' : reading.problems.map((p) => p.reason)).toContain(reason);
    if (!reading.ok) for (const problem of reading.problems) expect(problem.message).not.toContain('hunter2');
  });

  it('names every bad event, not only the first', () => {
    const bad = event('UID:y', 'SUMMARY:Somebody', 'DTSTART:20260105T080000', 'DTEND:20260105T090000');
    const reading = read(file(event(...monday), bad, bad));
    expect(reading.ok ? [] : reading.problems.map((p) => p.event)).toEqual(['Somebody', 'Somebody']);
  });
});

import type { OpeningHours } from '@ringdown/protocol/http';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { isOpenAt } from './opening-hours.ts';

const weekly = (...periods: [weekday: number, from: string, to: string][]): OpeningHours => ({
  kind: 'weekly',
  periods: periods.map(([weekday, from, to]) => ({ weekday, from, to })),
});

/** An instant by its UTC time, so that no case depends on the zone arithmetic it is about. */
const utc = (iso: string): number => {
  const instant = DateTime.fromISO(iso, { zone: 'utc' });
  if (!instant.isValid) throw new Error(`Not a time: ${iso}`);
  return instant.toMillis();
};

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const MON = 1;
const SAT = 6;
const SUN = 7;

describe('opening hours', () => {
  it('always is always, no period is never', () => {
    expect(isOpenAt({ kind: 'always' }, BERLIN, utc('2026-07-01T03:00'))).toBe(true);
    expect(isOpenAt(weekly(), BERLIN, utc('2026-07-01T03:00'))).toBe(false);
  });

  it('opens with the first minute and closes with the last, by the wall clock of the hotline', () => {
    // 2026-07-06 is a Monday; Berlin is two hours ahead of UTC.
    const hours = weekly([MON, '09:00', '17:00']);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-06T06:59:59.999'))).toBe(false);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-06T07:00'))).toBe(true);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-06T14:59:59.999'))).toBe(true);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-06T15:00'))).toBe(false);
    expect(isOpenAt(hours, NEW_YORK, utc('2026-07-06T07:00'))).toBe(false);
  });

  it('a period past midnight belongs to the day it began on', () => {
    const hours = weekly([SAT, '22:00', '06:00']);
    // In UTC, Saturday 20:00 to Sunday 04:00.
    expect(isOpenAt(hours, BERLIN, utc('2026-07-04T19:59'))).toBe(false);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-04T20:00'))).toBe(true);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-05T03:59'))).toBe(true);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-05T04:00'))).toBe(false);
    // Saturday 02:00 would be of Friday's night, which isn't served.
    expect(isOpenAt(hours, BERLIN, utc('2026-07-04T00:00'))).toBe(false);
  });

  it('Sunday night runs into Monday', () => {
    const hours = weekly([SUN, '22:00', '02:00']);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-05T23:30'))).toBe(true);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-06T00:00'))).toBe(false);
  });

  it('the same time twice means a whole day', () => {
    const hours = weekly([SAT, '08:00', '08:00']);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-04T06:00'))).toBe(true);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-05T05:59'))).toBe(true);
    expect(isOpenAt(hours, BERLIN, utc('2026-07-05T06:00'))).toBe(false);
  });
});

describe('opening hours on the nights of a clock change', () => {
  // Each zone: the same local hours, found at other instants before and after the change.
  it.each<[string, string, string, string]>([
    ['spring forward, Europe/Berlin', BERLIN, '2026-03-28T08:00', '2026-03-29T07:00'],
    ['fall back, Europe/Berlin', BERLIN, '2026-10-24T07:00', '2026-10-25T08:00'],
    ['spring forward, America/New_York', NEW_YORK, '2026-03-07T14:00', '2026-03-08T13:00'],
    ['fall back, America/New_York', NEW_YORK, '2026-10-31T13:00', '2026-11-01T14:00'],
  ])('nine o’clock stays nine o’clock: %s', (_, zone, saturday, sunday) => {
    const hours = weekly([SAT, '09:00', '10:00'], [SUN, '09:00', '10:00']);
    for (const opening of [utc(saturday), utc(sunday)]) {
      expect(isOpenAt(hours, zone, opening - 1)).toBe(false);
      expect(isOpenAt(hours, zone, opening)).toBe(true);
      expect(isOpenAt(hours, zone, opening + 3_599_999)).toBe(true);
      expect(isOpenAt(hours, zone, opening + 3_600_000)).toBe(false);
    }
  });

  it.each<[string, string, string, string, number]>([
    ['seven hours in spring, Europe/Berlin', BERLIN, '2026-03-28T21:00', '2026-03-29T04:00', 7],
    ['nine hours in autumn, Europe/Berlin', BERLIN, '2026-10-24T20:00', '2026-10-25T05:00', 9],
    ['seven hours in spring, America/New_York', NEW_YORK, '2026-03-08T03:00', '2026-03-08T10:00', 7],
    ['nine hours in autumn, America/New_York', NEW_YORK, '2026-11-01T02:00', '2026-11-01T11:00', 9],
  ])('a night from 22 to 6 lasts as long as the wall clock says: %s', (_, zone, from, to, lengthInHours) => {
    const night = weekly([SAT, '22:00', '06:00']);
    expect(utc(to) - utc(from)).toBe(lengthInHours * 3_600_000);
    for (let instant = utc(from) - 1_800_000; instant < utc(to) + 1_800_000; instant += 600_000) {
      expect(isOpenAt(night, zone, instant), new Date(instant).toISOString()).toBe(
        instant >= utc(from) && instant < utc(to),
      );
    }
  });

  it('an hour that happens twice is open twice, an hour that is left out never', () => {
    const hours = weekly([SUN, '02:00', '03:00']);
    // Berlin, 25 October: 02:00–03:00 is 00:00Z–01:00Z and again 01:00Z–02:00Z.
    expect(isOpenAt(hours, BERLIN, utc('2026-10-25T00:30'))).toBe(true);
    expect(isOpenAt(hours, BERLIN, utc('2026-10-25T01:30'))).toBe(true);
    expect(isOpenAt(hours, BERLIN, utc('2026-10-25T02:00'))).toBe(false);
    // Berlin, 29 March: the clock goes from 02:00 to 03:00 at 01:00Z.
    for (const minute of [0, 30, 59, 60, 90]) {
      expect(isOpenAt(hours, BERLIN, utc('2026-03-29T00:30') + minute * 60_000)).toBe(false);
    }
  });
});

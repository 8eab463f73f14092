import type { OpeningHours } from '@ringdown/protocol/http';
import type { LocalDate, Shift } from '@ringdown/protocol/rota';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRota, aShift, clock, day, person, shiftId } from './rota.fixture.ts';
import { findOverlap, listOccurrences, occurrenceOf, openingAt, whoIsOnShift } from './rota.ts';
import { addDays, instantOf, localDateOf, wallTimeExists } from './wall-time.ts';

const at = (text: string): number => Date.parse(text);
const onShift = (rota: ReturnType<typeof aRota>, text: string): unknown => {
  const who = whoIsOnShift(rota, at(text));
  return who === 'everyone' ? who : [...who].toSorted();
};

describe('the rota', () => {
  it('without a shift there is no rota: whoever is available rings', () => {
    expect(onShift(aRota({ shifts: [] }), '2026-01-05T12:00:00Z')).toBe('everyone');
  });

  it('a weekly shift runs past midnight in the zone of the hotline, its last minute included and its end not', () => {
    const rota = aRota();
    expect(onShift(rota, '2026-01-05T20:59:59Z')).toEqual([]);
    expect(onShift(rota, '2026-01-05T21:00:00Z')).toEqual([person(1)]);
    expect(onShift(rota, '2026-01-06T04:59:59Z')).toEqual([person(1)]);
    expect(onShift(rota, '2026-01-06T05:00:00Z')).toEqual([]);
    expect(onShift(rota, '2026-07-06T20:00:00Z')).toEqual([person(1)]);
  });

  it('a shift every other week rests in between, and none begins before the first day or after the last', () => {
    const rota = aRota({ shifts: [aShift({ everyWeeks: 2, until: day('2026-02-02') })] });
    const evenings = listOccurrences(rota, at('2025-12-01T00:00:00Z'), at('2026-04-01T00:00:00Z'));
    expect(evenings.map((o) => o.date)).toEqual(['2026-01-05', '2026-01-19', '2026-02-02']);
  });

  it('a day taken out of a weekly shift is free, the next week it is there again', () => {
    const rota = aRota({ shifts: [aShift({ except: [day('2026-01-12')] })] });
    expect(onShift(rota, '2026-01-12T22:00:00Z')).toEqual([]);
    expect(onShift(rota, '2026-01-19T22:00:00Z')).toEqual([person(1)]);
  });

  it('a one-off shift takes place once', () => {
    const rota = aRota({ shifts: [aShift({ everyWeeks: 0 })] });
    expect(listOccurrences(rota, at('2025-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z'))).toHaveLength(1);
  });

  it('who covers an evening is on shift, and the other is not', () => {
    const rota = aRota({ covers: [{ shiftId: shiftId(1), date: day('2026-01-12'), operatorId: person(2) }] });
    expect(onShift(rota, '2026-01-12T22:00:00Z')).toEqual([person(2)]);
    expect(onShift(rota, '2026-01-19T22:00:00Z')).toEqual([person(1)]);
  });
});

describe('the nights on which clocks change', () => {
  const spring = '2026-03-29';
  const autumn = '2026-10-25';
  const night = (date: string, from: string, to: string) =>
    occurrenceOf(aRota(), aShift({ date: day(date), from: clock(from), to: clock(to), everyWeeks: 0 }), day(date));

  it('a night shift over the spring change is an hour shorter, over the autumn change an hour longer', () => {
    const [short, long] = [night('2026-03-28', '22:00', '06:00'), night('2026-10-24', '22:00', '06:00')];
    expect(short.end - short.start).toBe(7 * 3_600_000);
    expect(long.end - long.start).toBe(9 * 3_600_000);
  });

  it('a shift that begins in the hour that does not exist begins when the clocks jump', () => {
    expect(wallTimeExists(day(spring), clock('02:30'), 'Europe/Berlin')).toBe(false);
    expect(night(spring, '02:30', '05:00').start).toBe(at('2026-03-29T01:00:00Z'));
  });

  it('a shift wholly inside the hour that does not exist does not take place', () => {
    const rota = aRota({
      shifts: [aShift({ date: day(spring), from: clock('02:10'), to: clock('02:50'), everyWeeks: 0 })],
    });
    expect(listOccurrences(rota, at('2026-03-28T00:00:00Z'), at('2026-03-30T00:00:00Z'))).toEqual([]);
  });

  it('a time that the clocks show twice means the first, so that two shifts that touch leave no hour between them', () => {
    const [early, late] = [night(autumn, '00:00', '02:30'), night(autumn, '02:30', '06:00')];
    expect(early.end).toBe(at('2026-10-25T00:30:00Z'));
    expect(late.start).toBe(early.end);
  });

  it('a day that a country skipped is a day without shifts, and nothing else moves', () => {
    // Samoa had no 30 December 2011; our calendar begins in 2000.
    const zone = 'Pacific/Apia';
    const skipped = instantOf(day('2011-12-30'), clock('12:00'), zone);
    expect(skipped).toBe(instantOf(day('2011-12-31'), clock('00:00'), zone));
  });

  it('a later wall time is never an earlier instant, in any zone and on any day', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'Asia/Kathmandu',
      'UTC',
    ];
    const time = fc.nat(1439).map((m) => clock(new Date(m * 60_000).toISOString().slice(11, 16)));
    const date = fc.nat(366 * 12).map((days) => addDays(day('2015-01-01'), days));
    fc.assert(
      fc.property(fc.constantFrom(...zones), date, time, time, (zone, on, a, b) => {
        const [first, second] = a < b ? [a, b] : [b, a];
        const [start, end] = [instantOf(on, first, zone), instantOf(on, second, zone)];
        expect(start).toBeLessThanOrEqual(end);
        if (wallTimeExists(on, first, zone)) expect(localDateOf(start, zone)).toBe(on);
      }),
      { numRuns: 500 },
    );
  });
});

describe('two shifts of one person', () => {
  const plan = (...shifts: Partial<Shift>[]) =>
    aRota({ shifts: shifts.map((change, n) => aShift({ shiftId: shiftId(n), ...change })) });

  it('are refused when they overlap, with the two shifts and the first day named', () => {
    const rota = plan({}, { date: day('2026-02-03'), from: clock('05:00'), to: clock('08:00') });
    expect(findOverlap(rota, [person(1)])).toEqual({
      operatorId: person(1),
      shifts: [shiftId(0), shiftId(1)],
      date: '2026-02-02',
    });
  });

  it('may touch, may belong to two people, and may alternate by the week', () => {
    expect(findOverlap(plan({}, { date: day('2026-01-06'), from: clock('06:00') }), [person(1)])).toBeNull();
    expect(findOverlap(plan({}, { operatorId: person(2) }), [person(1), person(2)])).toBeNull();
    const weeks = plan({ everyWeeks: 2 }, { everyWeeks: 2, date: day('2026-01-12') });
    expect(findOverlap(weeks, [person(1)])).toBeNull();
  });

  it('collide where different rhythms meet, however late', () => {
    const rota = plan({ everyWeeks: 3 }, { everyWeeks: 2, date: day('2026-01-12') });
    expect(findOverlap(rota, [person(1)])?.date).toBe('2026-01-26');
  });

  it('collide by a cover too: nobody takes over an evening on which they have a shift of their own', () => {
    const rota = {
      ...plan({}, { operatorId: person(2), from: clock('20:00'), to: clock('23:00') }),
      covers: [{ shiftId: shiftId(0), date: day('2026-01-12'), operatorId: person(2) }],
    };
    expect(findOverlap(rota, [person(2)])?.date).toBe('2026-01-12');
  });

  it('overlap exactly when some evening of one meets some evening of the other', () => {
    const shift = fc.record({
      date: fc.nat(20).map((n) => addDays(day('2026-03-16'), n)),
      from: fc.nat(23).map((h) => clock(`${String(h).padStart(2, '0')}:00`)),
      to: fc.nat(23).map((h) => clock(`${String(h).padStart(2, '0')}:00`)),
      everyWeeks: fc.nat(3),
      except: fc.subarray(['2026-03-23', '2026-03-30', '2026-04-06'] as LocalDate[]),
    });
    fc.assert(
      fc.property(shift, shift, (a, b) => {
        // No clock change in this zone: on the wall and in truth are the same.
        const rota = { ...plan(a, b), timeZone: 'Africa/Nairobi' };
        const all = listOccurrences(rota, at('2026-03-01T00:00:00Z'), at('2026-07-01T00:00:00Z'));
        const meets = all.some((x) => all.some((y) => x.shiftId < y.shiftId && x.start < y.end && y.start < x.end));
        expect(findOverlap(rota, [person(1)]) !== null).toBe(meets);
      }),
      { numRuns: 300 },
    );
  });
});

describe('open or closed', () => {
  const hours: OpeningHours = { kind: 'weekly', periods: [{ weekday: 1, from: '18:00', to: '23:00' }] };
  const noon = at('2026-01-05T11:00:00Z');
  const evening = at('2026-01-05T19:00:00Z');
  const opening = (change: Parameters<typeof aRota>[0], instant: number) =>
    openingAt(aRota(change), hours, 'Europe/Berlin', instant);

  it('follows the hours when nothing else is said', () => {
    expect(opening({}, noon)).toEqual({ open: false, because: 'hours' });
    expect(opening({}, evening)).toEqual({ open: true, because: 'hours' });
    expect(openingAt(null, { kind: 'always' }, 'UTC', noon)).toEqual({ open: true, because: 'always' });
  });

  it('an emergency close is stronger than all, until its end or until it is taken back', () => {
    const emergency = { state: 'closed' as const, since: noon, until: evening };
    expect(opening({ emergency }, noon + 1)).toEqual({ open: false, because: 'emergency-closed' });
    expect(opening({ emergency }, evening)).toEqual({ open: true, because: 'hours' });
    expect(opening({ emergency: { ...emergency, until: null } }, evening).open).toBe(false);
    expect(opening({ emergency: { ...emergency, until: null } }, noon - 1).because).toBe('hours');
  });

  it('an emergency opening opens outside the hours, and then whoever is available rings', () => {
    const emergency = { state: 'open' as const, since: noon, until: null };
    expect(opening({ emergency }, noon + 1)).toEqual({ open: true, because: 'emergency-open' });
    expect(whoIsOnShift(aRota({ emergency }), noon + 1)).toBe('everyone');
  });

  it('a holiday closes whole days of the hotline, and one of the other kind rests weekly shifts only', () => {
    const holiday = {
      holidayId: '00000000-0000-4000-8000-000000000001' as never,
      name: 'New year',
      from: day('2026-01-05'),
      to: day('2026-01-05'),
    };
    expect(opening({ holidays: [{ ...holiday, effect: 'closed' }] }, evening)).toEqual({
      open: false,
      because: 'holiday',
    });
    const resting = aRota({
      holidays: [{ ...holiday, effect: 'one-off-only' }],
      shifts: [aShift(), aShift({ shiftId: shiftId(2), operatorId: person(2), everyWeeks: 0 })],
    });
    expect(onShift(resting, '2026-01-05T22:00:00Z')).toEqual([person(2)]);
    expect(onShift(resting, '2026-01-12T22:00:00Z')).toEqual([person(1)]);
  });
});

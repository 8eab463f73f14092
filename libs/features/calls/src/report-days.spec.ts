import { LocalDate } from '@ringdown/protocol/rota';
import { describe, expect, it } from 'vitest';
import { daysOf, instantsOf, listDays } from './report-days.ts';

const HOUR = 3_600_000;
const day = (text: string) => LocalDate.parse(text);
const hoursOf = (date: string, zone: string) => {
  const { from, to } = instantsOf({ from: day(date), to: day(date) }, zone);
  return (to - from) / HOUR;
};

describe('the days of a report', () => {
  it('are those of the hotline’s own clocks: at the same moment it is already tomorrow elsewhere', () => {
    const now = Date.UTC(2026, 2, 10, 23, 30);
    expect(daysOf('today', 'Europe/Berlin', now)).toEqual({ from: '2026-03-11', to: '2026-03-11' });
    expect(daysOf('today', 'America/New_York', now)).toEqual({ from: '2026-03-10', to: '2026-03-10' });
    expect(daysOf('yesterday', 'Europe/Berlin', now)).toEqual({ from: '2026-03-10', to: '2026-03-10' });
    expect(daysOf('7-days', 'Europe/Berlin', now)).toEqual({ from: '2026-03-05', to: '2026-03-11' });
    expect(listDays(daysOf('28-days', 'Europe/Berlin', now))).toHaveLength(28);
  });

  it('have 23 hours when the clocks go forward and 25 when they go back', () => {
    expect(hoursOf('2026-03-28', 'Europe/Berlin')).toBe(24);
    expect(hoursOf('2026-03-29', 'Europe/Berlin')).toBe(23);
    expect(hoursOf('2026-10-25', 'Europe/Berlin')).toBe(25);
  });

  it('touch without gap or overlap, also where the clocks change at midnight', () => {
    // Santiago leaves out 00:00; Havana shows it twice.
    for (const [zone, dates] of [
      ['America/Santiago', ['2026-09-05', '2026-09-06', '2026-09-07']],
      ['America/Havana', ['2026-10-31', '2026-11-01', '2026-11-02']],
    ] as const) {
      const spans = dates.map((date) => instantsOf({ from: day(date), to: day(date) }, zone));
      for (const [n, span] of spans.slice(1).entries()) expect(span.from).toBe(spans[n]?.to);
      expect(spans.map(({ from, to }) => (to - from) / HOUR)).toContain(zone === 'America/Havana' ? 25 : 23);
    }
  });
});

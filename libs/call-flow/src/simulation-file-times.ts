import type { Instant } from '@ringdown/protocol/ids';
import type { LocalDate, WallTime } from '@ringdown/protocol/rota';
import { z } from 'zod';
import type { FileProblem } from './simulation-file-problems.ts';
import type { Span } from './simulation-input.ts';
import { addDays, instantOf } from './wall-time.ts';

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds. */
export const duration = z
  .string()
  .regex(/^(\d+(\.\d+)?[smh]\s*)+$/, 'Write a time like 40s, 5m or 1h 30m')
  .transform((text) => {
    let total = 0;
    for (const [, amount = '0', unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)([smh])/g))
      total += Number(amount) * (UNITS[unit] ?? 0);
    return Math.round(total);
  });

/** `5s`, or `3s..8s`: drawn anew each time. */
export const span = z
  .string()
  .regex(/^[\d.smh ]+$/, 'Write a time like 40s, or a span like 3s..8s')
  .transform((text, context): Span => {
    const ends = text.split('..').map((each) => duration.safeParse(each.trim()));
    const [from, to = from] = ends;
    if (!from?.success || !to?.success || ends.length > 2 || to.data < from.data) {
      context.addIssue({ code: 'custom', message: 'Write a time like 40s, or a span like 3s..8s' });
      return z.NEVER;
    }
    return [from.data, to.data];
  });

/** `18:05` or `18:05:30` on the day of the start, or with a date before it. */
export const moment = z
  .string()
  .regex(
    /^(20\d\d-\d\d-\d\d )?([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/,
    'Write a time like 18:05, 18:05:30 or 2026-11-23 18:05',
  );

/** Reads times of the file on the clocks of its first hotline. */
export class FileClock {
  readonly start: Instant;
  private readonly startDate: LocalDate;
  private readonly zone: string;
  private readonly problems: FileProblem[];

  constructor(given: { start: string; hotline: { zone: string } }, problems: FileProblem[]) {
    this.problems = problems;
    this.zone = given.hotline.zone;
    this.startDate = given.start.slice(0, 10) as LocalDate;
    this.start = this.on(this.startDate, given.start.slice(11));
  }

  after(text: string, path: PropertyKey[]): Instant {
    const at = this.momentOf(text);
    if (at < this.start) this.problems.push({ path, message: 'This is before the start' });
    return at;
  }

  /** A time without a date is the first such time at or after the start. */
  private momentOf(text: string): Instant {
    const [date, time] = text.split(' ') as [LocalDate, string?];
    if (time) return this.on(date, time);
    const at = this.on(this.startDate, text);
    return at < this.start ? this.on(addDays(this.startDate, 1), text) : at;
  }

  private on(date: LocalDate, time: string): Instant {
    const seconds = Number(time.slice(6) || 0) * 1_000;
    return instantOf(date, time.slice(0, 5) as WallTime, this.zone) + seconds;
  }
}

import { expect, it } from 'vitest';
import { dueState } from './due.ts';

const at = (iso: string) => Date.parse(iso);

it('a follow-up is due by the day of the hotline, not of the server or the browser', () => {
  const eveningInLosAngeles = at('2026-11-21T03:30:00Z');
  expect(dueState('2026-11-20', 'America/Los_Angeles', eveningInLosAngeles)).toBe('today');
  expect(dueState('2026-11-20', 'Europe/Madrid', eveningInLosAngeles)).toBe('overdue');
  expect(dueState('2026-11-21', 'America/Los_Angeles', eveningInLosAngeles)).toBe('later');
});

it('a follow-up without a day is never overdue', () => {
  expect(dueState(null, 'UTC', at('2026-11-21T03:30:00Z'))).toBe('none');
});

it('the day a clock is put back has 25 hours to get it done', () => {
  const lateOnTheLongDay = at('2026-11-02T07:30:00Z');
  expect(dueState('2026-11-01', 'America/Los_Angeles', lateOnTheLongDay)).toBe('today');
});

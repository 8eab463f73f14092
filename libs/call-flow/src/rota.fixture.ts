import type { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import type { LocalDate, Rota, Shift, ShiftId, WallTime } from '@ringdown/protocol/rota';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const shiftId = (n: number): ShiftId => uuid(700 + n) as ShiftId;
export const person = (n: number): OperatorId => uuid(200 + n) as OperatorId;
export const day = (text: string): LocalDate => text as LocalDate;
export const clock = (text: string): WallTime => text as WallTime;

/** Mondays 22:00 to 06:00, from 5 January 2026 on. */
export const aShift = (change: Partial<Shift> = {}): Shift => ({
  shiftId: shiftId(1),
  operatorId: person(1),
  date: day('2026-01-05'),
  from: clock('22:00'),
  to: clock('06:00'),
  everyWeeks: 1,
  until: null,
  except: [],
  ...change,
});

export const aRota = (change: Partial<Rota> = {}): Rota => ({
  hotlineId: uuid(2) as HotlineId,
  timeZone: 'Europe/Berlin',
  revision: 1,
  shifts: [aShift()],
  covers: [],
  holidays: [],
  emergency: null,
  ...change,
});

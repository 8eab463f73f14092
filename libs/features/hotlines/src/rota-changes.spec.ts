import { Problem } from '@ringdown/platform/problems';
import type { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import type { Holiday, LocalDate, Shift, ShiftId, SwapId, WallTime } from '@ringdown/protocol/rota';
import type { RotaBook } from '@ringdown/store/rota.repository';
import { describe, expect, it } from 'vitest';
import {
  offerSwap,
  removeShift,
  replaceShifts,
  saveHoliday,
  saveShift,
  setEmergency,
  takeSwap,
  withdrawSwap,
} from './rota-changes.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [noor, sam, ada] = [1, 2, 3].map((n) => uuid(n) as OperatorId) as [OperatorId, OperatorId, OperatorId];
const shift = (n: number, change: Partial<Shift> = {}): Shift => ({
  shiftId: uuid(100 + n) as ShiftId,
  operatorId: noor,
  date: '2026-01-05' as LocalDate,
  from: '22:00' as WallTime,
  to: '06:00' as WallTime,
  everyWeeks: 1,
  until: null,
  except: [],
  ...change,
});
const NOW = Date.parse('2026-01-01T12:00:00Z');
const bookOf = (...shifts: Shift[]): RotaBook => ({
  rota: {
    hotlineId: uuid(9) as HotlineId,
    timeZone: 'Europe/Berlin',
    revision: 3,
    shifts,
    covers: [],
    holidays: [],
    emergency: null,
  },
  swaps: [],
});
const reasonOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.reason;
    throw error;
  }
  return 'done';
};
const evening = (n: number, date: string) => ({ shiftId: uuid(100 + n) as ShiftId, date: date as LocalDate });
const swapId = uuid(50) as SwapId;

describe('shifts', () => {
  it('a shift that overlaps another of the same person is refused with both named, and nothing is changed', () => {
    const book = bookOf(shift(1));
    const before = structuredClone(book);
    const late = shift(2, { date: '2026-01-06' as LocalDate, from: '05:30' as WallTime, to: '12:00' as WallTime });
    expect(() => saveShift(3, late)(book)).toThrow(/05:30–12:00.*2026-01-0|22:00–06:00.*2026-01-0/);
    expect(book).toEqual(before);
    expect(reasonOf(() => saveShift(3, { ...late, operatorId: sam })(book))).toBe('done');
  });

  it('a shift in an hour that does not exist is refused', () => {
    const missing = shift(1, {
      date: '2026-03-29' as LocalDate,
      from: '02:15' as WallTime,
      to: '02:45' as WallTime,
      everyWeeks: 0,
    });
    expect(reasonOf(() => saveShift(3, missing)(bookOf()))).toBe('hour-does-not-exist');
    expect(reasonOf(() => saveShift(3, { ...missing, everyWeeks: 1 })(bookOf()))).toBe('done');
  });

  it('a change of a rota that somebody else changed meanwhile is refused', () => {
    expect(reasonOf(() => saveShift(2, shift(1))(bookOf()))).toBe('rota-changed');
    expect(reasonOf(() => replaceShifts(2, { shifts: [], covers: [], holidays: [] }, NOW)(bookOf()))).toBe(
      'rota-changed',
    );
  });

  it('one evening is taken out of a weekly shift, or the shift as a whole, and open offers of it lapse', () => {
    const offered = offerSwap(
      swapId,
      noor,
      { ...evening(1, '2026-01-12'), to: null, inReturn: null },
      NOW,
    )(bookOf(shift(1)));
    const without = removeShift(shift(1).shiftId, '2026-01-12' as LocalDate, NOW)(offered);
    expect(without.rota.shifts[0]?.except).toEqual(['2026-01-12']);
    expect(without.swaps[0]?.state).toBe('lapsed');
    expect(removeShift(shift(1).shiftId, undefined, NOW)(offered).rota.shifts).toEqual([]);
  });
});

describe('swaps', () => {
  const book = bookOf(shift(1), shift(2, { operatorId: sam, date: '2026-01-06' as LocalDate }));
  const offer = (change: object = {}) =>
    offerSwap(swapId, noor, { ...evening(1, '2026-01-12'), to: null, inReturn: null, ...change }, NOW)(book);

  it('needs both: one offers, another takes; then that evening has another person and the history says who and when', () => {
    const taken = takeSwap(swapId, ada, NOW + 5)(offer());
    expect(taken.rota.covers).toEqual([{ ...evening(1, '2026-01-12'), operatorId: ada }]);
    expect(taken.swaps[0]).toMatchObject({
      state: 'taken',
      from: noor,
      takenBy: ada,
      offeredAt: NOW,
      settledAt: NOW + 5,
    });
    expect(reasonOf(() => takeSwap(swapId, sam, NOW)(taken))).toBe('swap-settled');
  });

  it('evening for evening: only the person whose evening is wanted can take it, and both change hands', () => {
    const offered = offer({ inReturn: evening(2, '2026-01-20') });
    expect(reasonOf(() => takeSwap(swapId, ada, NOW)(offered))).toBe('not-allowed');
    expect(takeSwap(swapId, sam, NOW)(offered).rota.covers).toEqual([
      { ...evening(1, '2026-01-12'), operatorId: sam },
      { ...evening(2, '2026-01-20'), operatorId: noor },
    ]);
  });

  it.each<[string, string, () => unknown]>([
    [
      'a shift of somebody else',
      'not-allowed',
      () => offerSwap(swapId, ada, { ...evening(1, '2026-01-12'), to: null, inReturn: null }, NOW)(book),
    ],
    ['an evening that is not in the rota', 'not-found', () => offer({ date: '2026-01-13' })],
    [
      'an evening that has begun',
      'shift-has-begun',
      () =>
        offerSwap(swapId, noor, { ...evening(1, '2026-01-05'), to: null, inReturn: null }, NOW + 7 * 86_400_000)(book),
    ],
    ['to oneself', 'swap-with-yourself', () => offer({ to: noor })],
    ['an evening of one’s own in return', 'not-their-shift', () => offer({ inReturn: evening(1, '2026-01-19') })],
    [
      'the same evening twice',
      'offered-already',
      () =>
        offerSwap(uuid(51) as SwapId, noor, { ...evening(1, '2026-01-12'), to: null, inReturn: null }, NOW)(offer()),
    ],
    ['one’s own offer', 'swap-with-yourself', () => takeSwap(swapId, noor, NOW)(offer())],
    ['an offer for somebody else', 'not-allowed', () => takeSwap(swapId, ada, NOW)(offer({ to: sam }))],
    [
      'an offer that was taken back',
      'swap-settled',
      () => takeSwap(swapId, ada, NOW)(withdrawSwap(swapId, noor, false, NOW)(offer())),
    ],
    ['somebody else’s offer back', 'not-allowed', () => withdrawSwap(swapId, ada, false, NOW)(offer())],
  ])('nobody offers or takes %s', (_, reason, work) => {
    expect(reasonOf(work)).toBe(reason);
  });

  it('whoever has a shift of their own that night cannot take it', () => {
    const busy = bookOf(shift(1), shift(2, { operatorId: sam, from: '23:00' as WallTime, to: '03:00' as WallTime }));
    const offered = offerSwap(swapId, noor, { ...evening(1, '2026-01-12'), to: null, inReturn: null }, NOW)(busy);
    expect(reasonOf(() => takeSwap(swapId, sam, NOW)(offered))).toBe('shifts-overlap');
  });
});

describe('holidays and emergencies', () => {
  it('end after they begin, or are refused', () => {
    const holiday: Holiday = {
      holidayId: uuid(70) as Holiday['holidayId'],
      name: 'x',
      from: '2026-02-02' as LocalDate,
      to: '2026-02-01' as LocalDate,
      effect: 'closed',
    };
    expect(reasonOf(() => saveHoliday(holiday)(bookOf()))).toBe('ends-before-it-begins');
    expect(reasonOf(() => setEmergency({ state: 'closed', until: NOW }, NOW)(bookOf()))).toBe('ends-before-it-begins');
    expect(setEmergency({ state: 'closed', until: null }, NOW)(bookOf()).rota.emergency).toEqual({
      state: 'closed',
      since: NOW,
      until: null,
    });
    expect(setEmergency(null, NOW)(bookOf()).rota.emergency).toBeNull();
  });
});

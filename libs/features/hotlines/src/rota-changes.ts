import { findOverlap, occurrenceOf, takesPlace } from '@ringdown/call-flow/rota';
import { wallTimeExists } from '@ringdown/call-flow/wall-time';
import { badRequest, conflict, notAllowed, notFound } from '@ringdown/platform/problems';
import type { Instant, OperatorId } from '@ringdown/protocol/ids';
import type {
  Holiday,
  HolidayId,
  LocalDate,
  OfferSwap,
  Rota,
  Shift,
  ShiftId,
  Swap,
  SwapId,
} from '@ringdown/protocol/rota';
import type { RotaBook } from '@ringdown/store/rota.repository';
import type { z } from 'zod';

/** Changes of a rota: each takes the book as it is and returns it as it should be, or refuses and leaves it. */
type Change = (book: RotaBook) => RotaBook;

const MAX_SHIFTS = 500;
const MAX_HOLIDAYS = 200;

const withRota = (book: RotaBook, change: Partial<Rota>): RotaBook => ({ ...book, rota: { ...book.rota, ...change } });

const refuseStale = (rota: Rota, revision: number): void => {
  if (rota.revision !== revision)
    throw conflict('rota-changed', 'Somebody else changed the rota in the meantime. Look at it again.');
};

/** Names of people aren't in a refusal: both shifts are named by their times, as the rota shows them. */
const refuseOverlap = (rota: Rota, operatorIds: Iterable<OperatorId>): void => {
  const overlap = findOverlap(rota, operatorIds);
  if (!overlap) return;
  const [a, b] = overlap.shifts.map((id) => rota.shifts.find((shift) => shift.shiftId === id));
  const times = (shift: Shift | undefined): string => (shift ? `${shift.from}–${shift.to}` : '?');
  throw conflict(
    'shifts-overlap',
    `The same person would be on two shifts at once: ${times(a)} and ${times(b)}, from ${overlap.date} on.`,
  );
};

const refuseMissingHour = (rota: Rota, shift: Shift): void => {
  const { start, end } = occurrenceOf(rota, shift, shift.date);
  // Weekly shifts run into a clock change once a year and lose that night; a single one would never take place.
  if (shift.everyWeeks === 0 && (end <= start || !wallTimeExists(shift.date, shift.from, rota.timeZone)))
    throw badRequest('hour-does-not-exist', 'The clocks leave out this hour on that night. Choose another time.');
};

export const saveShift =
  (revision: number, shift: Shift): Change =>
  (book) => {
    const { rota } = book;
    refuseStale(rota, revision);
    if (shift.until !== null && (shift.everyWeeks === 0 || shift.until < shift.date))
      throw badRequest('ends-before-it-begins', 'The last day must not be before the first one.');
    refuseMissingHour(rota, shift);
    const others = rota.shifts.filter((each) => each.shiftId !== shift.shiftId);
    if (others.length >= MAX_SHIFTS) throw badRequest('too-many-shifts', `A rota has ${MAX_SHIFTS} shifts at most.`);
    const covers = rota.covers.filter((c) => c.shiftId !== shift.shiftId || takesPlace(rota, shift, c.date));
    const changed = withRota(book, { shifts: [...others, shift], covers });
    refuseOverlap(changed.rota, [shift.operatorId, ...rota.covers.map((cover) => cover.operatorId)]);
    return changed;
  };

/** All of it, or one evening only. Offers of what is gone lapse. */
export const removeShift =
  (shiftId: ShiftId, date: LocalDate | undefined, now: Instant): Change =>
  (book) => {
    const shift = book.rota.shifts.find((each) => each.shiftId === shiftId);
    if (!shift) throw notFound('shift');
    const whole = date === undefined || (shift.everyWeeks === 0 && shift.date === date);
    const gone = (each: { shiftId: ShiftId; date: LocalDate }): boolean =>
      each.shiftId === shiftId && (whole || each.date === date);
    const rest = book.rota.shifts.filter((each) => each.shiftId !== shiftId);
    return {
      rota: {
        ...book.rota,
        shifts: whole ? rest : [...rest, { ...shift, except: [...new Set([...shift.except, date])].toSorted() }],
        covers: book.rota.covers.filter((cover) => !gone(cover)),
      },
      swaps: book.swaps.map((swap) =>
        swap.state === 'offered' && (gone(swap) || (swap.inReturn !== null && gone(swap.inReturn)))
          ? { ...swap, state: 'lapsed', settledAt: now }
          : swap,
      ),
    };
  };

/** One evening of a weekly shift becomes a shift of its own, both in one change. */
export const moveEvening =
  (revision: number, shiftId: ShiftId, date: LocalDate, evening: Shift, now: Instant): Change =>
  (book) => {
    if (evening.everyWeeks > 0 || evening.shiftId === shiftId)
      throw badRequest('malformed', 'One evening is a shift of its own that takes place once.');
    return saveShift(revision, evening)(removeShift(shiftId, date, now)(book));
  };

/** A calendar in place of all shifts. Covers of shifts that stay are taken from the calendar too. */
export const replaceShifts =
  (revision: number, plan: Pick<Rota, 'shifts' | 'covers' | 'holidays'>, now: Instant): Change =>
  (book) => {
    refuseStale(book.rota, revision);
    const changed = withRota(book, plan);
    refuseOverlap(
      changed.rota,
      [...plan.shifts, ...plan.covers].map((each) => each.operatorId),
    );
    const stays = (each: { shiftId: ShiftId }): boolean => plan.shifts.some((shift) => shift.shiftId === each.shiftId);
    return {
      ...changed,
      swaps: book.swaps.map((swap) =>
        swap.state === 'offered' && !(stays(swap) && (swap.inReturn === null || stays(swap.inReturn)))
          ? { ...swap, state: 'lapsed', settledAt: now }
          : swap,
      ),
    };
  };

export const saveHoliday =
  (holiday: Holiday): Change =>
  (book) => {
    if (holiday.to < holiday.from)
      throw badRequest('ends-before-it-begins', 'The last day must not be before the first one.');
    const others = book.rota.holidays.filter((each) => each.holidayId !== holiday.holidayId);
    if (others.length >= MAX_HOLIDAYS) throw badRequest('too-many-holidays', `${MAX_HOLIDAYS} holidays at most.`);
    return withRota(book, { holidays: [...others, holiday].toSorted((a, b) => (a.from < b.from ? -1 : 1)) });
  };

export const removeHoliday =
  (holidayId: HolidayId): Change =>
  (book) =>
    withRota(book, { holidays: book.rota.holidays.filter((each) => each.holidayId !== holidayId) });

export const setEmergency =
  (emergency: { state: 'closed' | 'open'; until: Instant | null } | null, now: Instant): Change =>
  (book) => {
    if (emergency?.until != null && emergency.until <= now)
      throw badRequest('ends-before-it-begins', 'The end must be in the future.');
    return withRota(book, { emergency: emergency ? { ...emergency, since: now } : null });
  };

/** Who does this evening now; refuses what isn't in the rota or has begun. */
const holderOf = (rota: Rota, evening: { shiftId: ShiftId; date: LocalDate }, now: Instant): OperatorId => {
  const shift = rota.shifts.find((each) => each.shiftId === evening.shiftId);
  if (!shift || !takesPlace(rota, shift, evening.date)) throw notFound('shift');
  const { start, operatorId } = occurrenceOf(rota, shift, evening.date);
  if (start <= now) throw conflict('shift-has-begun', 'This shift has begun already.');
  return operatorId;
};

export const offerSwap =
  (swapId: SwapId, by: OperatorId, offer: z.infer<typeof OfferSwap>, now: Instant): Change =>
  (book) => {
    if (holderOf(book.rota, offer, now) !== by) throw notAllowed('You can only offer a shift of your own.');
    if (offer.to === by) throw badRequest('swap-with-yourself', 'Offer the shift to somebody else.');
    if (offer.inReturn) {
      const other = holderOf(book.rota, offer.inReturn, now);
      if (other === by || (offer.to !== null && offer.to !== other))
        throw badRequest('not-their-shift', 'The shift you want in return does not belong to that person.');
    }
    const open = book.swaps.some((s) => s.state === 'offered' && s.shiftId === offer.shiftId && s.date === offer.date);
    if (open) throw conflict('offered-already', 'This shift is offered already.');
    const swap: Swap = { swapId, ...offer, from: by, state: 'offered', offeredAt: now, settledAt: null, takenBy: null };
    return { ...book, swaps: [swap, ...book.swaps] };
  };

const openSwap = (book: RotaBook, swapId: SwapId): Swap => {
  const swap = book.swaps.find((each) => each.swapId === swapId);
  if (!swap) throw notFound('swap');
  if (swap.state !== 'offered') throw conflict('swap-settled', 'This offer is settled already.');
  return swap;
};

const settle = (book: RotaBook, swap: Swap, change: Partial<Swap>): Swap[] =>
  book.swaps.map((each) => (each.swapId === swap.swapId ? { ...each, ...change } : each));

/** The second consent. Each of the two evenings gets its new person, or neither. */
export const takeSwap =
  (swapId: SwapId, by: OperatorId, now: Instant): Change =>
  (book) => {
    const swap = openSwap(book, swapId);
    if (swap.from === by) throw badRequest('swap-with-yourself', 'Somebody else must take this offer.');
    if (swap.to !== null && swap.to !== by) throw notAllowed('This offer is for somebody else.');
    if (holderOf(book.rota, swap, now) !== swap.from)
      throw conflict('swap-settled', 'This shift is somebody else’s now.');
    const covers = [
      ...book.rota.covers.filter((cover) => !(cover.shiftId === swap.shiftId && cover.date === swap.date)),
      { shiftId: swap.shiftId, date: swap.date, operatorId: by },
    ];
    const { inReturn } = swap;
    if (inReturn) {
      if (holderOf(book.rota, inReturn, now) !== by)
        throw notAllowed('Only the person whose shift is wanted in return can take this offer.');
      const at = covers.findIndex((cover) => cover.shiftId === inReturn.shiftId && cover.date === inReturn.date);
      if (at >= 0) covers.splice(at, 1);
      covers.push({ ...inReturn, operatorId: swap.from });
    }
    const changed = withRota(book, { covers });
    refuseOverlap(changed.rota, [by, swap.from]);
    return { ...changed, swaps: settle(book, swap, { state: 'taken', settledAt: now, takenBy: by }) };
  };

export const withdrawSwap =
  (swapId: SwapId, by: OperatorId, mayEdit: boolean, now: Instant): Change =>
  (book) => {
    const swap = openSwap(book, swapId);
    if (swap.from !== by && !mayEdit) throw notAllowed('You can only take back an offer of your own.');
    return { ...book, swaps: settle(book, swap, { state: 'withdrawn', settledAt: now }) };
  };

import { addDays, dayNumber, minutesOf } from '@ringdown/call-flow/wall-time';
import { occurrenceOf, takesPlace } from '@ringdown/call-flow/rota';
import type { OperatorId } from '@ringdown/protocol/ids';
import type { LocalDate, Rota, Shift } from '@ringdown/protocol/rota';

/** One evening of a shift as the calendar shows it: on the hotline's clocks, without a zone. */
export interface Evening {
  readonly shift: Shift;
  readonly date: LocalDate;
  readonly operatorId: OperatorId;
  /** `2026-11-21T22:00` */
  readonly start: string;
  readonly end: string;
  readonly startsAt: number;
  readonly covered: boolean;
  /** The clocks leave out all of it that night. */
  readonly leftOut: boolean;
}

/** From a day to a day, both included, in order. */
export function eveningsBetween(rota: Rota, from: LocalDate, to: LocalDate): Evening[] {
  const evenings: Evening[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    for (const shift of rota.shifts) {
      if (!takesPlace(rota, shift, date)) continue;
      const { operatorId, start, end } = occurrenceOf(rota, shift, date);
      evenings.push({
        shift,
        date,
        operatorId,
        start: `${date}T${shift.from}`,
        end: `${shift.to <= shift.from ? addDays(date, 1) : date}T${shift.to}`,
        startsAt: start,
        covered: operatorId !== shift.operatorId,
        leftOut: end <= start,
      });
    }
  }
  return evenings.toSorted((a, b) => (a.start < b.start ? -1 : Number(a.start > b.start)));
}

/** How long a shift is on paper, minutes. */
export const minutesLong = (shift: Pick<Shift, 'from' | 'to'>): number =>
  (minutesOf(shift.to) - minutesOf(shift.from) + 1_440) % 1_440 || 1_440;

/** A series moved with one of its evenings: by the same number of days, to the same hours. */
export const moveSeries = (shift: Shift, from: LocalDate, to: LocalDate, hours: Pick<Shift, 'from' | 'to'>): Shift => {
  const days = dayNumber(to) - dayNumber(from);
  const move = (date: LocalDate): LocalDate => addDays(date, days);
  return {
    ...shift,
    ...hours,
    date: move(shift.date),
    until: shift.until === null ? null : move(shift.until),
    except: shift.except.map(move),
  };
};

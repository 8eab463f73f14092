import type { HotlineId } from '@ringdown/protocol/ids';
import type { Holiday, HolidayId, Rota, Shift, ShiftId } from '@ringdown/protocol/rota';
import { findOverlap } from './rota.ts';
import { type FileNames, idInFile } from './simulation-file-names.ts';
import type { FileProblem } from './simulation-file-problems.ts';
import type { SimulationFile } from './simulation-file-schema.ts';

/** The shifts of one hotline, and the holidays of all. */
export const rotaOf = (
  hotlineId: HotlineId,
  timeZone: string,
  file: SimulationFile,
  names: FileNames,
  problems: FileProblem[],
): Rota => {
  const own = [...file.rota.entries()].filter(
    ([n, given]) => names.hotlineOf(given.hotline, ['rota', n, 'hotline']) === hotlineId,
  );
  const shifts = own.map(([n, given]): Shift => ({
    shiftId: idInFile(7, n + 1) as ShiftId,
    operatorId: names.personOf(given.person, ['rota', n, 'person']),
    date: given.date,
    from: given.from,
    to: given.to,
    everyWeeks: given.every === 'once' ? 0 : given.every === 'week' ? 1 : Number(given.every[0]),
    until: given.until ?? null,
    except: given.except,
  }));
  const covers = own.flatMap(([n, given]) =>
    given.covered.map(({ date, by }, k) => ({
      shiftId: idInFile(7, n + 1) as ShiftId,
      date,
      operatorId: names.personOf(by, ['rota', n, 'covered', k, 'by']),
    })),
  );
  const holidays = file.holidays.map((given, n): Holiday => ({ holidayId: idInFile(6, n + 1) as HolidayId, ...given }));
  const rota: Rota = { hotlineId, timeZone, revision: 1, shifts, covers, holidays, emergency: null };
  const people = names.ofPeople();
  const overlap = findOverlap(rota, people.keys());
  if (overlap) {
    const [a, b] = overlap.shifts.map((shiftId) => own[shifts.findIndex((each) => each.shiftId === shiftId)]?.[0]);
    const who = people.get(overlap.operatorId) ?? '';
    problems.push({
      path: ['rota', b ?? 0],
      message: `${who} is on another shift at that time (number ${(a ?? 0) + 1} of the rota), first on ${overlap.date}`,
    });
  }
  return rota;
};

import type { HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';
import type { Emergency, Holiday, LocalDate, Rota, Shift, ShiftId, Swap, SwapId } from '@ringdown/protocol/rota';
import type { Database } from './database.ts';

export interface RotaBook {
  rota: Rota;
  swaps: Swap[];
}

type Transaction = Pick<
  Database,
  'rota' | 'rotaShift' | 'rotaCover' | 'rotaHoliday' | 'rotaSwap' | 'hotline' | '$queryRaw' | '$executeRaw'
>;

/** How many settled swaps are shown; older ones stay in the table. */
const SWAPS_KEPT_IN_VIEW = 200;

type RotaRecord = {
  revision: number;
  emergencyState: string | null;
  emergencySince: Date | null;
  emergencyUntil: Date | null;
};

const toEmergency = (row: RotaRecord | null): Emergency | null =>
  row?.emergencyState && row.emergencySince
    ? {
        state: row.emergencyState as Emergency['state'],
        since: row.emergencySince.getTime(),
        until: row.emergencyUntil?.getTime() ?? null,
      }
    : null;

const load = async (db: Transaction, hotlineId: HotlineId): Promise<Rota | null> => {
  const where = { hotlineId };
  const omit = { hotlineId: true } as const;
  // One after the other: a transaction is one connection, which takes one statement at a time.
  const hotline = await db.hotline.findUnique({ where: { id: hotlineId }, select: { timeZone: true } });
  if (!hotline) return null;
  const row = await db.rota.findUnique({ where });
  const shifts = await db.rotaShift.findMany({ where, omit, orderBy: [{ date: 'asc' }, { id: 'asc' }] });
  const covers = await db.rotaCover.findMany({ where });
  const holidays = await db.rotaHoliday.findMany({ where, omit, orderBy: { from: 'asc' } });
  return {
    hotlineId,
    timeZone: hotline.timeZone,
    revision: row?.revision ?? 0,
    emergency: toEmergency(row),
    shifts: shifts.map(({ id, ...shift }) => ({ shiftId: id, ...shift }) as Shift),
    covers: covers.map(
      (c) => ({ shiftId: c.shiftId, date: c.date, operatorId: c.operatorId }) as Rota['covers'][number],
    ),
    holidays: holidays.map(({ id, ...holiday }) => ({ holidayId: id, ...holiday }) as Holiday),
  };
};

const loadSwaps = async (db: Transaction, hotlineId: HotlineId): Promise<Swap[]> => {
  const rows = await db.rotaSwap.findMany({
    where: { hotlineId },
    orderBy: { offeredAt: 'desc' },
    take: SWAPS_KEPT_IN_VIEW,
  });
  return rows.map((row) => ({
    swapId: row.id as SwapId,
    shiftId: row.shiftId as ShiftId,
    date: row.date as LocalDate,
    from: row.fromOperatorId as OperatorId,
    to: row.toOperatorId as OperatorId | null,
    inReturn:
      row.inReturnShiftId && row.inReturnDate
        ? { shiftId: row.inReturnShiftId as ShiftId, date: row.inReturnDate as LocalDate }
        : null,
    state: row.state as Swap['state'],
    offeredAt: row.offeredAt.getTime(),
    settledAt: row.settledAt?.getTime() ?? null,
    takenBy: row.takenBy as OperatorId | null,
  }));
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const saveShifts = async (db: Transaction, before: Rota, after: Rota): Promise<void> => {
  const { hotlineId } = before;
  const kept = new Map(after.shifts.map((shift) => [shift.shiftId, shift]));
  const gone = before.shifts.filter((shift) => !same(shift, kept.get(shift.shiftId))).map((shift) => shift.shiftId);
  const known = new Map(before.shifts.map((shift) => [shift.shiftId, shift]));
  const fresh = after.shifts.filter((shift) => !same(shift, known.get(shift.shiftId)));
  if (gone.length > 0) await db.rotaShift.deleteMany({ where: { hotlineId, id: { in: gone } } });
  if (fresh.length === 0) return;
  await db.rotaShift.createMany({
    data: fresh.map(({ shiftId, ...shift }) => ({ id: shiftId, hotlineId, ...shift })),
  });
};

const save = async (db: Transaction, before: Rota, after: Rota): Promise<void> => {
  const { hotlineId } = before;
  const { emergency } = after;
  await db.rota.update({
    where: { hotlineId },
    data: {
      revision: after.revision,
      emergencyState: emergency?.state ?? null,
      emergencySince: emergency ? new Date(emergency.since) : null,
      emergencyUntil: emergency?.until ? new Date(emergency.until) : null,
    },
  });
  await saveShifts(db, before, after);
  if (!same(before.covers, after.covers)) {
    await db.rotaCover.deleteMany({ where: { hotlineId } });
    await db.rotaCover.createMany({ data: after.covers.map((cover) => ({ hotlineId, ...cover })) });
  }
  if (!same(before.holidays, after.holidays)) {
    await db.rotaHoliday.deleteMany({ where: { hotlineId } });
    await db.rotaHoliday.createMany({
      data: after.holidays.map(({ holidayId, ...holiday }) => ({ id: holidayId, hotlineId, ...holiday })),
    });
  }
};

const saveSwaps = async (db: Transaction, hotlineId: HotlineId, before: Swap[], after: Swap[]): Promise<void> => {
  const known = new Map(before.map((swap) => [swap.swapId, swap]));
  for (const swap of after) {
    if (same(swap, known.get(swap.swapId))) continue;
    const settled = {
      state: swap.state,
      settledAt: swap.settledAt === null ? null : new Date(swap.settledAt),
      takenBy: swap.takenBy,
    };
    await db.rotaSwap.upsert({
      where: { id: swap.swapId },
      create: {
        id: swap.swapId,
        hotlineId,
        shiftId: swap.shiftId,
        date: swap.date,
        fromOperatorId: swap.from,
        toOperatorId: swap.to,
        inReturnShiftId: swap.inReturn?.shiftId ?? null,
        inReturnDate: swap.inReturn?.date ?? null,
        offeredAt: new Date(swap.offeredAt),
        ...settled,
      },
      update: settled,
    });
  }
};

/** Rotas of hotlines. A change is worked out on the whole rota under its lock: two coordinators never undo each other. */
export class RotaRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  find(hotlineId: HotlineId): Promise<Rota | null> {
    return load(this.db, hotlineId);
  }

  async findBook(hotlineId: HotlineId): Promise<RotaBook | null> {
    const rota = await load(this.db, hotlineId);
    return rota ? { rota, swaps: await loadSwaps(this.db, hotlineId) } : null;
  }

  /** Null when the hotline isn't there. What `work` throws leaves everything as it was. */
  async change(hotlineId: HotlineId, work: (book: RotaBook) => RotaBook): Promise<RotaBook | null> {
    return this.db.$transaction(async (tx) => {
      await tx.$executeRaw`insert into rota (hotline_id) select id from hotline where id = ${hotlineId}::uuid on conflict do nothing`;
      await tx.$queryRaw`select 1 from rota where hotline_id = ${hotlineId}::uuid for update`;
      const rota = await load(tx, hotlineId);
      if (!rota) return null;
      const before = { rota, swaps: await loadSwaps(tx, hotlineId) };
      const after = work(before);
      const saved = { ...after.rota, revision: rota.revision + 1 };
      await save(tx, rota, saved);
      await saveSwaps(tx, hotlineId, before.swaps, after.swaps);
      return { rota: saved, swaps: after.swaps };
    });
  }

  /** True for the first who marks it. */
  async markReminded(shiftId: ShiftId, date: LocalDate, operatorId: OperatorId, now: Instant): Promise<boolean> {
    const { count } = await this.db.rotaReminder.createMany({
      data: [{ shiftId, date, operatorId, sentAt: new Date(now) }],
      skipDuplicates: true,
    });
    return count === 1;
  }

  /** Hotlines that have a rota at all. */
  async listHotlineIds(): Promise<HotlineId[]> {
    const rows = await this.db.rotaShift.findMany({ distinct: ['hotlineId'], select: { hotlineId: true } });
    return rows.map((row) => row.hotlineId as HotlineId);
  }
}

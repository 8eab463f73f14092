import type { HotlineId, Instant, LadderNumberId } from '@ringdown/protocol/ids';
import type { Database } from './database.ts';

export interface LadderNumberRow {
  numberId: LadderNumberId;
  hotlineId: HotlineId;
  /** Under the hotline's own seal. */
  sealed: Uint8Array;
  /** What is shown. */
  masked: string;
}

const toRow = (row: { id: string; hotlineId: string; sealed: Uint8Array; masked: string }): LadderNumberRow => ({
  numberId: row.id as LadderNumberId,
  hotlineId: row.hotlineId as HotlineId,
  sealed: row.sealed,
  masked: row.masked,
});

/** Outside numbers that ladders call: always sealed, named by an id. */
export class LadderNumbers {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Null also when the number belongs to another hotline. */
  async find(hotlineId: HotlineId, numberId: LadderNumberId): Promise<LadderNumberRow | null> {
    const row = await this.db.ladderNumber.findFirst({ where: { id: numberId, hotlineId } });
    return row && toRow(row);
  }

  async list(hotlineId: HotlineId): Promise<LadderNumberRow[]> {
    return (await this.db.ladderNumber.findMany({ where: { hotlineId }, orderBy: { savedAt: 'asc' } })).map(toRow);
  }

  async create(row: LadderNumberRow, at: Instant): Promise<void> {
    await this.db.ladderNumber.create({
      data: {
        id: row.numberId,
        hotlineId: row.hotlineId,
        sealed: new Uint8Array(row.sealed),
        masked: row.masked,
        savedAt: new Date(at),
      },
    });
  }

  /** Those that no ladder names any more. One that was typed in a moment ago may still be named by the next save. */
  async removeUnused(hotlineId: HotlineId, used: readonly LadderNumberId[], savedBefore: Instant): Promise<void> {
    await this.db.ladderNumber.deleteMany({
      where: { hotlineId, id: { notIn: [...used] }, savedAt: { lt: new Date(savedBefore) } },
    });
  }
}

import type { CallId, Instant, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import type { PracticeScriptId } from '@ringdown/protocol/practice';
import type { Database } from './database.ts';

export interface PracticeRow {
  callId: CallId;
  operatorId: OperatorId;
  scriptId: PracticeScriptId;
  title: string;
  language: LanguageTag;
  startedAt: Instant;
  endedAt: Instant | null;
  wrappedUpAt: Instant | null;
  sharedAt: Instant | null;
}

const columns = {
  callId: true,
  operatorId: true,
  scriptId: true,
  title: true,
  language: true,
  startedAt: true,
  wrappedUpAt: true,
  sharedAt: true,
  call: { select: { endedAt: true } },
} as const;

interface PracticeRecord {
  callId: string;
  operatorId: string;
  scriptId: string;
  title: string;
  language: string;
  startedAt: Date;
  wrappedUpAt: Date | null;
  sharedAt: Date | null;
  call: { endedAt: Date | null };
}

const toPractice = (row: PracticeRecord): PracticeRow => ({
  callId: row.callId as CallId,
  operatorId: row.operatorId as OperatorId,
  scriptId: row.scriptId as PracticeScriptId,
  title: row.title,
  language: row.language as LanguageTag,
  startedAt: row.startedAt.getTime(),
  endedAt: row.call.endedAt?.getTime() ?? null,
  wrappedUpAt: row.wrappedUpAt?.getTime() ?? null,
  sharedAt: row.sharedAt?.getTime() ?? null,
});

const MOST_LISTED = 100;

/** Practice calls beside their logs: whose they are, and who may look at them. */
export class PracticeRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  async createPractice(practice: Omit<PracticeRow, 'endedAt' | 'wrappedUpAt' | 'sharedAt'>): Promise<void> {
    const { startedAt, ...data } = practice;
    await this.db.practice.create({ data: { ...data, startedAt: new Date(startedAt) } });
  }

  async findPractice(callId: CallId): Promise<PracticeRow | null> {
    const row = await this.db.practice.findUnique({ where: { callId }, select: columns });
    return row ? toPractice(row) : null;
  }

  /** The newest first. */
  async listPractices(filter: { of: OperatorId } | { sharedByOthersThan: OperatorId }): Promise<PracticeRow[]> {
    const rows = await this.db.practice.findMany({
      where:
        'of' in filter
          ? { operatorId: filter.of }
          : { sharedAt: { not: null }, operatorId: { not: filter.sharedByOthersThan } },
      select: columns,
      orderBy: { startedAt: 'desc' },
      take: MOST_LISTED,
    });
    return rows.map(toPractice);
  }

  async setShared(callId: CallId, sharedAt: Instant | null): Promise<void> {
    await this.db.practice.updateMany({
      where: { callId },
      data: { sharedAt: sharedAt === null ? null : new Date(sharedAt) },
    });
  }

  async markWrappedUp(callId: CallId, at: Instant): Promise<void> {
    await this.db.practice.updateMany({ where: { callId, wrappedUpAt: null }, data: { wrappedUpAt: new Date(at) } });
  }

  /** With its call, notes and follow-ups. False when there is no such practice of this person, or it goes on. */
  async removePractice(callId: CallId, operatorId: OperatorId): Promise<boolean> {
    return this.db.$transaction(async (tx) => {
      const mine = { id: callId, test: true, endedAt: { not: null }, practice: { operatorId } };
      if ((await tx.call.count({ where: mine })) === 0) return false;
      await tx.followUp.deleteMany({ where: { callId } });
      const { count } = await tx.call.deleteMany({ where: mine });
      return count === 1;
    });
  }
}

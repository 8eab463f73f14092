import type { FollowUpState } from '@ringdown/protocol/follow-ups';
import type { CallId, FollowUpId, HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';
import type { Database } from './database.ts';

export interface FollowUpRow {
  followUpId: FollowUpId;
  hotlineId: HotlineId;
  callId: CallId | null;
  sealedTitle: string;
  dueOn: string | null;
  assigneeId: OperatorId | null;
  state: FollowUpState;
  createdAt: Instant;
  createdBy: OperatorId;
  doneAt: Instant | null;
}

interface FollowUpRecord {
  id: string;
  hotlineId: string;
  callId: string | null;
  sealedTitle: string;
  dueOn: string | null;
  assigneeId: string | null;
  state: string;
  createdAt: Date;
  createdBy: string;
  doneAt: Date | null;
}

const toFollowUp = (row: FollowUpRecord): FollowUpRow => ({
  followUpId: row.id as FollowUpId,
  hotlineId: row.hotlineId as HotlineId,
  callId: row.callId as CallId | null,
  sealedTitle: row.sealedTitle,
  dueOn: row.dueOn,
  assigneeId: row.assigneeId as OperatorId | null,
  state: row.state as FollowUpState,
  createdAt: row.createdAt.getTime(),
  createdBy: row.createdBy as OperatorId,
  doneAt: row.doneAt?.getTime() ?? null,
});

const LIST_LIMIT = 500;

export class FollowUpsRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Open ones by the day they are due, those without a day last; done ones newest first. */
  async listFollowUps(filter: {
    hotlineIds: readonly HotlineId[];
    state?: FollowUpState;
    callId?: CallId;
  }): Promise<FollowUpRow[]> {
    const rows = await this.db.followUp.findMany({
      where: {
        hotlineId: { in: [...filter.hotlineIds] },
        ...(filter.state ? { state: filter.state } : {}),
        // What was set in practice is nobody's task.
        ...(filter.callId ? { callId: filter.callId } : { OR: [{ callId: null }, { call: { test: false } }] }),
      },
      orderBy:
        filter.state === 'done'
          ? [{ doneAt: 'desc' }]
          : [{ dueOn: { sort: 'asc', nulls: 'last' } }, { createdAt: 'asc' }],
      take: LIST_LIMIT,
    });
    return rows.map(toFollowUp);
  }

  async findFollowUp(followUpId: FollowUpId): Promise<FollowUpRow | null> {
    const row = await this.db.followUp.findUnique({ where: { id: followUpId } });
    return row ? toFollowUp(row) : null;
  }

  /** Storing the same one again changes nothing. */
  async createFollowUp(followUp: Omit<FollowUpRow, 'state' | 'doneAt'>): Promise<void> {
    const { followUpId, createdAt, ...data } = followUp;
    await this.db.followUp.createMany({
      data: [{ id: followUpId, createdAt: new Date(createdAt), ...data }],
      skipDuplicates: true,
    });
  }

  async updateFollowUp(
    followUpId: FollowUpId,
    change: {
      sealedTitle?: string;
      dueOn?: string | null;
      assigneeId?: OperatorId | null;
      done?: { at: Instant; by: OperatorId } | null;
    },
  ): Promise<void> {
    const { done, ...data } = change;
    await this.db.followUp.update({
      where: { id: followUpId },
      data: {
        ...data,
        ...(done === undefined
          ? {}
          : {
              state: done ? 'done' : 'open',
              doneAt: done ? new Date(done.at) : null,
              doneBy: done ? done.by : null,
            }),
      },
    });
  }
}

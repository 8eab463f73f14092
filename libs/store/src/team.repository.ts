import type { DispatchId, DispatchState, TeamMessageId } from '@ringdown/protocol/team';
import type { CallId, HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';
import type { Database } from './database.ts';

export interface TeamMessageRow {
  messageId: TeamMessageId;
  hotlineId: HotlineId;
  seq: number;
  authorId: OperatorId;
  at: Instant;
  sealed: string;
}

export interface DispatchRow {
  dispatchId: DispatchId;
  hotlineId: HotlineId;
  callId: CallId | null;
  operatorId: OperatorId;
  sentById: OperatorId;
  state: DispatchState;
  sentAt: Instant;
  movedAt: Instant;
  sealed: string;
}

type MessageRecord = { id: string; hotlineId: string; seq: number; authorId: string; at: Date; sealed: string };
const toMessage = (row: MessageRecord): TeamMessageRow => ({
  messageId: row.id as TeamMessageId,
  hotlineId: row.hotlineId as HotlineId,
  seq: row.seq,
  authorId: row.authorId as OperatorId,
  at: row.at.getTime(),
  sealed: row.sealed,
});

type DispatchRecord = {
  id: string;
  hotlineId: string;
  callId: string | null;
  operatorId: string;
  sentById: string;
  state: string;
  sentAt: Date;
  movedAt: Date;
  sealed: string;
};
const toDispatch = (row: DispatchRecord): DispatchRow => ({
  dispatchId: row.id as DispatchId,
  hotlineId: row.hotlineId as HotlineId,
  callId: row.callId as CallId | null,
  operatorId: row.operatorId as OperatorId,
  sentById: row.sentById as OperatorId,
  state: row.state as DispatchState,
  sentAt: row.sentAt.getTime(),
  movedAt: row.movedAt.getTime(),
  sealed: row.sealed,
});

/** Sealed words among the people of a hotline, and whom they have sent where. */
export class TeamRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** The newest `limit`, oldest first. */
  async listMessages(
    hotlineId: HotlineId,
    filter: { before: number | null; limit: number },
  ): Promise<TeamMessageRow[]> {
    const rows = await this.db.teamMessage.findMany({
      where: { hotlineId, ...(filter.before === null ? {} : { seq: { lt: filter.before } }) },
      orderBy: { seq: 'desc' },
      take: filter.limit,
    });
    return rows.map(toMessage).toReversed();
  }

  /** The same message sent again is kept once; null when the id belongs to somebody else's. */
  async addMessage(message: Omit<TeamMessageRow, 'seq'>): Promise<TeamMessageRow | null> {
    const { messageId: id, at, ...rest } = message;
    await this.db.teamMessage.createMany({ data: [{ id, at: new Date(at), ...rest }], skipDuplicates: true });
    const row = await this.db.teamMessage.findUnique({ where: { id } });
    return row && row.authorId === rest.authorId && row.hotlineId === rest.hotlineId ? toMessage(row) : null;
  }

  /** What is under way, and what was settled since `since`; the newest first. */
  async listDispatches(hotlineIds: readonly HotlineId[], since: Instant): Promise<DispatchRow[]> {
    const rows = await this.db.dispatch.findMany({
      where: {
        hotlineId: { in: [...hotlineIds] },
        OR: [{ state: { notIn: ['done', 'cancelled'] } }, { movedAt: { gte: new Date(since) } }],
      },
      orderBy: { sentAt: 'desc' },
      take: 500,
    });
    return rows.map(toDispatch);
  }

  async findDispatch(dispatchId: DispatchId): Promise<DispatchRow | null> {
    const row = await this.db.dispatch.findUnique({ where: { id: dispatchId } });
    return row ? toDispatch(row) : null;
  }

  /** The same one sent again is kept once; null when the id belongs to another. */
  async addDispatch(dispatch: Omit<DispatchRow, 'state' | 'movedAt'>): Promise<DispatchRow | null> {
    const { dispatchId: id, sentAt, ...rest } = dispatch;
    const at = new Date(sentAt);
    await this.db.dispatch.createMany({ data: [{ id, sentAt: at, movedAt: at, ...rest }], skipDuplicates: true });
    const row = await this.db.dispatch.findUnique({ where: { id } });
    return row && row.sentById === rest.sentById && row.hotlineId === rest.hotlineId ? toDispatch(row) : null;
  }

  /** False when somebody else has moved it in the meantime. */
  async moveDispatch(dispatchId: DispatchId, from: DispatchState, to: DispatchState, at: Instant): Promise<boolean> {
    const { count } = await this.db.dispatch.updateMany({
      where: { id: dispatchId, state: from },
      data: { state: to, movedAt: new Date(at) },
    });
    return count > 0;
  }
}

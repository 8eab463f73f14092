import type { AskedCallBackState } from '@ringdown/protocol/call-backs';
import type { Priority } from '@ringdown/protocol/call-events';
import type { AskedCallBackId, CallId, HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';
import type { Database } from './database.ts';

export interface AskedCallBackRow {
  callBackId: AskedCallBackId;
  hotlineId: HotlineId;
  callId: CallId;
  priority: Priority;
  sealedReason: string;
  state: AskedCallBackState;
  askedAt: Instant;
  askedBy: OperatorId;
  expiresAt: Instant;
  claimedAt: Instant | null;
  claimedBy: OperatorId | null;
  attempts: number;
  notBefore: Instant | null;
  placedCallId: CallId | null;
  overAt: Instant | null;
}

interface AskedCallBackRecord {
  id: string;
  hotlineId: string;
  callId: string;
  priority: string;
  sealedReason: string;
  state: string;
  askedAt: Date;
  askedBy: string;
  expiresAt: Date;
  claimedAt: Date | null;
  claimedBy: string | null;
  attempts: number;
  notBefore: Date | null;
  placedCallId: string | null;
  overAt: Date | null;
}

const toRow = (row: AskedCallBackRecord): AskedCallBackRow => ({
  callBackId: row.id as AskedCallBackId,
  hotlineId: row.hotlineId as HotlineId,
  callId: row.callId as CallId,
  priority: row.priority as Priority,
  sealedReason: row.sealedReason,
  state: row.state as AskedCallBackState,
  askedAt: row.askedAt.getTime(),
  askedBy: row.askedBy as OperatorId,
  expiresAt: row.expiresAt.getTime(),
  claimedAt: row.claimedAt?.getTime() ?? null,
  claimedBy: row.claimedBy as OperatorId | null,
  attempts: row.attempts,
  notBefore: row.notBefore?.getTime() ?? null,
  placedCallId: row.placedCallId as CallId | null,
  overAt: row.overAt?.getTime() ?? null,
});

const LIST_LIMIT = 500;

/** What a change of state finds before and leaves behind. It happens only where the row is still as expected. */
export interface CallBackMove {
  from: readonly AskedCallBackState[];
  to: AskedCallBackState;
  /** Only where this person has claimed it. */
  claimedBy?: OperatorId;
  /** Only for this call. */
  placedCallId?: CallId;
  set?: {
    claimedBy?: OperatorId | null;
    claimedAt?: Instant;
    attempts?: number;
    notBefore?: Instant | null;
    placedCallId?: CallId;
    overAt?: Instant;
  };
}

const dated = (instant: Instant | null | undefined): Date | null | undefined =>
  instant === undefined || instant === null ? instant : new Date(instant);

/** Call-backs that volunteers asked supervisors for. */
export class CallBacksRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** By age; over ones newest first. `hotlineIds` of those one leads; `askedBy` adds one's own. */
  async list(filter: {
    hotlineIds: readonly HotlineId[];
    askedBy: OperatorId;
    states: readonly AskedCallBackState[];
    newestFirst: boolean;
  }): Promise<AskedCallBackRow[]> {
    const rows = await this.db.askedCallBack.findMany({
      where: {
        state: { in: [...filter.states] },
        OR: [{ hotlineId: { in: [...filter.hotlineIds] } }, { askedBy: filter.askedBy }],
      },
      orderBy: { askedAt: filter.newestFirst ? 'desc' : 'asc' },
      take: LIST_LIMIT,
    });
    return rows.map(toRow);
  }

  async find(callBackId: AskedCallBackId): Promise<AskedCallBackRow | null> {
    const row = await this.db.askedCallBack.findUnique({ where: { id: callBackId } });
    return row && toRow(row);
  }

  async findByPlacedCall(callId: CallId): Promise<AskedCallBackRow | null> {
    const row = await this.db.askedCallBack.findFirst({ where: { placedCallId: callId } });
    return row && toRow(row);
  }

  /** Storing the same one again changes nothing; false then. */
  async create(
    row: Pick<
      AskedCallBackRow,
      'callBackId' | 'hotlineId' | 'callId' | 'priority' | 'sealedReason' | 'askedAt' | 'askedBy' | 'expiresAt'
    >,
  ): Promise<boolean> {
    const { callBackId, askedAt, expiresAt, ...data } = row;
    const { count } = await this.db.askedCallBack.createMany({
      data: [{ id: callBackId, askedAt: new Date(askedAt), expiresAt: new Date(expiresAt), ...data }],
      skipDuplicates: true,
    });
    return count > 0;
  }

  /** False when somebody else was quicker, or the row isn't as expected any more. One statement: of two claims one wins. */
  async move(callBackId: AskedCallBackId, { from, to, claimedBy, placedCallId, set }: CallBackMove): Promise<boolean> {
    const { claimedAt, notBefore, overAt, ...rest } = set ?? {};
    const { count } = await this.db.askedCallBack.updateMany({
      where: {
        id: callBackId,
        state: { in: [...from] },
        ...(claimedBy === undefined ? {} : { claimedBy }),
        ...(placedCallId === undefined ? {} : { placedCallId }),
      },
      data: {
        state: to,
        ...rest,
        ...(claimedAt === undefined ? {} : { claimedAt: new Date(claimedAt) }),
        ...(notBefore === undefined ? {} : { notBefore: dated(notBefore) ?? null }),
        ...(overAt === undefined ? {} : { overAt: new Date(overAt) }),
      },
    });
    return count > 0;
  }

  async listExpired(now: Instant): Promise<AskedCallBackRow[]> {
    const rows = await this.db.askedCallBack.findMany({
      where: { state: { in: ['asked', 'claimed'] }, expiresAt: { lte: new Date(now) } },
      take: 50,
    });
    return rows.map(toRow);
  }

  /** Being called, as far as this table knows. */
  async listCalling(): Promise<AskedCallBackRow[]> {
    return (await this.db.askedCallBack.findMany({ where: { state: 'calling' }, take: LIST_LIMIT })).map(toRow);
  }
}

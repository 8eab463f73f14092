import type { CallPhase, Termination } from '@ringdown/protocol/call-events';
import type { AdminLogLine } from '@ringdown/protocol/http';
import type {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  HotlineId,
  Instant,
  LanguageTag,
  OperatorId,
  VoicemailId,
} from '@ringdown/protocol/ids';
import type { Database } from './database.ts';

export interface CallRow {
  callId: CallId;
  hotlineId: HotlineId;
  carrierAccountId: CarrierAccountId;
  carrierCallId: CarrierCallId;
  phase: CallPhase;
  arrivedAt: Instant;
  acceptedAt: Instant | null;
  endedAt: Instant | null;
  operatorId: OperatorId | null;
  callerSealed: Uint8Array | null;
  callerIndex: string | null;
  termination: Termination | null;
  test: boolean;
  /** Of a practice call. */
  practice: { operatorId: OperatorId; shared: boolean } | null;
  hasNote: boolean;
  hasVoicemail: boolean;
}

export interface VoicemailRow {
  voicemailId: VoicemailId;
  callId: CallId;
  hotlineId: HotlineId;
  durationMs: number;
  vaultVersion: number;
  receivedAt: Instant;
  heardAt: Instant | null;
  assignedTo: OperatorId | null;
}

export interface NoteRow {
  callId: CallId;
  operatorId: OperatorId;
  sealed: string;
  vaultVersion: number;
  revision: number;
  savedAt: Instant;
}

const summary = {
  id: true,
  hotlineId: true,
  carrierAccountId: true,
  carrierCallId: true,
  phase: true,
  arrivedAt: true,
  acceptedAt: true,
  endedAt: true,
  operatorId: true,
  callerSealed: true,
  callerIndex: true,
  result: true,
  reason: true,
  test: true,
  voicemail: { select: { id: true } },
  practice: { select: { operatorId: true, sharedAt: true } },
  noteDocument: { select: { callId: true } },
  _count: { select: { notes: true } },
} as const;

type CallRecord = {
  id: string;
  hotlineId: string;
  carrierAccountId: string;
  carrierCallId: string;
  phase: string;
  arrivedAt: Date;
  acceptedAt: Date | null;
  endedAt: Date | null;
  operatorId: string | null;
  callerSealed: Uint8Array | null;
  callerIndex: string | null;
  result: string | null;
  reason: string | null;
  test: boolean;
  voicemail: { id: string } | null;
  practice: { operatorId: string; sharedAt: Date | null } | null;
  noteDocument: { callId: string } | null;
  _count: { notes: number };
};

const toCall = (row: CallRecord): CallRow => ({
  callId: row.id as CallId,
  hotlineId: row.hotlineId as HotlineId,
  carrierAccountId: row.carrierAccountId as CarrierAccountId,
  carrierCallId: row.carrierCallId as CarrierCallId,
  phase: row.phase as CallPhase,
  arrivedAt: row.arrivedAt.getTime(),
  acceptedAt: row.acceptedAt?.getTime() ?? null,
  endedAt: row.endedAt?.getTime() ?? null,
  operatorId: row.operatorId as OperatorId | null,
  callerSealed: row.callerSealed,
  callerIndex: row.callerIndex,
  termination: row.result && row.reason ? ({ result: row.result, reason: row.reason } as Termination) : null,
  test: row.test,
  practice: row.practice && {
    operatorId: row.practice.operatorId as OperatorId,
    shared: row.practice.sharedAt !== null,
  },
  // oxlint-disable-next-line no-underscore-dangle -- Prisma's name
  hasNote: row.noteDocument !== null || row._count.notes > 0,
  hasVoicemail: row.voicemail !== null,
});

const toVoicemail = (row: {
  id: string;
  callId: string;
  hotlineId: string;
  durationMs: number;
  vaultVersion: number;
  receivedAt: Date;
  heardAt: Date | null;
  assignedTo: string | null;
}): VoicemailRow => ({
  voicemailId: row.id as VoicemailId,
  callId: row.callId as CallId,
  hotlineId: row.hotlineId as HotlineId,
  durationMs: row.durationMs,
  vaultVersion: row.vaultVersion,
  receivedAt: row.receivedAt.getTime(),
  heardAt: row.heardAt?.getTime() ?? null,
  assignedTo: row.assignedTo as OperatorId | null,
});

const voicemailColumns = {
  id: true,
  callId: true,
  hotlineId: true,
  durationMs: true,
  vaultVersion: true,
  receivedAt: true,
  heardAt: true,
  assignedTo: true,
} as const;

/** Calls as people look at them, with their notes and voicemails. Changes of a call go through the call log. */
export class CallsRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  async listCalls(filter: {
    hotlineIds?: HotlineId[];
    operatorId?: OperatorId;
    /** Also calls for trying things out. */
    practice: boolean;
    before?: Instant;
    limit: number;
  }): Promise<CallRow[]> {
    const rows = await this.db.call.findMany({
      where: {
        ...(filter.hotlineIds ? { hotlineId: { in: filter.hotlineIds } } : {}),
        ...(filter.operatorId ? { operatorId: filter.operatorId } : {}),
        ...(filter.practice ? {} : { test: false }),
        ...(filter.before === undefined ? {} : { arrivedAt: { lt: new Date(filter.before) } }),
      },
      select: summary,
      orderBy: { arrivedAt: 'desc' },
      take: filter.limit,
    });
    return rows.map(toCall);
  }

  async findCall(callId: CallId): Promise<CallRow | null> {
    const row = await this.db.call.findUnique({ where: { id: callId }, select: summary });
    return row ? toCall(row) : null;
  }

  /** The newest call that this person was responsible for and whose number is known. */
  async findLastCaller(
    operatorId: OperatorId,
    hotlineId: HotlineId,
    since: Instant,
  ): Promise<{ callId: CallId; callerSealed: Uint8Array; callerIndex: string | null; language: LanguageTag } | null> {
    const row = await this.db.call.findFirst({
      where: {
        operatorId,
        hotlineId,
        test: false,
        arrivedAt: { gte: new Date(since) },
        acceptedAt: { not: null },
        endedAt: { not: null },
        callerSealed: { not: null },
      },
      select: { id: true, callerSealed: true, callerIndex: true, language: true },
      orderBy: { arrivedAt: 'desc' },
    });
    if (!row?.callerSealed) return null;
    const { callerSealed, callerIndex } = row;
    return { callId: row.id as CallId, callerSealed, callerIndex, language: row.language as LanguageTag };
  }

  /** How often the same number called the same hotline before. */
  async countEarlier(callId: CallId): Promise<number> {
    const rows = await this.db.$queryRaw<{ earlier: number }[]>`
      select count(*)::int as earlier from call c join call e
        on e.hotline_id = c.hotline_id and e.caller_index = c.caller_index and e.arrived_at < c.arrived_at and not e.test
        where c.id = ${callId}::uuid`;
    return rows[0]?.earlier ?? 0;
  }

  /** From answer to end, the newest first. Practice and test calls say nothing about callers. */
  async listHandleTimes(hotlineId: HotlineId, since: Instant, limit: number): Promise<number[]> {
    const rows = await this.db.call.findMany({
      where: {
        hotlineId,
        test: false,
        arrivedAt: { gte: new Date(since) },
        acceptedAt: { not: null },
        endedAt: { not: null },
        // Without an outcome are only calls from before there was one.
        OR: [{ outcome: null }, { outcome: { not: 'uncounted' } }],
      },
      select: { acceptedAt: true, endedAt: true },
      orderBy: { arrivedAt: 'desc' },
      take: limit,
    });
    return rows.flatMap(({ acceptedAt, endedAt }) =>
      acceptedAt && endedAt ? [endedAt.getTime() - acceptedAt.getTime()] : [],
    );
  }

  /** Calls not ended that nothing has happened to since `before`. */
  async listQuiet(before: Instant): Promise<CallRow[]> {
    const rows = await this.db.call.findMany({
      where: { endedAt: null, updatedAt: { lt: new Date(before) } },
      select: summary,
      take: 100,
    });
    return rows.map(toCall);
  }

  async listLiveOnGateway(gatewayId: string): Promise<CallId[]> {
    const rows = await this.db.call.findMany({ where: { gatewayId, endedAt: null }, select: { id: true } });
    return rows.map((row) => row.id as CallId);
  }

  async countLive(): Promise<number> {
    return this.db.call.count({ where: { endedAt: null, test: false } });
  }

  /** From before a call had one note for everybody. */
  async listNotes(callId: CallId): Promise<NoteRow[]> {
    const rows = await this.db.note.findMany({ where: { callId }, orderBy: { savedAt: 'asc' } });
    return rows.map((row) => ({
      callId: row.callId as CallId,
      operatorId: row.operatorId as OperatorId,
      sealed: row.sealed,
      vaultVersion: row.vaultVersion,
      revision: row.revision,
      savedAt: row.savedAt.getTime(),
    }));
  }

  /** Storing the same voicemail again changes nothing. */
  async saveVoicemail(voicemail: {
    voicemailId: VoicemailId;
    callId: CallId;
    hotlineId: HotlineId;
    sealed: Uint8Array<ArrayBuffer>;
    durationMs: number;
    vaultVersion: number;
    assignedTo: OperatorId | null;
  }): Promise<void> {
    const { voicemailId, ...data } = voicemail;
    await this.db.voicemail.upsert({ where: { id: voicemailId }, create: { id: voicemailId, ...data }, update: {} });
  }

  async countUnheard(hotlineId: HotlineId): Promise<Map<OperatorId, number>> {
    const rows = await this.db.voicemail.groupBy({
      by: ['assignedTo'],
      where: { hotlineId, heardAt: null, assignedTo: { not: null } },
      // oxlint-disable-next-line no-underscore-dangle -- Prisma's name
      _count: { id: true },
    });
    // oxlint-disable-next-line no-underscore-dangle -- Prisma's name
    return new Map(rows.map((row) => [row.assignedTo as OperatorId, row._count.id]));
  }

  async listVoicemails(hotlineIds: HotlineId[]): Promise<VoicemailRow[]> {
    const rows = await this.db.voicemail.findMany({
      where: { hotlineId: { in: hotlineIds } },
      select: voicemailColumns,
      orderBy: { receivedAt: 'desc' },
      take: 200,
    });
    return rows.map(toVoicemail);
  }

  async findVoicemail(voicemailId: VoicemailId): Promise<VoicemailRow | null> {
    const row = await this.db.voicemail.findUnique({ where: { id: voicemailId }, select: voicemailColumns });
    return row ? toVoicemail(row) : null;
  }

  async getSealedVoicemail(voicemailId: VoicemailId): Promise<Uint8Array> {
    return (await this.db.voicemail.findUniqueOrThrow({ where: { id: voicemailId }, select: { sealed: true } })).sealed;
  }

  async markHeard(voicemailId: VoicemailId, operatorId: OperatorId, now: Instant): Promise<void> {
    await this.db.voicemail.updateMany({
      where: { id: voicemailId, heardAt: null },
      data: { heardAt: new Date(now), heardBy: operatorId },
    });
  }

  async addAdminLogLine(line: {
    kind: AdminLogLine['kind'];
    actorId?: OperatorId;
    callId?: CallId;
    details?: Record<string, string>;
  }): Promise<void> {
    await this.db.adminLogLine.create({
      data: {
        kind: line.kind,
        actorId: line.actorId ?? null,
        callId: line.callId ?? null,
        details: line.details ?? {},
      },
    });
  }

  async listAdminLog(
    limit: number,
  ): Promise<
    { at: Instant; kind: string; actorId: OperatorId | null; callId: CallId | null; details: Record<string, string> }[]
  > {
    const rows = await this.db.adminLogLine.findMany({ orderBy: { id: 'desc' }, take: limit });
    return rows.map((row) => ({
      at: row.at.getTime(),
      kind: row.kind,
      actorId: row.actorId as OperatorId | null,
      callId: row.callId as CallId | null,
      details: row.details as Record<string, string>,
    }));
  }
}

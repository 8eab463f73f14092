import type { CallId, HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';
import type { IntakeDefinition } from '@ringdown/protocol/intake-form';
import type { NoteChange } from '@ringdown/protocol/notes';
import type { NoteRow } from './calls.repository.ts';
import type { Database } from './database.ts';

export interface NoteAuthorRow {
  operatorId: OperatorId;
  savedAt: Instant;
}

/** All sealed words about one call. */
export interface NotedCallRow {
  callId: CallId;
  hotlineId: HotlineId;
  arrivedAt: Instant;
  acceptedAt: Instant | null;
  endedAt: Instant | null;
  operatorId: OperatorId | null;
  result: string | null;
  reason: string | null;
  changes: NoteChange[];
  authors: NoteAuthorRow[];
  notes: NoteRow[];
}

const noted = {
  id: true,
  hotlineId: true,
  arrivedAt: true,
  acceptedAt: true,
  endedAt: true,
  operatorId: true,
  result: true,
  reason: true,
  notes: true,
  noteDocument: {
    select: {
      changes: { select: { seq: true, sealed: true }, orderBy: { seq: 'asc' } },
      authors: { select: { operatorId: true, savedAt: true }, orderBy: { savedAt: 'asc' } },
    },
  },
} as const;

/** Sealed notes of calls and the forms they answer. Nothing here can be read by this server. */
export class NotesRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Gives the change the next number of its call. */
  async addChange(change: { callId: CallId; operatorId: OperatorId; sealed: string; at: Instant }): Promise<number> {
    const { callId, operatorId, sealed } = change;
    const rows = await this.db.$queryRaw<{ seq: number }[]>`
      with document as (
        insert into note_document (call_id, seq) values (${callId}::uuid, 1)
        on conflict (call_id) do update set seq = note_document.seq + 1
        returning seq
      ), author as (
        insert into note_author (call_id, operator_id, saved_at)
        values (${callId}::uuid, ${operatorId}::uuid, ${new Date(change.at)})
        on conflict (call_id, operator_id) do update set saved_at = excluded.saved_at
      )
      insert into note_change (call_id, seq, sealed) select ${callId}::uuid, seq, ${sealed} from document returning seq`;
    const seq = rows[0]?.seq;
    if (seq === undefined) throw new Error('A change of a note was not stored.');
    return seq;
  }

  async listChanges(callId: CallId, after: number): Promise<NoteChange[]> {
    return this.db.noteChange.findMany({
      where: { callId, seq: { gt: after } },
      select: { seq: true, sealed: true },
      orderBy: { seq: 'asc' },
    });
  }

  async listAuthors(callId: CallId): Promise<NoteAuthorRow[]> {
    const rows = await this.db.noteAuthor.findMany({ where: { callId }, orderBy: { savedAt: 'asc' } });
    return rows.map((row) => ({ operatorId: row.operatorId as OperatorId, savedAt: row.savedAt.getTime() }));
  }

  /** One change in the place of all up to `upTo`. False when they were merged already: then nothing changes. */
  async mergeChanges(callId: CallId, upTo: number, sealed: string): Promise<boolean> {
    return this.db.$transaction(async (tx) => {
      await tx.$executeRaw`select 1 from note_document where call_id = ${callId}::uuid for update`;
      const covered = await tx.noteChange.findMany({
        where: { callId, seq: { lte: upTo } },
        select: { seq: true },
        orderBy: { seq: 'asc' },
      });
      if (covered.length < 2 || covered.at(-1)?.seq !== upTo) return false;
      await tx.noteChange.deleteMany({ where: { callId, seq: { lt: upTo } } });
      await tx.noteChange.update({ where: { callId_seq: { callId, seq: upTo } }, data: { sealed } });
      return true;
    });
  }

  async listEarlier(
    of: { hotlineId: HotlineId; callerIndex: string; before: Instant },
    limit: number,
  ): Promise<NotedCallRow[]> {
    const rows = await this.db.call.findMany({
      where: {
        hotlineId: of.hotlineId,
        callerIndex: of.callerIndex,
        test: false,
        arrivedAt: { lt: new Date(of.before) },
      },
      select: noted,
      orderBy: { arrivedAt: 'desc' },
      take: limit,
    });
    return rows.map(toNotedCall);
  }

  /** Newest first. `mine`: only calls this person took or wrote about. */
  async listNoted(filter: {
    mine: OperatorId | null;
    before: Instant | null;
    limit: number;
  }): Promise<{ calls: NotedCallRow[]; total: number }> {
    const { mine } = filter;
    const written = { OR: [{ noteDocument: { isNot: null } }, { notes: { some: {} } }] };
    const own =
      mine === null
        ? {}
        : { OR: [{ operatorId: mine }, { noteDocument: { authors: { some: { operatorId: mine } } } }] };
    const where = { AND: [written, own], test: false };
    const before = filter.before === null ? {} : { arrivedAt: { lt: new Date(filter.before) } };
    const [rows, total] = await Promise.all([
      this.db.call.findMany({
        where: { ...where, ...before },
        select: noted,
        orderBy: { arrivedAt: 'desc' },
        take: filter.limit,
      }),
      this.db.call.count({ where }),
    ]);
    return { calls: rows.map(toNotedCall), total };
  }

  /** `version` null: the newest. */
  async findForm(
    hotlineId: HotlineId,
    version: number | null,
  ): Promise<{ version: number; definition: unknown; savedAt: Instant } | null> {
    const row = await this.db.intakeForm.findFirst({
      where: { hotlineId, ...(version === null ? {} : { version }) },
      orderBy: { version: 'desc' },
    });
    return row ? { version: row.version, definition: row.definition, savedAt: row.savedAt.getTime() } : null;
  }

  /** False when that version exists: somebody else saved it first. */
  async addForm(form: {
    hotlineId: HotlineId;
    version: number;
    definition: IntakeDefinition;
    savedAt: Instant;
    savedBy: OperatorId;
  }): Promise<boolean> {
    const { count } = await this.db.intakeForm.createMany({
      data: [{ ...form, savedAt: new Date(form.savedAt) }],
      skipDuplicates: true,
    });
    return count === 1;
  }
}

interface NotedRecord {
  id: string;
  hotlineId: string;
  arrivedAt: Date;
  acceptedAt: Date | null;
  endedAt: Date | null;
  operatorId: string | null;
  result: string | null;
  reason: string | null;
  notes: { operatorId: string; sealed: string; vaultVersion: number; revision: number; savedAt: Date }[];
  noteDocument: { changes: NoteChange[]; authors: { operatorId: string; savedAt: Date }[] } | null;
}

const toNotedCall = (row: NotedRecord): NotedCallRow => ({
  callId: row.id as CallId,
  hotlineId: row.hotlineId as HotlineId,
  arrivedAt: row.arrivedAt.getTime(),
  acceptedAt: row.acceptedAt?.getTime() ?? null,
  endedAt: row.endedAt?.getTime() ?? null,
  operatorId: row.operatorId as OperatorId | null,
  result: row.result,
  reason: row.reason,
  changes: row.noteDocument?.changes ?? [],
  authors: (row.noteDocument?.authors ?? []).map((author) => ({
    operatorId: author.operatorId as OperatorId,
    savedAt: author.savedAt.getTime(),
  })),
  notes: row.notes.map((note) => ({
    ...note,
    callId: row.id as CallId,
    operatorId: note.operatorId as OperatorId,
    savedAt: note.savedAt.getTime(),
  })),
});

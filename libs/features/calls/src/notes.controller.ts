import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { CurrentOperator, leads, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { conflict, notAllowed, notFound } from '@ringdown/platform/problems';
import type { Termination } from '@ringdown/protocol/call-events';
import { CallId, HotlineId, type OperatorId } from '@ringdown/protocol/ids';
import { IntakeDefinition, type IntakeForm, SaveIntakeForm } from '@ringdown/protocol/intake-form';
import {
  type EarlierCall,
  MergeNoteChanges,
  type NoteAuthor,
  type NoteChanges,
  type NoteChangesMerged,
  type NoteChangeSaved,
  type NotedCalls,
  SaveNoteChange,
  type SealedNotes,
} from '@ringdown/protocol/notes';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { type NoteAuthorRow, type NotedCallRow, NotesRepository } from '@ringdown/store/notes.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { z } from 'zod';
import { CallAccess } from './call-access.ts';
import { NoteLinks } from './note-links.ts';

const After = z.object({ after: z.coerce.number().int().min(0).default(0) });
const Page = z.object({
  before: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
const Version = z.coerce.number().int().min(1);
const EARLIER_LIMIT = 20;
const NO_QUESTIONS: IntakeDefinition = { fields: [], categories: [] };

type Names = ReadonlyMap<OperatorId, string>;

/** What people write down about calls. Only sealed words pass here; times are this server's. */
@Controller('api')
export class NotesController {
  constructor(
    private readonly access: CallAccess,
    private readonly store: NotesRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly people: PeopleRepository,
    private readonly links: NoteLinks,
    private readonly clock: Clock,
  ) {}

  @SignedInAs()
  @Get('calls/:callId/note-changes')
  async changes(
    @Param('callId', { schema: CallId }) callId: CallId,
    @Query({ schema: After }) { after }: z.infer<typeof After>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<NoteChanges> {
    await this.access.getForReading(callId, operator);
    const [changes, authors] = await Promise.all([
      this.store.listChanges(callId, after),
      this.store.listAuthors(callId),
    ]);
    return { changes, authors: withNames(authors, await this.people.namesOf(authors.map((a) => a.operatorId))) };
  }

  @SignedInAs()
  @Post('calls/:callId/note-changes')
  async save(
    @Param('callId', { schema: CallId }) callId: CallId,
    @Body({ schema: SaveNoteChange }) { sealed }: z.infer<typeof SaveNoteChange>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<z.infer<typeof NoteChangeSaved>> {
    await this.access.getForWriting(callId, operator);
    const { operatorId } = operator;
    const seq = await this.store.addChange({ callId, operatorId, sealed, at: this.clock.now() });
    this.links.changed(callId, { seq, sealed });
    return { seq };
  }

  @SignedInAs()
  @Post('calls/:callId/note-changes/merge')
  @HttpCode(200)
  async merge(
    @Param('callId', { schema: CallId }) callId: CallId,
    @Body({ schema: MergeNoteChanges }) { upTo, sealed }: z.infer<typeof MergeNoteChanges>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<z.infer<typeof NoteChangesMerged>> {
    await this.access.getForWriting(callId, operator);
    return { merged: await this.store.mergeChanges(callId, upTo, sealed) };
  }

  /** X5. Found by the keyed hash; whoever may see the call may know of the caller's earlier ones. */
  @SignedInAs()
  @Get('calls/:callId/earlier')
  async earlier(
    @Param('callId', { schema: CallId }) callId: CallId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<EarlierCall[]> {
    const { hotlineId, callerIndex, arrivedAt } = await this.access.getForReading(callId, operator);
    if (!callerIndex) return [];
    const rows = await this.store.listEarlier({ hotlineId, callerIndex, before: arrivedAt }, EARLIER_LIMIT);
    const names = await this.namesIn(rows);
    return rows.map((row) => ({
      ...toSealedNotes(row, names),
      operator: row.operatorId && { operatorId: row.operatorId, name: names.get(row.operatorId) ?? '' },
      talkedMs: row.acceptedAt === null || row.endedAt === null ? null : row.endedAt - row.acceptedAt,
      termination: row.result && row.reason ? ({ result: row.result, reason: row.reason } as Termination) : null,
    }));
  }

  /** For searching in the browser: everything the person may read. The query itself never comes here. */
  @SignedInAs()
  @Get('notes')
  async noted(
    @Query({ schema: Page }) { before, limit }: z.infer<typeof Page>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<NotedCalls> {
    const mine = leads(operator.role) ? null : operator.operatorId;
    const { calls, total } = await this.store.listNoted({ mine, before: before ?? null, limit });
    const names = await this.namesIn(calls);
    const last = calls.length === limit ? calls.at(-1) : undefined;
    return {
      calls: calls.map((row) => toSealedNotes(row, names)),
      next: last ? String(last.arrivedAt) : null,
      total,
    };
  }

  @SignedInAs()
  @Get('hotlines/:hotlineId/intake-form')
  async form(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<IntakeForm> {
    await this.checkMember(hotlineId, operator);
    return this.newestForm(hotlineId);
  }

  @SignedInAs()
  @Get('hotlines/:hotlineId/intake-form/:version')
  async formOf(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Param('version', { schema: Version }) version: number,
    @CurrentOperator() operator: SignedIn,
  ): Promise<IntakeForm> {
    await this.checkMember(hotlineId, operator);
    const row = await this.store.findForm(hotlineId, version);
    if (!row) throw notFound('intake form');
    return { hotlineId, ...row, definition: IntakeDefinition.parse(row.definition) };
  }

  @SignedInAs('owner', 'admin')
  @Put('hotlines/:hotlineId/intake-form')
  async saveForm(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Body({ schema: SaveIntakeForm }) { basedOn, definition }: z.infer<typeof SaveIntakeForm>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<IntakeForm> {
    await this.checkMember(hotlineId, operator);
    const { version } = await this.newestForm(hotlineId);
    const savedAt = this.clock.now();
    const form = { hotlineId, version: basedOn + 1, definition, savedAt, savedBy: operator.operatorId };
    if (version !== basedOn || !(await this.store.addForm(form))) {
      throw conflict('form-changed-elsewhere', 'Somebody else has changed this form in the meantime.');
    }
    return { hotlineId, version: form.version, definition, savedAt };
  }

  private async newestForm(hotlineId: HotlineId): Promise<IntakeForm> {
    const row = await this.store.findForm(hotlineId, null);
    if (!row) return { hotlineId, version: 0, definition: NO_QUESTIONS, savedAt: null };
    return { hotlineId, ...row, definition: IntakeDefinition.parse(row.definition) };
  }

  private async checkMember(hotlineId: HotlineId, operator: SignedIn): Promise<void> {
    if (!(await this.hotlines.findHotline(hotlineId))) throw notFound('hotline');
    if (!leads(operator.role) && !operator.hotlineIds.includes(hotlineId)) throw notAllowed();
  }

  private async namesIn(rows: readonly NotedCallRow[]): Promise<Names> {
    return this.people.namesOf([
      ...new Set(
        rows.flatMap((row) => [
          ...(row.operatorId ? [row.operatorId] : []),
          ...row.authors.map((author) => author.operatorId),
          ...row.notes.map((note) => note.operatorId),
        ]),
      ),
    ]);
  }
}

const withNames = (authors: readonly NoteAuthorRow[], names: Names): NoteAuthor[] =>
  authors.map((author) => ({ ...author, name: names.get(author.operatorId) ?? '' }));

const toSealedNotes = (row: NotedCallRow, names: Names): SealedNotes => ({
  callId: row.callId,
  hotlineId: row.hotlineId,
  arrivedAt: row.arrivedAt,
  changes: row.changes,
  authors: withNames(row.authors, names),
  notes: row.notes.map(({ operatorId, ...note }) => ({
    ...note,
    author: { operatorId, name: names.get(operatorId) ?? '' },
  })),
});

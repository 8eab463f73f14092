import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { dueState } from '@ringdown/call-flow/due';
import { addDays, localDateOf } from '@ringdown/call-flow/wall-time';
import { MasterKey } from '@ringdown/crypto/master-key';
import { openNumber } from '@ringdown/crypto/number-cipher';
import { CurrentOperator, leads, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { notAllowed, notFound } from '@ringdown/platform/problems';
import {
  type AdminLogLine,
  type CallDetail,
  type CallSummary,
  type GatewayInfo,
  type Note,
  RevealNumber,
  type RevealedNumber,
  type Voicemail,
} from '@ringdown/protocol/http';
import { CallId, HotlineId, OperatorId, VoicemailId } from '@ringdown/protocol/ids';
import { RosterService } from '@ringdown/features-operators/roster.service';
import { type CallRow, CallsRepository } from '@ringdown/store/calls.repository';
import { GatewaysRepository } from '@ringdown/store/gateways.repository';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import type { Response } from 'express';
import { z } from 'zod';
import { mayLookAt } from './call-access.ts';
import { CALL_LOG, type EngineLog } from './call-engine.ts';
import { LiveLinks } from './live-links.ts';

const ListQuery = z.object({
  before: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  hotlineId: HotlineId.optional(),
});

/** Calls as people look at them afterwards: lists, timelines, notes, voicemails, the admin's log. */
@Controller('api')
export class CallsController {
  constructor(
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly calls: CallsRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly people: PeopleRepository,
    private readonly gateways: GatewaysRepository,
    private readonly rosters: RosterService,
    private readonly links: LiveLinks,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
  ) {}

  @SignedInAs('owner', 'admin', 'supervisor')
  @Get('calls')
  async list(
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
  ): Promise<{ calls: CallSummary[]; next: string | null }> {
    const rows = await this.calls.listCalls({
      practice: false,
      limit: query.limit,
      ...(query.hotlineId ? { hotlineIds: [query.hotlineId] } : {}),
      ...(query.before === undefined ? {} : { before: query.before }),
    });
    return this.page(rows, query.limit);
  }

  @SignedInAs()
  @Get('calls/mine')
  async mine(
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<{ calls: CallSummary[]; next: string | null }> {
    const rows = await this.calls.listCalls({
      operatorId: operator.operatorId,
      practice: true,
      limit: query.limit,
      ...(query.before === undefined ? {} : { before: query.before }),
    });
    return this.page(rows, query.limit);
  }

  @SignedInAs()
  @Get('calls/:callId')
  async get(
    @Param('callId', { schema: CallId }) callId: CallId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<CallDetail> {
    const call = await this.getOwn(callId, operator);
    const events = await this.log.listEvents(callId);
    const ids = new Set<OperatorId>();
    for (const { event } of events) {
      if ('operatorId' in event) ids.add(event.operatorId);
      if ('passedOver' in event) for (const passed of event.passedOver) ids.add(passed.operatorId);
    }
    const [[summary], names] = await Promise.all([this.summaries([call]), this.people.namesOf([...ids])]);
    if (!summary) throw notFound('call');
    return { ...summary, events, people: Object.fromEntries(names) };
  }

  /** A look at a number is asked for with a reason, and written down whether it is allowed or not. */
  @SignedInAs()
  @Post('calls/:callId/number')
  @HttpCode(200)
  async reveal(
    @Param('callId', { schema: CallId }) callId: CallId,
    @Body({ schema: RevealNumber }) body: z.infer<typeof RevealNumber>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<z.infer<typeof RevealedNumber>> {
    const call = await this.calls.findCall(callId);
    const details = { reason: body.reason };
    if (!call || !leads(operator.role)) {
      await this.calls.addAdminLogLine({ kind: 'number-reveal-refused', actorId: operator.operatorId, details });
      throw call ? notAllowed() : notFound('call');
    }
    await this.calls.addAdminLogLine({ kind: 'number-revealed', actorId: operator.operatorId, callId, details });
    return { number: call.callerSealed ? openNumber(this.masterKey, call.hotlineId, call.callerSealed) : null };
  }

  @SignedInAs()
  @Get('calls/:callId/notes')
  async notes(
    @Param('callId', { schema: CallId }) callId: CallId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<Note[]> {
    await this.getOwn(callId, operator);
    const rows = await this.calls.listNotes(callId);
    const names = await this.people.namesOf(rows.map((row) => row.operatorId));
    return rows.map(({ operatorId, ...row }) => ({
      ...row,
      author: { operatorId, name: names.get(operatorId) ?? '' },
    }));
  }

  @SignedInAs()
  @Get('voicemails')
  async voicemails(@CurrentOperator() operator: SignedIn): Promise<Voicemail[]> {
    const hotlines = await this.hotlines.listHotlines();
    const mine = hotlines.filter((h) => leads(operator.role) || operator.hotlineIds.includes(h.hotlineId));
    const byId = new Map(mine.map((h) => [h.hotlineId, h]));
    const rows = await this.calls.listVoicemails(mine.map((h) => h.hotlineId));
    const people = await this.people.namesOf(rows.flatMap((row) => (row.assignedTo ? [row.assignedTo] : [])));
    return rows.map(({ assignedTo, ...row }) => {
      const { name = '', timeZone = 'UTC' } = byId.get(row.hotlineId) ?? {};
      const dueOn = addDays(localDateOf(row.receivedAt, timeZone), 1);
      return {
        ...row,
        hotlineName: name,
        assignee: assignedTo && { operatorId: assignedTo, name: people.get(assignedTo) ?? '' },
        dueOn,
        due: row.heardAt === null ? dueState(dueOn, timeZone, this.clock.now()) : 'none',
      };
    });
  }

  @SignedInAs()
  @Get('voicemails/:voicemailId/sealed')
  async sealedVoicemail(
    @Param('voicemailId', { schema: VoicemailId }) voicemailId: VoicemailId,
    @CurrentOperator() operator: SignedIn,
    @Res() response: Response,
  ): Promise<void> {
    await this.getOwnVoicemail(voicemailId, operator);
    const sealed = await this.calls.getSealedVoicemail(voicemailId);
    response.status(200).type('application/octet-stream').send(Buffer.from(sealed));
  }

  @SignedInAs()
  @Post('voicemails/:voicemailId/heard')
  @HttpCode(204)
  async heard(
    @Param('voicemailId', { schema: VoicemailId }) voicemailId: VoicemailId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<void> {
    await this.getOwnVoicemail(voicemailId, operator);
    await this.calls.markHeard(voicemailId, operator.operatorId, this.clock.now());
    this.links.toConsoles('changed', { topic: 'voicemails' });
  }

  @SignedInAs('owner', 'admin')
  @Get('gateways')
  async listGateways(): Promise<GatewayInfo[]> {
    const [rows, roster] = await Promise.all([this.gateways.listGateways(), this.rosters.findRoster()]);
    return rows.map((row) => ({
      gatewayId: row.gatewayId,
      publicKey: row.publicKey,
      up: row.up,
      lastSeenAt: row.lastSeenAt,
      calls: row.calls,
      inRoster: roster?.roles.get(row.publicKey) === 'gateway',
    }));
  }

  @SignedInAs('owner', 'admin')
  @Get('admin-log')
  async adminLog(): Promise<AdminLogLine[]> {
    const rows = await this.calls.listAdminLog(200);
    const names = await this.people.namesOf(rows.flatMap((row) => (row.actorId ? [row.actorId] : [])));
    return rows.map(({ actorId, ...row }) => ({
      ...row,
      kind: row.kind as AdminLogLine['kind'],
      actor: actorId ? { operatorId: actorId, name: names.get(actorId) ?? '' } : null,
    }));
  }

  private async getOwn(callId: CallId, operator: SignedIn): Promise<CallRow> {
    const call = await this.calls.findCall(callId);
    // Somebody else's call and no call look the same from outside.
    if (!call || (!mayLookAt(call, operator) && call.operatorId !== operator.operatorId)) throw notFound('call');
    return call;
  }

  private async getOwnVoicemail(voicemailId: VoicemailId, operator: SignedIn) {
    const voicemail = await this.calls.findVoicemail(voicemailId);
    if (!voicemail || (!leads(operator.role) && !operator.hotlineIds.includes(voicemail.hotlineId)))
      throw notFound('voicemail');
    return voicemail;
  }

  private async page(rows: CallRow[], limit: number): Promise<{ calls: CallSummary[]; next: string | null }> {
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { calls: await this.summaries(rows), next: last ? String(last.arrivedAt) : null };
  }

  private async summaries(rows: CallRow[]): Promise<CallSummary[]> {
    const [hotlines, names] = await Promise.all([
      this.hotlines.listHotlines(),
      this.people.namesOf(rows.flatMap((row) => (row.operatorId ? [row.operatorId] : []))),
    ]);
    const hotlineNames = new Map(hotlines.map((h) => [h.hotlineId, h.name]));
    const now = this.clock.now();
    return rows.map((row) => {
      const end = row.endedAt ?? now;
      return {
        callId: row.callId,
        hotlineId: row.hotlineId,
        hotlineName: hotlineNames.get(row.hotlineId) ?? '',
        arrivedAt: row.arrivedAt,
        endedAt: row.endedAt,
        phase: row.phase,
        waitedMs: (row.acceptedAt ?? end) - row.arrivedAt,
        talkedMs: row.acceptedAt === null ? null : end - row.acceptedAt,
        operator: row.operatorId ? { operatorId: row.operatorId, name: names.get(row.operatorId) ?? '' } : null,
        callerMasked: this.mask(row),
        hasNote: row.hasNote,
        hasVoicemail: row.hasVoicemail,
        termination: row.termination,
        test: row.test,
      };
    });
  }

  /** The last two digits only; empty when the caller withheld the number. */
  private mask(row: CallRow): string {
    if (!row.callerSealed) return '';
    return `••• ${openNumber(this.masterKey, row.hotlineId, row.callerSealed).slice(-2)}`;
  }
}

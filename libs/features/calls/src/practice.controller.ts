import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { CurrentOperator, leads, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { conflict, notFound } from '@ringdown/platform/problems';
import { CallId } from '@ringdown/protocol/ids';
import {
  type PracticeDetail,
  type PracticeOverview,
  type PracticeSummary,
  SharePractice,
  StartPractice,
} from '@ringdown/protocol/practice-http';
import { FollowUpsRepository } from '@ringdown/store/follow-ups.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { type PracticeRow, PracticeRepository } from '@ringdown/store/practice.repository';
import { CALL_LOG, type EngineLog } from './call-engine.ts';
import { LiveLinks } from './live-links.ts';
import { PracticeScripts } from './practice-scripts.ts';
import { PracticeService } from './practice.service.ts';

/** A volunteer's own practice. Nobody else sees it, unless they share it with those who lead a hotline. */
@Controller('api')
export class PracticeController {
  constructor(
    private readonly practice: PracticeService,
    private readonly scripts: PracticeScripts,
    private readonly practices: PracticeRepository,
    private readonly followUps: FollowUpsRepository,
    private readonly people: PeopleRepository,
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly links: LiveLinks,
    private readonly clock: Clock,
  ) {}

  @SignedInAs()
  @Get('practice')
  async list(@CurrentOperator() { operatorId, role }: SignedIn): Promise<PracticeOverview> {
    const [mine, shared] = await Promise.all([
      this.practices.listPractices({ of: operatorId }),
      leads(role) ? this.practices.listPractices({ sharedByOthersThan: operatorId }) : [],
    ]);
    return { scripts: this.scripts.list(), mine: await this.summaries(mine), shared: await this.summaries(shared) };
  }

  @SignedInAs()
  @Post('practice')
  async start(
    @Body({ schema: StartPractice }) body: StartPractice,
    @CurrentOperator() operator: SignedIn,
  ): Promise<{ callId: CallId }> {
    return { callId: await this.practice.start(operator, body) };
  }

  @SignedInAs()
  @Get('practice/:callId')
  async get(
    @Param('callId', { schema: CallId }) callId: CallId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<PracticeDetail> {
    const row = await this.practices.findPractice(callId);
    const mine = row?.operatorId === operator.operatorId;
    // Somebody else's practice and none look the same from outside.
    if (!row || (!mine && !(leads(operator.role) && row.sharedAt !== null))) throw notFound('practice');
    const [state, events, [summary]] = await Promise.all([
      this.log.findState(callId),
      this.log.listEvents(callId),
      this.summaries([row]),
    ]);
    if (!state?.practice || !summary) throw notFound('practice');
    const followUps = await this.followUps.listFollowUps({ hotlineIds: [state.hotlineId], callId });
    return {
      ...summary,
      hotlineId: state.hotlineId,
      mine,
      arrivedAt: state.arrivedAt,
      termination: state.termination,
      goodCall: state.practice.script.goodCall,
      events: events.map(({ event }) => event),
      followUps: followUps.length,
      wrappedUp: row.wrappedUpAt !== null,
    };
  }

  @SignedInAs()
  @Put('practice/:callId/sharing')
  @HttpCode(204)
  async share(
    @Param('callId', { schema: CallId }) callId: CallId,
    @Body({ schema: SharePractice }) { shared }: SharePractice,
    @CurrentOperator() operator: SignedIn,
  ): Promise<void> {
    await this.getOwn(callId, operator);
    await this.practices.setShared(callId, shared ? this.clock.now() : null);
    this.links.toConsoles('changed', { topic: 'practice' });
  }

  @SignedInAs()
  @Delete('practice/:callId')
  @HttpCode(204)
  async remove(
    @Param('callId', { schema: CallId }) callId: CallId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<void> {
    await this.getOwn(callId, operator);
    const presence = await this.log.findPresence(operator.operatorId);
    const goesOn = presence?.callId === callId;
    if (goesOn || !(await this.practices.removePractice(callId, operator.operatorId))) {
      throw conflict('practice-not-over', 'This practice still goes on: end it and finish its notes first.');
    }
    this.links.toConsoles('changed', { topic: 'practice' });
    this.links.toConsoles('changed', { topic: 'calls' });
  }

  private async getOwn(callId: CallId, { operatorId }: SignedIn): Promise<PracticeRow> {
    const row = await this.practices.findPractice(callId);
    if (row?.operatorId !== operatorId) throw notFound('practice');
    return row;
  }

  private async summaries(rows: readonly PracticeRow[]): Promise<PracticeSummary[]> {
    const names = await this.people.namesOf([...new Set(rows.map((row) => row.operatorId))]);
    return rows.map(({ callId, scriptId, title, language, startedAt, endedAt, operatorId, sharedAt }) => ({
      callId,
      scriptId,
      title,
      language,
      startedAt,
      endedAt,
      person: { operatorId, name: names.get(operatorId) ?? '' },
      shared: sharedAt !== null,
    }));
  }
}

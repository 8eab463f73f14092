import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { dueState } from '@ringdown/call-flow/due';
import { CurrentOperator, leads, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { badRequest, conflict, notAllowed, notFound } from '@ringdown/platform/problems';
import {
  CreateFollowUp,
  type FollowUp,
  FollowUpState,
  type Person,
  UpdateFollowUp,
} from '@ringdown/protocol/follow-ups';
import { CallId, FollowUpId, HotlineId, type OperatorId } from '@ringdown/protocol/ids';
import { type FollowUpRow, FollowUpsRepository } from '@ringdown/store/follow-ups.repository';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { z } from 'zod';
import { CallAccess } from './call-access.ts';
import { LiveLinks } from './live-links.ts';

const Filter = z.object({ state: FollowUpState.optional(), callId: CallId.optional() });

/** Tasks left after calls. Everybody of a hotline sees and works on all of its follow-ups. */
@Controller('api')
export class FollowUpsController {
  constructor(
    private readonly store: FollowUpsRepository,
    private readonly access: CallAccess,
    private readonly hotlines: HotlinesRepository,
    private readonly people: PeopleRepository,
    private readonly links: LiveLinks,
    private readonly clock: Clock,
  ) {}

  @SignedInAs()
  @Get('follow-ups')
  async list(
    @Query({ schema: Filter }) { state, callId }: z.infer<typeof Filter>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<FollowUp[]> {
    const hotlines = await this.hotlines.listHotlines();
    const hotlineIds = hotlines.map((h) => h.hotlineId).filter((id) => belongs(operator, id));
    const filter = { hotlineIds, ...(state ? { state } : {}), ...(callId ? { callId } : {}) };
    return this.shown(await this.store.listFollowUps(filter));
  }

  @SignedInAs()
  @Post('follow-ups')
  async create(
    @Body({ schema: CreateFollowUp }) body: CreateFollowUp,
    @CurrentOperator() operator: SignedIn,
  ): Promise<FollowUp> {
    await this.checkMember(body.hotlineId, operator);
    if (body.callId) {
      const call = await this.access.getForWriting(body.callId, operator);
      if (call.hotlineId !== body.hotlineId) throw badRequest('other-hotline', 'The call came to another hotline.');
    }
    await this.checkAssignee(body.hotlineId, body.assigneeId);
    const earlier = await this.store.findFollowUp(body.followUpId);
    if (earlier && earlier.hotlineId !== body.hotlineId) {
      throw conflict('follow-up-exists', 'There is another follow-up with this id.');
    }
    await this.store.createFollowUp({ ...body, createdAt: this.clock.now(), createdBy: operator.operatorId });
    return this.changed(body.followUpId);
  }

  @SignedInAs()
  @Patch('follow-ups/:followUpId')
  async update(
    @Param('followUpId', { schema: FollowUpId }) followUpId: FollowUpId,
    @Body({ schema: UpdateFollowUp }) body: UpdateFollowUp,
    @CurrentOperator() operator: SignedIn,
  ): Promise<FollowUp> {
    const row = await this.store.findFollowUp(followUpId);
    if (!row || !belongs(operator, row.hotlineId)) throw notFound('follow-up');
    if (body.assigneeId !== undefined) await this.checkAssignee(row.hotlineId, body.assigneeId);
    const by = operator.operatorId;
    await this.store.updateFollowUp(followUpId, {
      ...(body.sealedTitle === undefined ? {} : { sealedTitle: body.sealedTitle }),
      ...(body.dueOn === undefined ? {} : { dueOn: body.dueOn }),
      ...(body.assigneeId === undefined ? {} : { assigneeId: body.assigneeId }),
      // Done again by a second person: the first one's time and name stay.
      ...(body.state === undefined || body.state === row.state
        ? {}
        : { done: body.state === 'done' ? { at: this.clock.now(), by } : null }),
    });
    return this.changed(followUpId);
  }

  @SignedInAs()
  @Get('hotlines/:hotlineId/people')
  async peopleOf(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<Person[]> {
    await this.checkMember(hotlineId, operator);
    return (await this.members(hotlineId)).map(({ operatorId, name }) => ({ operatorId, name }));
  }

  private async members(hotlineId: HotlineId) {
    return (await this.people.listOperators()).filter((person) => belongs(person, hotlineId));
  }

  private async checkAssignee(hotlineId: HotlineId, assigneeId: OperatorId | null): Promise<void> {
    if (assigneeId === null) return;
    const members = await this.members(hotlineId);
    if (!members.some((person) => person.operatorId === assigneeId)) {
      throw badRequest('not-a-member', 'A follow-up can only be given to members of the hotline.');
    }
  }

  private async checkMember(hotlineId: HotlineId, operator: SignedIn): Promise<void> {
    if (!(await this.hotlines.findHotline(hotlineId))) throw notFound('hotline');
    if (!belongs(operator, hotlineId)) throw notAllowed('You do not belong to this hotline.');
  }

  private async changed(followUpId: FollowUpId): Promise<FollowUp> {
    this.links.toConsoles('changed', { topic: 'follow-ups' });
    const row = await this.store.findFollowUp(followUpId);
    const [shown] = row ? await this.shown([row]) : [];
    if (!shown) throw notFound('follow-up');
    return shown;
  }

  private async shown(rows: readonly FollowUpRow[]): Promise<FollowUp[]> {
    const ids = rows.flatMap((row) => [row.createdBy, ...(row.assigneeId ? [row.assigneeId] : [])]);
    const [hotlines, names] = await Promise.all([this.hotlines.listHotlines(), this.people.namesOf([...new Set(ids)])]);
    const byId = new Map(hotlines.map((hotline) => [hotline.hotlineId, hotline]));
    const person = (operatorId: OperatorId): Person => ({ operatorId, name: names.get(operatorId) ?? '' });
    return rows.map(({ assigneeId, createdBy, ...row }) => {
      const hotline = byId.get(row.hotlineId);
      return {
        ...row,
        hotlineName: hotline?.name ?? '',
        due: row.state === 'done' ? 'none' : dueState(row.dueOn, hotline?.timeZone ?? 'UTC', this.clock.now()),
        assignee: assigneeId && person(assigneeId),
        createdBy: person(createdBy),
      };
    });
  }
}

const belongs = (person: Pick<SignedIn, 'role' | 'hotlineIds'>, hotlineId: HotlineId): boolean =>
  leads(person.role) || person.hotlineIds.includes(hotlineId);

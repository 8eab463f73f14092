import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentOperator, leads, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { badRequest, conflict, notAllowed, notFound } from '@ringdown/platform/problems';
import { HotlineId, type OperatorId } from '@ringdown/protocol/ids';
import {
  DISPATCH_STEPS,
  type Dispatch,
  DispatchId,
  MoveDispatch,
  SayToTeam,
  SendSomebody,
  type TeamMessage,
} from '@ringdown/protocol/team';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { type DispatchRow, type TeamMessageRow, TeamRepository } from '@ringdown/store/team.repository';
import { z } from 'zod';
import { CallAccess } from './call-access.ts';
import { LiveLinks } from './live-links.ts';

const Page = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});
/** Settled tasks stay on the board for a shift. */
const SETTLED_SHOWN_MS = 12 * 3_600_000;

/** What the people of a hotline write to each other, and whom they have sent where. Only sealed words pass here. */
@Controller('api')
export class TeamController {
  constructor(
    private readonly team: TeamRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly people: PeopleRepository,
    private readonly access: CallAccess,
    private readonly links: LiveLinks,
    private readonly clock: Clock,
  ) {}

  @SignedInAs()
  @Get('hotlines/:hotlineId/team-messages')
  async messages(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Query({ schema: Page }) { before, limit }: z.infer<typeof Page>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<TeamMessage[]> {
    await this.checkMember(hotlineId, operator);
    return this.shownMessages(await this.team.listMessages(hotlineId, { before: before ?? null, limit }));
  }

  @SignedInAs()
  @Post('hotlines/:hotlineId/team-messages')
  @HttpCode(200)
  async say(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Body({ schema: SayToTeam }) { messageId, sealed }: z.infer<typeof SayToTeam>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<TeamMessage> {
    await this.checkMember(hotlineId, operator);
    const { operatorId: authorId } = operator;
    const row = await this.team.addMessage({ messageId, hotlineId, authorId, sealed, at: this.clock.now() });
    const [message] = row ? await this.shownMessages([row]) : [];
    if (!message) throw conflict('id-in-use', 'Another message has this id.');
    this.links.toConsoles('changed', { topic: 'team' });
    return message;
  }

  @SignedInAs()
  @Get('dispatches')
  async dispatches(@CurrentOperator() operator: SignedIn): Promise<Dispatch[]> {
    const hotlines = leads(operator.role)
      ? (await this.hotlines.listHotlines()).map(({ hotlineId }) => hotlineId)
      : operator.hotlineIds;
    return this.shown(await this.team.listDispatches(hotlines, this.clock.now() - SETTLED_SHOWN_MS));
  }

  @SignedInAs()
  @Post('dispatches')
  @HttpCode(200)
  async send(
    @Body({ schema: SendSomebody }) body: z.infer<typeof SendSomebody>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<Dispatch> {
    await this.checkMember(body.hotlineId, operator);
    if (body.callId) {
      const call = await this.access.getForWriting(body.callId, operator);
      if (call.hotlineId !== body.hotlineId) throw badRequest('not-this-hotline', 'The call is another hotline’s.');
    }
    const person = await this.people.findOperator(body.operatorId);
    if (!person || !belongs(person, body.hotlineId)) {
      throw badRequest('not-a-member', 'Only members of the hotline can be sent.');
    }
    const row = await this.team.addDispatch({ ...body, sentById: operator.operatorId, sentAt: this.clock.now() });
    if (!row) throw conflict('id-in-use', 'Another task has this id.');
    return this.changed(row);
  }

  @SignedInAs()
  @Patch('dispatches/:dispatchId')
  async move(
    @Param('dispatchId', { schema: DispatchId }) dispatchId: DispatchId,
    @Body({ schema: MoveDispatch }) { state }: z.infer<typeof MoveDispatch>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<Dispatch> {
    const row = await this.team.findDispatch(dispatchId);
    if (!row || !belongs(operator, row.hotlineId)) throw notFound('task');
    if (row.state === state) return this.changed(row);
    const at = this.clock.now();
    const moved =
      DISPATCH_STEPS[row.state].includes(state) && (await this.team.moveDispatch(dispatchId, row.state, state, at));
    if (!moved) throw conflict('moved-elsewhere', 'Somebody else has moved this task in the meantime.');
    return this.changed({ ...row, state, movedAt: at });
  }

  private async checkMember(hotlineId: HotlineId, operator: SignedIn): Promise<void> {
    if (!(await this.hotlines.findHotline(hotlineId))) throw notFound('hotline');
    if (!belongs(operator, hotlineId)) throw notAllowed('You do not belong to this hotline.');
  }

  private async changed(row: DispatchRow): Promise<Dispatch> {
    this.links.toConsoles('changed', { topic: 'dispatch' });
    const [shown] = await this.shown([row]);
    if (!shown) throw notFound('task');
    return shown;
  }

  private async shown(rows: readonly DispatchRow[]): Promise<Dispatch[]> {
    const [hotlines, names] = await Promise.all([
      this.hotlines.listHotlines(),
      this.people.namesOf([...new Set(rows.flatMap(({ operatorId, sentById }) => [operatorId, sentById]))]),
    ]);
    const hotlineNames = new Map(hotlines.map(({ hotlineId, name }) => [hotlineId, name]));
    const person = (operatorId: OperatorId) => ({ operatorId, name: names.get(operatorId) ?? '' });
    return rows.map(({ operatorId, sentById, ...row }) => ({
      ...row,
      hotlineName: hotlineNames.get(row.hotlineId) ?? '',
      person: person(operatorId),
      sentBy: person(sentById),
    }));
  }

  private async shownMessages(rows: readonly TeamMessageRow[]): Promise<TeamMessage[]> {
    const names = await this.people.namesOf([...new Set(rows.map(({ authorId }) => authorId))]);
    return rows.map(({ authorId, ...row }) => ({
      ...row,
      author: { operatorId: authorId, name: names.get(authorId) ?? '' },
    }));
  }
}

const belongs = ({ role, hotlineIds }: Pick<SignedIn, 'role' | 'hotlineIds'>, hotlineId: HotlineId): boolean =>
  leads(role) || hotlineIds.includes(hotlineId);

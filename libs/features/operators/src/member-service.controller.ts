import { Body, Controller, Get, HttpCode, Param, Put } from '@nestjs/common';
import { CurrentOperator, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { badRequest, conflict, notFound } from '@ringdown/platform/problems';
import { MemberService } from '@ringdown/protocol/distribution';
import { type HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { MemberServiceRepository } from '@ringdown/store/member-service.repository';
import { MemberEvents } from './member-events.ts';

/** What people speak and can do, and how they serve their hotlines: what distribution goes by. */
@Controller('api')
export class MemberServiceController {
  constructor(
    private readonly services: MemberServiceRepository,
    private readonly calls: CallsRepository,
    private readonly events: MemberEvents,
  ) {}

  @SignedInAs('owner', 'admin')
  @Get('members/:operatorId/service')
  async get(@Param('operatorId', { schema: OperatorId }) operatorId: OperatorId): Promise<MemberService> {
    const service = await this.services.findService(operatorId);
    if (!service) throw notFound('member');
    return service;
  }

  @SignedInAs('owner', 'admin')
  @Put('members/:operatorId/service')
  @HttpCode(204)
  async save(
    @Param('operatorId', { schema: OperatorId }) operatorId: OperatorId,
    @Body({ schema: MemberService }) body: MemberService,
    @CurrentOperator() actor: SignedIn,
  ): Promise<void> {
    if (!(await this.services.findService(operatorId))) throw notFound('member');
    const saved = await this.services.saveService(operatorId, body);
    switch (saved.outcome) {
      case 'unknown-hotline':
        throw badRequest('unknown-hotline', 'One of these hotlines does not exist.');
      case 'in-a-call':
        throw conflict('in-a-call', 'This person is in a call of a hotline they would leave. Try again after it.');
      case 'saved':
        await this.tell(operatorId, saved, actor);
    }
  }

  private async tell(
    operatorId: OperatorId,
    { joined, left }: { joined: readonly HotlineId[]; left: readonly HotlineId[] },
    actor: SignedIn,
  ): Promise<void> {
    if (joined.length + left.length > 0) {
      await this.calls.addAdminLogLine({
        kind: 'member-hotlines-changed',
        actorId: actor.operatorId,
        details: { operatorId, joined: joined.join(' '), left: left.join(' ') },
      });
    }
    this.events.tellChanged();
  }
}

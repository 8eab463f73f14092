import { Body, Controller, Get, HttpCode, Param, Put } from '@nestjs/common';
import { SignedInAs } from '@ringdown/platform/access';
import { badRequest, notFound } from '@ringdown/platform/problems';
import { MemberService } from '@ringdown/protocol/distribution';
import { OperatorId } from '@ringdown/protocol/ids';
import { MemberServiceRepository } from '@ringdown/store/member-service.repository';
import { MemberEvents } from './member-events.ts';

/** What people speak and can do, and how they serve their hotlines: what distribution goes by. */
@Controller('api')
export class MemberServiceController {
  constructor(
    private readonly services: MemberServiceRepository,
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
  ): Promise<void> {
    if (!(await this.services.findService(operatorId))) throw notFound('member');
    if (!(await this.services.saveService(operatorId, body))) {
      throw badRequest('not-a-member', 'This person does not serve one of these hotlines.');
    }
    this.events.tellChanged();
  }
}

import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import {
  CurrentOperator,
  Public,
  type RequestWithOperator,
  type SignedIn,
  SignedInAs,
} from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { badRequest, conflict, notFound, Problem } from '@ringdown/platform/problems';
import { hashSecret, Random } from '@ringdown/platform/random';
import {
  AcceptInvite,
  ChangeRole,
  CreateInvite,
  type Invite,
  type InviteOffer,
  InviteToken,
  type Me,
  type Member,
  type RosterAnswer,
} from '@ringdown/protocol/http';
import { InviteId, OperatorId } from '@ringdown/protocol/ids';
import { NostrEvent } from '@ringdown/protocol/nostr-event';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { type InviteRow, PeopleRepository } from '@ringdown/store/people.repository';
import type { Response } from 'express';
import type { z } from 'zod';
import { MemberEvents } from './member-events.ts';
import { RosterService } from './roster.service.ts';
import { setSessionCookie } from './session-cookie.ts';
import { SignInService } from './sign-in.service.ts';

const inviteState = (invite: InviteRow, now: number): Invite['state'] => {
  if (invite.acceptedBy) return 'accepted';
  if (invite.withdrawnAt) return 'withdrawn';
  return invite.expiresAt <= now ? 'expired' : 'open';
};

/** Who belongs to the organisation: invites, members and the signed roster. */
@Controller('api')
export class MembersController {
  constructor(
    private readonly people: PeopleRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly calls: CallsRepository,
    private readonly rosters: RosterService,
    private readonly signIn: SignInService,
    private readonly events: MemberEvents,
    private readonly clock: Clock,
    private readonly random: Random,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {}

  @SignedInAs('owner', 'admin')
  @Post('invites')
  async createInvite(
    @Body({ schema: CreateInvite }) body: z.infer<typeof CreateInvite>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<Invite & { token: string }> {
    if (!(await this.hotlines.findHotline(body.hotlineId))) throw notFound('hotline');
    const token = this.random.secret();
    const invite = await this.people.createInvite({
      inviteId: InviteId.parse(this.random.uuid()),
      tokenHash: hashSecret(token),
      hotlineId: body.hotlineId,
      role: body.role,
      createdBy: operator.operatorId,
      expiresAt: this.clock.now() + body.expiresInS * 1000,
    });
    return { ...this.toInvite(invite), token };
  }

  @SignedInAs('owner', 'admin')
  @Get('invites')
  async listInvites(): Promise<Invite[]> {
    return (await this.people.listInvites()).map((invite) => this.toInvite(invite));
  }

  @SignedInAs('owner', 'admin')
  @Delete('invites/:inviteId')
  @HttpCode(204)
  async withdrawInvite(@Param('inviteId', { schema: InviteId }) inviteId: InviteId): Promise<void> {
    if (!(await this.people.withdrawInvite(inviteId, this.clock.now()))) throw notFound('open invite');
  }

  @Public()
  @Post('invites/look-up')
  @HttpCode(200)
  async lookUp(@Body({ schema: InviteToken }) body: z.infer<typeof InviteToken>): Promise<InviteOffer> {
    const invite = await this.getOpenInvite(body.token);
    const [organisation, hotline] = await Promise.all([
      this.people.findOrganisation(),
      this.hotlines.findHotline(invite.hotlineId),
    ]);
    if (!organisation || !hotline) throw notFound('invite');
    return {
      organisationName: organisation.name,
      hotlineName: hotline.name,
      role: invite.role,
      adminPublicKey: organisation.adminPublicKey,
    };
  }

  @Public()
  @Post('invites/accept')
  async accept(
    @Body({ schema: AcceptInvite }) body: z.infer<typeof AcceptInvite>,
    @Req() request: RequestWithOperator,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Me> {
    const invite = await this.getOpenInvite(body.token);
    const publicKey = await this.signIn.proveKey({
      authorization: request.headers.authorization,
      path: '/api/invites/accept',
      challenge: body.challenge,
    });
    const existing = await this.people.findOperatorByKey(publicKey);
    const operatorId = existing?.operatorId ?? OperatorId.parse(this.random.uuid());
    const accepted = await this.people
      .acceptInvite(invite, { operatorId, publicKey, name: body.name, existing: existing !== null }, this.clock.now())
      .catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'P2002') {
          throw new Problem(409, 'key-was-removed', 'This key belonged to a removed member. Join with a new key.', {
            cause: error,
          });
        }
        throw error;
      });
    if (!accepted) throw conflict('invite-used', 'This invitation was used a moment ago.');
    await this.calls.addAdminLogLine({ kind: 'member-joined', actorId: operatorId, details: { role: invite.role } });
    this.events.tellChanged();
    const session = await this.signIn.signIn(publicKey);
    setSessionCookie(response, session, this.environment.http.publicOrigin);
    return this.signIn.describe(session.operator);
  }

  @SignedInAs()
  @Get('members')
  async listMembers(): Promise<Member[]> {
    const [operators, roster] = await Promise.all([this.people.listOperators(), this.rosters.findRoster()]);
    return operators.map((o) => ({
      operatorId: o.operatorId,
      publicKey: o.publicKey,
      name: o.name,
      role: o.role,
      hotlineIds: o.hotlineIds,
      inRoster: roster?.roles.has(o.publicKey) ?? false,
      joinedAt: o.createdAt,
    }));
  }

  @SignedInAs('owner', 'admin')
  @Delete('members/:operatorId')
  @HttpCode(204)
  async removeMember(
    @Param('operatorId', { schema: OperatorId }) operatorId: OperatorId,
    @CurrentOperator() actor: SignedIn,
  ): Promise<void> {
    const member = await this.people.findOperator(operatorId);
    if (!member) throw notFound('member');
    if (member.role === 'owner') throw badRequest('owner-stays', 'The owner can not be removed.');
    await this.people.removeOperator(operatorId, this.clock.now());
    await this.calls.addAdminLogLine({
      kind: 'member-removed',
      actorId: actor.operatorId,
      details: { role: member.role },
    });
    await this.events.tellRemoved(operatorId);
  }

  @SignedInAs('owner')
  @Put('members/:operatorId/role')
  @HttpCode(204)
  async changeRole(
    @Param('operatorId', { schema: OperatorId }) operatorId: OperatorId,
    @Body({ schema: ChangeRole }) { role }: ChangeRole,
    @CurrentOperator() actor: SignedIn,
  ): Promise<void> {
    const member = await this.people.findOperator(operatorId);
    if (!member) throw notFound('member');
    if (member.role === 'owner') throw badRequest('owner-stays', 'The owner can not have another role.');
    if (member.role === role) return;
    await this.people.changeRole(member, role);
    const details = { operatorId, role };
    await this.calls.addAdminLogLine({ kind: 'member-role-changed', actorId: actor.operatorId, details });
    this.events.tellChanged();
  }

  @SignedInAs()
  @Get('roster')
  async roster(): Promise<RosterAnswer> {
    return { roster: await this.rosters.findEvent() };
  }

  @SignedInAs('owner', 'admin')
  @Put('roster')
  @HttpCode(204)
  async storeRoster(@Body({ schema: NostrEvent }) body: NostrEvent, @CurrentOperator() actor: SignedIn): Promise<void> {
    await this.rosters.store(body, actor.operatorId);
    this.events.tellChanged();
  }

  private async getOpenInvite(token: string): Promise<InviteRow> {
    const invite = await this.people.findInvite(hashSecret(token));
    if (!invite) throw notFound('invite');
    const state = inviteState(invite, this.clock.now());
    if (state !== 'open') {
      throw new Problem(410, `invite-${state}`, 'This invitation can not be used any more. Ask for a new one.');
    }
    return invite;
  }

  private toInvite(invite: InviteRow): Invite {
    return {
      inviteId: invite.inviteId,
      hotlineId: invite.hotlineId,
      role: invite.role,
      createdAt: invite.createdAt,
      expiresAt: invite.expiresAt,
      state: inviteState(invite, this.clock.now()),
    };
  }
}

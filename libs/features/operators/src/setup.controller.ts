import { Body, Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { Public, type RequestWithOperator } from '@ringdown/platform/access';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { isLoopbackAddress } from '@ringdown/platform/origins';
import { conflict, Problem } from '@ringdown/platform/problems';
import { Random } from '@ringdown/platform/random';
import { CreateOwner, type Me, type SetupState } from '@ringdown/protocol/http';
import { OperatorId } from '@ringdown/protocol/ids';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import type { Response } from 'express';
import { setSessionCookie } from './session-cookie.ts';
import { sameSecret } from './session.guard.ts';
import { SignInService } from './sign-in.service.ts';

/** The first run: whoever holds the set-up code, or sits at this machine, becomes the owner. Once. */
@Controller('api/setup')
export class SetupController {
  constructor(
    private readonly people: PeopleRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly signIn: SignInService,
    private readonly random: Random,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {}

  @Public()
  @Get()
  async state(@Req() request: RequestWithOperator): Promise<SetupState> {
    const organisation = await this.people.findOrganisation();
    const state = !organisation ? 'no-owner' : (await this.hotlines.count()) === 0 ? 'no-hotline' : 'done';
    return {
      state,
      codeNeeded: state === 'no-owner' && !this.isLocal(request),
      simulatorUrl: this.environment.simulator?.url ?? null,
    };
  }

  @Public()
  @Post('owner')
  async createOwner(
    @Body({ schema: CreateOwner }) body: CreateOwner,
    @Req() request: RequestWithOperator,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Me> {
    const { code } = this.environment.setup;
    const hasCode = code !== undefined && body.code !== undefined && sameSecret(body.code, code);
    if (!hasCode && !this.isLocal(request)) {
      throw new Problem(403, 'setup-code-wrong', 'The set-up code is missing or wrong. It was printed at the start.');
    }
    const publicKey = await this.signIn.proveKey({
      authorization: request.headers.authorization,
      path: '/api/setup/owner',
      challenge: body.challenge,
    });
    const operatorId = OperatorId.parse(this.random.uuid());
    try {
      await this.people.createOrganisationWithOwner(
        { name: body.organisationName, adminPublicKey: publicKey },
        { operatorId, publicKey, name: body.name },
      );
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'P2002') {
        throw conflict('owner-exists', 'This installation has an owner already. Sign in instead.');
      }
      throw error;
    }
    const session = await this.signIn.signIn(publicKey);
    setSessionCookie(response, session, this.environment.http.publicOrigin);
    return this.signIn.describe(session.operator);
  }

  /** From this machine, by a loopback name: a page of another site rebound to 127.0.0.1 has another Host. */
  private isLocal(request: RequestWithOperator): boolean {
    const proxied = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined;
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    return (
      !proxied && isLoopbackAddress(request.socket.remoteAddress) && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(host)
    );
  }
}

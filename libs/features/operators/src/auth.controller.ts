import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import {
  CurrentOperator,
  Public,
  type RequestWithOperator,
  type SignedIn,
  SignedInAs,
} from '@ringdown/platform/access';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { type Challenge, CreateSession, type Me } from '@ringdown/protocol/http';
import type { Response } from 'express';
import type { z } from 'zod';
import { clearSessionCookie, readCookie, SESSION_COOKIE, setSessionCookie } from './session-cookie.ts';
import { SignInService } from './sign-in.service.ts';

@Controller('api')
export class AuthController {
  constructor(
    private readonly signIn: SignInService,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {}

  @Public()
  @Post('auth/challenges')
  createChallenge(): Promise<Challenge> {
    return this.signIn.createChallenge();
  }

  @Public()
  @Post('auth/sessions')
  async createSession(
    @Body({ schema: CreateSession }) body: z.infer<typeof CreateSession>,
    @Req() request: RequestWithOperator,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Me> {
    const publicKey = await this.signIn.proveKey({
      authorization: request.headers.authorization,
      path: '/api/auth/sessions',
      challenge: body.challenge,
    });
    const session = await this.signIn.signIn(publicKey);
    setSessionCookie(response, session, this.environment.http.publicOrigin);
    return this.signIn.describe(session.operator);
  }

  @SignedInAs()
  @Delete('auth/session')
  @HttpCode(204)
  async endSession(@Req() request: RequestWithOperator, @Res({ passthrough: true }) response: Response): Promise<void> {
    const token = readCookie(request.headers.cookie, SESSION_COOKIE);
    if (token) await this.signIn.signOut(token);
    clearSessionCookie(response);
  }

  @SignedInAs()
  @Get('me')
  me(@CurrentOperator() operator: SignedIn): Promise<Me> {
    return this.signIn.describe(operator);
  }
}

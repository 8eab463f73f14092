import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS, type Access, type RequestWithOperator } from '@ringdown/platform/access';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { ownOrigins } from '@ringdown/platform/origins';
import { notAllowed, notSignedIn, Problem } from '@ringdown/platform/problems';
import { timingSafeEqual } from 'node:crypto';
import { SESSION_COOKIE, readCookie } from './session-cookie.ts';
import { SignInService } from './sign-in.service.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export const sameSecret = (given: string, expected: string): boolean => {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Guards every route by what it says of itself. A cookie counts for a change only from our own pages. */
@Injectable()
export class SessionGuard implements CanActivate {
  private readonly origins: readonly string[];

  constructor(
    private readonly reflector: Reflector,
    private readonly signIn: SignInService,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {
    this.origins = ownOrigins(environment.http.publicOrigin);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    const request = context.switchToHttp().getRequest<RequestWithOperator>();
    // Carriers' webhooks guard themselves by signature; their controllers know nothing of operators.
    if (!access) return true;
    switch (access.kind) {
      case 'public':
        return true;
      case 'gateway': {
        const [scheme, token] = (request.headers.authorization ?? '').split(' ');
        if (scheme === 'Bearer' && token && sameSecret(token, this.environment.gateways.token)) return true;
        throw new Problem(401, 'gateway-token-wrong', 'The gateway token is missing or wrong.');
      }
      case 'signed-in': {
        const { origin } = request.headers;
        if (!SAFE_METHODS.has(request.method) && origin !== undefined && !this.origins.includes(origin)) {
          throw new Problem(403, 'foreign-origin', 'Requests from other sites are refused.');
        }
        const token = readCookie(request.headers.cookie, SESSION_COOKIE);
        const operator = token ? await this.signIn.findOperator(token) : null;
        if (!operator) throw notSignedIn();
        request.operator = operator;
        if (access.roles.length > 0 && !access.roles.includes(operator.role)) throw notAllowed();
        return true;
      }
    }
  }
}

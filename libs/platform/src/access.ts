import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Role } from '@ringdown/protocol/http';
import type { HotlineId, OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import type { Request } from 'express';

/** Who is signed in, as the guard found out. */
export interface SignedIn {
  operatorId: OperatorId;
  publicKey: PublicKeyHex;
  name: string;
  role: Role;
  hotlineIds: readonly HotlineId[];
}

export type RequestWithOperator = Request & { operator?: SignedIn; rawBody?: Buffer };

export const ACCESS = Symbol('access');
export type Access = { kind: 'public' } | { kind: 'gateway' } | { kind: 'signed-in'; roles: readonly Role[] };

/** Every route says who may use it; boot fails on one that doesn't. */
export const Public = () => SetMetadata(ACCESS, { kind: 'public' } satisfies Access);
/** With the gateways' token. */
export const ForGateways = () => SetMetadata(ACCESS, { kind: 'gateway' } satisfies Access);
/** Without roles: anybody who is signed in. */
export const SignedInAs = (...roles: Role[]) => SetMetadata(ACCESS, { kind: 'signed-in', roles } satisfies Access);

export const CurrentOperator = createParamDecorator((_: unknown, context: ExecutionContext): SignedIn => {
  const { operator } = context.switchToHttp().getRequest<RequestWithOperator>();
  if (!operator) throw new Error('A route that needs an operator is not guarded.');
  return operator;
});

const LEADING: ReadonlySet<Role> = new Set(['owner', 'admin', 'supervisor']);
/** May see all hotlines' calls, not only their own. */
export const leads = (role: Role): boolean => LEADING.has(role);

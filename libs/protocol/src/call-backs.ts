import { z } from 'zod';
import { Priority } from './call-events.ts';
import { Person } from './follow-ups.ts';
import { AskedCallBackId, base64, CallId, HotlineId, Instant } from './ids.ts';

/*
 * Escalation without a supervisor at hand (X3): a volunteer asks that a supervisor call the caller back. Why is sealed to the
 * hotline's vault under the id that the browser chose. `GET /api/call-backs?state=` → AskedCallBack[]: those who lead see their
 * hotlines', everybody sees what they asked themselves. `POST /api/call-backs` AskCallBack; `POST …/:callBackId/claim`, refused
 * when somebody else has it; `…/release`; `…/close`, by whoever claimed it or asked for it. Calling is the console command
 * `place-call-back`: the caller's phone is dialled, not shown.
 */

/**
 * `asked` → `claimed` by a supervisor → `calling` → `done` once they have talked. Unanswered, it stays claimed until it may be tried
 * again; after the last try it has `failed`. `withdrawn`: closed without a call.
 */
export const AskedCallBackState = z.enum(['asked', 'claimed', 'calling', 'done', 'failed', 'expired', 'withdrawn']);
export type AskedCallBackState = z.infer<typeof AskedCallBackState>;

export const OPEN_CALL_BACKS: readonly AskedCallBackState[] = ['asked', 'claimed', 'calling'];

export const AskedCallBack = z.object({
  callBackId: AskedCallBackId,
  hotlineId: HotlineId,
  hotlineName: z.string(),
  /** The call it was asked from. */
  callId: CallId,
  priority: Priority,
  sealedReason: z.string(),
  state: AskedCallBackState,
  askedAt: Instant,
  askedBy: Person,
  expiresAt: Instant,
  claimedBy: Person.nullable(),
  attempts: z.number().int(),
  attemptsAllowed: z.number().int(),
  /** Not called again before. */
  notBefore: Instant.nullable(),
  placedCallId: CallId.nullable(),
  overAt: Instant.nullable(),
});
export type AskedCallBack = z.infer<typeof AskedCallBack>;

export const AskCallBack = z.strictObject({
  callBackId: AskedCallBackId,
  callId: CallId,
  priority: Priority,
  sealedReason: base64(16_384),
});
export type AskCallBack = z.infer<typeof AskCallBack>;

export const CloseCallBack = z.strictObject({ as: z.enum(['done', 'withdrawn']) });
export type CloseCallBack = z.infer<typeof CloseCallBack>;

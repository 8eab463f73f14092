import { z } from 'zod';
import { base64, CallId, HotlineId, Instant, OperatorId } from './ids.ts';

/*
 * Among the people of a hotline. Words are sealed in the browser under a key of the hotline's vault; the server numbers, keeps
 * and passes them on, and can read none. Changes are told by the topics `team` and `dispatch`.
 *
 * `GET /api/hotlines/:hotlineId/team-messages?after=|before=` → TeamMessages · `POST` SayToTeam → TeamMessage
 * `GET /api/dispatches?hotlineId=` → Dispatch[] · `POST /api/dispatches` SendSomebody → Dispatch
 * `PATCH /api/dispatches/:dispatchId` MoveDispatch → Dispatch
 */

export const TeamMessageId = z.uuid().brand<'TeamMessageId'>();
export type TeamMessageId = z.infer<typeof TeamMessageId>;
export const DispatchId = z.uuid().brand<'DispatchId'>();
export type DispatchId = z.infer<typeof DispatchId>;

/** Chosen by the browser: the seal is bound to it, and a message sent twice is kept once. */
export const SayToTeam = z.strictObject({ messageId: TeamMessageId, sealed: base64(16_384) });
export type SayToTeam = z.infer<typeof SayToTeam>;

export const TeamMessage = z.object({
  messageId: TeamMessageId,
  hotlineId: HotlineId,
  /** Counts up over all hotlines. */
  seq: z.number().int().min(1),
  author: z.object({ operatorId: OperatorId, name: z.string() }),
  at: Instant,
  sealed: z.string(),
});
export type TeamMessage = z.infer<typeof TeamMessage>;
/** Oldest first; the newest of those asked for. */
export const TeamMessages = z.array(TeamMessage);

export const DispatchState = z.enum(['sent', 'accepted', 'on-the-way', 'there', 'done', 'cancelled']);
export type DispatchState = z.infer<typeof DispatchState>;

/** Forward only; a cancelled or finished one stays as it is. */
export const DISPATCH_STEPS: Readonly<Record<DispatchState, readonly DispatchState[]>> = {
  sent: ['accepted', 'on-the-way', 'there', 'done', 'cancelled'],
  accepted: ['on-the-way', 'there', 'done', 'cancelled'],
  'on-the-way': ['there', 'done', 'cancelled'],
  there: ['done', 'cancelled'],
  done: [],
  cancelled: [],
};

export const SendSomebody = z.strictObject({
  dispatchId: DispatchId,
  hotlineId: HotlineId,
  callId: CallId.nullable(),
  operatorId: OperatorId,
  sealed: base64(16_384),
});
export type SendSomebody = z.infer<typeof SendSomebody>;
export const MoveDispatch = z.strictObject({ state: DispatchState });

export const Dispatch = z.object({
  dispatchId: DispatchId,
  hotlineId: HotlineId,
  hotlineName: z.string(),
  callId: CallId.nullable(),
  person: z.object({ operatorId: OperatorId, name: z.string() }),
  sentBy: z.object({ operatorId: OperatorId, name: z.string() }),
  state: DispatchState,
  sentAt: Instant,
  movedAt: Instant,
  sealed: z.string(),
});
export type Dispatch = z.infer<typeof Dispatch>;

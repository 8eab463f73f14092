import { z } from 'zod';
import { base64, CallId, FollowUpId, HotlineId, Instant, OperatorId } from './ids.ts';

/*
 * What is left to do after a call. What it is, is sealed to the hotline's vault under the id that the browser chose; when, who
 * and whether it is done stand in clear. `GET /api/follow-ups?state=&callId=` → FollowUp[]; `POST /api/follow-ups`
 * CreateFollowUp → FollowUp; `PATCH /api/follow-ups/:followUpId` UpdateFollowUp → FollowUp;
 * `GET /api/hotlines/:hotlineId/people` → Person[], whom it can be given to.
 */

/** A day in the hotline's time zone. */
const Day = z.iso.date();

export const FollowUpState = z.enum(['open', 'done']);
export type FollowUpState = z.infer<typeof FollowUpState>;

export const Person = z.object({ operatorId: OperatorId, name: z.string() });
export type Person = z.infer<typeof Person>;

export const FollowUp = z.object({
  followUpId: FollowUpId,
  hotlineId: HotlineId,
  hotlineName: z.string(),
  callId: CallId.nullable(),
  sealedTitle: z.string(),
  dueOn: Day.nullable(),
  /** By the server's clock and the hotline's time zone. */
  due: z.enum(['overdue', 'today', 'later', 'none']),
  assignee: Person.nullable(),
  state: FollowUpState,
  createdAt: Instant,
  createdBy: Person,
  doneAt: Instant.nullable(),
});
export type FollowUp = z.infer<typeof FollowUp>;

export const CreateFollowUp = z.strictObject({
  followUpId: FollowUpId,
  hotlineId: HotlineId,
  callId: CallId.nullable(),
  sealedTitle: base64(8_192),
  dueOn: Day.nullable(),
  assigneeId: OperatorId.nullable(),
});
export type CreateFollowUp = z.infer<typeof CreateFollowUp>;

export const UpdateFollowUp = z.strictObject({
  sealedTitle: base64(8_192).optional(),
  dueOn: Day.nullable().optional(),
  assigneeId: OperatorId.nullable().optional(),
  state: FollowUpState.optional(),
});
export type UpdateFollowUp = z.infer<typeof UpdateFollowUp>;

import { z } from 'zod';
import { CallEvent, Termination } from './call-events.ts';
import { CallId, HotlineId, Instant, LanguageTag, OperatorId } from './ids.ts';
import { Both, PracticeCheck, PracticeLanguage, PracticeScriptId } from './practice.ts';

/*
 * `GET /api/practice` → PracticeOverview; `POST /api/practice` StartPractice → PracticeStarted; `GET /api/practice/:callId` →
 * PracticeDetail; `PUT /api/practice/:callId/sharing` SharePractice; `DELETE /api/practice/:callId`.
 */

export const PracticeScriptSummary = z.object({
  scriptId: PracticeScriptId,
  title: Both,
  about: Both,
  advice: z.array(Both),
  goodCall: z.array(PracticeCheck),
});
export type PracticeScriptSummary = z.infer<typeof PracticeScriptSummary>;

export const PracticeSummary = z.object({
  callId: CallId,
  scriptId: PracticeScriptId,
  title: z.string(),
  language: LanguageTag,
  startedAt: Instant,
  /** Null while it goes on. */
  endedAt: Instant.nullable(),
  person: z.object({ operatorId: OperatorId, name: z.string() }),
  /** Supervisors may look at it. */
  shared: z.boolean(),
});
export type PracticeSummary = z.infer<typeof PracticeSummary>;

export const PracticeDetail = PracticeSummary.extend({
  hotlineId: HotlineId,
  mine: z.boolean(),
  arrivedAt: Instant,
  termination: Termination.nullable(),
  goodCall: z.array(PracticeCheck),
  events: z.array(CallEvent),
  followUps: z.number().int().min(0),
  /** They finished the notes before the time ran out. */
  wrappedUp: z.boolean(),
});
export type PracticeDetail = z.infer<typeof PracticeDetail>;

export const PracticeOverview = z.object({
  scripts: z.array(PracticeScriptSummary),
  mine: z.array(PracticeSummary),
  /** What others share with those who lead a hotline; empty for everybody else. */
  shared: z.array(PracticeSummary),
});
export type PracticeOverview = z.infer<typeof PracticeOverview>;

export const StartPractice = z.strictObject({
  scriptId: PracticeScriptId,
  language: PracticeLanguage,
  /** Whose notes and intake form it uses; the person's first one when absent. */
  hotlineId: HotlineId.optional(),
});
export type StartPractice = z.infer<typeof StartPractice>;
export const PracticeStarted = z.object({ callId: CallId });
export const SharePractice = z.strictObject({ shared: z.boolean() });
export type SharePractice = z.infer<typeof SharePractice>;

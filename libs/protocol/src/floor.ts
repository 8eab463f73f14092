import { z } from 'zod';
import { CallPhase, DistributionReason, Priority } from './call-events.ts';
import { OperatorState } from './console.ts';
import { Role } from './http.ts';
import { CallId, HotlineId, Instant, LanguageTag, OperatorId } from './ids.ts';
import { ServiceGoal } from './reports.ts';

/*
 * What goes on now. Changes are told by the topics `calls` and `people`; the lists are then fetched again.
 * `GET /api/queue` → WaitingCall[] · `GET /api/colleagues` → Colleagues · `GET /api/floor` → Floor (who leads a hotline).
 * docs/glossary.md defines each figure.
 */

/** A call that waits, without anything of the caller. */
export const WaitingCall = z.object({
  callId: CallId,
  hotlineId: HotlineId,
  hotlineName: z.string(),
  /** In its hotline, from 1. */
  position: z.number().int().min(1),
  language: LanguageTag,
  priority: Priority,
  arrivedAt: Instant,
  /** Came back after a volunteer's link was lost: at the head of the queue. */
  rescued: z.boolean(),
  ringingAt: z.array(z.string()),
  /** Why nobody is asked at the moment, and how many people for each reason; empty while it rings. */
  whyNot: z.array(z.object({ reason: DistributionReason, people: z.number().int().min(1) })),
  test: z.boolean(),
});
export type WaitingCall = z.infer<typeof WaitingCall>;

const person = { operatorId: OperatorId, name: z.string(), role: Role, hotlineIds: z.array(HotlineId) };

/** Who could be asked into a call. */
export const Colleague = z.object({ ...person, state: OperatorState, since: Instant, reachable: z.boolean() });
export type Colleague = z.infer<typeof Colleague>;
export const Colleagues = z.object({
  people: z.array(Colleague),
  /** All hotlines: a call may be handed to one whose member this person isn't. */
  hotlines: z.array(z.object({ hotlineId: HotlineId, name: z.string(), available: z.number().int().min(0) })),
});
export type Colleagues = z.infer<typeof Colleagues>;

/** Since midnight in the hotline's own zone; calls for trying things out aren't counted. */
export const FloorFigures = z.object({
  waiting: z.number().int(),
  longestSince: Instant.nullable(),
  available: z.number().int(),
  answered: z.number().int(),
  answeredInTime: z.number().int(),
  abandoned: z.number().int(),
  unanswered: z.number().int(),
  /** 0 to 1; null while there is nothing to measure. */
  serviceLevel: z.number().min(0).max(1).nullable(),
});
export type FloorFigures = z.infer<typeof FloorFigures>;

export const FloorPerson = Colleague.extend({
  reason: z.string().nullable(),
  misses: z.number().int(),
  call: z
    .object({
      callId: CallId,
      hotlineId: HotlineId,
      hotlineName: z.string(),
      since: Instant,
      phase: CallPhase,
      /** With a scripted caller. */
      practice: z.boolean().optional(),
      /** L6: while this person's link is lost, when the call is given to somebody else. */
      rescueAt: Instant.nullable(),
    })
    .nullable(),
});
export type FloorPerson = z.infer<typeof FloorPerson>;

export const Floor = z.object({
  /** Null where the hotlines have different ones. */
  goal: ServiceGoal.nullable(),
  all: FloorFigures,
  hotlines: z.array(FloorFigures.extend({ hotlineId: HotlineId, name: z.string(), goal: ServiceGoal })),
  people: z.array(FloorPerson),
});
export type Floor = z.infer<typeof Floor>;

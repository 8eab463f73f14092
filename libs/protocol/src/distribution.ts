import { z } from 'zod';
import { HotlineId, LanguageTag } from './ids.ts';

/** Who of those who can take a call is rung (Q2). */
export const DistributionStrategy = z.enum([
  'longest-idle',
  'ring-all',
  'round-robin',
  'fewest-calls',
  'weighted-random',
  'linear',
]);
export type DistributionStrategy = z.infer<typeof DistributionStrategy>;

/** `required`: never without · `preferred`: waits for it so long, then anybody · `ignored`: doesn't matter (Q12). */
export const LanguageRule = z.enum(['required', 'preferred', 'ignored']);
export type LanguageRule = z.infer<typeof LanguageRule>;

export const SkillName = z.string().trim().min(1).max(40);
/** `relaxAfterS`: null means never without it. */
export const SkillRule = z.strictObject({
  skill: SkillName,
  relaxAfterS: z.number().int().min(0).max(3600).nullable(),
});
export type SkillRule = z.infer<typeof SkillRule>;

/** The part of a hotline's settings that says who rings and in which order callers are served. */
export const distributionSettings = {
  strategy: DistributionStrategy.default('longest-idle'),
  /** Waiting lifts a call by one step of priority each so many seconds … */
  ageEveryS: z.number().int().min(10).max(3600).default(300),
  /** … at most so many steps, and never to urgent. 0: waiting alone lifts nobody. */
  ageSteps: z.number().int().min(0).max(2).default(1),
  languageRule: LanguageRule.default('preferred'),
  languageRelaxS: z.number().int().min(0).max(3600).default(60),
  /** In order of importance: the last is given up first. */
  skills: z.array(SkillRule).max(10).default([]),
};
export const DistributionSettings = z.object(distributionSettings);
export type DistributionSettings = z.infer<typeof DistributionSettings>;

/*
 * How a person serves: `GET|PUT /api/members/:operatorId/service` (owner, admin) → MemberService. The list of hotlines is the
 * whole of it: who is named in it belongs to that hotline from then on, who is left out doesn't.
 */
export const MemberService = z.strictObject({
  /** None: the hotline's own language. */
  languages: z.array(LanguageTag).max(20),
  skills: z.array(SkillName).max(30),
  hotlines: z
    .array(
      z.strictObject({
        hotlineId: HotlineId,
        /** How dear this hotline is to the person among several, and how often a draw should hit them. */
        weight: z.number().int().min(1).max(100),
        /** Linear: lower is asked first. */
        penalty: z.number().int().min(0).max(100),
        /** Calls in a shift at most. */
        shiftCapacity: z.number().int().min(1).max(500).nullable(),
      }),
    )
    .max(200),
});
export type MemberService = z.infer<typeof MemberService>;

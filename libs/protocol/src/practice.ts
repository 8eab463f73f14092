import { z } from 'zod';
import { Instant, OperatorId } from './ids.ts';

/** Practice: a volunteer takes a call from a scripted caller. Everything but the carrier is real, and it counts in no figure. */

/** The name of the script's file, without its ending. */
export const PracticeScriptId = z
  .string()
  .regex(/^[a-z0-9-]{1,60}$/)
  .brand<'PracticeScriptId'>();
export type PracticeScriptId = z.infer<typeof PracticeScriptId>;

/** Languages that every script is written in. */
export const PracticeLanguage = z.enum(['en', 'es']);
export type PracticeLanguage = z.infer<typeof PracticeLanguage>;

const Spoken = z.string().trim().min(1).max(400);
const seconds = (from: number, to: number) => z.number().min(from).max(to);

/** What a good call does, each computed from what happened. Seconds and shares are the script's own. */
export const PracticeCheck = z.discriminatedUnion('check', [
  z.strictObject({ check: z.literal('answered-within'), s: seconds(1, 120) }),
  /** From the moment both could hear each other. */
  z.strictObject({ check: z.literal('spoke-within'), s: seconds(1, 60) }),
  /** How much of the caller's speech the volunteer spoke into, at most. */
  z.strictObject({ check: z.literal('let-finish'), percent: seconds(1, 100) }),
  /** Spoke so often before the caller said anything: to somebody who is silent at first. */
  z.strictObject({ check: z.literal('encouraged'), times: z.number().int().min(1).max(10) }),
  z.strictObject({ check: z.literal('hold-at-most'), s: seconds(1, 600) }),
  /** Said something shortly before each hold. */
  z.strictObject({ check: z.literal('told-before-hold') }),
  z.strictObject({ check: z.literal('muted-at-most'), s: seconds(1, 600) }),
  z.strictObject({ check: z.literal('note-written') }),
  z.strictObject({ check: z.literal('category-chosen') }),
  z.strictObject({ check: z.literal('priority-chosen') }),
  z.strictObject({ check: z.literal('follow-up-made') }),
  /** Transferred, or asked somebody in. Nobody is rung in practice: that it was tried is enough. */
  z.strictObject({ check: z.literal('handed-over') }),
  /** Ended the call, and not before the caller's goodbye; or the caller rang off by themselves. */
  z.strictObject({ check: z.literal('ended-after-goodbye') }),
  /** For a call that nobody has to bear to its end. */
  z.strictObject({ check: z.literal('ended-by-you') }),
  /** Finished the wrap-up before its time ran out. */
  z.strictObject({ check: z.literal('wrap-up-in-time') }),
]);
export type PracticeCheck = z.infer<typeof PracticeCheck>;

const reaction = <Words extends z.ZodType>(words: Words) =>
  z.strictObject({
    /** The caller has been on hold for so long. */
    hold: z.strictObject({ afterS: seconds(3, 600), say: words }).optional(),
    /** Nothing was heard of the volunteer for so long, muted or not. */
    silence: z.strictObject({ afterS: seconds(3, 600), say: words }).optional(),
    keypad: z.strictObject({ say: words }).optional(),
    /** The volunteer tries to hand the call over or to ask somebody in: what comes next is the goodbye. */
    handOver: z.strictObject({ say: words }).optional(),
  });

const steps = <Words extends z.ZodType>(words: Words) =>
  z
    .array(
      z.union([
        z.strictObject({
          say: words,
          /** After this the caller waits for the volunteer to end the call, a while. */
          goodbye: z.boolean().optional(),
        }),
        z.strictObject({
          /** Until the volunteer has spoken and is quiet again, or for so many seconds at most. */
          listen: seconds(1, 120),
          /** Said when nothing was heard. */
          otherwise: words.optional(),
          /** Waits the whole time, whatever is heard. */
          wholeTime: z.boolean().optional(),
        }),
        z.strictObject({ pause: seconds(0.2, 60) }),
      ]),
    )
    .min(1)
    .max(40);

/** A text in every language a script is written in. */
export const Both = z.strictObject({ en: Spoken, es: Spoken });

/** A file in `libs/call-flow/practice-scripts`. */
export const PracticeScriptFile = z.strictObject({
  /** The order in the list; a newcomer begins with the first. */
  order: z.number().int().min(0).max(1_000),
  title: Both,
  about: Both,
  /** Told before the call: what to try. */
  advice: z.array(Both).min(1).max(6),
  /** Whoever practises in English hears Spanish, and the other way round. */
  callerSpeaks: z.literal('other-language').optional(),
  steps: steps(Both),
  reactions: reaction(Both).optional(),
  goodCall: z.array(PracticeCheck).min(1).max(15),
});
export type PracticeScriptFile = z.infer<typeof PracticeScriptFile>;

/** A script in one language, as a call keeps it: a later change of the file doesn't change what was practised. */
export const PracticeScript = z.strictObject({
  scriptId: PracticeScriptId,
  language: PracticeLanguage,
  /** The language of the caller's words. */
  voice: PracticeLanguage,
  title: z.string(),
  steps: steps(Spoken),
  reactions: reaction(Spoken),
  goodCall: z.array(PracticeCheck),
});
export type PracticeScript = z.infer<typeof PracticeScript>;

/** With the arrival of a practice call. */
export const PracticeArrival = z.strictObject({
  operatorId: OperatorId,
  /** What the person was before, and is again afterwards. */
  from: z.enum(['available', 'break', 'offline']),
  script: PracticeScript,
});
export type PracticeArrival = z.infer<typeof PracticeArrival>;

/** Who spoke from when to when. What the volunteer says is nowhere kept. */
export const PracticeTurn = z.strictObject({
  by: z.enum(['caller', 'volunteer']),
  from: Instant,
  to: Instant,
  /** The scripted caller's own. */
  words: Spoken.nullable(),
  goodbye: z.boolean(),
});
export type PracticeTurn = z.infer<typeof PracticeTurn>;

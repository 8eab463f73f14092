import { BreakReason } from '@ringdown/protocol/console';
import { Priority } from '@ringdown/protocol/call-events';
import { HotlineSettings, OpeningHours, TimeZone } from '@ringdown/protocol/http';
import { LanguageTag } from '@ringdown/protocol/ids';
import { MAX_LADDER_STEPS } from '@ringdown/protocol/ladder';
import { LocalDate, WallTime } from '@ringdown/protocol/rota';
import { z } from 'zod';
import { duration, moment, span } from './simulation-file-times.ts';
import type { PhoneAnswer, RingAnswer, Span } from './simulation-input.ts';

const ringAnswer = z.union(
  [
    z.literal('never').transform((): RingAnswer => ({ kind: 'misses' })),
    z.literal('declines').transform((): RingAnswer => ({ kind: 'declines', afterMs: [3_000, 3_000] })),
    span.transform((afterMs): RingAnswer => ({ kind: 'answers', afterMs })),
  ],
  'Write never, declines, a time like 5s, or a span like 3s..8s',
);

const seconds = (s: number): Span => [s * 1_000, s * 1_000];

const pickedUp = (afterMs: Span, pressesMs: Span | null = seconds(3)): PhoneAnswer => ({
  kind: 'picks-up',
  afterMs,
  pressesMs,
});

const neverOr = (usual: Span) =>
  z
    .union([z.literal('never').transform(() => null), span], 'Write never, a time like 40s, or a span like 3s..8s')
    .default(usual);

/** What becomes of a call to a phone outside. */
const phoneAnswer = z.union(
  [
    z.literal('never').transform((): PhoneAnswer => ({ kind: 'no-answer' })),
    z.literal('busy').transform((): PhoneAnswer => ({ kind: 'busy' })),
    z.literal('mailbox').transform(() => pickedUp(seconds(15), null)),
    z.literal('hangs-up').transform((): PhoneAnswer => ({ kind: 'hangs-up', afterMs: seconds(5) })),
    span.transform((afterMs) => pickedUp(afterMs)),
    z
      .strictObject({ 'picks-up': span, 'presses-1': neverOr(seconds(3)) })
      .transform((given) => pickedUp(given['picks-up'], given['presses-1'])),
  ],
  'Write never, busy, mailbox, hangs-up, a time like 5s, a span like 3s..8s, or { picks-up: 5s, presses-1: 3s }',
);
const phoneAnswers = z
  .union([phoneAnswer.transform((one) => [one]), z.array(phoneAnswer).min(1)])
  .default([pickedUp(seconds(8))]);

/** Of a caller who wants to be called back. */
const callBack = z.strictObject({
  /** Presses 1 so long after it is offered while waiting. */
  waiting: neverOr(seconds(30)),
  /** The same after a plan's question. */
  asked: neverOr(seconds(5)),
  /** So long after a promise made while waiting. */
  'hangs-up': neverOr(seconds(8)),
  answers: phoneAnswers,
});
export type CallBackGiven = z.infer<typeof callBack>;

/** An outside number that plans lead to. */
const number = z.strictObject({
  name: z.string().trim().min(1).max(60),
  answers: phoneAnswers,
  talks: span.default([240_000, 240_000]),
});

const personName = z.string().trim().min(1).max(60);

const hotlineName = z.string().trim().min(1).max(80);

/** One step of a plan: an ending, a call-back, another hotline or an outside number by its name. */
const planStep = z.union(
  [
    z.enum(['voicemail', 'message', 'call-back']),
    z.strictObject({ hotline: hotlineName }),
    /** `confirm`: whoever picks up there has to press 1. */
    z.strictObject({ number: number.shape.name, confirm: z.boolean().default(true) }),
  ],
  'Write voicemail, message, call-back, { hotline: NAME } or { number: NAME }',
);
export type PlanStep = z.infer<typeof planStep>;
const plan = z.array(planStep).min(1).max(MAX_LADDER_STEPS);

const hotline = z.strictObject({
  name: hotlineName.default('the hotline'),
  zone: TimeZone.default('UTC'),
  language: LanguageTag.default('en' as LanguageTag),
  hours: OpeningHours.default({ kind: 'always' }),
  settings: HotlineSettings.omit({ ladders: true }).partial().default({}),
  /** What callers get in the place of a person; as usual where left out. */
  plans: z.strictObject({ unanswered: plan, closed: plan, full: plan }).partial().default({}),
});
export type HotlineGiven = z.infer<typeof hotline>;

const person = z.strictObject({
  name: personName,
  /** Names of hotlines; the first one where left out. */
  serves: z.array(hotlineName).min(1).optional(),
  state: z.enum(['available', 'break', 'offline']).default('available'),
  answers: z
    .union([ringAnswer.transform((one) => [one]), z.array(ringAnswer).min(1)])
    .default([{ kind: 'answers', afterMs: [5_000, 5_000] }]),
  talks: span.default([240_000, 240_000]),
  languages: z.array(LanguageTag).max(20).default([]),
  skills: z.array(z.string().min(1).max(40)).max(20).default([]),
  weight: z.number().min(1).max(100).default(1),
  penalty: z.number().min(0).max(100).default(0),
  capacity: z.number().int().min(1).nullable().default(null),
});

const shift = z.strictObject({
  person: personName,
  hotline: hotlineName.optional(),
  date: LocalDate,
  from: WallTime,
  to: WallTime,
  every: z.union([z.literal('week'), z.literal('once'), z.string().regex(/^[2-8] weeks$/)]).default('once'),
  until: LocalDate.optional(),
  except: z.array(LocalDate).default([]),
  /** Days on which somebody else does it. */
  covered: z.array(z.strictObject({ date: LocalDate, by: personName })).default([]),
});

const call = z.union([
  z.strictObject({
    name: z.string().min(1).max(60),
    at: moment,
    hotline: hotlineName.optional(),
    language: LanguageTag.optional(),
    priority: Priority.default('medium'),
    patience: duration.optional(),
    talks: duration.optional(),
    voicemail: z.union([z.literal('none').transform(() => 0), duration]).default(20_000),
    'call-back': callBack.optional(),
  }),
  z.strictObject({
    /** So many callers, spread by chance over the time. */
    callers: z.number().int().min(1).max(5_000),
    hotline: hotlineName.optional(),
    from: moment,
    to: moment,
    languages: z.array(LanguageTag).min(1).optional(),
    priority: Priority.default('medium'),
    patience: span.optional(),
    talks: span.optional(),
    'call-back': callBack.optional(),
  }),
]);

const event = z.union([
  z.strictObject({
    at: moment,
    person: personName,
    becomes: z.enum(['available', 'offline', 'break']),
    reason: BreakReason.default('rest'),
  }),
  z.strictObject({ at: moment, person: personName, 'loses-link-for': z.union([z.literal('good'), duration]) }),
  z.strictObject({ at: moment, 'gateway-lost-for': z.union([z.literal('good'), duration]) }),
  z.strictObject({ at: moment, hotline: z.enum(['closed', 'open', 'by-hours']), of: hotlineName.optional() }),
]);

/** The file of `npm run simulate`, documented in docs/simulate.md. */
export const SimulationFile = z.strictObject({
  hotline: hotline.prefault({}),
  /** Others, that plans lead to and that calls may come to as well. */
  hotlines: z.array(hotline).max(20).default([]),
  start: z.string().regex(/^20\d\d-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d$/, 'Write the start like 2026-11-23 18:00'),
  gateways: z.number().int().min(0).max(100).default(1),
  numbers: z.array(number).max(100).default([]),
  people: z.array(person).max(500).default([]),
  rota: z.array(shift).max(500).default([]),
  holidays: z
    .array(
      z.strictObject({
        name: z.string(),
        from: LocalDate,
        to: LocalDate,
        effect: z.enum(['closed', 'one-off-only']).default('closed'),
      }),
    )
    .default([]),
  calls: z.array(call).max(2_000).default([]),
  events: z.array(event).max(2_000).default([]),
});
export type SimulationFile = z.infer<typeof SimulationFile>;

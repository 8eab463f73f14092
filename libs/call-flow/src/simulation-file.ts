import { HotlineSettings, OpeningHours, TimeZone } from '@ringdown/protocol/http';
import type { HotlineId, Instant, LadderNumberId, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import { LanguageTag as LanguageTagSchema } from '@ringdown/protocol/ids';
import { BreakReason } from '@ringdown/protocol/console';
import { type LadderStep, Priority } from '@ringdown/protocol/call-events';
import {
  DEFAULT_LADDERS,
  endingOf,
  Ladder,
  type LadderCause,
  type Ladders,
  MAX_LADDER_STEPS,
} from '@ringdown/protocol/ladder';
import {
  type Holiday,
  type HolidayId,
  LocalDate,
  type Rota,
  type Shift,
  type ShiftId,
  WallTime,
} from '@ringdown/protocol/rota';
import { z } from 'zod';
import { policyOf } from './call-policy.ts';
import { rulesOf } from './distribution-rules.ts';
import { findOverflowFault } from './overflow.ts';
import { findOverlap } from './rota.ts';
import type {
  RingAnswer,
  SimulatedCall,
  SimulatedChange,
  SimulatedHotline,
  SimulatedPerson,
  Simulation,
  Span,
} from './simulation.ts';
import { addDays, instantOf } from './wall-time.ts';

/** The file of `npm run simulate`, documented in docs/simulate.md. */
const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

const duration = z
  .string()
  .regex(/^(\d+(\.\d+)?[smh]\s*)+$/, 'Write a time like 40s, 5m or 1h 30m')
  .transform((text) => {
    let total = 0;
    for (const [, amount = '0', unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)([smh])/g))
      total += Number(amount) * (UNITS[unit] ?? 0);
    return Math.round(total);
  });

/** `5s`, or `3s..8s`: drawn anew each time. */
const span = z
  .string()
  .regex(/^[\d.smh ]+$/, 'Write a time like 40s, or a span like 3s..8s')
  .transform((text, context): Span => {
    const ends = text.split('..').map((each) => duration.safeParse(each.trim()));
    const [from, to = from] = ends;
    if (!from?.success || !to?.success || ends.length > 2 || to.data < from.data) {
      context.addIssue({ code: 'custom', message: 'Write a time like 40s, or a span like 3s..8s' });
      return z.NEVER;
    }
    return [from.data, to.data];
  });

/** `18:05` or `18:05:30` on the day of the start, or with a date before it. */
const moment = z
  .string()
  .regex(
    /^(20\d\d-\d\d-\d\d )?([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/,
    'Write a time like 18:05, 18:05:30 or 2026-11-23 18:05',
  );

const ringAnswer = z.union(
  [
    z.literal('never').transform((): RingAnswer => ({ kind: 'misses' })),
    z.literal('declines').transform((): RingAnswer => ({ kind: 'declines', afterMs: [3_000, 3_000] })),
    span.transform((afterMs): RingAnswer => ({ kind: 'answers', afterMs })),
  ],
  'Write never, declines, a time like 5s, or a span like 3s..8s',
);

const personName = z.string().trim().min(1).max(60);

const hotlineName = z.string().trim().min(1).max(80);

/** One step of a plan: an ending, a call-back, or another hotline by its name. */
const planStep = z.union(
  [
    z.enum(['voicemail', 'message', 'call-back']),
    z.strictObject({ hotline: hotlineName }),
    z.strictObject({ number: z.literal('unanswered') }),
  ],
  'Write voicemail, message, call-back, { hotline: NAME } or { number: unanswered }',
);
const plan = z.array(planStep).min(1).max(MAX_LADDER_STEPS);

const hotline = z.strictObject({
  name: hotlineName.default('the hotline'),
  zone: TimeZone.default('UTC'),
  language: LanguageTagSchema.default('en' as LanguageTag),
  hours: OpeningHours.default({ kind: 'always' }),
  settings: HotlineSettings.omit({ ladders: true }).partial().default({}),
  /** What callers get in the place of a person; as usual where left out. */
  plans: z.strictObject({ unanswered: plan, closed: plan, full: plan }).partial().default({}),
});
type HotlineGiven = z.infer<typeof hotline>;

const person = z.strictObject({
  name: personName,
  /** Names of hotlines; the first one where left out. */
  serves: z.array(hotlineName).min(1).optional(),
  state: z.enum(['available', 'break', 'offline']).default('available'),
  answers: z
    .union([ringAnswer.transform((one) => [one]), z.array(ringAnswer).min(1)])
    .default([{ kind: 'answers', afterMs: [5_000, 5_000] }]),
  talks: span.default([240_000, 240_000]),
  languages: z.array(LanguageTagSchema).max(20).default([]),
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
    language: LanguageTagSchema.optional(),
    priority: Priority.default('medium'),
    patience: duration.optional(),
    talks: duration.optional(),
    voicemail: z.union([z.literal('none').transform(() => 0), duration]).default(20_000),
  }),
  z.strictObject({
    /** So many callers, spread by chance over the time. */
    callers: z.number().int().min(1).max(5_000),
    hotline: hotlineName.optional(),
    from: moment,
    to: moment,
    languages: z.array(LanguageTagSchema).min(1).optional(),
    priority: Priority.default('medium'),
    patience: span.optional(),
    talks: span.optional(),
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

export const SimulationFile = z.strictObject({
  hotline: hotline.prefault({}),
  /** Others, that plans lead to and that calls may come to as well. */
  hotlines: z.array(hotline).max(20).default([]),
  start: z.string().regex(/^20\d\d-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d$/, 'Write the start like 2026-11-23 18:00'),
  gateways: z.number().int().min(0).max(100).default(1),
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

export interface FileProblem {
  /** Where in the file: keys and places in lists. */
  path: readonly PropertyKey[];
  message: string;
}

export type FileReading =
  | {
      ok: true;
      simulation: Simulation;
      names: ReadonlyMap<OperatorId, string>;
      hotlines: ReadonlyMap<HotlineId, string>;
    }
  | { ok: false; problems: FileProblem[] };

const uuid = (kind: number, n: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** One stands for all: nobody answers there. */
const NUMBER = uuid(5, 1) as LadderNumberId;

/** Small and seeded; used for arrivals only, so that an evening's callers stay when people change. */
const chance = (seed: number): (() => number) => {
  let x = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x / 4_294_967_296;
  };
};

class Reader {
  readonly problems: FileProblem[] = [];
  private readonly file: SimulationFile;
  private readonly ids = new Map<string, OperatorId>();
  private readonly hotlineIds = new Map<string, HotlineId>();
  private readonly random: () => number;
  readonly start: Instant;

  constructor(file: SimulationFile, seed: number) {
    this.file = file;
    this.random = chance(seed);
    this.start = this.momentOf(file.start);
    for (const [n, { name }] of [file.hotline, ...file.hotlines].entries()) {
      if (this.hotlineIds.has(name))
        this.problems.push({ path: ['hotlines', n - 1, 'name'], message: `There are two hotlines called ${name}` });
      this.hotlineIds.set(name, uuid(9, n + 1) as HotlineId);
    }
    for (const [n, { name }] of file.people.entries()) {
      if (this.ids.has(name))
        this.problems.push({ path: ['people', n, 'name'], message: `There are two people called ${name}` });
      this.ids.set(name, uuid(8, n + 1) as OperatorId);
    }
  }

  names(): Map<OperatorId, string> {
    return new Map([...this.ids].map(([name, operatorId]) => [operatorId, name]));
  }

  hotlines(): Map<HotlineId, string> {
    return new Map([...this.hotlineIds].map(([name, hotlineId]) => [hotlineId, name]));
  }

  /** Without a name the first one. */
  hotlineOf(name: string | undefined, path: PropertyKey[]): HotlineId {
    const known = this.hotlineIds.get(name ?? this.file.hotline.name);
    if (!known) this.problems.push({ path, message: `There is no hotline called ${name}` });
    return known ?? (uuid(9, 0) as HotlineId);
  }

  /** As the settings have them, with everything that is wrong with them. */
  laddersOf(given: HotlineGiven, path: PropertyKey[]): Ladders {
    const ladderOf = (cause: LadderCause): LadderStep[] => {
      const steps = given.plans[cause]?.map((step, n) => this.stepOf(step, cause, [...path, 'plans', cause, n]));
      if (!steps) return DEFAULT_LADDERS[cause];
      const fault = Ladder.safeParse(steps).error?.issues[0]?.message;
      if (!fault) return steps;
      this.problems.push({ path: [...path, 'plans', cause], message: fault });
      return DEFAULT_LADDERS[cause];
    };
    return { closed: ladderOf('closed'), full: ladderOf('full'), unanswered: ladderOf('unanswered') };
  }

  private stepOf(step: z.infer<typeof planStep>, cause: LadderCause, path: PropertyKey[]): LadderStep {
    if (step === 'voicemail' || step === 'call-back') return { step };
    if (step === 'message') return endingOf(cause, 'message')[0]!;
    if ('number' in step) return { step: 'outside-number', numberId: NUMBER, confirm: true };
    return { step: 'other-hotline', hotlineId: this.hotlineOf(step.hotline, path) };
  }

  /** All hotlines of the file, the first one first. */
  lines(): (SimulatedHotline & { rota: Rota; language: LanguageTag })[] {
    const all = [this.file.hotline, ...this.file.hotlines].map((given, n) => ({
      given,
      hotlineId: this.hotlineOf(given.name, []),
      ladders: this.laddersOf(given, n === 0 ? ['hotline'] : ['hotlines', n - 1]),
    }));
    const points = all.map(({ given: { name }, hotlineId, ladders }) => ({ name, hotlineId, ladders }));
    const fault = points[0] && findOverflowFault(points, points[0].hotlineId);
    if (fault?.fault === 'circle')
      this.problems.push({ path: [], message: `Callers would be led in a circle: ${fault.path.join(' → ')}` });
    else if (fault?.fault === 'too-far')
      this.problems.push({ path: [], message: `Callers would be led on too often: ${fault.path.join(' → ')}` });
    return all.map(({ given, hotlineId, ladders }) => {
      const settings = HotlineSettings.parse({ ...given.settings, ladders });
      return {
        hotlineId,
        language: given.language,
        timeZone: given.zone,
        hours: given.hours,
        policy: policyOf({
          settings,
          greeting: { kind: 'standard' },
          language: given.language,
          prompts: [],
          vaultPublicKey: 'AAAA',
          vaultVersion: 1,
        }),
        rules: rulesOf(settings, given.language),
        queueLimit: settings.queueLimit,
        rota: this.rotaOf(hotlineId, given.zone),
      };
    });
  }

  personOf(name: string, path: PropertyKey[]): OperatorId {
    const known = this.ids.get(name);
    if (!known) this.problems.push({ path, message: `There is nobody called ${name} under people` });
    return known ?? (uuid(8, 0) as OperatorId);
  }

  /** A time without a date is the first such time at or after the start. */
  momentOf(text: string): Instant {
    const { zone } = this.file.hotline;
    const parts = text.split(' ');
    const [date, time] = (parts.length === 2 ? parts : [this.file.start.slice(0, 10), text]) as [LocalDate, string];
    const seconds = Number(time.slice(6) || 0) * 1_000;
    const on = (day: LocalDate): Instant => instantOf(day, time.slice(0, 5) as WallTime, zone) + seconds;
    const at = on(date);
    return parts.length === 1 && at < this.start ? on(addDays(date, 1)) : at;
  }

  after(text: string, path: PropertyKey[]): Instant {
    const at = this.momentOf(text);
    if (at < this.start) this.problems.push({ path, message: 'This is before the start' });
    return at;
  }

  within([from, to]: Span): number {
    return Math.round(from + this.random() * (to - from));
  }

  pick<T>(list: readonly T[], otherwise: T): T {
    return list[Math.floor(this.random() * list.length)] ?? otherwise;
  }

  calls(): SimulatedCall[] {
    return this.file.calls.flatMap((given, n): SimulatedCall[] => {
      const { language } = this.file.hotlines.find(({ name }) => name === given.hotline) ?? this.file.hotline;
      if ('callers' in given) {
        const [from, to] = [this.after(given.from, ['calls', n, 'from']), this.after(given.to, ['calls', n, 'to'])];
        if (to <= from) this.problems.push({ path: ['calls', n, 'to'], message: 'This must be after from' });
        return Array.from({ length: given.callers }, (_, k) => ({
          label: `caller ${n + 1}.${k + 1}`,
          hotlineId: this.hotlineOf(given.hotline, ['calls', n, 'hotline']),
          at: this.within([from, Math.max(from, to)]),
          language: this.pick(given.languages ?? [], language),
          priority: given.priority,
          patienceMs: given.patience ? this.within(given.patience) : null,
          talkMs: given.talks ? this.within(given.talks) : null,
          voicemailMs: 20_000,
        }));
      }
      return [
        {
          label: given.name,
          hotlineId: this.hotlineOf(given.hotline, ['calls', n, 'hotline']),
          at: this.after(given.at, ['calls', n, 'at']),
          language: given.language ?? language,
          priority: given.priority,
          patienceMs: given.patience ?? null,
          talkMs: given.talks ?? null,
          voicemailMs: given.voicemail,
        },
      ];
    });
  }

  changes(): SimulatedChange[] {
    return this.file.events.map((given, n): SimulatedChange => {
      const at = this.after(given.at, ['events', n, 'at']);
      const lasting = (value: 'good' | number): number | null => (value === 'good' ? null : value);
      if ('hotline' in given) {
        const which = given.of ? { hotlineId: this.hotlineOf(given.of, ['events', n, 'of']) } : {};
        return { at, kind: 'emergency', state: given.hotline === 'by-hours' ? null : given.hotline, ...which };
      }
      if ('gateway-lost-for' in given)
        return { at, kind: 'gateway-lost', backAfterMs: lasting(given['gateway-lost-for']) };
      const operatorId = this.personOf(given.person, ['events', n, 'person']);
      if ('loses-link-for' in given)
        return { at, kind: 'link-lost', operatorId, backAfterMs: lasting(given['loses-link-for']) };
      const wish =
        given.becomes === 'break' ? { state: given.becomes, reason: given.reason } : { state: given.becomes };
      return { at, kind: 'wish', operatorId, wish };
    });
  }

  private rotaOf(hotlineId: HotlineId, timeZone: string): Rota {
    const { file } = this;
    const own = [...file.rota.entries()].filter(
      ([n, given]) => this.hotlineOf(given.hotline, ['rota', n, 'hotline']) === hotlineId,
    );
    const shifts = own.map(([n, given]): Shift => ({
      shiftId: uuid(7, n + 1) as ShiftId,
      operatorId: this.personOf(given.person, ['rota', n, 'person']),
      date: given.date,
      from: given.from,
      to: given.to,
      everyWeeks: given.every === 'once' ? 0 : given.every === 'week' ? 1 : Number(given.every[0]),
      until: given.until ?? null,
      except: given.except,
    }));
    const covers = own.flatMap(([n, given]) =>
      given.covered.map(({ date, by }, k) => ({
        shiftId: uuid(7, n + 1) as ShiftId,
        date,
        operatorId: this.personOf(by, ['rota', n, 'covered', k, 'by']),
      })),
    );
    const holidays = file.holidays.map((given, n): Holiday => ({ holidayId: uuid(6, n + 1) as HolidayId, ...given }));
    const rota: Rota = {
      hotlineId,
      timeZone,
      revision: 1,
      shifts,
      covers,
      holidays,
      emergency: null,
    };
    const overlap = findOverlap(rota, this.ids.values());
    if (overlap) {
      const [a, b] = overlap.shifts.map((shiftId) => own[shifts.findIndex((each) => each.shiftId === shiftId)]?.[0]);
      const who = this.names().get(overlap.operatorId) ?? '';
      this.problems.push({
        path: ['rota', b ?? 0],
        message: `${who} is on another shift at that time (number ${(a ?? 0) + 1} of the rota), first on ${overlap.date}`,
      });
    }
    return rota;
  }

  people(): SimulatedPerson[] {
    return this.file.people.map((given, n) => ({
      operatorId: this.personOf(given.name, []),
      serves: (given.serves ?? [undefined]).map((name) => this.hotlineOf(name, ['people', n, 'serves'])),
      state: given.state,
      answers: given.answers,
      talkMs: given.talks,
      languages: given.languages,
      skills: given.skills,
      weight: given.weight,
      penalty: given.penalty,
      shiftCapacity: given.capacity,
    }));
  }
}

/** A parsed document as an evening to play, or all that is wrong with it. */
export const readSimulation = (document: unknown, seed: number): FileReading => {
  const parsed = SimulationFile.safeParse(document);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap(flatten) };
  const file = parsed.data;
  const reader = new Reader(file, seed);
  const [first, ...others] = reader.lines();
  if (!first) return { ok: false, problems: reader.problems };
  const { rota, language: _own, ...hotline } = first;
  const simulation: Simulation = {
    hotline,
    rota,
    others,
    people: reader.people(),
    calls: reader.calls(),
    changes: reader.changes(),
    start: reader.start,
    gateways: file.gateways,
    seed,
  };
  if (reader.problems.length > 0) return { ok: false, problems: reader.problems };
  return { ok: true, simulation, names: reader.names(), hotlines: reader.hotlines() };
};

/** Of several forms an entry may have, the one that came nearest says what is wrong. */
const flatten = (issue: z.core.$ZodIssue): FileProblem[] => {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = issue.errors.toSorted((a, b) => unknownKeys(a) - unknownKeys(b) || a.length - b.length)[0] ?? [];
    const inner = nearest.flatMap(flatten);
    if (inner.some((each) => each.path.length > 0))
      return inner.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
    const said = issue.message === 'Invalid input' ? inner[0]?.message : issue.message;
    return [{ path: issue.path, message: said ?? issue.message }];
  }
  return [{ path: issue.path, message: issue.message }];
};

const unknownKeys = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);

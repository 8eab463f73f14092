import type { BreakReason } from '@ringdown/protocol/console';
import type { LadderStep } from '@ringdown/protocol/call-events';
import { HotlineSettings } from '@ringdown/protocol/http';
import type { HotlineId, LadderNumberId, LanguageTag } from '@ringdown/protocol/ids';
import * as fc from 'fast-check';
import { aPolicy } from './call-building.fixture.ts';
import { rulesOf } from './distribution-rules.ts';
import { aRota, aShift, clock, day, person, shiftId } from './rota.fixture.ts';
import type {
  PhoneAnswer,
  SimulatedCallBack,
  SimulatedChange,
  SimulatedNumber,
  SimulatedPerson,
  Simulation,
} from './simulation-input.ts';
import { instantOf } from './wall-time.ts';

const ZONE = 'Europe/Berlin';
const MINUTE = 60_000;
const lineId = (index: number) => `00000009-0000-4000-8000-00000000000${index + 2}` as HotlineId;
const ms = (from: number, to: number) => fc.integer({ min: from, max: to });
const span = (from: number, to: number) =>
  fc.tuple(ms(from, to), ms(from, to)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

const numberId = (n: number) => `00000005-0000-4000-8000-00000000000${n}` as LadderNumberId;
const maybe = <T>(given: fc.Arbitrary<T>) => fc.option(given, { nil: null });

const answer = fc.oneof(
  // Most people answer, or nothing would follow that is worth a look.
  {
    weight: 5,
    arbitrary: fc.oneof(span(500, 10_000), span(500, 40_000)).map((afterMs) => ({ kind: 'answers' as const, afterMs })),
  },
  {
    weight: 1,
    arbitrary: span(500, 10_000).map((afterMs) => ({ kind: 'declines' as const, afterMs })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'misses' as const }) },
);

/** Of an outside number, or of a caller who is called back. */
const phoneAnswers: fc.Arbitrary<PhoneAnswer[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('picks-up' as const),
        afterMs: fc.oneof(span(500, 10_000), span(500, 40_000)),
        pressesMs: maybe(fc.oneof(span(500, 5_000), span(500, 70_000))),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('hangs-up' as const), afterMs: span(500, 40_000) }) },
    { weight: 1, arbitrary: fc.constantFrom({ kind: 'busy' as const }, { kind: 'no-answer' as const }) },
  ),
  { minLength: 1, maxLength: 3 },
);

const numbers: fc.Arbitrary<SimulatedNumber[]> = fc
  .array(fc.record({ answers: phoneAnswers, talkMs: span(1_000, 20 * MINUTE) }), { maxLength: 2 })
  .map((all) => all.map((each, n) => ({ ...each, numberId: numberId(n) })));

const callBackWish: fc.Arbitrary<SimulatedCallBack> = fc.record({
  waitingMs: maybe(span(500, 2 * MINUTE)),
  askedMs: maybe(span(500, 20_000)),
  hangsUpMs: maybe(span(500, 5 * MINUTE)),
  answers: phoneAnswers,
});

/** What a hotline offers, more varied than its settings are. */
const callBackOffer = fc.record({
  attempts: ms(1, 3),
  retryMs: ms(10_000, 5 * MINUTE),
  expiresMs: ms(MINUTE, 30 * MINUTE),
  ladderExpiresMs: ms(MINUTE, 60 * MINUTE),
  onlyByLadder: fc.boolean(),
});

const somebody = (n: number): fc.Arbitrary<SimulatedPerson> =>
  fc.record({
    operatorId: fc.constant(person(n)),
    state: fc.constantFrom(...(['available', 'available', 'available', 'break', 'offline'] as const)),
    answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
    talkMs: span(1_000, 20 * MINUTE),
    languages: fc.subarray(['en', 'es'] as LanguageTag[]),
    skills: fc.constant([]),
    weight: ms(1, 5),
    penalty: ms(0, 3),
    shiftCapacity: fc.option(ms(1, 4), { nil: null }),
  });

/** A night on which clocks may change, with few or many people, callers and faults. */
export const evening: fc.Arbitrary<Simulation> = fc
  .record({
    date: fc.constantFrom('2026-01-05', '2026-03-28', '2026-10-24', '2026-12-24'),
    people: fc
      .constantFrom(0, 1, 2, 3, 4, 5)
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => somebody(n + 1)))),
    // Without any shift whoever is available rings.
    shifts: fc.oneof(
      fc.constant<[number, number, number][]>([]),
      fc.array(fc.tuple(ms(1, 5), ms(0, 23), ms(0, 23)), { maxLength: 4 }),
    ),
    calls: fc.array(
      fc.record({
        after: ms(0, 240 * MINUTE),
        language: fc.constantFrom('en', 'es') as fc.Arbitrary<LanguageTag>,
        priority: fc.constantFrom('urgent' as const, 'high' as const, 'medium' as const, 'low' as const),
        patienceMs: fc.option(ms(1_000, 20 * MINUTE), { nil: null }),
        talkMs: fc.option(ms(0, 20 * MINUTE), { nil: null }),
        voicemailMs: fc.constantFrom(0, 5_000, 60_000),
        callBack: fc.option(callBackWish, { nil: undefined }),
      }),
      { minLength: 1, maxLength: 10 },
    ),
    faults: fc.array(fc.tuple(ms(0, 240 * MINUTE), ms(0, 5), ms(1, 5), fc.option(ms(100, 5 * MINUTE), { nil: null })), {
      maxLength: 5,
    }),
    settings: fc.record({
      strategy: fc.constantFrom(...HotlineSettings.shape.strategy.unwrap().options),
      languageRule: fc.constantFrom('ignored' as const, 'preferred' as const, 'required' as const),
    }),
    ladders: fc.constantFrom('voicemail' as const, 'message' as const),
    numbers,
    /** Steps of the plans for outside numbers, also for some that nobody answers. */
    outside: fc.array(fc.tuple(ms(0, 2), fc.boolean()), { maxLength: 2 }),
    outsideMaxMs: ms(2 * MINUTE, 60 * MINUTE),
    callBack: fc.option(callBackOffer, { nil: undefined }),
    others: fc.array(
      fc.record({
        maxWaitMs: ms(20_000, 10 * MINUTE),
        nobodyWaitMs: ms(0, MINUTE),
        queueLimit: ms(1, 3),
        open: fc.boolean(),
        callBack: fc.option(callBackOffer, { nil: undefined }),
      }),
      { maxLength: 2 },
    ),
    serves: fc.constantFrom([0], [0, 1], [0, 1, 2], [1]),
    ringTimeoutMs: ms(5_000, 60_000),
    maxWaitMs: ms(20_000, 15 * MINUTE),
    nobodyWaitMs: ms(0, MINUTE),
    wrapUpMs: ms(0, 2 * MINUTE),
    queueLimit: ms(1, 6),
    gateways: fc.constantFrom(0, 1, 1, 2, 2),
    seed: ms(0, 1_000_000),
  })
  .map((given): Simulation => {
    const start = instantOf(day(given.date), clock('20:00'), ZONE);
    const changes = given.faults.map(([after, kind, n, backAfterMs]): SimulatedChange => {
      const at = start + after;
      switch (kind) {
        case 0:
          return { at, kind: 'gateway-lost', backAfterMs };
        case 1:
          return { at, kind: 'link-lost', operatorId: person(n), backAfterMs };
        case 2:
          return { at, kind: 'emergency', state: backAfterMs === null ? null : 'closed' };
        case 3:
          return { at, kind: 'wish', operatorId: person(n), wish: { state: 'available' } };
        case 4:
          return { at, kind: 'wish', operatorId: person(n), wish: { state: 'break', reason: 'rest' as BreakReason } };
        default:
          return { at, kind: 'wish', operatorId: person(n), wish: { state: 'offline' } };
      }
    });
    const end = given.ladders === 'voicemail' ? [{ step: 'voicemail' as const }] : [];
    // Each leads on to the next, and the first one also to the last when it is closed or full.
    const on = (index: number): LadderStep[] =>
      given.others[index] ? [{ step: 'other-hotline', hotlineId: lineId(index) }] : [];
    const outside = given.outside.map(([n, confirm]): LadderStep => ({
      step: 'outside-number',
      numberId: numberId(n),
      confirm,
    }));
    const offer = <T>(callBack: T | undefined) => (callBack ? { callBack } : {});
    const others = given.others.map(({ open, queueLimit, callBack, ...waits }, index) => ({
      hotlineId: lineId(index),
      language: 'en' as LanguageTag,
      timeZone: ZONE,
      hours: open ? { kind: 'always' as const } : { kind: 'weekly' as const, periods: [] },
      policy: aPolicy({
        ...waits,
        ...offer(callBack),
        outside: { maxMs: given.outsideMaxMs },
        ladders: {
          ...aPolicy().ladders,
          unanswered: [...on(index + 1), ...outside.slice(1), { step: 'message', message: 'nobody' }],
        },
      }),
      rules: rulesOf(HotlineSettings.parse({}), 'en' as LanguageTag),
      queueLimit,
      rota: aRota({ hotlineId: lineId(index) }),
    }));
    const policy = aPolicy({
      ringTimeoutMs: given.ringTimeoutMs,
      maxWaitMs: given.maxWaitMs,
      nobodyWaitMs: given.nobodyWaitMs,
      wrapUpMs: given.wrapUpMs,
      outside: { maxMs: given.outsideMaxMs },
      ...offer(given.callBack),
      ladders: {
        closed: [...on(others.length - 1), { step: 'call-back' }, ...end, { step: 'message', message: 'closed' }],
        full: [...on(others.length - 1), ...outside.slice(0, 1), { step: 'message', message: 'full' }],
        unanswered: [...on(0), ...outside, { step: 'call-back' }, ...end, { step: 'message', message: 'nobody' }],
      },
    });
    return {
      hotline: {
        hotlineId: aRota().hotlineId,
        timeZone: ZONE,
        hours: { kind: 'always' },
        policy,
        rules: rulesOf(HotlineSettings.parse(given.settings), 'en' as LanguageTag),
        queueLimit: given.queueLimit,
      },
      rota: aRota({
        shifts: given.shifts.map(([n, from, to], index) =>
          aShift({
            shiftId: shiftId(index + 1),
            operatorId: person(n),
            date: day(given.date),
            from: clock(`${String(from).padStart(2, '0')}:30`),
            to: clock(`${String(to).padStart(2, '0')}:30`),
          }),
        ),
      }),
      people: given.people.map((each) => ({
        ...each,
        serves: [...new Set(given.serves)].map((n) => (n === 0 ? aRota().hotlineId : lineId(n - 1))),
      })),
      others,
      numbers: given.numbers,
      calls: given.calls.map(({ after, callBack, ...call }, n) => ({
        ...call,
        ...offer(callBack),
        label: `caller ${n + 1}`,
        at: start + after,
      })),
      changes,
      start,
      gateways: given.gateways,
      seed: given.seed,
    };
  });

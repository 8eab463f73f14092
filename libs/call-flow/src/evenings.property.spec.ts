import type { BreakReason } from '@ringdown/protocol/console';
import type { LadderStep } from '@ringdown/protocol/call-events';
import type { HotlineId, LanguageTag } from '@ringdown/protocol/ids';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { aPolicy } from './call-building.fixture.ts';
import { rulesOf } from './distribution-rules.ts';
import { longestWait } from './longest-wait.ts';
import { HotlineSettings } from '@ringdown/protocol/http';
import { aRota, aShift, clock, day, person, shiftId } from './rota.fixture.ts';
import { simulate } from './simulation.ts';
import type { SimulatedChange, SimulatedPerson, Simulation } from './simulation-input.ts';
import { instantOf } from './wall-time.ts';

const EVENINGS = 10_000;
const ZONE = 'Europe/Berlin';
const MINUTE = 60_000;
/** What a move to another gateway, or a browser that doesn't come back, may add to a wait. */
const PER_FAULT_MS = 90_000;

const lineId = (index: number) => `00000009-0000-4000-8000-00000000000${index + 2}` as HotlineId;
const ms = (from: number, to: number) => fc.integer({ min: from, max: to });
const span = (from: number, to: number) =>
  fc.tuple(ms(from, to), ms(from, to)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

const answer = fc.oneof(
  span(500, 40_000).map((afterMs) => ({ kind: 'answers' as const, afterMs })),
  span(500, 10_000).map((afterMs) => ({ kind: 'declines' as const, afterMs })),
  fc.constant({ kind: 'misses' as const }),
);

const somebody = (n: number): fc.Arbitrary<SimulatedPerson> =>
  fc.record({
    operatorId: fc.constant(person(n)),
    state: fc.constantFrom('available' as const, 'break' as const, 'offline' as const),
    answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
    talkMs: span(1_000, 20 * MINUTE),
    languages: fc.subarray(['en', 'es'] as LanguageTag[]),
    skills: fc.constant([]),
    weight: ms(1, 5),
    penalty: ms(0, 3),
    shiftCapacity: fc.option(ms(1, 4), { nil: null }),
  });

/** A night on which clocks may change, with few or many people, callers and faults. */
const evening: fc.Arbitrary<Simulation> = fc
  .record({
    date: fc.constantFrom('2026-01-05', '2026-03-28', '2026-10-24', '2026-12-24'),
    people: ms(0, 5).chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => somebody(n + 1)))),
    shifts: fc.array(fc.tuple(ms(1, 5), ms(0, 23), ms(0, 23)), { maxLength: 4 }),
    calls: fc.array(
      fc.record({
        after: ms(0, 240 * MINUTE),
        language: fc.constantFrom('en', 'es') as fc.Arbitrary<LanguageTag>,
        priority: fc.constantFrom('urgent' as const, 'high' as const, 'medium' as const, 'low' as const),
        patienceMs: fc.option(ms(1_000, 20 * MINUTE), { nil: null }),
        talkMs: fc.option(ms(0, 20 * MINUTE), { nil: null }),
        voicemailMs: fc.constantFrom(0, 5_000, 60_000),
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
    others: fc.array(
      fc.record({
        maxWaitMs: ms(20_000, 10 * MINUTE),
        nobodyWaitMs: ms(0, MINUTE),
        queueLimit: ms(1, 3),
        open: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
    serves: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
    ringTimeoutMs: ms(5_000, 60_000),
    maxWaitMs: ms(20_000, 15 * MINUTE),
    nobodyWaitMs: ms(0, MINUTE),
    wrapUpMs: ms(0, 2 * MINUTE),
    queueLimit: ms(1, 6),
    gateways: ms(0, 2),
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
    const others = given.others.map(({ open, queueLimit, ...waits }, index) => ({
      hotlineId: lineId(index),
      language: 'en' as LanguageTag,
      timeZone: ZONE,
      hours: open ? { kind: 'always' as const } : { kind: 'weekly' as const, periods: [] },
      policy: aPolicy({
        ...waits,
        ladders: { ...aPolicy().ladders, unanswered: [...on(index + 1), { step: 'message', message: 'nobody' }] },
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
      ladders: {
        closed: [...on(others.length - 1), ...end, { step: 'message', message: 'closed' }],
        full: [...on(others.length - 1), { step: 'message', message: 'full' }],
        unanswered: [...on(0), { step: 'call-back' }, ...end, { step: 'message', message: 'nobody' }],
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
      calls: given.calls.map(({ after, ...call }, n) => ({ ...call, label: `caller ${n + 1}`, at: start + after })),
      changes,
      start,
      gateways: given.gateways,
      seed: given.seed,
    };
  });

it(
  `every caller of ${EVENINGS} random evenings gets an ending within the bound that the settings promise (P1)`,
  { timeout: 600_000 },
  () => {
    let calls = 0;
    fc.assert(
      fc.property(evening, (sim) => {
        const { callers } = simulate(sim);
        const others = sim.others ?? [];
        const bound = longestWait(
          sim.hotline.policy,
          (hotlineId) => others.find((each) => each.hotlineId === hotlineId)?.policy,
        );
        const faults = sim.changes.filter((c) => c.kind === 'gateway-lost' || c.kind === 'link-lost').length;
        const slack = (faults + (sim.gateways === 0 ? 1 : 0)) * PER_FAULT_MS + 5_000;
        calls += callers.length;
        expect(callers.map(({ call }) => call).toSorted()).toEqual(sim.calls.map(({ label }) => label).toSorted());
        for (const caller of callers) {
          if (caller.answeredBy && caller.hotlineId === sim.hotline.hotlineId)
            expect(caller.waitedMs).toBeLessThanOrEqual(bound.untilAnswerOrLadderMs + slack);
          else if (caller.answeredBy) expect(caller.waitedMs).toBeLessThanOrEqual(bound.untilEndMs + slack);
          else expect(caller.endedAt - caller.arrivedAt).toBeLessThanOrEqual(bound.untilEndMs + slack);
        }
      }),
      { numRuns: EVENINGS },
    );
    console.log(`  ${EVENINGS} evenings, ${calls} callers`);
  },
);

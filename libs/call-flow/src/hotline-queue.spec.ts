import type { DistributionStrategy } from '@ringdown/protocol/distribution';
import { DistributionSettings, DistributionStrategy as Strategies } from '@ringdown/protocol/distribution';
import type { CallId, LanguageTag } from '@ringdown/protocol/ids';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operatorId } from './call-building.fixture.ts';
import { type Candidate, type Choice, chooseOperator, HotlineQueue } from './distribution.ts';
import { type DistributionRules, obstacleOf, rulesOf } from './distribution-rules.ts';
import { compareRankedPlace } from './queue-order.ts';
import type { WaitingCall } from './waiting-line.ts';

const NOW = 1_000_000;
const en = 'en' as LanguageTag;
const es = 'es' as LanguageTag;
const callId = (n: number): CallId => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}` as CallId;

const rules = (change: Partial<DistributionSettings> = {}): DistributionRules =>
  rulesOf(DistributionSettings.parse(change), en);
const aPerson = (n: number, change: Partial<Candidate> = {}): Candidate => ({
  operatorId: operatorId(n),
  state: 'available',
  idleSince: 0,
  reachable: true,
  takenMeanwhile: false,
  ...change,
});
const aCaller = (n: number, change: Partial<WaitingCall> = {}): WaitingCall => ({
  callId: callId(n),
  language: en,
  arrivedAt: NOW - 1_000 + n,
  rescued: false,
  rank: 2,
  excludedUntil: {},
  rounds: 0,
  ...change,
});
const aQueue = (given: DistributionRules, people: Candidate[], calls: WaitingCall[]): HotlineQueue => {
  const queue = new HotlineQueue(given);
  for (const person of people) queue.people.put(person);
  for (const call of calls) queue.line.add(call);
  return queue;
};
const decide = (given: DistributionRules, people: Candidate[], call: WaitingCall = aCaller(1), now = NOW): Choice =>
  chooseOperator(people, call.excludedUntil, now, given, call);
const chosenIn = (choice: Choice): string | null => (choice.outcome === 'offer' ? choice.operatorId : null);
const reasonFor = (choice: Choice, n: number) => choice.passedOver.find((p) => p.operatorId === operatorId(n))?.reason;

describe('strategies (Q2)', () => {
  it('round-robin goes on with whoever was rung longest ago, and remembers across rounds', () => {
    const queue = aQueue(
      rules({ strategy: 'round-robin' }),
      [1, 2, 3].map((n) => aPerson(n)),
      [1, 2, 3, 4].map((n) => aCaller(n)),
    );
    const rung: string[] = [];
    for (let at = NOW; rung.length < 4; at += 1) {
      const decision = queue.next(at);
      if (!decision) break;
      rung.push(decision.choice.operatorId);
      queue.people.change(decision.choice.operatorId, { state: 'available' });
    }
    expect(rung).toEqual([1, 2, 3, 1].map(operatorId));
  });

  it('fewest calls this shift first; of equals the one who is free for longest', () => {
    const choice = decide(rules({ strategy: 'fewest-calls' }), [
      aPerson(1, { shiftCalls: 4, idleSince: 1 }),
      aPerson(2, { shiftCalls: 2, idleSince: 9 }),
      aPerson(3, { shiftCalls: 2, idleSince: 5 }),
    ]);
    expect(choice).toMatchObject({ operatorId: operatorId(3), reason: 'fewest-calls' });
    expect(reasonFor(choice, 2)).toBe('more-calls-this-shift');
  });

  it('linear asks the list from its top, and those with a penalty only when nobody without is free', () => {
    const people = [
      aPerson(1, { penalty: 5, listPlace: 1 }),
      aPerson(2, { listPlace: 3 }),
      aPerson(3, { listPlace: 2 }),
    ];
    const linear = rules({ strategy: 'linear' });
    expect(chosenIn(decide(linear, people))).toBe(operatorId(3));
    const busy = people.map((p) => (p.penalty ? p : { ...p, state: 'on-call' as const }));
    expect(chosenIn(decide(linear, busy))).toBe(operatorId(1));
  });

  it('ring-all rings everybody who is free at once, and nobody who is not', () => {
    const choice = decide(rules({ strategy: 'ring-all' }), [aPerson(1), aPerson(2, { state: 'break' }), aPerson(3)]);
    expect(choice).toMatchObject({ operatorId: operatorId(1), alongside: [operatorId(3)], reason: 'ring-all' });
    expect(choice.passedOver).toEqual([{ operatorId: operatorId(2), reason: 'on-break' }]);
  });

  it('ring-all gives each free person to one call only', () => {
    const queue = aQueue(rules({ strategy: 'ring-all' }), [aPerson(1), aPerson(2)], [aCaller(1), aCaller(2)]);
    expect(queue.next(NOW)?.choice).toMatchObject({ alongside: [operatorId(2)] });
    expect(queue.next(NOW)).toBeNull();
  });

  it('ring-all: who becomes free while a call rings joins in, unless they declined it, and never more than twenty ring', () => {
    const people = [aPerson(1, { state: 'ringing' }), aPerson(2), aPerson(3), aPerson(4, { state: 'break' })];
    const queue = aQueue(rules({ strategy: 'ring-all' }), people, []);
    const declined = aCaller(1, { excludedUntil: { [operatorId(3)]: NOW + 60_000 } });
    expect(queue.join(declined, 20, NOW)).toBeNull();
    expect(queue.join(declined, 1, NOW)).toMatchObject({
      operatorId: operatorId(2),
      alongside: [],
      reason: 'ring-all',
    });
    expect(queue.people.freeCount).toBe(1);
    expect(queue.join(declined, 2, NOW)).toBeNull();
    const many = Array.from({ length: 5 }, (_, n) => aPerson(n + 1));
    const crowd = aQueue(rules({ strategy: 'ring-all' }), many, []).join(aCaller(1), 18, NOW);
    expect(crowd?.alongside).toHaveLength(1);
  });

  it('weighted random draws in proportion to the weights', () => {
    const people = [aPerson(1, { weight: 1 }), aPerson(2, { weight: 3 })];
    let second = 0;
    for (let n = 0; n < 4_000; n += 1) {
      if (chosenIn(decide(rules({ strategy: 'weighted-random' }), people, aCaller(n))) === operatorId(2)) second += 1;
    }
    expect(second / 4_000).toBeGreaterThan(0.72);
    expect(second / 4_000).toBeLessThan(0.78);
  });

  it('weighted random draws the same again for the same call and round, whoever asks and in whatever order', () => {
    const people = [1, 2, 3, 4, 5].map((n) => aPerson(n, { weight: n }));
    for (let round = 0; round < 20; round += 1) {
      const call = aCaller(1, { rounds: round });
      const drawn = chosenIn(decide(rules({ strategy: 'weighted-random' }), people, call));
      expect(chosenIn(decide(rules({ strategy: 'weighted-random' }), people.toReversed(), call))).toBe(drawn);
    }
  });
});

describe('who can be offered a call (Q3)', () => {
  it.each<[string, Partial<Candidate>, string]>([
    ['who is not on shift', { onShift: false }, 'not-on-shift'],
    ['who took as many calls as agreed', { shiftCapacity: 3, shiftCalls: 3 }, 'shift-full'],
  ])('nobody %s', (_, change, reason) => {
    const choice = decide(rules(), [aPerson(1, change), aPerson(2)]);
    expect(chosenIn(choice)).toBe(operatorId(2));
    expect(reasonFor(choice, 1)).toBe(reason);
  });

  it('a large team is explained by the nearest people and the number of the rest', () => {
    const choice = decide(
      rules(),
      Array.from({ length: 100 }, (_, n) => aPerson(n + 1, { idleSince: n })),
    );
    expect(choice.passedOver.map((p) => p.operatorId)).toEqual(Array.from({ length: 24 }, (_, n) => operatorId(n + 2)));
    expect(choice.alsoPassedOver).toBe(75);
  });
});

describe('skills and languages (Q12)', () => {
  const english = aPerson(1, { languages: [en], idleSince: 0 });
  const spanish = aPerson(2, { languages: ['es-MX' as LanguageTag], idleSince: 9 });
  const asking = (waitedMs: number) => aCaller(1, { language: es, arrivedAt: NOW - waitedMs });

  it('a required language is never done without', () => {
    const required = rules({ languageRule: 'required', languageRelaxS: 5 });
    expect(decide(required, [english], asking(900_000))).toMatchObject({ outcome: 'nobody', staffed: 0 });
    expect(chosenIn(decide(required, [english, spanish], asking(0)))).toBe(operatorId(2));
  });

  it('a preferred language is waited for, then anybody will do, then still the one who speaks it before others', () => {
    const preferred = rules({ languageRule: 'preferred', languageRelaxS: 60 });
    const early = decide(preferred, [english], asking(59_999));
    expect(early).toMatchObject({ outcome: 'nobody', staffed: 1 });
    expect(reasonFor(early, 1)).toBe('lacks-language');
    expect(chosenIn(decide(preferred, [english], asking(60_000)))).toBe(operatorId(1));
    expect(chosenIn(decide(preferred, [english, spanish], asking(60_000)))).toBe(operatorId(2));
  });

  it('who has told no language speaks the hotline’s own', () => {
    const required = rules({ languageRule: 'required' });
    expect(chosenIn(decide(required, [aPerson(3)], aCaller(1)))).toBe(operatorId(3));
    expect(decide(required, [aPerson(3)], asking(0)).outcome).toBe('nobody');
  });

  it('of several relaxed wishes the last is given up first', () => {
    const wishes = rules({
      languageRule: 'ignored',
      skills: [
        { skill: 'Legal', relaxAfterS: 0 },
        { skill: 'Minors', relaxAfterS: 0 },
      ],
    });
    const legal = aPerson(1, { skills: ['legal'], idleSince: 9 });
    const minors = aPerson(2, { skills: ['minors'], idleSince: 0 });
    const both = aPerson(3, { skills: ['minors', 'legal'], idleSince: 10 });
    expect(chosenIn(decide(wishes, [legal, minors, both]))).toBe(operatorId(3));
    const second = decide(wishes, [legal, minors]);
    expect(chosenIn(second)).toBe(operatorId(1));
    expect(reasonFor(second, 2)).toBe('lacks-skill');
    expect(chosenIn(decide(wishes, [minors]))).toBe(operatorId(2));
  });

  it('a caller whom nobody free can serve doesn’t hold up those behind', () => {
    const queue = aQueue(
      rules({ languageRule: 'required' }),
      [aPerson(1)],
      [...Array.from({ length: 50 }, (_, n) => aCaller(n, { language: es })), aCaller(99)],
    );
    expect(queue.next(NOW)?.call.callId).toBe(callId(99));
    expect(queue.next(NOW)).toBeNull();
    expect(queue.line.size).toBe(50);
  });

  it('who missed a call gets the next caller, not the same again', () => {
    const missed = aCaller(1, { excludedUntil: { [operatorId(1)]: NOW + 1 } });
    const queue = aQueue(rules(), [aPerson(1)], [missed, aCaller(2)]);
    expect(queue.next(NOW)?.call.callId).toBe(callId(2));
  });
});

describe('a hotline’s queue, kept up change by change', () => {
  const change = fc.record({
    n: fc.integer({ min: 1, max: 9 }),
    state: fc.constantFrom('available', 'available', 'on-call', 'break', 'ringing', 'offline'),
    idleSince: fc.integer({ min: 0, max: 5 }),
    languages: fc.constantFrom<LanguageTag[]>([], [en], [es], [en, es]),
    skills: fc.constantFrom([], ['legal']),
    weight: fc.integer({ min: 1, max: 4 }),
    penalty: fc.integer({ min: 0, max: 2 }),
    shiftCalls: fc.integer({ min: 0, max: 3 }),
  });
  const arrival = fc.record({
    n: fc.integer({ min: 1, max: 9 }),
    language: fc.constantFrom(en, es),
    rank: fc.integer({ min: 0, max: 3 }),
    rescued: fc.boolean(),
    waitedMs: fc.integer({ min: 0, max: 100_000 }),
    excluded: fc.integer({ min: 1, max: 9 }),
  });

  it.each(Strategies.options)('decides as if asked anew each time: %s', (strategy: DistributionStrategy) => {
    const given = rules({
      strategy,
      ageEveryS: 20,
      ageSteps: 2,
      languageRelaxS: 50,
      skills: [{ skill: 'legal', relaxAfterS: 30 }],
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(change, arrival), { maxLength: 40 }), (steps) => {
        const queue = new HotlineQueue(given);
        const people = new Map<string, Candidate>();
        const calls = new Map<string, WaitingCall>();
        for (const step of steps) {
          if ('state' in step) {
            const { n, ...facts } = step;
            const person = aPerson(n, facts);
            people.set(person.operatorId, person);
            queue.people.put(person);
          } else {
            const call = aCaller(step.n, {
              language: step.language,
              rank: step.rank,
              rescued: step.rescued,
              arrivedAt: NOW - step.waitedMs,
              excludedUntil: { [operatorId(step.excluded)]: NOW + 1 },
            });
            calls.set(call.callId, call);
            queue.line.add(call);
          }
        }
        for (;;) {
          const inOrder = [...calls.values()].toSorted((a, b) => compareRankedPlace(a, b, NOW, given.ageing));
          const expected = inOrder
            .map((call) => ({ call, choice: decide(given, [...people.values()], call) }))
            .find(({ choice }) => choice.outcome === 'offer');
          const decision = queue.next(NOW);
          expect(decision?.call.callId).toBe(expected?.call.callId);
          if (!decision) return;
          expect(decision.choice.operatorId).toBe(chosenIn(expected?.choice as Choice));
          calls.delete(decision.call.callId);
          for (const id of [decision.choice.operatorId, ...decision.choice.alongside]) {
            const person = people.get(id) as Candidate;
            expect(obstacleOf(person)).toBeNull();
            expect(decision.call.excludedUntil[id as never]).toBeUndefined();
            people.set(id, { ...person, state: 'ringing', lastOfferedAt: NOW });
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

import { HotlineQueue, type Candidate } from '@ringdown/call-flow/distribution';
import { rulesOf } from '@ringdown/call-flow/distribution-rules';
import type { WaitingCall } from '@ringdown/call-flow/waiting-line';
import { DistributionSettings, DistributionStrategy } from '@ringdown/protocol/distribution';
import type { CallId, LanguageTag, OperatorId } from '@ringdown/protocol/ids';

export interface Figure {
  metric: string;
  unit: string;
  value: number;
  params: Record<string, string | number>;
}

const HOTLINES = 50;
const LANGUAGES = ['en', 'en', 'en', 'es', 'ar'] as LanguageTag[];
const uuid = (kind: number, n: number) => `00000000-0000-4000-${8000 + kind}-${String(n).padStart(12, '0')}`;

/** The same row of pseudo-random numbers in each run. */
const numbers = (): ((below: number) => number) => {
  let state = 12_345;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
};

const fill = (strategy: DistributionStrategy, waiting: number, volunteers: number, now: number) => {
  const below = numbers();
  const settings = DistributionSettings.parse({
    strategy,
    languageRule: 'preferred',
    skills: [{ skill: 'legal', relaxAfterS: 30 }],
  });
  const queues = Array.from({ length: HOTLINES }, () => new HotlineQueue(rulesOf(settings, 'en' as LanguageTag)));
  const busy = queues.map((): OperatorId[] => []);
  for (let n = 0; n < volunteers; n += 1) {
    const person: Candidate = {
      operatorId: uuid(1, n) as OperatorId,
      state: 'on-call',
      idleSince: now - below(3_600_000),
      reachable: true,
      takenMeanwhile: false,
      languages: below(3) === 0 ? (['en', 'es'] as LanguageTag[]) : (['en'] as LanguageTag[]),
      skills: below(2) === 0 ? ['legal'] : [],
      weight: 1 + below(5),
      penalty: below(3),
      listPlace: n,
      shiftCalls: below(20),
    };
    queues[n % HOTLINES]?.people.put(person);
    busy[n % HOTLINES]?.push(person.operatorId);
  }
  let arrived = 0;
  const arrive = (hotline: number, at: number): void => {
    const call: WaitingCall = {
      callId: uuid(2, (arrived += 1)) as CallId,
      language: LANGUAGES[below(LANGUAGES.length)] as LanguageTag,
      arrivedAt: at,
      rescued: below(100) === 0,
      rank: 1 + below(3),
      excludedUntil: {},
      rounds: below(3),
    };
    queues[hotline]?.line.add(call);
  };
  for (let n = 0; n < waiting; n += 1) arrive(n % HOTLINES, now - below(600_000));
  return { queues, busy, arrive, below };
};

/**
 * A steady rush: somebody's call ends, the next caller is offered to the best person free, another caller comes.
 * Each decision is explained in full, as production stores it. Counted: decisions only, with all they change.
 */
const decisionsPerSecond = (
  strategy: DistributionStrategy,
  given: { waiting: number; volunteers: number; ms: number },
): number => {
  const start = 1_000_000_000;
  const { queues, busy, arrive, below } = fill(strategy, given.waiting, given.volunteers, start);
  let now = start;
  let decisions = 0;
  let began = performance.now();
  const warmUntil = began + given.ms / 4;
  let warm = false;
  const end = warmUntil + given.ms;
  for (let round = 0; ; round += 1) {
    if (round % 256 === 0) {
      const at = performance.now();
      if (!warm && at >= warmUntil) {
        warm = true;
        decisions = 0;
        began = at;
      }
      if (at >= end) return decisions / ((at - began) / 1000);
    }
    now += 20;
    const hotline = below(HOTLINES);
    const queue = queues[hotline] as HotlineQueue;
    const away = busy[hotline] as OperatorId[];
    const freed = away.splice(below(Math.max(1, away.length)), 1)[0];
    if (!freed) continue;
    queue.people.change(freed, { state: 'available', idleSince: now });
    const decision = queue.next(now);
    if (!decision) {
      // Nobody waits whom this person can serve: busy elsewhere for a while.
      queue.people.change(freed, { state: 'on-call' });
      away.push(freed);
      arrive(hotline, now);
      continue;
    }
    decisions += 1;
    for (const id of decision.choice.alongside) queue.people.change(id, { state: 'available' });
    queue.people.change(decision.choice.operatorId, { state: 'on-call' });
    away.push(decision.choice.operatorId);
    arrive(hotline, now);
  }
};

export const measurePure = (seconds: number): Figure[] => {
  const figures: Figure[] = [];
  const measure = (strategy: DistributionStrategy, waiting: number, volunteers: number): void => {
    figures.push({
      metric: 'decisions_per_second',
      unit: '1/s',
      value: Math.round(decisionsPerSecond(strategy, { waiting, volunteers, ms: seconds * 1000 })),
      params: { strategy, waiting, volunteers },
    });
  };
  for (const strategy of DistributionStrategy.options) measure(strategy, 10_000, 2_000);
  // How the cost of one decision grows with the queue.
  for (const waiting of [100, 1_000, 100_000]) measure('longest-idle', waiting, 2_000);
  return figures;
};

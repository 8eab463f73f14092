import { Inject, Injectable } from '@nestjs/common';
import type { CallEffect, CallState } from '@ringdown/call-flow/call-state';
import { HotlineQueue } from '@ringdown/call-flow/distribution';
import { type DistributionRules, LONGEST_IDLE, rulesOf } from '@ringdown/call-flow/distribution-rules';
import { agedRank, NO_AGEING } from '@ringdown/call-flow/queue-order';
import type { WaitingCall } from '@ringdown/call-flow/waiting-line';
import { HotlineBook } from '@ringdown/features-hotlines/hotline-book';
import { RotaService } from '@ringdown/features-hotlines/rota.service';
import { Clock } from '@ringdown/platform/clock';
import { Random } from '@ringdown/platform/random';
import type { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import type { RoundsTransaction } from '@ringdown/store/call-log';
import type { CandidateRow } from '@ringdown/store/connections.repository';
import { CALL_LOG, CallEngine, type EngineLog, OpenCall } from './call-engine.ts';
import {
  candidateOf,
  type HotlineAsked,
  OpenHotline,
  PAGE,
  type Round,
  waitingCallOf,
} from './distribution-hotline.ts';
import { offerCallers } from './distribution-offers.ts';
import { tellPlaces } from './distribution-places.ts';
import { PlaceTelling } from './distribution-telling.ts';
import { SharedTurns } from './distribution-turns.ts';
import { HandleTimes } from './handle-times.ts';

type Rounds = RoundsTransaction<CallState, CallEffect>;

/** Transactions that a process has open at once, and hotlines in each: what is told to those who wait never crowds out a ring. */
const OFFERING = { atOnce: 4, most: 32 };
const TELLING = { atOnce: 1, most: 1 };

/** `told`: those who wait know how things stand. `tell`: they have to hear it yet. */
interface Outcome {
  offers: number;
  next: 'done' | 'tell' | 'told';
}
interface Told {
  offers: 0;
  waiting: number;
  more: boolean;
}

/**
 * Gives waiting calls to people, in order. Any process may run a round at any time: one decides about a hotline at a time,
 * and each person's row is locked while an offer is made, so nobody ever has two. Many offers are one transaction, also those
 * of several hotlines that ask at once.
 */
@Injectable()
export class DistributionRound {
  /** Rounds of one hotline in this process run after each other; one asked for after it began runs once more. */
  private readonly running = new Map<HotlineId, { begun: boolean; again: boolean; done: Promise<void> }>();
  private readonly offering: SharedTurns<Outcome>;
  private readonly telling: SharedTurns<Told>;
  private readonly places: PlaceTelling;

  constructor(
    private readonly engine: CallEngine,
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly hotlines: HotlineBook,
    private readonly rotas: RotaService,
    private readonly handleTimes: HandleTimes,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.offering = this.turns(OFFERING, (rounds, asked) => this.offer(rounds, asked));
    this.telling = this.turns(TELLING, (rounds, asked) => this.tell(rounds, asked));
    this.places = new PlaceTelling((hotlineId, onBegin) => this.tellAll(hotlineId, onBegin));
  }

  /** Resolves when the offers that can be made now are stored; whose place has changed hears it afterwards (see `told`). */
  run(hotlineId: HotlineId): Promise<void> {
    const current = this.running.get(hotlineId);
    if (current) {
      current.again ||= current.begun;
      return current.done;
    }
    const entry = { begun: true, again: false, done: Promise.resolve() };
    entry.done = (async () => {
      try {
        do {
          entry.again = false;
          entry.begun = true;
          // Where somebody waited just now the look isn't worth it.
          if (!this.places.isResting(hotlineId) && !(await this.anyToOffer(hotlineId))) continue;
          // Until its turn begins it misses nothing.
          entry.again = false;
          entry.begun = false;
          const { next } = await this.offering.take(hotlineId, () => (entry.begun = true));
          if (next === 'told') this.places.wasTold(hotlineId);
          if (next === 'tell') this.places.owe(hotlineId);
        } while (entry.again);
      } finally {
        this.running.delete(hotlineId);
      }
    })();
    this.running.set(hotlineId, entry);
    return entry.done;
  }

  /** With ring-all, also a call that rings already can be offered to more people. */
  private async anyToOffer(hotlineId: HotlineId): Promise<boolean> {
    const rules = await this.rulesOf(hotlineId);
    return this.log.anyIn(hotlineId, rules?.strategy === 'ring-all' ? ['queued', 'ringing'] : ['queued']);
  }

  /**
   * Resolves when those who wait know what the rounds so far have changed for them; sooner while the queue goes on moving: then
   * the next change tells them.
   */
  told(hotlineId: HotlineId): Promise<void> {
    return this.places.told(hotlineId);
  }

  /** Somebody is free: their hotlines' callers are offered, the most pressing hotline's first. */
  async runFor(operatorId: OperatorId, hotlineIds: readonly HotlineId[]): Promise<void> {
    for (const hotlineId of await this.hotlinesInOrder(operatorId, hotlineIds)) await this.run(hotlineId);
  }

  /** The hotline whose first caller is most pressing comes first; of equals the one that is dearer to this person. */
  async hotlinesInOrder(operatorId: OperatorId, hotlineIds: readonly HotlineId[]): Promise<Iterable<HotlineId>> {
    if (hotlineIds.length < 2) return hotlineIds;
    const now = this.clock.now();
    const heads = await Promise.all(
      (await this.log.listHeads(operatorId)).map(async (head) => {
        const ageing = (await this.rulesOf(head.hotlineId))?.ageing ?? NO_AGEING;
        return { ...head, rank: agedRank(head.rank, head.arrivedAt, now, ageing) };
      }),
    );
    heads.sort(
      (a, b) =>
        Number(b.rescued) - Number(a.rescued) || a.rank - b.rank || b.weight - a.weight || a.arrivedAt - b.arrivedAt,
    );
    return new Set([...heads.map((head) => head.hotlineId), ...hotlineIds]);
  }

  /** The first waiting calls of a hotline, opened. */
  async firstOf(round: Round, rules: DistributionRules, now: number): Promise<{ call: WaitingCall; open: OpenCall }[]> {
    const filter = { now, ageing: rules.ageing, languages: null, limit: PAGE, offset: 0 };
    const rows = await round.lockQueued(filter);
    return rows.map((row) => ({ call: waitingCallOf(row.state), open: new OpenCall(round.open(row), row.state) }));
  }

  async rulesOf(hotlineId: HotlineId): Promise<DistributionRules | null> {
    const hotline = await this.hotlines.findHotline(hotlineId);
    return hotline && rulesOf(hotline.settings, hotline.language);
  }

  /** Who could be rung at this moment, and under which rules. */
  async queueFor(hotlineId: HotlineId, candidates: readonly CandidateRow[]): Promise<HotlineQueue | null> {
    const [rules, onShift] = await Promise.all([
      this.rulesOf(hotlineId),
      this.rotas.onShift(hotlineId, this.clock.now()),
    ]);
    if (!rules) return null;
    const queue = new HotlineQueue(rules);
    for (const row of candidates) queue.people.put(candidateOf(row, onShift));
    return queue;
  }

  /** Asked before the transaction, so that it takes no second connection. A hotline that is gone has nobody who waits. */
  private async askedOf(hotlineId: HotlineId): Promise<HotlineAsked> {
    const [rules, onShift, handleTimesMs] = await Promise.all([
      this.rulesOf(hotlineId),
      this.rotas.onShift(hotlineId, this.clock.now()),
      this.handleTimes.recent(hotlineId),
    ]);
    return { hotlineId, rules: rules ?? LONGEST_IDLE, onShift, handleTimesMs };
  }

  private async offer(rounds: Rounds, asked: readonly HotlineAsked[]): Promise<Map<HotlineId, Outcome>> {
    const hotlines = this.opened(rounds, asked);
    const offered = await offerCallers(rounds, hotlines, this.random);
    const outcomes = new Map<HotlineId, Outcome>();
    for (const hotline of hotlines) {
      const known = offered.get(hotline.hotlineId);
      if (!known) continue;
      const { offers, othersWait } = known;
      // With nobody to ring those who wait are told at once, unless other hotlines' rings would wait for it.
      const mayTell = offers === 0 && asked.length === 1 && !this.places.isResting(hotline.hotlineId);
      const told = othersWait && mayTell && (await tellPlaces(hotline)) === 'done';
      outcomes.set(hotline.hotlineId, { offers, next: told ? 'told' : othersWait ? 'tell' : 'done' });
    }
    return outcomes;
  }

  private async tell(rounds: Rounds, asked: readonly HotlineAsked[]): Promise<Map<HotlineId, Told>> {
    const outcomes = new Map<HotlineId, Told>();
    for (const hotline of this.opened(rounds, asked)) {
      hotline.meet(await hotline.round.listCandidates());
      const more = (await tellPlaces(hotline)) === 'more';
      outcomes.set(hotline.hotlineId, { offers: 0, waiting: hotline.calls.size, more });
    }
    return outcomes;
  }

  /** Answers how many wait there, of a long queue at least so many. */
  private async tellAll(hotlineId: HotlineId, onBegin: () => void): Promise<number> {
    for (;;) {
      const { waiting, more } = await this.telling.take(hotlineId, onBegin);
      if (!more) return waiting;
    }
  }

  private opened(rounds: Rounds, asked: readonly HotlineAsked[]): OpenHotline[] {
    const now = this.clock.now();
    return asked
      .filter(({ hotlineId }) => rounds.hotlineIds.includes(hotlineId))
      .map((each) => new OpenHotline(rounds.of(each.hotlineId), each, now));
  }

  private turns<Result extends { offers: number }>(
    limits: { atOnce: number; most: number },
    work: (rounds: Rounds, asked: readonly HotlineAsked[]) => Promise<Map<HotlineId, Result>>,
  ): SharedTurns<Result> {
    return new SharedTurns({
      ...limits,
      together: async (hotlineIds) => {
        const asked = await Promise.all(hotlineIds.map((hotlineId) => this.askedOf(hotlineId)));
        return this.engine.tryChangeHotlines(hotlineIds, (rounds) => work(rounds, asked));
      },
      alone: async (hotlineId) => {
        const asked = await this.askedOf(hotlineId);
        return this.engine.changeHotline(hotlineId, async ({ rounds }) => {
          const result = (await work(rounds, [asked])).get(hotlineId);
          if (!result) throw new Error('A round has no outcome.');
          return result;
        });
      },
    });
  }
}

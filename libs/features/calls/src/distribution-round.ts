import { Inject, Injectable } from '@nestjs/common';
import { type CallEffect, type CallState, openOffers } from '@ringdown/call-flow/call-state';
import { type Decision, HotlineQueue } from '@ringdown/call-flow/distribution';
import { type Candidate, type DistributionRules, languageKey, rulesOf } from '@ringdown/call-flow/distribution-rules';
import { agedRank, compareRankedPlace, NO_AGEING, storedRank } from '@ringdown/call-flow/queue-order';
import { canJoinRing } from '@ringdown/call-flow/reduce-offers';
import { estimateWaitMs } from '@ringdown/call-flow/wait-estimate';
import type { WaitingCall } from '@ringdown/call-flow/waiting-line';
import { HotlineBook } from '@ringdown/features-hotlines/hotline-book';
import { RotaService } from '@ringdown/features-hotlines/rota.service';
import { Clock } from '@ringdown/platform/clock';
import { Random } from '@ringdown/platform/random';
import { type CallId, type HotlineId, type LanguageTag, LegId, OfferId, type OperatorId } from '@ringdown/protocol/ids';
import type { RoundTransaction } from '@ringdown/store/call-log';
import type { CandidateRow } from '@ringdown/store/connections.repository';
import { CALL_LOG, CallEngine, type EngineLog, OpenCall } from './call-engine.ts';
import { HandleTimes } from './handle-times.ts';

type Round = RoundTransaction<CallState, CallEffect>;

/** So many callers are looked at in one go, and so many goes in one transaction. */
const PAGE = 32;
const MAX_PAGES = 16;
/**
 * Those who wait hear their place at once when little happens, otherwise a second later for all that happened meanwhile. While
 * the queue goes on moving the time doubles, up to what it takes to say a place.
 */
const TELL_EVERY_MS = { least: 1_000, most: 5_000 };
/** Callers hear their place up to twenty; farther back all hear the same. */
export const LAST_TOLD_POSITION = 21;

const waitingCallOf = (state: CallState): WaitingCall => ({
  callId: state.callId,
  language: state.language,
  arrivedAt: state.arrivedAt,
  rescued: state.rescued,
  rank: storedRank(state),
  excludedUntil: state.excludedUntil,
  rounds: state.offers.length,
});

export const candidateOf = (row: CandidateRow, onShift: ReadonlySet<OperatorId> | 'everyone'): Candidate => ({
  ...row,
  takenMeanwhile: false,
  onShift: onShift === 'everyone' || onShift.has(row.operatorId),
});

/**
 * Gives waiting calls to people, in order. Any process may run a round at any time: one decides about a hotline at a time,
 * and each person's row is locked while an offer is made, so nobody ever has two. Many offers are one transaction.
 */
@Injectable()
export class DistributionRound {
  /** Rounds of one hotline in this process run after each other; one asked for meanwhile runs once more. */
  private readonly running = new Map<HotlineId, { again: boolean; done: Promise<void> }>();
  /** Hotlines whose callers heard their place just now; `owed`: it has changed since. */
  private readonly resting = new Map<HotlineId, { owed: boolean; ms: number; over: Promise<void> }>();

  constructor(
    private readonly engine: CallEngine,
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly hotlines: HotlineBook,
    private readonly rotas: RotaService,
    private readonly handleTimes: HandleTimes,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  run(hotlineId: HotlineId): Promise<void> {
    const current = this.running.get(hotlineId);
    if (current) {
      current.again = true;
      return current.done;
    }
    const entry = { again: false, done: Promise.resolve() };
    entry.done = (async () => {
      try {
        do {
          entry.again = false;
          // Where somebody waited just now the look isn't worth it.
          if (!this.resting.has(hotlineId) && !(await this.anyToOffer(hotlineId))) continue;
          const outcome = await this.once(hotlineId, this.resting.has(hotlineId) ? 'offer' : 'offer-or-tell');
          if (outcome === 'told') this.rest(hotlineId);
          // Whoever is free rings first; the others hear afterwards how far they have moved up, once for several changes.
          if (outcome === 'tell' && !entry.again) await this.tellInTurn(hotlineId);
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
   * Resolves when those who wait know what the rounds so far have changed for them; at once while the queue goes on moving:
   * then the next change tells them.
   */
  told(hotlineId: HotlineId): Promise<void> {
    const resting = this.resting.get(hotlineId);
    return resting?.owed && resting.ms === TELL_EVERY_MS.least ? resting.over : Promise.resolve();
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

  private async tellInTurn(hotlineId: HotlineId): Promise<void> {
    const resting = this.resting.get(hotlineId);
    if (resting) resting.owed = true;
    else await this.tell(hotlineId);
  }

  private async tell(hotlineId: HotlineId, restMs = TELL_EVERY_MS.least): Promise<void> {
    this.rest(hotlineId, restMs);
    while ((await this.once(hotlineId, 'tell')) === 'more');
  }

  private rest(hotlineId: HotlineId, restMs = TELL_EVERY_MS.least): void {
    const resting = { owed: false, ms: restMs, over: Promise.resolve() };
    resting.over = (async () => {
      await new Promise((resolve) => setTimeout(resolve, restMs));
      this.resting.delete(hotlineId);
      if (resting.owed) await this.tell(hotlineId, Math.min(2 * restMs, TELL_EVERY_MS.most));
    })();
    // Whoever waits for it hears of a failure and tries again.
    resting.over.catch(() => undefined);
    this.resting.set(hotlineId, resting);
  }

  private async once(
    hotlineId: HotlineId,
    what: 'offer' | 'offer-or-tell' | 'tell',
  ): Promise<'done' | 'tell' | 'told' | 'more'> {
    // All are kept in memory: asked before the transaction, so that it takes no second connection.
    const [rules, onShift, handleTimesMs] = await Promise.all([
      this.rulesOf(hotlineId),
      this.rotas.onShift(hotlineId, this.clock.now()),
      this.handleTimes.recent(hotlineId),
    ]);
    if (!rules) return 'done';
    return this.engine.changeHotline(hotlineId, async (round) => {
      const one = new OneRound(round, { ...rules, handleTimesMs }, onShift, this.clock.now(), this.random);
      await one.meet();
      return what === 'tell' ? one.tell() : one.offer(what === 'offer-or-tell');
    });
  }
}

/** What is done in one transaction. */
class OneRound {
  private readonly queue: HotlineQueue;
  private readonly open = new Map<CallId, OpenCall>();
  private readonly ownPhones = new Set<OperatorId>();

  constructor(
    private readonly round: Round,
    private readonly rules: DistributionRules & { handleTimesMs: readonly number[] },
    private readonly onShift: ReadonlySet<OperatorId> | 'everyone',
    private readonly now: number,
    private readonly random: Random,
  ) {
    this.queue = new HotlineQueue(rules);
  }

  async meet(): Promise<void> {
    for (const row of await this.round.listCandidates()) {
      this.queue.people.put(candidateOf(row, this.onShift));
      if (row.ringsOwnPhone) this.ownPhones.add(row.operatorId);
    }
  }

  /** `tell`: others wait whose place or prospects may have changed. With nobody to ring they are told at once, if `mayTell`. */
  async offer(mayTell: boolean): Promise<'done' | 'tell' | 'told'> {
    const { people } = this.queue;
    if (people.freeCount === 0) return this.tellNow(mayTell);
    const limit = Math.min(PAGE, 2 * people.freeCount);
    const first = await this.load({ languages: null, offset: 0, limit });
    let offered = await this.offerAll(first);
    if (first.length === limit) offered += await this.offerBehind(limit);
    if (this.rules.strategy === 'ring-all' && people.freeCount > 0) await this.joinRings();
    if (offered === 0) return first.length === 0 ? 'done' : this.tellNow(mayTell);
    return first.length < limit && offered === first.length ? 'done' : 'tell';
  }

  /** Where the first callers stand, and for all whether somebody could still come for them. */
  async tell(): Promise<'done' | 'more'> {
    const first = await this.load({ languages: null, offset: 0, limit: PAGE });
    if (first.length === 0) return 'done';
    await this.tellFirst(first);
    const more = first.length === PAGE && this.queue.people.freeCount === 0 && (await this.tellBehind());
    return more ? 'more' : 'done';
  }

  private async tellNow(mayTell: boolean): Promise<'tell' | 'told'> {
    return mayTell && (await this.tell()) === 'done' ? 'told' : 'tell';
  }

  private async load(given: {
    languages: readonly LanguageTag[] | null;
    offset: number;
    limit: number;
  }): Promise<OpenCall[]> {
    return this.opened(await this.round.lockQueued({ now: this.now, ageing: this.rules.ageing, ...given }));
  }

  private opened(rows: Awaited<ReturnType<Round['lockQueued']>>): OpenCall[] {
    return rows.map((row) => {
      const known = this.open.get(row.callId);
      if (known) return known;
      const open = new OpenCall(this.round.open(row), row.state);
      this.open.set(row.callId, open);
      return open;
    });
  }

  /** Those farther back, while somebody is free whom nobody before them suited. */
  private async offerBehind(first: number): Promise<number> {
    const { people } = this.queue;
    let offered = 0;
    for (let page = 0; page < MAX_PAGES && people.freeCount > 0; page += 1) {
      const languages = await this.languagesInReach();
      const offset = (languages ? 0 : first) + page * PAGE;
      const rows = await this.load({ languages, offset, limit: PAGE });
      offered += await this.offerAll(rows.filter((open) => open.state.phase === 'queued'));
      if (rows.length < PAGE) break;
    }
    return offered;
  }

  /** Where the language is never done without, callers whom nobody free understands needn't be looked at. */
  private async languagesInReach(): Promise<LanguageTag[] | null> {
    if (this.rules.language?.relaxAfterMs !== null) return null;
    const spoken = new Set(this.queue.people.freeNeeds());
    return (await this.round.listLanguages()).filter((language) => spoken.has(languageKey(language)));
  }

  /** How many of these calls ring somebody now. */
  private async offerAll(calls: readonly OpenCall[]): Promise<number> {
    for (const call of calls) this.queue.line.add(waitingCallOf(call.state));
    const ringing = () => calls.filter((call) => call.state.phase === 'ringing').length;
    for (;;) {
      const decisions: Decision[] = [];
      for (let next = this.queue.next(this.now); next; next = this.queue.next(this.now)) decisions.push(next);
      if (decisions.length === 0) return ringing();
      const ours = await this.round.lockAvailable(
        decisions.flatMap(({ choice }) => [choice.operatorId, ...choice.alongside]),
      );
      let lost = false;
      for (const decision of decisions) lost = (await this.ring(decision, ours)) || lost;
      if (!lost) return ringing();
    }
  }

  /** True when somebody was taken by another process meanwhile: it is decided once more without them. */
  private async ring({ call, choice }: Decision, ours: ReadonlySet<OperatorId>): Promise<boolean> {
    const chosen = [choice.operatorId, ...choice.alongside];
    const taken = chosen.filter((id) => !ours.has(id));
    for (const id of taken) this.queue.people.change(id, { takenMeanwhile: true });
    const rung = chosen.filter((id) => ours.has(id));
    if (rung.length === 0) this.queue.line.add(call);
    const open = this.open.get(call.callId);
    for (const operatorId of rung) if (open) await this.offerTo(open, operatorId, choice);
    return taken.length > 0;
  }

  private async offerTo(open: OpenCall, operatorId: OperatorId, choice: Decision['choice']): Promise<void> {
    await open.append({
      type: 'OfferMade',
      at: this.now,
      offerId: OfferId.parse(this.random.uuid()),
      legId: LegId.parse(this.random.uuid()),
      operatorId,
      reason: choice.reason,
      passedOver: choice.passedOver,
      ...(choice.alsoPassedOver > 0 ? { alsoPassedOver: choice.alsoPassedOver } : {}),
      ...(this.ownPhones.has(operatorId) ? { on: 'own-phone' as const } : {}),
    });
  }

  /** Ring-all: who is left over rings with those who ring already, for what is left of their round. */
  private async joinRings(): Promise<void> {
    const { ageing } = this.rules;
    for (const open of this.opened(await this.round.lockRinging({ now: this.now, ageing, limit: PAGE }))) {
      if (!canJoinRing(open.state, this.now)) continue;
      const choice = this.queue.join(waitingCallOf(open.state), openOffers(open.state).length, this.now);
      if (!choice) continue;
      const chosen = [choice.operatorId, ...choice.alongside];
      const ours = await this.round.lockAvailable(chosen);
      for (const operatorId of chosen) if (ours.has(operatorId)) await this.offerTo(open, operatorId, choice);
    }
  }

  /** Where the first callers stand, and whether somebody could still come for them: told only where it changed. */
  private async tellFirst(first: readonly OpenCall[]): Promise<void> {
    const waiting = first.filter((open) => open.state.phase === 'queued');
    if (waiting.length === 0) return;
    for (const open of waiting) await this.tellWhetherStaffed(open);
    const ahead = [
      ...(await this.round.listRinging()),
      ...first.filter((open) => open.state.phase === 'ringing').map((open) => waitingCallOf(open.state)),
    ];
    const { ageing } = this.rules;
    for (const [index, open] of waiting.entries()) {
      const place = waitingCallOf(open.state);
      const before = ahead.filter((other) => compareRankedPlace(other, place, this.now, ageing) < 0).length;
      const position = Math.min(LAST_TOLD_POSITION, index + 1 + before);
      const estimatedWaitMs = this.estimateFor(open, position);
      const told = open.state.estimatedWaitMs !== null || estimatedWaitMs === null;
      if (position === open.state.position && told) continue;
      await open.append({ type: 'PositionChanged', at: this.now, position, estimatedWaitMs });
    }
  }

  private estimateFor(open: OpenCall, position: number): number | null {
    const choice = this.queue.people.decide(waitingCallOf(open.state), this.now);
    if (choice.outcome === 'offer' || position >= LAST_TOLD_POSITION) return null;
    const { wrapUpMs } = open.state.policy;
    const handleTimesMs = this.rules.handleTimesMs.map((ms) => ms + wrapUpMs);
    return estimateWaitMs({ position, staffed: choice.staffed, handleTimesMs });
  }

  /** True when there was something to tell. */
  private async tellWhetherStaffed(open: OpenCall): Promise<boolean> {
    const choice = this.queue.people.decide(waitingCallOf(open.state), this.now);
    const told = open.state.timers['nobody-wait'] !== undefined;
    if (choice.outcome === 'offer' || choice.staffed > 0 !== told) return false;
    const ignored = await open.append({
      type: 'NobodyAvailable',
      at: this.now,
      staffed: choice.staffed,
      passedOver: choice.passedOver,
      ...(choice.alsoPassedOver > 0 ? { alsoPassedOver: choice.alsoPassedOver } : {}),
    });
    return ignored === null;
  }

  /** With nobody free the picture is the same for all of one language: only those who were told another one are looked at. */
  private async tellBehind(): Promise<boolean> {
    let told = 0;
    for (const language of await this.round.listLanguages()) {
      const choice = this.queue.people.decide(
        { callId: '' as CallId, language, arrivedAt: this.now, excludedUntil: {}, rounds: 0 },
        this.now,
      );
      const nobodyThere = choice.outcome === 'nobody' && choice.staffed === 0;
      const differing = this.opened(
        await this.round.lockTold({ language, nobodyThere: !nobodyThere, except: [...this.open.keys()], limit: PAGE }),
      );
      for (const open of differing) {
        if (open.state.phase === 'queued' && (await this.tellWhetherStaffed(open))) told += 1;
      }
    }
    return told > 0;
  }
}

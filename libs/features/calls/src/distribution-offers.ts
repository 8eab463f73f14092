import { type CallEffect, type CallState, openOffers } from '@ringdown/call-flow/call-state';
import type { Decision } from '@ringdown/call-flow/distribution';
import { languageKey } from '@ringdown/call-flow/distribution-rules';
import { canJoinRing } from '@ringdown/call-flow/reduce-offers';
import type { Random } from '@ringdown/platform/random';
import { type HotlineId, type LanguageTag, LegId, OfferId, type OperatorId } from '@ringdown/protocol/ids';
import type { RoundsTransaction } from '@ringdown/store/call-log';
import type { OpenCall } from './call-engine.ts';
import { type OpenHotline, PAGE, waitingCallOf } from './distribution-hotline.ts';
import { MANY_OFFERS } from './distribution-turns.ts';

/** So many goes of callers are looked at in one transaction. */
const MAX_PAGES = 16;

/** `othersWait`: callers whose place or prospects may have changed. */
export interface Offered {
  offers: number;
  othersWait: boolean;
}

/**
 * Gives waiting calls to people, for hotlines that share a transaction: each step is one statement for all of them. A hotline
 * decides as if those before it had had their round already. Hotlines for which there is no room are left out.
 */
export const offerCallers = async (
  rounds: RoundsTransaction<CallState, CallEffect>,
  hotlines: readonly OpenHotline[],
  random: Random,
): Promise<Map<HotlineId, Offered>> => {
  const candidates = await rounds.listCandidates();
  for (const hotline of hotlines) hotline.meet(candidates.get(hotline.hotlineId) ?? []);
  const served = withRoom(hotlines);
  const withFree = served
    .filter((hotline) => hotline.queue.people.freeCount > 0)
    .map((hotline) => new HotlineOffers(hotline, random));
  const first = await rounds.lockQueued(withFree.map(({ hotline, limit }) => hotline.filter({ limit })));
  for (const each of withFree) each.line(first.get(each.hotline.hotlineId) ?? []);
  await decideAndRing(rounds, withFree);
  const nobodyFree: Offered = { offers: 0, othersWait: true };
  const offered = new Map<HotlineId, Offered>(served.map(({ hotlineId }) => [hotlineId, nobodyFree]));
  for (const each of withFree) offered.set(each.hotline.hotlineId, await each.finish());
  return offered;
};

/** The first, and others as long as all of them together don't make too many offers for one transaction. */
const withRoom = (hotlines: readonly OpenHotline[]): OpenHotline[] => {
  let room = MANY_OFFERS;
  return hotlines.filter(({ queue }) => {
    const fits = room > 0;
    if (fits) room -= queue.people.freeCount;
    return fits;
  });
};

/** Whoever was lost to another process meanwhile isn't there any more, and it is decided once more without them. */
const decideAndRing = async (
  rounds: { lockAvailable(operatorIds: readonly OperatorId[]): Promise<ReadonlySet<OperatorId>> },
  all: readonly HotlineOffers[],
): Promise<void> => {
  const chosen = new Map<OperatorId, HotlineOffers>();
  let deciding = all;
  while (deciding.length > 0) {
    const decided = deciding.map((each) => ({ each, decisions: each.decide(chosen) }));
    const people = decided.flatMap(({ decisions }) => decisions.flatMap(({ choice }) => chosenBy(choice)));
    if (people.length === 0) return;
    const ours = await rounds.lockAvailable(people);
    const losing: HotlineOffers[] = [];
    for (const { each, decisions } of decided) if (await each.ring(decisions, ours)) losing.push(each);
    deciding = losing;
  }
};

const chosenBy = ({ operatorId, alongside }: Decision['choice']): OperatorId[] => [operatorId, ...alongside];

class HotlineOffers {
  readonly limit: number;
  private first: OpenCall[] = [];

  constructor(
    readonly hotline: OpenHotline,
    private readonly random: Random,
  ) {
    this.limit = Math.min(PAGE, 2 * hotline.queue.people.freeCount);
  }

  /** The first callers, in order. */
  line(rows: Parameters<OpenHotline['opened']>[0]): void {
    this.first = this.hotline.opened(rows);
    for (const call of this.first) this.hotline.queue.line.add(waitingCallOf(call.state));
  }

  /** `chosen`: by hotlines that share the transaction. */
  decide(chosen: Map<OperatorId, HotlineOffers>): Decision[] {
    const { queue, now } = this.hotline;
    for (const [id, by] of chosen) if (by !== this) queue.people.change(id, { takenMeanwhile: true });
    const decisions: Decision[] = [];
    for (let next = queue.next(now); next; next = queue.next(now)) decisions.push(next);
    for (const { choice } of decisions) for (const id of chosenBy(choice)) chosen.set(id, this);
    return decisions;
  }

  /** True when somebody was taken by another process meanwhile. */
  async ring(decisions: readonly Decision[], ours: ReadonlySet<OperatorId>): Promise<boolean> {
    const { queue, calls } = this.hotline;
    let lost = false;
    for (const { call, choice } of decisions) {
      const rung = chosenBy(choice).filter((id) => ours.has(id));
      for (const id of chosenBy(choice)) {
        if (ours.has(id)) continue;
        queue.people.change(id, { takenMeanwhile: true });
        lost = true;
      }
      if (rung.length === 0) queue.line.add(call);
      const open = calls.get(call.callId);
      for (const operatorId of rung) if (open) await this.offerTo(open, operatorId, choice);
    }
    return lost;
  }

  async finish(): Promise<Offered> {
    const { queue, asked } = this.hotline;
    let offers = ringing(this.first);
    if (this.first.length === this.limit) offers += await this.offerBehind();
    if (asked.rules.strategy === 'ring-all' && queue.people.freeCount > 0) await this.joinRings();
    return { offers, othersWait: this.first.length === this.limit || offers < this.first.length };
  }

  /** Those farther back, while somebody is free whom nobody before them suited. */
  private async offerBehind(): Promise<number> {
    const { hotline } = this;
    const { people, line } = hotline.queue;
    let offers = 0;
    for (let page = 0; page < MAX_PAGES && people.freeCount > 0; page += 1) {
      const languages = await this.languagesInReach();
      const offset = (languages ? 0 : this.limit) + page * PAGE;
      const rows = await hotline.load({ languages, offset, limit: PAGE });
      const waiting = rows.filter((open) => open.state.phase === 'queued');
      for (const call of waiting) line.add(waitingCallOf(call.state));
      await decideAndRing(hotline.round, [this]);
      offers += ringing(waiting);
      if (rows.length < PAGE) break;
    }
    return offers;
  }

  /** Where the language is never done without, callers whom nobody free understands needn't be looked at. */
  private async languagesInReach(): Promise<LanguageTag[] | null> {
    const { asked, queue, round } = this.hotline;
    if (asked.rules.language?.relaxAfterMs !== null) return null;
    const spoken = new Set(queue.people.freeNeeds());
    return (await round.listLanguages()).filter((language) => spoken.has(languageKey(language)));
  }

  private async offerTo(open: OpenCall, operatorId: OperatorId, choice: Decision['choice']): Promise<void> {
    await open.append({
      type: 'OfferMade',
      at: this.hotline.now,
      offerId: OfferId.parse(this.random.uuid()),
      legId: LegId.parse(this.random.uuid()),
      operatorId,
      reason: choice.reason,
      passedOver: choice.passedOver,
      ...(choice.alsoPassedOver > 0 ? { alsoPassedOver: choice.alsoPassedOver } : {}),
      ...(this.hotline.ownPhones.has(operatorId) ? { on: 'own-phone' as const } : {}),
    });
  }

  /** Ring-all: who is left over rings with those who ring already, for what is left of their round. */
  private async joinRings(): Promise<void> {
    const { round, queue, now, asked } = this.hotline;
    const { ageing } = asked.rules;
    for (const open of this.hotline.opened(await round.lockRinging({ now, ageing, limit: PAGE }))) {
      if (!canJoinRing(open.state, now)) continue;
      const choice = queue.join(waitingCallOf(open.state), openOffers(open.state).length, now);
      if (!choice) continue;
      const ours = await round.lockAvailable(chosenBy(choice));
      for (const operatorId of chosenBy(choice)) {
        if (ours.has(operatorId)) await this.offerTo(open, operatorId, choice);
      }
    }
  }
}

const ringing = (calls: readonly OpenCall[]): number => calls.filter((call) => call.state.phase === 'ringing').length;

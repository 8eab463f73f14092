import { roundsRepeated } from '@ringdown/platform/metrics';
import type { HotlineId } from '@ringdown/protocol/ids';
import { isLockTimeout } from '@ringdown/store/database';

/** A transaction with more offers than this would let the first of them wait for the last. */
export const MANY_OFFERS = 64;
/** Until it is known: so many hotlines share a transaction at first. */
const AT_FIRST = 8;

export interface Turns<Outcome> {
  /** Transactions that this process has open at once, and hotlines in each at most. */
  atOnce: number;
  most: number;
  /** Waits for nobody for long: hotlines whose turn isn't to be had, or for which there is no room, are left out. Throws when nothing was stored. */
  together(hotlineIds: readonly HotlineId[]): Promise<ReadonlyMap<HotlineId, Outcome>>;
  /** Waits for its turn as long as it takes. */
  alone(hotlineId: HotlineId): Promise<Outcome>;
}

interface Turn<Outcome> {
  hotlineId: HotlineId;
  onBegin: () => void;
  resolve(outcome: Outcome | Promise<Outcome>): void;
  reject(error: unknown): void;
}

/**
 * Hotlines that ask in the same moment, or while transactions are under way, share the next one: with one person free at each
 * of many hotlines an offer then costs a share of a transaction. One that asks alone begins at once. What goes wrong with one
 * hotline costs the others nothing: each is done once more by itself.
 */
export class SharedTurns<Outcome extends { offers: number }> {
  private waiting: Turn<Outcome>[] = [];
  private open = 0;
  private most: number;
  private gathering = false;
  /** Hotlines that failed by themselves: kept apart until they succeed. */
  private readonly failing = new Set<HotlineId>();

  constructor(private readonly turns: Turns<Outcome>) {
    this.most = Math.min(AT_FIRST, turns.most);
  }

  /** `onBegin`: what changes from now on may be missed. */
  take(hotlineId: HotlineId, onBegin: () => void): Promise<Outcome> {
    if (this.failing.has(hotlineId)) {
      onBegin();
      return this.alone(hotlineId);
    }
    const outcome = new Promise<Outcome>((resolve, reject) => {
      this.waiting.push({ hotlineId, onBegin, resolve, reject });
    });
    if (!this.gathering) {
      this.gathering = true;
      // Those that ask in this very moment are taken along; nobody waits for others to come.
      setImmediate(() => {
        this.gathering = false;
        this.begin();
      });
    }
    return outcome;
  }

  private begin(): void {
    while (this.open < this.turns.atOnce && this.waiting.length > 0) {
      this.open += 1;
      void this.share(this.waiting.splice(0, this.most));
    }
  }

  private async share(turns: readonly Turn<Outcome>[]): Promise<void> {
    let outcomes: ReadonlyMap<HotlineId, Outcome> = new Map();
    try {
      for (const { onBegin } of turns) onBegin();
      outcomes = await this.turns.together(turns.map(({ hotlineId }) => hotlineId));
      this.adapt([...outcomes.values()].map(({ offers }) => offers));
    } catch (error) {
      // Of several it isn't known whose fault it was. Alone, the fault shows itself to whoever asked.
      if (turns.length === 1 && !isLockTimeout(error)) {
        for (const turn of turns) {
          this.failing.add(turn.hotlineId);
          turn.reject(error);
        }
        return;
      }
      roundsRepeated.inc({ cause: isLockTimeout(error) ? 'row-kept' : 'fault' });
    } finally {
      this.open -= 1;
      this.begin();
    }
    for (const turn of turns) turn.resolve(outcomes.get(turn.hotlineId) ?? this.alone(turn.hotlineId));
  }

  /** The more offers a hotline had just now, the fewer share the next transaction. */
  private adapt(offers: readonly number[]): void {
    if (offers.length === 0) return;
    const each = offers.reduce((sum, one) => sum + one, 0) / offers.length;
    this.most = Math.max(1, Math.min(this.turns.most, Math.floor(MANY_OFFERS / Math.max(1, each))));
  }

  private async alone(hotlineId: HotlineId): Promise<Outcome> {
    this.failing.add(hotlineId);
    const outcome = await this.turns.alone(hotlineId);
    this.failing.delete(hotlineId);
    return outcome;
  }
}

import type { HotlineId } from '@ringdown/protocol/ids';

/**
 * Those who wait hear their place at once when little happens, otherwise a second later for all that happened meanwhile. While
 * a longer queue goes on moving the time doubles, up to what it takes to say a place.
 */
const TELL_EVERY_MS = { least: 1_000, most: 5_000 };
/** So few are told each second: it costs little, and whoever has just come shouldn't wait for the first word. */
const SHORT_QUEUE = 8;

interface Rest {
  /** Something has changed since. */
  owed: boolean;
  /** How many were told. */
  waiting: number;
  ms: number;
  /** When they have heard what led to this rest. */
  told: Promise<void>;
  /** When the rest is over, and they have heard what was owed. */
  over: Promise<void>;
}

/** When those who wait hear that they have moved up: after the offers, so that nobody's ring waits for it. */
export class PlaceTelling {
  private readonly resting = new Map<HotlineId, Rest>();

  /** `onBegin`: all that changed up to now will be told. Answers to how many. */
  constructor(private readonly tell: (hotlineId: HotlineId, onBegin: () => void) => Promise<number>) {}

  /** They heard their place just now. */
  isResting(hotlineId: HotlineId): boolean {
    return this.resting.has(hotlineId);
  }

  owe(hotlineId: HotlineId): void {
    const rest = this.resting.get(hotlineId);
    if (rest) rest.owed = true;
    else void this.begin(hotlineId);
  }

  /** They were told by the round itself. */
  wasTold(hotlineId: HotlineId): void {
    this.rest(hotlineId, Promise.resolve(), TELL_EVERY_MS.least);
  }

  /**
   * Resolves when those who wait know what the rounds so far have changed for them; sooner while the queue goes on moving: then
   * the next change tells them.
   */
  told(hotlineId: HotlineId): Promise<void> {
    const rest = this.resting.get(hotlineId);
    if (!rest) return Promise.resolve();
    return rest.owed && rest.ms === TELL_EVERY_MS.least ? rest.over : rest.told;
  }

  private begin(hotlineId: HotlineId, ms = TELL_EVERY_MS.least): Promise<void> {
    const told = this.tell(hotlineId, () => (rest.owed = false)).then((waiting) => void (rest.waiting = waiting));
    const rest = this.rest(hotlineId, told, ms);
    return told;
  }

  private rest(hotlineId: HotlineId, told: Promise<void>, ms: number): Rest {
    const rest: Rest = { owed: false, waiting: 0, ms, told, over: told };
    rest.over = (async () => {
      // Whoever waits for it hears of a failure and tries again.
      await told.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, ms));
      this.resting.delete(hotlineId);
      const longer = rest.waiting > SHORT_QUEUE ? Math.min(2 * ms, TELL_EVERY_MS.most) : TELL_EVERY_MS.least;
      if (rest.owed) await this.begin(hotlineId, longer);
    })();
    rest.over.catch(() => undefined);
    this.resting.set(hotlineId, rest);
    return rest;
  }
}

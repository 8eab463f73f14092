import type { Clock } from './clock.ts';

/** Time that a test moves; between two timers everything that waits gets its turn. */
export class ManualClock implements Clock {
  #now = 1_800_000_000_000;
  #timers: { at: number; act: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const timer = { at: this.#now + ms, act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.splice(this.#timers.indexOf(due), 1);
      this.#now = Math.max(this.#now, due.at);
      due.act();
      await settle();
    }
    this.#now = end;
  }

  /** Time passes while nothing runs: a machine that was busy. */
  stall(ms: number): void {
    this.#now += ms;
  }
}

/** Lets all promises that can go on go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

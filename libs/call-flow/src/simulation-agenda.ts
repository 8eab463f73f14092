import type { Instant } from '@ringdown/protocol/ids';

/** Virtual time: what is due next, in the order it was asked for where the time is the same. */
export class Agenda {
  private readonly due: { at: Instant; run: () => void }[] = [];
  now: Instant;

  constructor(start: Instant) {
    this.now = start;
  }

  add(at: Instant, run: () => void): void {
    const time = Math.max(at, this.now);
    let low = 0;
    let high = this.due.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.due[middle]?.at ?? 0) > time) low = middle + 1;
      else high = middle;
    }
    // Latest first, so that the next one is taken from the end.
    this.due.splice(low, 0, { at: time, run });
  }

  runNext(): boolean {
    const next = this.due.pop();
    if (!next) return false;
    this.now = next.at;
    next.run();
    return true;
  }
}

import type { Clock } from './clock.ts';

const PERIOD_MS = 20;
const PHASES = 4;
const STEP_MS = PERIOD_MS / PHASES;
/** After a longer standstill (a suspended laptop) the lost time is not caught up. */
const CATCH_UP_MS = 1000;

/**
 * One timer for the audio of all calls. Each call is called every 20 ms, in one of four phases 5 ms apart, so that a
 * hundred calls don't send their packets in the same instant. Late ticks are made up for at once: a burst after a stall,
 * as a phone network does it.
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #phases: Set<() => void>[] = Array.from({ length: PHASES }, () => new Set());
  #step = 0;
  #dueAt = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts to call `act`; the function it returns stops that. */
  join(act: () => void): () => void {
    const phase = this.#phases.reduce((least, each) => (each.size < least.size ? each : least));
    phase.add(act);
    if (!this.#cancel) {
      this.#dueAt = this.#clock.now() + STEP_MS;
      this.#schedule();
    }
    return () => {
      phase.delete(act);
      if (this.#phases.every((each) => each.size === 0)) {
        this.#cancel?.();
        this.#cancel = undefined;
      }
    };
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(Math.max(0, Math.ceil(this.#dueAt - this.#clock.now())), () => this.#run());
  }

  #run(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    if (now - this.#dueAt > CATCH_UP_MS) this.#dueAt = now;
    for (; this.#dueAt <= now; this.#dueAt += STEP_MS) {
      const phase = this.#phases[this.#step++ % PHASES];
      for (const act of phase ?? []) act();
    }
    if (this.#phases.some((each) => each.size > 0) && !this.#cancel) this.#schedule();
  }
}

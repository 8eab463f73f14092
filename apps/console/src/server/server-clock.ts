/** Below this, what is off may as well be the way there and back; a laptop set to the wrong zone or hour is off by far more. */
const TOLERATED_MS = 10_000;
/** The header names whole seconds, rounded down. */
const HALF_A_SECOND_MS = 500;

/**
 * The time as the server has it. A laptop's clock may be an hour wrong: waits, timers, signatures and certificates go by
 * this one. Learned from the `Date` of the server's answers; a browser whose clock is about right keeps its own.
 */
export class ServerClock {
  readonly #own: () => number;
  #aheadMs = 0;

  constructor(own: () => number) {
    this.#own = own;
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => this.#own() + this.#aheadMs;

  /** `date`: the header of an answer that came just now; null and what can't be read teach nothing. */
  learn(date: string | null): void {
    const told = date === null ? Number.NaN : Date.parse(date) + HALF_A_SECOND_MS;
    if (Math.abs(told - this.now()) > TOLERATED_MS) this.#aheadMs = told - this.#own();
  }

  /** A `fetch` that learns from each answer. */
  readonly learning =
    (fetch: (path: string, init: RequestInit) => Promise<Response>) =>
    async (path: string, init: RequestInit): Promise<Response> => {
      const response = await fetch(path, init);
      this.learn(response.headers.get('date'));
      return response;
    };
}

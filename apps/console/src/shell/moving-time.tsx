import { useSyncExternalStore } from 'react';
import { useServices, useWork, useFollowed } from '../services.tsx';
import { ago, clockTime, exactTime } from './time-words.ts';

/**
 * One timer for all that move at the same pace: hundreds of rows count in one drawing, and their seconds change together.
 * It stands still while nothing follows it.
 */
class Ticker {
  readonly #everyMs: number;
  readonly #followers = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #count = 0;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  readonly getSnapshot = (): number => this.#count;

  readonly subscribe = (tick: () => void): (() => void) => {
    this.#followers.add(tick);
    this.#timer ??= setInterval(() => {
      this.#count += 1;
      for (const follower of this.#followers) follower();
    }, this.#everyMs);
    return () => {
      this.#followers.delete(tick);
      if (this.#followers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };
}

const tickers = new Map<number, Ticker>();
function tickerOf(everyMs: number): Ticker {
  let ticker = tickers.get(everyMs);
  if (!ticker) tickers.set(everyMs, (ticker = new Ticker(everyMs)));
  return ticker;
}

/** Milliseconds since the epoch, drawn anew every `everyMs`. */
export function useNow(everyMs = 1_000): number {
  const { now } = useServices();
  const ticker = tickerOf(everyMs);
  useSyncExternalStore(ticker.subscribe, ticker.getSnapshot);
  return now();
}

/** The server's clock, by which calls are timed: a laptop's own may be minutes off. */
export function useServerNow(everyMs = 1_000): number {
  const { line } = useWork();
  const { clockAheadMs } = useFollowed(line);
  return useNow(everyMs) + clockAheadMs;
}

/** Counts up from an instant of the server. */
export function Timer({ since }: { since: number }) {
  return <span>{clockTime(useServerNow() - since)}</span>;
}

/** "2 min ago", exact on focus and hover. */
export function Ago({ at }: { at: number }) {
  const now = useNow(20_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)}>
      {ago(at, now)}
    </time>
  );
}

import type { Instant } from '@ringdown/protocol/ids';

/** The only source of time in features; tests give their own. */
export abstract class Clock {
  /** Milliseconds since the Unix epoch. */
  abstract now(): Instant;
}

export class SystemClock extends Clock {
  now(): Instant {
    return Date.now();
  }
}

/**
 * How much of what we sent the carrier has still to play. Media Streams carriers queue what they get and play it in real
 * time, so a pause followed by a burst would add delay for the rest of the call. The ledger tells when silence may be
 * left out to catch up, and when a pause should be filled.
 */
export interface LedgerLimits {
  /** Silence is left out while more than this waits at the carrier. */
  readonly catchUpAboveMs: number;
  /** Even speech is left out above this: the delay would make talking impossible. */
  readonly dropAboveMs: number;
  /** A gap this long is filled with silence, for carriers and listeners that take a dead line for a lost call. */
  readonly fillAfterMs: number;
}

export const defaultLedgerLimits: LedgerLimits = { catchUpAboveMs: 60, dropAboveMs: 1000, fillAfterMs: 60 };

export class PlayoutLedger {
  private playedUntilMs = 0;

  constructor(private readonly limits: LedgerLimits = defaultLedgerLimits) {}

  /** What the carrier has still to play. */
  waitingMs(nowMs: number): number {
    return Math.max(0, this.playedUntilMs - nowMs);
  }

  /** Whether a packet may go out. Does not count it: call `sent` when it went. */
  admits(nowMs: number, silent: boolean): boolean {
    const waiting = this.waitingMs(nowMs);
    return waiting <= (silent ? this.limits.catchUpAboveMs : this.limits.dropAboveMs);
  }

  sent(nowMs: number, durationMs: number): void {
    this.playedUntilMs = Math.max(this.playedUntilMs, nowMs) + durationMs;
  }

  /** The line has been quiet so long that silence should be sent; false before the first packet. */
  isStarved(nowMs: number): boolean {
    return this.playedUntilMs > 0 && nowMs - this.playedUntilMs >= this.limits.fillAfterMs;
  }

  /** The carrier threw its queue away (`clear`). */
  cleared(nowMs: number): void {
    this.playedUntilMs = Math.min(this.playedUntilMs, nowMs);
  }
}

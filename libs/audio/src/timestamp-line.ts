/** A pause longer than this is not believed: the carrier restarted its clock. */
const LARGEST_STEP = 8000 * 10;

/**
 * Our own RTP timestamps for a carrier's packets. A frame's IV is made of SSRC, timestamp and counter, so a timestamp may
 * never come twice under one key, while carriers restart theirs on a transfer or repeat them after a stall. Pauses are
 * kept (the listener's jitter buffer needs them); a step back or a leap goes on by one packet instead.
 *
 * The line is good for 2^32 samples, 149 hours of one call; the hourly change of key is what keeps it far from its end.
 */
export class TimestampLine {
  private lastSource: number | undefined;
  private lastSamples = 0;
  private current: number;

  /** @param start first timestamp given out; RFC 3550 §5.1 wants it random. */
  constructor(start: number) {
    this.current = start >>> 0;
  }

  /**
   * Another source speaks from now on, whose clock has nothing to do with the one before.
   * @param pause samples since the last packet was sent
   */
  takeOver(pause: number): void {
    if (this.lastSource === undefined) return;
    this.current = (this.current + Math.max(this.lastSamples, Math.min(pause, LARGEST_STEP))) >>> 0;
    this.lastSource = undefined;
  }

  /**
   * @param source the carrier's timestamp in samples, any 32-bit line
   * @param samples how many samples the packet holds
   * @returns the timestamp to send
   */
  next(source: number, samples: number): number {
    if (this.lastSource !== undefined) {
      const step = (source - this.lastSource) | 0;
      this.current = (this.current + (step > 0 && step <= LARGEST_STEP ? step : this.lastSamples)) >>> 0;
    }
    this.lastSource = source;
    this.lastSamples = samples;
    return this.current;
  }
}

import { PHONE_RATE } from './tones.ts';

/** Two periods of the lowest voice we look for (66 Hz), and what a lost packet is built from. */
const HISTORY = 390;
const SHORTEST_PERIOD = 40;
const LONGEST_PERIOD = 120;
const MATCH = 160;
/** The repeated sound is kept for 10 ms and is gone after 60: longer, and it is heard as a robot (G.711 Appendix I). */
const FULL = PHONE_RATE / 100;
const GONE = (PHONE_RATE * 6) / 100;
const CROSSFADE = PHONE_RATE / 250;

/**
 * Fills lost packets at 8 kHz by repeating the last pitch period and fading it out, after the idea of ITU-T G.711
 * Appendix I. Costs one copy per good packet; the search runs only on a loss.
 */
export class LossConcealment {
  private readonly history = new Int16Array(HISTORY);
  private period = 0;
  private concealed = 0;

  /** Remembers good samples; after a loss their start is blended, in place, with the end of the filling. */
  good(samples: Int16Array): void {
    if (this.concealed > 0) {
      const tail = this.conceal(Math.min(CROSSFADE, samples.length));
      for (let i = 0; i < tail.length; i++) {
        const share = (i + 1) / (tail.length + 1);
        samples[i] = Math.round(samples[i]! * share + tail[i]! * (1 - share));
      }
      this.concealed = 0;
    }
    if (samples.length >= HISTORY) this.history.set(samples.subarray(samples.length - HISTORY));
    else {
      this.history.copyWithin(0, samples.length);
      this.history.set(samples, HISTORY - samples.length);
    }
  }

  /** The next `count` samples of filling; silence once it has lasted 60 ms. */
  conceal(count: number): Int16Array {
    if (this.concealed === 0) this.period = this.findPeriod();
    const out = new Int16Array(count);
    for (let i = 0; i < count; i++) {
      const age = this.concealed + i;
      const level = age < FULL ? 1 : Math.max(0, 1 - (age - FULL) / (GONE - FULL));
      out[i] = level === 0 ? 0 : Math.round(this.history[HISTORY - this.period + (age % this.period)]! * level);
    }
    this.concealed += count;
    return out;
  }

  /** The lag at which the last 20 ms look most like what came before. */
  private findPeriod(): number {
    let best = SHORTEST_PERIOD;
    let bestScore = -Infinity;
    for (let lag = SHORTEST_PERIOD; lag <= LONGEST_PERIOD; lag++) {
      let product = 0;
      let energy = 1;
      for (let i = HISTORY - MATCH; i < HISTORY; i++) {
        const earlier = this.history[i - lag]!;
        product += this.history[i]! * earlier;
        energy += earlier * earlier;
      }
      const score = product / Math.sqrt(energy);
      if (score > bestScore) [best, bestScore] = [lag, score];
    }
    return best;
  }
}

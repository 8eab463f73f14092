/** Fewer calls than this say nothing about how long one takes. */
const MIN_SAMPLES = 5;
/** A longer wait is not told as a number: it would only be a guess. */
const LONGEST_TOLD_MS = 3_600_000;

export interface WaitFacts {
  /** 1 = next. */
  position: number;
  /** People on shift who could take a call, now or after the one they are on. */
  staffed: number;
  /** How long recent calls kept a person, from the answer to the end of wrap-up. */
  handleTimesMs: readonly number[];
}

/**
 * How long a caller at this place will probably wait: as many calls as stand before them and their own have to be taken,
 * and with n people at work one of them becomes free each mean handle time ÷ n (memoryless service, as in Erlang's
 * model). The mean is of the middle of the sample: one call of an hour must not move everybody's estimate. Null: no
 * honest estimate.
 */
export const estimateWaitMs = ({ position, staffed, handleTimesMs }: WaitFacts): number | null => {
  if (staffed < 1 || position < 1 || handleTimesMs.length < MIN_SAMPLES) return null;
  const sorted = [...handleTimesMs].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 5);
  const middle = sorted.slice(cut, sorted.length - cut);
  const mean = middle.reduce((sum, each) => sum + each, 0) / middle.length;
  const estimate = Math.round((position * mean) / staffed);
  return estimate > LONGEST_TOLD_MS ? null : estimate;
};

import type { Instant } from '@ringdown/protocol/ids';
import type { CallState } from './call-state.ts';

/** Whoever hangs up sooner hasn't given up waiting: a wrong number, a second thought. */
export const SHORT_ABANDON_MS = 5_000;

/**
 * What became of a call: a person accepted it (one of ours, or at an outside number of a ladder) · the caller hung up while
 * waiting · they got a voicemail, a message or nothing in place of a person · it counts nowhere: outside of opening hours, placed by ourselves, practice, or a
 * volunteer who dialled in.
 */
export type CallOutcome = 'answered' | 'abandoned' | 'unanswered' | 'uncounted';

/** Nobody will accept it any more. */
const OVER: ReadonlySet<CallState['phase']> = new Set(['voicemail', 'farewell', 'ending', 'ended']);

/** Null while it may still be answered. A call that was answered stays so, whatever happens to it later. */
export const outcomeOf = (state: CallState): CallOutcome | null => {
  // Nobody waited for a call that we placed, and a volunteer isn't a caller.
  if (state.placed || state.practice || state.dialIn?.operatorId) return 'uncounted';
  // A ladder's outside number took it: a person, if not one of ours.
  if (state.outside) return state.ladder?.cause === 'closed' ? 'uncounted' : 'answered';
  if (state.legs.some((leg) => leg.role === 'volunteer' && leg.acceptedAt !== null)) return 'answered';
  if (!OVER.has(state.phase)) return null;
  if (state.ladder?.cause === 'closed' || state.termination?.reason === 'closed-message-played') return 'uncounted';
  return state.termination?.reason === 'caller-hung-up-while-waiting' ? 'abandoned' : 'unanswered';
};

/** What the figures need to know of a call. */
export interface CallFacts {
  arrivedAt: Instant;
  outcome: CallOutcome | null;
  /** When the outcome was decided: accepted, hung up, or sent to a voicemail or message. */
  decidedAt: Instant | null;
  endedAt: Instant | null;
}

/** Sums over calls: added up they give the sums of a longer period, a whole hotline, all hotlines. */
export interface CallSums {
  /** All that count: answered, abandoned (also at once), unanswered, not decided yet. */
  calls: number;
  answered: number;
  answeredInTime: number;
  abandoned: number;
  abandonedAtOnce: number;
  unanswered: number;
  /** Not decided yet, and already longer than what counts as in time. */
  waitingLong: number;
  /** Of those answered, from arrival to acceptance. */
  answerMs: number;
  /** Of those decided. */
  longestMs: number;
  /** Answered and over. */
  handled: number;
  /** Of those, from acceptance to the end. */
  handleMs: number;
}

export const NO_CALLS: CallSums = {
  calls: 0,
  answered: 0,
  answeredInTime: 0,
  abandoned: 0,
  abandonedAtOnce: 0,
  unanswered: 0,
  waitingLong: 0,
  answerMs: 0,
  longestMs: 0,
  handled: 0,
  handleMs: 0,
};

export const addSums = (a: CallSums, b: CallSums): CallSums => ({
  calls: a.calls + b.calls,
  answered: a.answered + b.answered,
  answeredInTime: a.answeredInTime + b.answeredInTime,
  abandoned: a.abandoned + b.abandoned,
  abandonedAtOnce: a.abandonedAtOnce + b.abandonedAtOnce,
  unanswered: a.unanswered + b.unanswered,
  waitingLong: a.waitingLong + b.waitingLong,
  answerMs: a.answerMs + b.answerMs,
  longestMs: Math.max(a.longestMs, b.longestMs),
  handled: a.handled + b.handled,
  handleMs: a.handleMs + b.handleMs,
});

/** One call's share. The database sums by the same rules, in `call-figures.repository.ts`; a test holds the two together. */
export const sumsOf = (call: CallFacts, rules: { thresholdMs: number; now: Instant }): CallSums => {
  const sums = { ...NO_CALLS, calls: 1 };
  const { arrivedAt, outcome, decidedAt, endedAt } = call;
  const waitedMs = (decidedAt ?? rules.now) - arrivedAt;
  if (outcome === 'uncounted') return NO_CALLS;
  if (outcome === null) return { ...sums, waitingLong: Number(waitedMs > rules.thresholdMs) };
  if (outcome === 'abandoned' && waitedMs < SHORT_ABANDON_MS)
    return { ...sums, abandonedAtOnce: 1, longestMs: waitedMs };
  if (outcome !== 'answered') return { ...sums, [outcome]: 1, longestMs: waitedMs };
  return {
    ...sums,
    answered: 1,
    answeredInTime: Number(waitedMs <= rules.thresholdMs),
    answerMs: waitedMs,
    longestMs: waitedMs,
    ...(endedAt === null || decidedAt === null ? {} : { handled: 1, handleMs: endedAt - decidedAt }),
  };
};

export interface Rates {
  /** 0 to 1, or milliseconds; null while there is nothing to measure. */
  serviceLevel: number | null;
  serviceLevelWithShort: number | null;
  abandonment: number | null;
  speedOfAnswerMs: number | null;
  handleTimeMs: number | null;
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** docs/glossary.md, *figures*: the only place that divides. */
export const ratesOf = (sums: CallSums): Rates => {
  const decided = sums.answered + sums.abandoned + sums.unanswered;
  const measured = decided + sums.waitingLong;
  return {
    serviceLevel: share(sums.answeredInTime, measured),
    serviceLevelWithShort: share(sums.answeredInTime, measured + sums.abandonedAtOnce),
    abandonment: share(sums.abandoned, decided),
    speedOfAnswerMs: share(sums.answerMs, sums.answered),
    handleTimeMs: share(sums.handleMs, sums.handled),
  };
};

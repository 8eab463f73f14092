import type { Priority } from '@ringdown/protocol/call-events';
import type { Instant } from '@ringdown/protocol/ids';

const RANK: Record<Priority, number> = { urgent: 0, high: 1, medium: 2, low: 3 };
/** Ranks of the queue: 0 is urgent, 3 is low. */
export const RANKS = 4;

/** Before waiting counts; 0 is served first. Each missed round lifts a call by one step, at most to urgent. */
export const storedRank = (call: { priority: Priority; priorityStepUps: number }): number =>
  Math.max(0, RANK[call.priority] - call.priorityStepUps);

/** Waiting lifts a call by one step each `everyMs`, at most `maxSteps` steps (Q1). */
export interface AgeingRule {
  everyMs: number;
  maxSteps: number;
}
export const NO_AGEING: AgeingRule = { everyMs: 1, maxSteps: 0 };

/** How many steps the wait alone has lifted a call by now. */
export const agedSteps = (arrivedAt: Instant, now: Instant, ageing: AgeingRule): number =>
  Math.min(ageing.maxSteps, Math.max(0, Math.floor((now - arrivedAt) / ageing.everyMs)));

/** Waiting alone makes no call urgent. Of two calls of one stored rank the earlier never ranks behind the later. */
export const agedRank = (rank: number, arrivedAt: Instant, now: Instant, ageing: AgeingRule): number =>
  rank === 0 ? 0 : Math.max(1, rank - agedSteps(arrivedAt, now, ageing));

export interface RankedPlace {
  callId: string;
  rescued: boolean;
  /** As stored: after missed rounds, before waiting counts. */
  rank: number;
  arrivedAt: Instant;
}

/** Rescued calls first, then effective priority, then the original time of arrival (Q1, L6); ties by id. */
export const compareRankedPlace = (a: RankedPlace, b: RankedPlace, now: Instant, ageing: AgeingRule): number =>
  Number(b.rescued) - Number(a.rescued) ||
  agedRank(a.rank, a.arrivedAt, now, ageing) - agedRank(b.rank, b.arrivedAt, now, ageing) ||
  a.arrivedAt - b.arrivedAt ||
  (a.callId < b.callId ? -1 : Number(a.callId > b.callId));

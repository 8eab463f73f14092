import type { WaitingCall } from '@ringdown/protocol/floor';

const RANK = { urgent: 0, high: 1, medium: 2, low: 3 };

/** Over all hotlines: who came back first, then priority, then who has waited longest (Q1). */
export const compareWaiting = (a: WaitingCall, b: WaitingCall): number =>
  Number(b.rescued) - Number(a.rescued) || RANK[a.priority] - RANK[b.priority] || a.arrivedAt - b.arrivedAt;

/** The rows that are drawn: those in sight, and the one that holds the focus, wherever it has gone. */
export const drawnRows = (inSight: readonly number[], held: number): number[] =>
  held < 0 || inSight.includes(held) ? [...inSight] : [...inSight, held].toSorted((a, b) => a - b);

import type { CallId, Instant, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import { type AgeingRule, compareRankedPlace, RANKS, type RankedPlace } from './queue-order.ts';
import { SlotHeap } from './slot-heap.ts';

/** What distribution knows of a call that waits. */
export interface WaitingCall extends RankedPlace {
  callId: CallId;
  language: LanguageTag;
  arrivedAt: Instant;
  /** People this call isn't offered to until the given time. */
  excludedUntil: Readonly<Record<OperatorId, Instant>>;
  /** How often it was offered before; makes each draw another one. */
  rounds: number;
}

const byArrival = (a: WaitingCall, b: WaitingCall): number =>
  a.arrivedAt - b.arrivedAt || (a.callId < b.callId ? -1 : Number(a.callId > b.callId));

/**
 * Callers who wait for one hotline, in the order they are served. Calls of one language, one stored rank and one side of
 * rescued or not stand in a row by arrival. Waiting never lets the later of such a row pass the earlier, so the first of the
 * whole line is always the first of some row: nothing is sorted anew while time passes, however many wait.
 */
export class WaitingLine {
  private readonly rows = new Map<LanguageTag, SlotHeap<WaitingCall>[]>();
  private readonly calls = new Map<CallId, WaitingCall>();
  private readonly ageing: AgeingRule;

  constructor(ageing: AgeingRule) {
    this.ageing = ageing;
  }

  get size(): number {
    return this.calls.size;
  }

  add(call: WaitingCall): void {
    this.remove(call.callId);
    let rows = this.rows.get(call.language);
    if (!rows) {
      rows = Array.from({ length: 2 * RANKS }, () => new SlotHeap<WaitingCall>(byArrival));
      this.rows.set(call.language, rows);
    }
    this.calls.set(call.callId, call);
    rows[rowOf(call)]?.add(call);
  }

  remove(callId: CallId): void {
    const call = this.calls.get(callId);
    if (!call) return;
    this.calls.delete(callId);
    this.rows.get(call.language)?.[rowOf(call)]?.remove(call);
  }

  /**
   * The first in the order of serving whom `take` has something for. `skipRow`: what holds for this one holds for all
   * behind in its row. Neither may change the line.
   */
  find<T>(now: Instant, take: (call: WaitingCall) => T | null, skipRow: (call: WaitingCall) => boolean): T | null {
    const heads: { call: WaitingCall; row: SlotHeap<WaitingCall>; rest: Generator<WaitingCall, void> | null }[] = [];
    for (const rows of this.rows.values()) {
      for (const row of rows) {
        const call = row.peek();
        if (call) heads.push({ call, row, rest: null });
      }
    }
    for (;;) {
      let best = 0;
      for (let index = 1; index < heads.length; index += 1) {
        const [a, b] = [heads[index]?.call, heads[best]?.call];
        if (a && b && compareRankedPlace(a, b, now, this.ageing) < 0) best = index;
      }
      const head = heads[best];
      if (!head) return null;
      const taken = take(head.call);
      if (taken !== null) return taken;
      const following = skipRow(head.call) ? undefined : behind(head).next().value;
      if (following) head.call = following;
      else heads.splice(best, 1);
    }
  }
}

/** Most heads are served or their row left out: the rest of a row is walked only when it must be. */
const behind = (head: { row: SlotHeap<WaitingCall>; rest: Generator<WaitingCall, void> | null }) => {
  if (!head.rest) {
    head.rest = head.row.walk();
    head.rest.next();
  }
  return head.rest;
};

const rowOf = (call: RankedPlace): number => (call.rescued ? 0 : RANKS) + Math.min(RANKS - 1, call.rank);

import type { CallEffect, CallState } from '@ringdown/call-flow/call-state';
import { HotlineQueue } from '@ringdown/call-flow/distribution';
import type { Candidate, DistributionRules } from '@ringdown/call-flow/distribution-rules';
import { storedRank } from '@ringdown/call-flow/queue-order';
import type { WaitingCall } from '@ringdown/call-flow/waiting-line';
import type { CallId, HotlineId, Instant, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import type { RoundTransaction } from '@ringdown/store/call-log';
import type { CandidateRow } from '@ringdown/store/connections.repository';
import type { QueuedFilter, QueuedRow } from '@ringdown/store/round-transaction';
import { OpenCall } from './call-engine.ts';

export type Round = RoundTransaction<CallState, CallEffect>;

/** So many callers are looked at in one go. */
export const PAGE = 32;

/** What a round must know of a hotline beside its rows. All of it is kept in memory. */
export interface HotlineAsked {
  hotlineId: HotlineId;
  rules: DistributionRules;
  onShift: ReadonlySet<OperatorId> | 'everyone';
  handleTimesMs: readonly number[];
}

export const waitingCallOf = (state: CallState): WaitingCall => ({
  callId: state.callId,
  language: state.language,
  arrivedAt: state.arrivedAt,
  rescued: state.rescued,
  rank: storedRank(state),
  excludedUntil: state.excludedUntil,
  rounds: state.offers.length,
});

export const candidateOf = (row: CandidateRow, onShift: ReadonlySet<OperatorId> | 'everyone'): Candidate => ({
  ...row,
  takenMeanwhile: false,
  onShift: onShift === 'everyone' || onShift.has(row.operatorId),
});

/** One hotline in one transaction: its people, and those of its calls that were looked at, locked. */
export class OpenHotline {
  readonly hotlineId: HotlineId;
  readonly queue: HotlineQueue;
  readonly calls = new Map<CallId, OpenCall>();
  readonly ownPhones = new Set<OperatorId>();

  constructor(
    readonly round: Round,
    readonly asked: HotlineAsked,
    readonly now: Instant,
  ) {
    this.hotlineId = asked.hotlineId;
    this.queue = new HotlineQueue(asked.rules);
  }

  meet(candidates: readonly CandidateRow[]): void {
    for (const row of candidates) {
      this.queue.people.put(candidateOf(row, this.asked.onShift));
      if (row.ringsOwnPhone) this.ownPhones.add(row.operatorId);
    }
  }

  filter(given: { languages?: readonly LanguageTag[] | null; offset?: number; limit: number }): QueuedFilter {
    const { hotlineId, now } = this;
    return { hotlineId, now, ageing: this.asked.rules.ageing, languages: null, offset: 0, ...given };
  }

  async load(given: Parameters<OpenHotline['filter']>[0]): Promise<OpenCall[]> {
    return this.opened(await this.round.lockQueued(this.filter(given)));
  }

  opened(rows: readonly QueuedRow<CallState>[]): OpenCall[] {
    return rows.map((row) => {
      const known = this.calls.get(row.callId);
      if (known) return known;
      const open = new OpenCall(this.round.open(row), row.state);
      this.calls.set(row.callId, open);
      return open;
    });
  }
}

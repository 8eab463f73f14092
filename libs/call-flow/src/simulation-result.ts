import type { Termination } from '@ringdown/protocol/call-events';
import type { HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';

export interface TimelineLine {
  at: Instant;
  call: string | null;
  operatorId: OperatorId | null;
  /** Where it went on to, or what could not take it. */
  hotlineId?: HotlineId;
  event:
    | 'arrives'
    | 'closed'
    | 'queue-full'
    | 'rings'
    | 'answers'
    | 'talks'
    | 'declines'
    | 'misses'
    | 'withdrawn'
    | 'nobody'
    | 'voicemail'
    | 'message'
    | 'link-lost'
    | 'link-back'
    | 'back-in-queue'
    | 'moves-on'
    | 'passed-by'
    | 'gateway-lost'
    | 'gateway-back'
    | 'state'
    | 'shift-begins'
    | 'hotline'
    | 'ends';
  detail: string | null;
}

export interface CallerEnding {
  call: string;
  arrivedAt: Instant;
  endedAt: Instant;
  /** From arrival to somebody's answer, or to the end. */
  waitedMs: number;
  answeredBy: OperatorId | null;
  /** Where it ended. */
  hotlineId: HotlineId;
  rings: number;
  termination: Termination;
}

export interface SimulationResult {
  timeline: TimelineLine[];
  callers: CallerEnding[];
  totals: {
    calls: number;
    answered: number;
    hungUpWaiting: number;
    voicemails: number;
    messages: number;
    rings: number;
    misses: number;
    longestWaitMs: number;
    averageAnswerMs: number | null;
  };
  /** Events that came in, by which a run that doesn't end is noticed. */
  events: number;
}

/** The sums of an evening. */
export const totalsOf = (
  calls: number,
  misses: number,
  endings: readonly CallerEnding[],
): SimulationResult['totals'] => {
  const answered = endings.filter((each) => each.answeredBy !== null);
  const ended = (reason: Termination['reason']): number =>
    endings.filter((each) => each.termination.reason === reason).length;
  return {
    calls,
    answered: answered.length,
    hungUpWaiting: ended('caller-hung-up-while-waiting'),
    voicemails: ended('voicemail-left'),
    messages: ended('closed-message-played') + ended('full-message-played') + ended('nobody-message-played'),
    rings: endings.reduce((sum, each) => sum + each.rings, 0),
    misses,
    longestWaitMs: Math.max(0, ...endings.map((each) => each.waitedMs)),
    averageAnswerMs:
      answered.length > 0 ? Math.round(answered.reduce((sum, each) => sum + each.waitedMs, 0) / answered.length) : null,
  };
};

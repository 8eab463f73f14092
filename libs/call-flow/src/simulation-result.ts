import type { Termination } from '@ringdown/protocol/call-events';
import type { HotlineId, Instant, LadderNumberId, OperatorId } from '@ringdown/protocol/ids';

export interface TimelineLine {
  at: Instant;
  call: string | null;
  operatorId: OperatorId | null;
  /** Where it went on to, or what could not take it. */
  hotlineId?: HotlineId;
  /** The outside number. */
  numberId?: LadderNumberId;
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
    | 'call-back-asked'
    | 'call-back-promised'
    | 'keeps-place'
    | 'called-back'
    | 'number-rings'
    | 'picks-up'
    | 'not-reached'
    | 'talks-outside'
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
  /** From arrival to somebody's answer, or to the end. Of whoever is called back until they talk with somebody. */
  waitedMs: number;
  answeredBy: OperatorId | null;
  /** An outside number of a plan took the call. */
  answeredOutside: LadderNumberId | null;
  /** Promised to them, whatever became of it. */
  callBack: { promisedAt: Instant; tries: number; reached: boolean } | null;
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
    answeredOutside: number;
    callBacks: {
      promised: number;
      reached: number;
      unanswered: number;
      expired: number;
      /** Of those who were reached, from arrival on. */
      longestWaitMs: number | null;
    };
    /** On the line: without those who were called back. */
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
  const promised = endings.filter((each) => each.callBack !== null);
  const reached = promised.filter((each) => each.callBack?.reached);
  const waited = endings.filter((each) => !each.callBack?.tries && !isPromiseBroken(each));
  const waitedForAnswer = waited.filter((each) => each.answeredBy !== null);
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
    answeredOutside: endings.filter((each) => each.answeredOutside !== null).length,
    callBacks: {
      promised: promised.length,
      reached: reached.length,
      unanswered: ended('call-back-unanswered'),
      expired: ended('call-back-expired'),
      longestWaitMs: reached.length > 0 ? Math.max(...reached.map((each) => each.waitedMs)) : null,
    },
    longestWaitMs: Math.max(0, ...waited.map((each) => each.waitedMs)),
    averageAnswerMs:
      waitedForAnswer.length > 0
        ? Math.round(waitedForAnswer.reduce((sum, each) => sum + each.waitedMs, 0) / waitedForAnswer.length)
        : null,
  };
};

const isPromiseBroken = ({ termination }: CallerEnding): boolean =>
  termination.reason === 'call-back-expired' || termination.reason === 'call-back-unanswered';

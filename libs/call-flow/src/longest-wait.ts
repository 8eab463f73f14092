import type { CallPolicy, LadderStep } from '@ringdown/protocol/call-events';
import type { HotlineId } from '@ringdown/protocol/ids';
import {
  CALL_BACK_RING_MS,
  FAREWELL_LIMIT_MS,
  HANG_UP_LIMIT_MS,
  INVITE_TIMEOUT_MS,
  LADDER_CALL_BACK_MS,
  LADDER_MOVE_MS,
  MAX_HANG_UP_ATTEMPTS,
  MAX_MOVES,
  VOICEMAIL_GRACE_MS,
} from './call-limits.ts';

export interface LongestWait {
  /** From arrival until a person answers or the ladder begins: a ring that is under way at the end of the wait is let finish. */
  untilAnswerOrLadderMs: number;
  /**
   * From arrival to the end of a call that nobody answers, whichever ladder it takes and whichever hotlines it leads to, its last
   * hang-up repeated.
   */
  untilEndMs: number;
}

/** What other hotlines' calls follow; undefined for one that isn't there: the step is passed by. */
export type PolicyBook = (hotlineId: HotlineId) => CallPolicy | undefined;

const waitAt = (policy: CallPolicy): number => policy.maxWaitMs + policy.ringTimeoutMs;

/** A promised call-back may be made until its own time is over, the last one still ringing. */
const promiseMs = (policy: CallPolicy, expiresMs: number | undefined): number =>
  expiresMs === undefined ? 0 : expiresMs + policy.ringTimeoutMs + 2 * CALL_BACK_RING_MS;

/** How long what is left of a ladder may take at most, milliseconds, with the other hotlines it leads to. */
const longestLadder = (steps: readonly LadderStep[], policy: CallPolicy, book: PolicyBook, moves: number): number => {
  const [step, ...rest] = steps;
  if (!step) return HANG_UP_LIMIT_MS * MAX_HANG_UP_ATTEMPTS;
  const onMs = longestLadder(rest, policy, book, moves);
  switch (step.step) {
    case 'voicemail':
      return policy.voicemailMaxMs + VOICEMAIL_GRACE_MS + onMs;
    case 'message':
      return FAREWELL_LIMIT_MS + onMs;
    case 'outside-number':
      return INVITE_TIMEOUT_MS + onMs;
    case 'call-back': {
      const { callBack, streamTimeoutMs } = policy;
      const keptMs = promiseMs(policy, callBack?.ladderExpiresMs ?? callBack?.expiresMs);
      return streamTimeoutMs + LADDER_CALL_BACK_MS + Math.max(onMs, FAREWELL_LIMIT_MS + keptMs);
    }
    case 'other-hotline': {
      const there = moves < MAX_MOVES ? book(step.hotlineId) : undefined;
      const thereMs = there ? longestAt(there, [there.ladders.unanswered], book, moves + 1) : 0;
      return LADDER_MOVE_MS + Math.max(onMs, thereMs);
    }
  }
};

const longestAt = (
  policy: CallPolicy,
  ladders: readonly (readonly LadderStep[])[],
  book: PolicyBook,
  moves: number,
): number =>
  waitAt(policy) +
  Math.max(
    ...ladders.map((steps) => longestLadder(steps, policy, book, moves)),
    promiseMs(policy, policy.callBack?.expiresMs),
  );

/** The bound that holds for every call of a hotline with these settings while its gateway and its volunteers' links live (P1). */
export const longestWait = (policy: CallPolicy, book: PolicyBook = () => undefined): LongestWait => ({
  untilAnswerOrLadderMs: waitAt(policy),
  untilEndMs: longestAt(policy, Object.values(policy.ladders), book, 0),
});

import { z } from 'zod';
import { LadderStep } from './call-events.ts';

/** As many as a caller's patience bears. */
export const MAX_LADDER_STEPS = 5;

export type LadderFault = 'no-ending' | 'after-the-ending' | 'twice';

/** Steps in order, then an ending: a message, or voicemail and then a message for whoever leaves none (P1). */
export const findLadderFault = (steps: readonly LadderStep[]): LadderFault | null => {
  const ending = steps.findIndex(({ step }) => step === 'voicemail' || step === 'message');
  if (steps.at(-1)?.step !== 'message') return 'no-ending';
  if (ending < steps.length - (steps[ending]?.step === 'voicemail' ? 2 : 1)) return 'after-the-ending';
  const targets = steps.map((step) =>
    JSON.stringify('hotlineId' in step ? step.hotlineId : 'numberId' in step ? step.numberId : step.step),
  );
  return new Set(targets).size < targets.length ? 'twice' : null;
};

const FAULTS: Record<LadderFault, string> = {
  'no-ending': 'A plan must end with a message, with or without voicemail before it',
  'after-the-ending': 'Nothing can follow voicemail but the last message, and nothing can follow a message',
  twice: 'A plan holds each step once',
};

export const Ladder = z
  .array(LadderStep)
  .min(1)
  .max(MAX_LADDER_STEPS)
  .superRefine((steps, context) => {
    const fault = findLadderFault(steps);
    if (fault) context.addIssue({ code: 'custom', message: FAULTS[fault] });
  });

/** What callers get in the place of a person: out of hours, with all places taken, and when nobody answers. */
export const Ladders = z.strictObject({ closed: Ladder, full: Ladder, unanswered: Ladder });
export type Ladders = z.infer<typeof Ladders>;
export type LadderCause = keyof Ladders;

const MESSAGES = { closed: 'closed', full: 'full', unanswered: 'nobody' } as const;

/** The ending that each plan has at least. */
export const endingOf = (cause: LadderCause, ending: 'voicemail' | 'message'): LadderStep[] => {
  const message: LadderStep = { step: 'message', message: MESSAGES[cause] };
  return ending === 'voicemail' ? [{ step: 'voicemail' }, message] : [message];
};

export const DEFAULT_LADDERS: Ladders = {
  closed: endingOf('closed', 'message'),
  full: endingOf('full', 'message'),
  unanswered: endingOf('unanswered', 'voicemail'),
};

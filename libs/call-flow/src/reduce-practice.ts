import type { CallEvent, Termination } from '@ringdown/protocol/call-events';
import type { PracticeArrival } from '@ringdown/protocol/practice';
import type { Draft } from './call-draft.ts';
import { operatorLeg, type OperatorChangeKind } from './call-state.ts';

type PracticeEvent = Extract<CallEvent, { type: 'PracticeTurnHeard' | 'PracticeHandOverTried' | 'PracticeFailed' }>;

/** A scripted caller waits for nobody else: whatever would put the call back into the queue ends it. */
export const PRACTICE_NOT_TAKEN: Termination = { result: 'operator', reason: 'practice-not-taken' };

const LEFT_AS: Record<PracticeArrival['from'], OperatorChangeKind> = {
  available: 'withdrawn',
  break: 'back-to-break',
  offline: 'link-lost',
};
const PRACTISED: Record<PracticeArrival['from'], OperatorChangeKind> = {
  available: 'practised',
  break: 'practised-on-break',
  offline: 'practised-offline',
};

const inPractice = (change: OperatorChangeKind, from: PracticeArrival['from']): OperatorChangeKind => {
  switch (change) {
    case 'accepted':
      return 'practising';
    case 'declined':
    case 'missed':
    case 'withdrawn':
    case 'call-failed':
      return LEFT_AS[from];
    case 'call-ended':
      return PRACTISED[from];
    case 'offered':
    case 'link-lost':
    case 'supervising':
    case 'dialled-in':
    case 'back-to-break':
    case 'practising':
    case 'practised':
    case 'practised-on-break':
    case 'practised-offline':
      return change;
  }
};

/** Who practises is afterwards what they were before: no miss, no call, no idle time is counted. */
export const followPractice = (draft: Draft): void => {
  const { practice } = draft.state;
  if (!practice) return;
  for (const changed of draft.operators) {
    if (changed.operatorId === practice.operatorId) changed.change = inPractice(changed.change, practice.from);
  }
};

export const applyPractice = (draft: Draft, event: PracticeEvent): string | null => {
  const { practice } = draft.state;
  if (!practice) return 'not-practice';
  switch (event.type) {
    case 'PracticeTurnHeard':
      // Kept for the result alone.
      return null;
    case 'PracticeHandOverTried':
      if (operatorLeg(draft.state)?.operatorId !== event.operatorId) return 'not-your-call';
      draft.set({ practice: { ...practice, handOvers: practice.handOvers + 1 } });
      return null;
    case 'PracticeFailed':
      draft.end({ result: 'ours', reason: 'practice-without-voice' });
      return null;
  }
};

import type { CallEvent, CallPolicy, LadderStep } from '@ringdown/protocol/call-events';
import type { HotlineId, LanguageTag } from '@ringdown/protocol/ids';
import { aPolicy } from './call-building.fixture.ts';
import { type CallState, isWaiting } from './call-state.ts';
import { ladderStep } from './reduce-ladder.ts';

const at = 1;
const OTHER = '00000000-0000-4000-8000-000000000998' as HotlineId;
const toOther: LadderStep = { step: 'other-hotline', hotlineId: OTHER };

/** Every plan leads on, also the other hotline's: as for a call that saw settings from before and after a change. */
export const ladderPolicy = (): CallPolicy =>
  aPolicy({
    callBack: { attempts: 1, retryMs: 10_000, expiresMs: 600_000 },
    ladders: {
      closed: [toOther, { step: 'message', message: 'closed' }],
      full: [{ step: 'call-back' }, { step: 'message', message: 'full' }],
      unanswered: [toOther, { step: 'call-back' }, { step: 'voicemail' }, { step: 'message', message: 'nobody' }],
    },
  });

/** What the other hotline answers, and what the caller presses. */
export const eventsOnLadder = (call: CallState): [what: string, event: CallEvent][] => {
  const step = ladderStep(call);
  const events: [string, CallEvent][] = [];
  if (call.phase === 'ladder' && step?.step === 'other-hotline') {
    const { hotlineId } = step;
    const language = 'en' as LanguageTag;
    events.push(
      ['goes on', { type: 'MovedToHotline', at, hotlineId, language, policy: ladderPolicy() }],
      ['is refused', { type: 'OverflowRefused', at, hotlineId, why: 'full' }],
    );
  }
  if (call.phase === 'ladder' || isWaiting(call.phase))
    events.push(['presses 1', { type: 'DigitReceived', at, digit: '1' }]);
  return events;
};

/** Empty where no plan leads on: then none of it changes what can follow. */
export const ladderKey = ({ moves, callBack, legs, policy }: CallState): string => {
  if (!policy.ladders.unanswered.some(({ step }) => step === 'other-hotline')) return '';
  return [
    moves?.length ?? 0,
    callBack ? `${callBack.away}${callBack.attempts}${callBack.legId ? 'rings' : ''}` : '',
    // Whoever was answered once stays with its hotline.
    legs.some(({ role, acceptedAt }) => role === 'volunteer' && acceptedAt !== null) ? 'answered' : '',
  ].join(' ');
};

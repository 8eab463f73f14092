import type { TimerName } from '@ringdown/protocol/call-events';
import type { Instant } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import { terminationByCaller } from './call-endings.ts';
import { HANG_UP_LIMIT_MS, MAX_HANG_UP_ATTEMPTS } from './call-limits.ts';
import { openOffers, phoneLeg } from './call-state.ts';
import { onCallBackTimer } from './reduce-call-back.ts';
import { onOutsideLimit } from './outside-party.ts';
import { onDialInTimer } from './reduce-dial-in.ts';
import { onMenuTimer } from './reduce-menu.ts';
import { onPhoneLegTimer } from './reduce-phone-legs.ts';
import { dropInvitation, giveUpAway, giveUpConnecting } from './people-on-call.ts';
import { requeue, startLadder, onLadderTimer } from './reduce-ladder.ts';

/** `dueAt`: when it was to fire; clocks of two machines may differ. */
export const onTimer = (draft: Draft, timer: TimerName, dueAt: Instant): string | null => {
  const { state } = draft;
  switch (timer) {
    case 'stream-expected':
      if (phoneLeg(state).state === 'live') return 'stream-is-there';
      draft.letGo();
      draft.end({ result: state.gatewayAssignments > 1 ? 'ours' : 'carrier', reason: 'stream-never-came' });
      draft.effects.push({ kind: 'hang-up-at-carrier' });
      return null;
    case 'ring-timeout': {
      const offers = openOffers(state);
      if (offers.length === 0) return 'no-open-offer';
      draft.closeOffers('timed-out', 'missed');
      for (const offer of offers) draft.exclude(offer.operatorId);
      draft.set({ priorityStepUps: Math.min(2, state.priorityStepUps + 1) });
      requeue(draft);
      return null;
    }
    case 'max-wait':
      draft.set({ pastMaxWait: true });
      if (state.phase === 'queued' || state.phase === 'menu') startLadder(draft, 'unanswered');
      return null;
    case 'nobody-wait':
      if (state.phase !== 'queued') return 'not-waiting';
      startLadder(draft, 'unanswered');
      return null;
    case 'redistribute':
      // While others still ring (ring-all) there is nothing to do: the end of their round distributes again.
      if (state.phase === 'queued') draft.effects.push({ kind: 'distribute' });
      return null;
    case 'bridge-expected':
      return giveUpConnecting(draft);
    case 'reconnecting':
      return giveUpAway(draft, Math.max(draft.at, dueAt));
    case 'invitation':
      if (state.invitation?.state !== 'ringing') return 'not-now';
      dropInvitation(draft, { outcome: 'timed-out', change: 'missed', failed: 'timed-out' });
      return null;
    case 'menu':
      return onMenuTimer(draft);
    case 'call-back':
      return onCallBackTimer(draft);
    case 'ladder-step':
      return onLadderTimer(draft);
    case 'phone-leg':
      return onPhoneLegTimer(draft);
    case 'dial-in':
      return onDialInTimer(draft);
    case 'outside-limit':
      return onOutsideLimit(draft);
    case 'farewell-limit':
      draft.hangUp(terminationByCaller(state));
      return null;
    case 'voicemail-limit':
      if (state.phase === 'ending') draft.end({ result: 'caller', reason: 'voicemail-not-left' });
      else draft.hangUp(terminationByCaller(state));
      return null;
    case 'hang-up-limit':
      if (state.hangUpAttempts + 1 >= MAX_HANG_UP_ATTEMPTS) {
        draft.end(state.termination ?? { result: 'ours', reason: 'found-orphaned' });
        return null;
      }
      draft.set({ hangUpAttempts: state.hangUpAttempts + 1 });
      draft.timer('hang-up-limit', draft.at + HANG_UP_LIMIT_MS);
      draft.effects.push({ kind: 'hang-up-at-carrier' });
      return null;
  }
};

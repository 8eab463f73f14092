import type { Termination } from '@ringdown/protocol/call-events';
import { VoicemailId } from '@ringdown/protocol/ids';
import type { Draft } from './call-draft.ts';
import { FAREWELL_LIMIT_MS, VOICEMAIL_GRACE_MS } from './call-limits.ts';
import { outsideTermination } from './outside-party.ts';
import { callerIsAway, keepsPlace } from './reduce-call-back.ts';
import { type CallState, isWaiting, operatorLeg } from './call-state.ts';

/** Names the way a call ended when its caller or the carrier ended it. */
export const terminationByCaller = (state: CallState): Termination => {
  if (state.voicemail?.stored) return { result: 'caller', reason: 'voicemail-left' };
  if (state.endedByCarrierVerbs) {
    return { result: 'ours', reason: state.gatewayAssignments > 0 ? 'gateway-lost' : 'no-gateway' };
  }
  if (state.phase === 'dial-in') return { result: 'operator', reason: 'dial-in-ended' };
  if (state.phase === 'voicemail') return { result: 'caller', reason: 'voicemail-not-left' };
  if (state.phase === 'farewell') return messageTermination(state);
  if (isWaiting(state.phase) || state.phase === 'menu' || state.phase === 'ladder')
    return { result: 'caller', reason: 'caller-hung-up-while-waiting' };
  return { result: 'caller', reason: 'caller-hung-up' };
};

export const messageTermination = (state: CallState): Termination => {
  const outside = outsideTermination(state);
  if (outside) return outside;
  const step = state.ladder?.steps[state.ladder.at];
  const message = step?.step === 'message' ? step.message : 'nobody';
  switch (message) {
    case 'closed':
      return { result: 'ours', reason: 'closed-message-played' };
    case 'full':
      return { result: 'ours', reason: 'full-message-played' };
    case 'nobody':
      return { result: 'ours', reason: 'nobody-message-played' };
  }
};

/** The caller hung up while leaving a message, and the gateway hasn't handed it in yet. */
export const awaitsRecording = (state: CallState): boolean =>
  state.phase === 'ending' && state.timers['voicemail-limit'] !== undefined;

/** The caller is gone. A recording may still be on its way from the gateway: the call waits for it, bounded. */
export const onCallerGone = (draft: Draft, termination: Termination): void => {
  const { state } = draft;
  if (awaitsRecording(state) || keepsPlace(draft)) return;
  if (state.phase === 'voicemail' && !state.voicemail?.stored && !state.endedByCarrierVerbs) {
    draft.phone({ state: 'ended' });
    draft.phase('ending');
    draft.clear('hang-up-limit');
    draft.timer('voicemail-limit', draft.at + VOICEMAIL_GRACE_MS);
    return;
  }
  draft.end(termination);
};

/** The audio link between carrier and gateway is gone, the call itself perhaps not: the carrier will ask what comes next. */
export const onStreamGone = (draft: Draft): void => {
  if (callerIsAway(draft.state)) return;
  if (draft.state.practice) {
    // No carrier will bring a scripted caller again.
    draft.end({ result: 'ours', reason: 'gateway-lost' });
    return;
  }
  draft.phone({ state: 'away' });
  draft.timer('stream-expected', draft.at + draft.state.policy.streamTimeoutMs);
  const leg = operatorLeg(draft.state);
  if (leg?.operatorId) draft.effects.push({ kind: 'tell-operator', operatorId: leg.operatorId });
};

/** No gateway can take the call: the carrier ends it with words and perhaps a recording of its own. */
export const endByCarrierVerbs = (draft: Draft): void => {
  if (callerIsAway(draft.state)) return;
  draft.letGo();
  draft.set({ endedByCarrierVerbs: true, timers: {}, gatewayId: null, streamToken: null });
  const wantsVoicemail =
    draft.state.policy.ladders.unanswered.some((s) => s.step === 'voicemail') && draft.state.policy.vault;
  if (wantsVoicemail) {
    draft.set({
      voicemail: { voicemailId: VoicemailId.parse(draft.state.callId), stored: draft.state.voicemail?.stored ?? false },
    });
    draft.phase('voicemail');
    draft.timer('voicemail-limit', draft.at + draft.state.policy.voicemailMaxMs + 2 * VOICEMAIL_GRACE_MS);
  } else {
    draft.phase('farewell');
    draft.timer('farewell-limit', draft.at + FAREWELL_LIMIT_MS);
  }
};

import type { CallEvent } from '@ringdown/protocol/call-events';
import { Draft } from './call-draft.ts';
import {
  awaitsRecording,
  endByCarrierVerbs,
  messageTermination,
  onCallerGone,
  onStreamGone,
  terminationByCaller,
} from './call-endings.ts';
import {
  BRIDGE_EXPECTED_MS,
  CALL_BACK_RING_MS,
  FAREWELL_LIMIT_MS,
  GENERATIONS_PER_GATEWAY,
  KEYRING_SIZE,
  MAX_DIGITS_KEPT,
} from './call-limits.ts';
import {
  acceptedLegs,
  type CallEffect,
  type CallState,
  isWaiting,
  isWithOperator,
  legOf,
  operatorLeg,
  phoneLeg,
  type Reduction,
} from './call-state.ts';
import { consultsOutside } from './outside-party.ts';
import { directedAudio, sameDirectedAudio } from './directive.ts';
import { failLeg, isConsulting, rearm, rescue, settle } from './people-on-call.ts';
import { applyOffer } from './reduce-offers.ts';
import { applyInvitation, invitedIsLive } from './reduce-invitations.ts';
import { applyPhoneLeg, followPhoneLegs } from './reduce-phone-legs.ts';
import {
  callerIsAway,
  followCallBack,
  isCalling,
  onCallBackKey,
  onVolunteerLeavesCallBack,
} from './reduce-call-back.ts';
import { applyDialIn, dialledIn, followDialIn, onDialInKey } from './reduce-dial-in.ts';
import { onLanguageChosen, onMenuKey } from './reduce-menu.ts';
import { applySupervision } from './reduce-supervision.ts';
import { onArrival, onPlaced } from './reduce-arrival.ts';
import { applyPractice, followPractice } from './reduce-practice.ts';
import { onTimer } from './reduce-timers.ts';
import {
  applyOverflow,
  nextLadderStep,
  onLadderKey,
  onLadderStream,
  onPromiseHeard,
  requeue,
} from './reduce-ladder.ts';

/** Generations and key indexes go on where the gateway before may have stopped (LiveKit keeps 16 keys). */
const nextGroup = (state: CallState): CallState['group'] => ({
  firstGeneration: state.gatewayAssignments * GENERATIONS_PER_GATEWAY,
  firstKeyIndex:
    state.gatewayAssignments === 0
      ? 0
      : ((acceptedLegs(state).find((l) => l.keyIndex !== null)?.keyIndex ?? state.group.firstKeyIndex) + 2) %
        KEYRING_SIZE,
});

/** Applies one event to the draft; returns why it doesn't apply, or null. */
const apply = (draft: Draft, event: Exclude<CallEvent, { type: 'CallArrived' | 'CallPlaced' }>): string | null => {
  const { state } = draft;
  switch (event.type) {
    case 'GatewayAssigned': {
      if (state.phase === 'ending') return 'call-is-ending';
      if (event.gatewayId === null) {
        // Whoever dialled in is no caller: the carrier's words are not for them.
        if (state.phase === 'dial-in') draft.hangUp({ result: 'ours', reason: 'gateway-lost' });
        else endByCarrierVerbs(draft);
        return null;
      }
      if (state.gatewayId && state.gatewayId !== event.gatewayId) {
        draft.effects.push({ kind: 'forget-at-gateway', gatewayId: state.gatewayId });
      }
      draft.set({
        gatewayId: event.gatewayId,
        streamToken: event.streamToken,
        group: nextGroup(state),
        gatewayAssignments: state.gatewayAssignments + 1,
        fruitlessAsks: 0,
        directiveRevision: state.directiveRevision + 1,
      });
      if (!callerIsAway(state)) {
        draft.phone({ state: 'expected' });
        draft.timer('stream-expected', event.at + state.policy.streamTimeoutMs);
      }
      const again = acceptedLegs(draft.state).filter((l) => l.state !== 'away');
      for (const leg of again) draft.leg(leg.legId, { state: 'connecting', generation: null, keyIndex: null });
      if (again.length > 0) {
        // While a phone is called back nobody's keys are agreed: not before its audio is at the gateway.
        const streamMs = isCalling(draft.state) ? CALL_BACK_RING_MS : state.policy.streamTimeoutMs;
        draft.timer('bridge-expected', event.at + streamMs + BRIDGE_EXPECTED_MS);
      }
      settle(draft);
      draft.effects.push({ kind: 'direct-gateway' });
      return null;
    }
    case 'StreamStarted': {
      if (event.gatewayId !== state.gatewayId) return 'other-gateway';
      if (phoneLeg(state).state === 'live') return 'already-live';
      // A phone that is called back comes as a further phone.
      if (callerIsAway(state)) return 'called-back-later';
      draft.phone({ state: 'live', connectedAt: phoneLeg(state).connectedAt ?? event.at });
      draft.clear('stream-expected');
      onLadderStream(draft);
      const leg = operatorLeg(state);
      if (state.phase === 'connecting') settle(draft);
      if (leg?.operatorId) draft.effects.push({ kind: 'tell-operator', operatorId: leg.operatorId });
      return null;
    }
    case 'StreamEnded':
      if (event.gatewayId !== state.gatewayId) return 'other-gateway';
      if (event.cause === 'directed') return 'directed-by-us';
      if (awaitsRecording(state)) return 'waiting-for-the-recording';
      if (event.cause === 'carrier-stopped') {
        onCallerGone(draft, terminationByCaller(state));
        draft.effects.push({ kind: 'hang-up-at-carrier' });
        return null;
      }
      if (state.phase === 'ending') return 'call-is-ending';
      onStreamGone(draft);
      return null;
    case 'GatewayLost':
      if (event.gatewayId !== state.gatewayId) return 'other-gateway';
      if (state.phase === 'ending') return 'call-is-ending';
      if (callerIsAway(state)) {
        draft.set({ gatewayId: null, streamToken: null });
        draft.effects.push({ kind: 'assign-gateway' });
      } else onStreamGone(draft);
      return null;
    case 'CarrierAskedNext':
      if (state.phase === 'ending') return 'call-is-ending';
      draft.set({ fruitlessAsks: state.fruitlessAsks + 1 });
      onStreamGone(draft);
      return null;
    case 'CarrierStatusChanged':
      return onCarrierStatus(draft, event);
    case 'OfferMade':
    case 'OfferAccepted':
    case 'OfferDeclined':
    case 'OfferWithdrawn':
      return applyOffer(draft, event);
    case 'NobodyAvailable':
      if (state.phase !== 'queued') return 'not-waiting';
      // Nobody hears a ladder: the promise has a time of its own.
      if (callerIsAway(state)) return 'caller-is-away';
      if (event.staffed > 0) {
        if (!state.timers['nobody-wait']) return 'nothing-new';
        draft.clear('nobody-wait');
      } else {
        if (state.timers['nobody-wait']) return 'nothing-new';
        draft.timer('nobody-wait', event.at + state.policy.nobodyWaitMs);
      }
      return null;
    case 'PositionChanged':
      if (!isWaiting(state.phase) && state.phase !== 'menu') return 'not-waiting';
      if (event.position === state.position && (event.estimatedWaitMs ?? null) === state.estimatedWaitMs)
        return 'nothing-new';
      draft.set({ position: event.position, estimatedWaitMs: event.estimatedWaitMs ?? null });
      return null;
    case 'TimerFired': {
      if (state.timers[event.timer]?.timerId !== event.timerId) return 'timer-not-set';
      draft.clear(event.timer);
      return onTimer(draft, event.timer, state.timers[event.timer]?.dueAt ?? event.at);
    }
    case 'MemberJoined': {
      const leg = acceptedLegs(state).find((l) => l.legId === event.legId && l.connectionId === event.connectionId);
      if (!leg) return 'not-a-member';
      if (leg.generation !== null && leg.generation > event.generation) return 'older-generation';
      draft.leg(leg.legId, {
        state: leg.state === 'away' ? 'away' : 'live',
        connectedAt: leg.connectedAt ?? event.at,
        generation: event.generation,
        keyIndex: event.keyIndex,
      });
      if (leg.state === 'connecting') invitedIsLive(draft, leg.legId);
      rearm(draft);
      settle(draft);
      if (leg.operatorId) draft.effects.push({ kind: 'tell-operator', operatorId: leg.operatorId });
      return null;
    }
    case 'MemberFailed': {
      const leg = acceptedLegs(state).find((l) => l.legId === event.legId && l.connectionId === event.connectionId);
      if (!leg) return 'not-a-member';
      failLeg(draft, leg);
      return null;
    }
    case 'OperatorConnectionLost': {
      const leg = legOf(state, event.operatorId);
      if (!leg || leg.connectionId !== event.connectionId) return 'other-connection';
      if (leg.state === 'away') return 'already-away';
      draft.leg(leg.legId, { state: 'away', awaySince: event.at });
      rearm(draft);
      settle(draft);
      draft.effects.push({ kind: 'tell-operator', operatorId: event.operatorId });
      return null;
    }
    case 'OperatorRejoined':
      return onRejoin(draft, event);
    case 'HoldChanged': {
      const leg = operatorLeg(state);
      if (!leg || leg.operatorId !== event.operatorId) return 'not-your-call';
      if (state.phase !== (event.held ? 'in-call' : 'held') || isConsulting(state)) return 'not-now';
      draft.phase(event.held ? 'held' : 'in-call');
      draft.effects.push({ kind: 'tell-operator', operatorId: event.operatorId });
      return null;
    }
    case 'MuteChanged': {
      const leg = legOf(state, event.operatorId);
      if (!leg) return 'not-your-call';
      if (leg.muted === event.muted) return 'nothing-new';
      draft.leg(leg.legId, { muted: event.muted });
      draft.effects.push({ kind: 'tell-operator', operatorId: event.operatorId });
      return null;
    }
    case 'DigitsSent': {
      const leg = operatorLeg(state);
      if (!leg || leg.operatorId !== event.operatorId) return 'not-your-call';
      // While the caller waits they are for the outside number that is being talked to: it may answer with a menu.
      if (state.phase !== 'in-call' && !consultsOutside(state)) return 'not-now';
      draft.set({ digitsSent: { sequence: state.digitsSent.sequence + 1, digits: event.digits } });
      return null;
    }
    case 'DigitReceived': {
      if (state.dialIn?.operatorId) return onDialInKey(draft, event.digit);
      const { digit } = event;
      const meant = onMenuKey(draft, digit) || onLadderKey(draft, digit) || onCallBackKey(draft, digit);
      // With nobody there to see it, a key that means nothing is stored nowhere: it may be the rest of a volunteer's code.
      if (!meant && !isWithOperator(state.phase)) return 'means-nothing';
      draft.set({ digitsReceived: (state.digitsReceived + event.digit).slice(-MAX_DIGITS_KEPT) });
      const leg = operatorLeg(state);
      if (leg?.operatorId) draft.effects.push({ kind: 'tell-operator', operatorId: leg.operatorId });
      return null;
    }
    case 'HangUpRequested': {
      if (dialledIn(state) === event.operatorId) {
        draft.hangUp({ result: 'operator', reason: 'dial-in-ended' });
        return null;
      }
      const leg = operatorLeg(state);
      if (!leg || leg.operatorId !== event.operatorId) return 'not-your-call';
      if (!onVolunteerLeavesCallBack(draft)) draft.hangUp({ result: 'operator', reason: 'volunteer-hung-up' });
      return null;
    }
    case 'PromptsFinished':
      if (onPromiseHeard(draft)) return null;
      if (state.phase === 'farewell') {
        draft.hangUp(messageTermination(state));
        return null;
      }
      if (state.phase === 'voicemail' && state.voicemail?.stored) {
        draft.hangUp({ result: 'caller', reason: 'voicemail-left' });
        return null;
      }
      return 'not-now';
    case 'VoicemailRecorded':
      if (state.voicemail?.voicemailId !== event.voicemailId) return 'other-voicemail';
      if (state.voicemail.stored) return 'already-stored';
      draft.set({ voicemail: { voicemailId: event.voicemailId, stored: true } });
      draft.clear('voicemail-limit');
      if (state.phase === 'ending' || phoneLeg(state).state === 'ended') {
        draft.set({ termination: null });
        draft.end({ result: 'caller', reason: 'voicemail-left' });
      } else {
        draft.timer('farewell-limit', event.at + FAREWELL_LIMIT_MS);
      }
      return null;
    case 'VoicemailFailed':
      if (!state.voicemail || state.voicemail.stored) return 'not-now';
      if (state.phase === 'ending') draft.end({ result: 'caller', reason: 'voicemail-not-left' });
      else if (state.phase === 'voicemail') nextLadderStep(draft);
      else return 'not-now';
      return null;
    case 'RoomLost': {
      const leg = operatorLeg(state);
      if (!isWithOperator(state.phase) || !leg) return 'not-now';
      // The room was the same for all: nobody can go on.
      rescue(draft, leg, 'call-failed');
      if (leg.operatorId) draft.exclude(leg.operatorId);
      requeue(draft);
      return null;
    }
    case 'InvitationMade':
    case 'InvitationCancelled':
    case 'TransferCompleted':
    case 'ConsultationJoined':
    case 'LegLeft':
    case 'LegRemoved':
      return applyInvitation(draft, event);
    case 'SupervisionStarted':
    case 'SupervisionModeChanged':
    case 'TakenOver':
      return applySupervision(draft, event);
    case 'LegDialBegun':
    case 'LegDialled':
    case 'LegDialFailed':
    case 'LegStatusChanged':
    case 'LegStreamStarted':
    case 'LegStreamEnded':
    case 'LegDigitReceived':
      return applyPhoneLeg(draft, event);
    case 'PracticeTurnHeard':
    case 'PracticeHandOverTried':
    case 'PracticeFailed':
      return applyPractice(draft, event);
    case 'PriorityChanged':
      if (!isWaiting(state.phase)) return 'not-waiting';
      if (event.priority === state.priority) return 'nothing-new';
      draft.set({ priority: event.priority });
      draft.effects.push({ kind: 'distribute' }, { kind: 'tell-watchers' });
      return null;
    case 'StaffRecognised':
    case 'StaffCodeRefused':
    case 'DialInCalling':
    case 'DialInRefused':
    case 'DialInAvailability':
      return applyDialIn(draft, event);
    case 'LanguageChosen':
      return onLanguageChosen(draft, event);
    case 'MovedToHotline':
    case 'OverflowRefused':
      return applyOverflow(draft, event);
    case 'FoundOrphaned':
      // The call that brought the caller is over by promise.
      if (callerIsAway(state) && event.finding !== 'too-old') return 'called-back-later';
      draft.end({ result: 'unknown', reason: 'found-orphaned' });
      draft.effects.push({ kind: 'hang-up-at-carrier' });
      return null;
  }
};

const onCarrierStatus = (draft: Draft, event: Extract<CallEvent, { type: 'CarrierStatusChanged' }>): string | null => {
  switch (event.status) {
    case 'completed':
    case 'canceled':
    case 'no-answer':
      if (awaitsRecording(draft.state)) return 'waiting-for-the-recording';
      onCallerGone(draft, terminationByCaller(draft.state));
      return null;
    case 'busy':
    case 'failed':
      draft.end({ result: 'carrier', reason: 'carrier-failed' });
      return null;
    case 'ringing':
    case 'in-progress':
    case 'unknown':
      return 'nothing-new';
  }
};

const onRejoin = (draft: Draft, event: Extract<CallEvent, { type: 'OperatorRejoined' }>): string | null => {
  const leg = legOf(draft.state, event.operatorId);
  if (!leg) return 'not-your-call';
  const samePage = leg.connectionId === event.connectionId;
  if (samePage && leg.state !== 'away') return 'already-here';
  if (samePage && leg.generation !== null) {
    draft.leg(leg.legId, { state: 'live', awaySince: null });
  } else {
    if (leg.connectionId && !samePage) {
      draft.effects.push({ kind: 'remove-from-room', legId: leg.legId, connectionId: leg.connectionId });
    }
    draft.leg(leg.legId, {
      state: 'connecting',
      awaySince: null,
      connectionId: event.connectionId,
      publicKey: event.publicKey,
      generation: null,
      keyIndex: null,
    });
    draft.timer('bridge-expected', event.at + BRIDGE_EXPECTED_MS);
    draft.effects.push({ kind: 'grant-room', legId: leg.legId, connectionId: event.connectionId });
  }
  rearm(draft);
  settle(draft);
  draft.effects.push({ kind: 'tell-operator', operatorId: event.operatorId });
  return null;
};

/**
 * The life of a call. Pure: time comes in with the event. An event that no longer applies is `ignored` and changes nothing.
 * The first event must be `CallArrived` or `CallPlaced`; nothing applies after the end.
 */
export const reduceCall = (state: CallState | null, event: CallEvent): Reduction => {
  if (event.type === 'CallArrived') {
    if (state) return { state, effects: [], operators: [], ignored: 'arrived-already' };
    return onArrival(event);
  }
  if (event.type === 'CallPlaced') {
    if (state) return { state, effects: [], operators: [], ignored: 'arrived-already' };
    return place(event);
  }
  if (!state) throw new Error(`A call begins with its arrival, not with ${event.type}.`);
  const ignore = (reason: string): Reduction => ({ state, effects: [], operators: [], ignored: reason });
  if (state.phase === 'ended') return ignore('call-is-over');
  const draft = new Draft(state, event.at);
  const ignored = apply(draft, event);
  if (ignored) return ignore(ignored);
  followCallBack(draft);
  followDialIn(state, draft);
  followPhoneLegs(state, draft);
  followPractice(draft);
  if (!sameDirectedAudio(directedAudio(state), directedAudio(draft.state)) && draft.state.phase !== 'ended') {
    draft.set({ directiveRevision: draft.state.directiveRevision + 1 });
    if (draft.state.gatewayId) draft.effects.push({ kind: 'direct-gateway' });
  }
  if (draft.state.phase !== state.phase) draft.effects.push({ kind: 'tell-watchers' });
  tellEverybody(state, draft);
  return { state: draft.state, effects: dedupe(draft.effects), operators: draft.operators, ignored: null };
};

/** The other side is dialled as for a call-back: at once, for somebody is there. */
const place = (event: Extract<CallEvent, { type: 'CallPlaced' }>): Reduction => {
  const draft = onPlaced(event);
  const { state: before } = draft;
  followCallBack(draft);
  followPhoneLegs(before, draft);
  draft.set({ directiveRevision: 1 });
  return { state: draft.state, effects: dedupe(draft.effects), operators: draft.operators, ignored: null };
};

/** Several people on a call see what any of them does, also the last of them. */
const tellEverybody = (before: CallState, draft: Draft): void => {
  const several = [before, draft.state].some((s) => acceptedLegs(s).length > 1 || s.invitation !== null);
  if (!several) return;
  for (const { operatorId } of acceptedLegs(draft.state)) {
    if (operatorId) draft.effects.push({ kind: 'tell-operator', operatorId });
  }
};

const dedupe = (effects: readonly CallEffect[]): CallEffect[] => {
  const seen = new Set<string>();
  return effects.filter((effect) => {
    const key = JSON.stringify(effect);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/** The state that a stored log replays to. */
export const replayCall = (events: readonly CallEvent[]): CallState => {
  let state: CallState | null = null;
  for (const event of events) state = reduceCall(state, event).state;
  if (!state) throw new Error('An empty log has no call.');
  return state;
};

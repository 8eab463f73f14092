import type { CallEvent } from '@ringdown/protocol/call-events';
import { Draft } from './call-draft.ts';
import { type CallState, newLeg, type Reduction } from './call-state.ts';
import { menuOf, openingOf, openMenu } from './reduce-menu.ts';
import { startLadder } from './reduce-ladder.ts';

const begin = (event: Extract<CallEvent, { type: 'CallArrived' | 'CallPlaced' }>): CallState => ({
  callId: event.callId,
  hotlineId: event.hotlineId,
  carrierAccountId: event.carrierAccountId,
  carrierCallId: event.carrierCallId,
  language: event.language,
  policy: event.policy,
  test: event.test,
  seq: 0,
  phase: 'queued',
  phaseSince: event.at,
  arrivedAt: event.at,
  priority: event.priority,
  priorityStepUps: 0,
  rescued: false,
  position: 1,
  legs: [newLeg({ legId: event.phoneLegId, kind: 'phone', role: 'caller', state: 'expected' })],
  offers: [],
  excludedUntil: {},
  timers: {},
  pastMaxWait: false,
  gatewayId: null,
  streamToken: null,
  group: { firstGeneration: 0, firstKeyIndex: 0 },
  gatewayAssignments: 0,
  fruitlessAsks: 0,
  endedByCarrierVerbs: false,
  invitation: null,
  invitationFailed: null,
  announcement: null,
  estimatedWaitMs: null,
  opening: openingOf(event.policy, event.language),
  callBack: null,
  placed: null,
  outside: null,
  menu: menuOf(event.policy, event.language),
  ladder: null,
  voicemail: null,
  digitsReceived: '',
  digitsSent: { sequence: 0, digits: '' },
  hangUpAttempts: 0,
  directiveRevision: 0,
  termination: null,
});

/** The first event makes the call. */
export const onArrival = (event: Extract<CallEvent, { type: 'CallArrived' }>): Reduction => {
  const { practice } = event;
  const arrived = begin(event);
  const draft = new Draft(practice ? { ...arrived, practice: { ...practice, handOvers: 0 } } : arrived, event.at);
  switch (event.admission) {
    case 'open':
      draft.timer('max-wait', event.at + event.policy.maxWaitMs);
      if (draft.state.menu.length > 0) openMenu(draft);
      else draft.effects.push({ kind: 'distribute' });
      break;
    case 'closed':
      startLadder(draft, 'closed');
      break;
    case 'full':
      startLadder(draft, 'full');
      break;
  }
  draft.effects.push({ kind: 'tell-watchers' });
  draft.set({ directiveRevision: 1 });
  return { state: draft.state, effects: draft.effects, operators: draft.operators, ignored: null };
};

/** A call that we place: as if a caller who was promised a call had hung up, and somebody had taken it already. */
export const onPlaced = (event: Extract<CallEvent, { type: 'CallPlaced' }>): Draft => {
  const { at, operatorId, legId, offerId, connectionId, publicKey, from } = event;
  const arrived = begin(event);
  const leg = newLeg({
    legId,
    kind: 'console',
    role: 'volunteer',
    state: 'connecting',
    operatorId,
    connectionId,
    publicKey,
    acceptedAt: at,
    resumes: from,
  });
  const draft = new Draft(
    {
      ...arrived,
      phase: 'connecting',
      opening: [],
      menu: [],
      callBack: { promisedAt: at, attempts: 0, away: true, legId: null },
      placed: { by: operatorId },
      legs: [...arrived.legs.map((phone) => ({ ...phone, state: 'ended' as const })), leg],
      offers: [
        {
          offerId,
          legId,
          operatorId,
          at,
          reason: 'took-it',
          passedOver: [],
          purpose: 'queue',
          on: 'console',
          by: operatorId,
          outcome: 'accepted',
        },
      ],
    },
    at,
  );
  draft.operator(operatorId, 'supervising');
  draft.effects.push({ kind: 'grant-room', legId, connectionId }, { kind: 'tell-watchers' });
  return draft;
};

import type { CallEvent } from '@ringdown/protocol/call-events';
import type { Draft } from './call-draft.ts';
import { BRIDGE_EXPECTED_MS } from './call-limits.ts';
import { acceptedLegs, isWithOperator, legOf, newLeg } from './call-state.ts';
import { handOver, MAX_PEOPLE, settle, takesPart } from './people-on-call.ts';

type SupervisionEvent = Extract<CallEvent, { type: 'SupervisionStarted' | 'SupervisionModeChanged' | 'TakenOver' }>;

const onStarted = (draft: Draft, event: Extract<SupervisionEvent, { type: 'SupervisionStarted' }>): string | null => {
  const { state } = draft;
  const { operatorId, mode, legId, connectionId, publicKey } = event;
  if (!isWithOperator(state.phase)) return 'not-now';
  if (takesPart(state, operatorId)) return 'on-the-call-already';
  if (state.legs.some((l) => l.legId === legId)) return 'leg-is-known';
  if (acceptedLegs(state).length >= MAX_PEOPLE) return 'call-is-full';
  draft.set({
    legs: [
      ...state.legs,
      newLeg({
        legId,
        kind: 'console',
        role: 'supervisor',
        mode,
        state: 'connecting',
        operatorId,
        connectionId,
        publicKey,
        acceptedAt: event.at,
        resumes: event.from ?? 'available',
      }),
    ],
    // The number of the event makes each be spoken once, also by a gateway that gets the call later.
    ...(event.announced
      ? {
          announcement: {
            sequence: draft.state.seq,
            prompts: [{ kind: 'built-in', id: 'supervisor-listening', language: state.language }],
          },
        }
      : {}),
  });
  draft.timer('bridge-expected', event.at + BRIDGE_EXPECTED_MS);
  draft.operator(operatorId, 'supervising');
  draft.effects.push({ kind: 'log-supervision', operatorId, entry: 'started', mode });
  return null;
};

/** A supervisor listens, whispers, barges in or takes over (V). */
export const applySupervision = (draft: Draft, event: SupervisionEvent): string | null => {
  const { state } = draft;
  if (state.phase === 'ending') return 'call-is-ending';
  if (event.type === 'SupervisionStarted') return onStarted(draft, event);
  const leg = legOf(state, event.operatorId);
  if (leg?.role !== 'supervisor') return 'not-your-call';
  if (event.type === 'TakenOver') {
    if (leg.state !== 'live' || state.practice) return 'not-now';
    handOver(draft, leg, 'call-ended');
    settle(draft, true);
    return null;
  }
  if (leg.mode === event.mode) return 'nothing-new';
  draft.leg(leg.legId, { mode: event.mode });
  if (leg.connectionId) {
    draft.effects.push({ kind: 'grant-room', legId: leg.legId, connectionId: leg.connectionId });
  }
  draft.effects.push({
    kind: 'log-supervision',
    operatorId: event.operatorId,
    entry: 'mode-changed',
    mode: event.mode,
  });
  settle(draft);
  return null;
};

import type { BreakReason, OperatorState } from '@ringdown/protocol/console';
import type { CallId, Instant } from '@ringdown/protocol/ids';
import type { OperatorChangeKind } from './call-state.ts';

/** In wrap-up after practice: what the person was before it, and is again afterwards. */
export type Practised = 'practised' | 'practised-on-break' | 'practised-offline';

/** A person's state in the call centre (requirements, S). */
export interface Presence {
  state: OperatorState;
  since: Instant;
  reason: BreakReason | 'missed-calls' | Practised | null;
  /** The call that rings, is talked on, or is being wrapped up. */
  callId: CallId | null;
  /** In wrap-up: when it ends by itself. */
  endsAt: Instant | null;
  /** Missed rings in a row. */
  misses: number;
  /** Since when without a call, for longest-idle. Kept through breaks. */
  idleSince: Instant;
}

export type PresenceWish = { state: 'available' } | { state: 'offline' } | { state: 'break'; reason: BreakReason };

export interface PresenceRules {
  wrapUpMs: number;
  missesUntilPause: number;
}

export type WishOutcome =
  | { outcome: 'changed'; presence: Presence }
  | { outcome: 'refused'; rule: 'on-a-call' | 'ringing' };

const at = (presence: Presence, state: OperatorState, now: Instant): Presence => ({
  ...presence,
  state,
  since: now,
  reason: null,
  callId: null,
  endsAt: null,
});

/** What a person asks for. From a call there is no way to a break or offline: end or hand over the call first. */
export const wishPresence = (presence: Presence, wish: PresenceWish, now: Instant): WishOutcome => {
  switch (presence.state) {
    case 'on-call':
      return { outcome: 'refused', rule: 'on-a-call' };
    case 'ringing':
      return { outcome: 'refused', rule: 'ringing' };
    case 'offline':
    case 'available':
    case 'wrap-up':
    case 'break':
      break;
  }
  switch (wish.state) {
    case 'available':
      if (presence.state === 'available') return { outcome: 'changed', presence };
      return {
        outcome: 'changed',
        presence: {
          ...at(presence, 'available', now),
          misses: 0,
          idleSince: presence.state === 'offline' ? now : presence.idleSince,
        },
      };
    case 'offline':
      return { outcome: 'changed', presence: { ...at(presence, 'offline', now), misses: 0 } };
    case 'break':
      return { outcome: 'changed', presence: { ...at(presence, 'break', now), reason: wish.reason } };
  }
};

/** What a call does to a person's state. */
export const changePresence = (
  presence: Presence,
  change: OperatorChangeKind,
  callId: CallId,
  now: Instant,
  rules: PresenceRules,
): Presence => {
  switch (change) {
    case 'offered':
      return { ...at(presence, 'ringing', now), callId };
    case 'accepted':
    case 'supervising':
    case 'dialled-in':
      return { ...at(presence, 'on-call', now), callId, misses: 0 };
    case 'declined':
      return { ...at(presence, 'available', now), misses: 0 };
    case 'withdrawn':
    case 'call-failed':
      return at(presence, 'available', now);
    case 'missed': {
      const misses = presence.misses + 1;
      if (misses < rules.missesUntilPause) return { ...at(presence, 'available', now), misses };
      return { ...at(presence, 'break', now), misses, reason: 'missed-calls' };
    }
    case 'call-ended':
      if (rules.wrapUpMs === 0) return { ...at(presence, 'available', now), idleSince: now };
      return { ...at(presence, 'wrap-up', now), callId, endsAt: now + rules.wrapUpMs, idleSince: now };
    case 'practising':
      return { ...at(presence, 'on-call', now), callId };
    case 'practised':
    case 'practised-on-break':
    case 'practised-offline':
      if (rules.wrapUpMs === 0) return afterPractice(presence, change, now);
      return { ...at(presence, 'wrap-up', now), callId, endsAt: now + rules.wrapUpMs, reason: change };
    case 'link-lost':
      return at(presence, 'offline', now);
    case 'back-to-break':
      return { ...at(presence, 'break', now), reason: 'other' };
  }
};

const afterPractice = (presence: Presence, practised: Practised, now: Instant): Presence => {
  switch (practised) {
    case 'practised':
      return at(presence, 'available', now);
    case 'practised-on-break':
      return { ...at(presence, 'break', now), reason: 'other' };
    case 'practised-offline':
      return at(presence, 'offline', now);
  }
};

/** Of a wrap-up; null after a call of a real caller. */
export const practisedIn = ({ state, reason }: { state: OperatorState; reason: string | null }): Practised | null =>
  state === 'wrap-up' && (reason === 'practised' || reason === 'practised-on-break' || reason === 'practised-offline')
    ? reason
    : null;

/** Wrap-up is over: by saving early, or because its time ran out. */
export const finishWrapUp = (presence: Presence, now: Instant): Presence => {
  if (presence.state !== 'wrap-up') return presence;
  const practised = practisedIn(presence);
  if (practised) return afterPractice(presence, practised, now);
  return { ...at(presence, 'available', now), idleSince: presence.idleSince };
};

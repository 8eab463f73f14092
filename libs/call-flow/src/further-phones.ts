import type { FurtherPhone, PromptRef } from '@ringdown/protocol/gateway';
import { type CallState, type Leg, phoneLeg } from './call-state.ts';
import { outsideHears } from './outside-party.ts';

/** Between two times of "press 1 to take it". */
const REPEAT_AFTER_MS = 2_500;

export const isFurtherPhone = (leg: Leg): boolean => leg.kind === 'own-phone' || leg.kind === 'outside-phone';

/** Phones beside the caller's that are dialled, ring or talk. */
export const furtherPhones = (state: CallState): Leg[] =>
  state.legs.filter((leg) => isFurtherPhone(leg) && leg.state !== 'ended');

const hears = (state: CallState, leg: Leg): FurtherPhone['hears'] => {
  const { phase, language } = state;
  if (phase === 'outside' && leg.state !== 'offered') {
    // Each has music while the other's link is away.
    return leg.role === 'caller' || phoneLeg(state).state === 'live' ? outsideHears(state) : { kind: 'hold' };
  }
  if (leg.role === 'caller' && leg.state === 'live' && phase !== 'in-call') return { kind: 'hold' };
  if (leg.state !== 'offered') return { kind: 'bridge' };
  const id = leg.role === 'caller' ? 'call-back-hello' : 'press-1-to-accept';
  const prompt: PromptRef = { kind: 'built-in', id, language };
  return { kind: 'prompts', prompts: [prompt], repeatAfterMs: REPEAT_AFTER_MS };
};

/** What the gateway should do with each further phone, from the moment it is dialled. */
export const directedPhones = (state: CallState): FurtherPhone[] =>
  furtherPhones(state).flatMap((leg) =>
    leg.phone
      ? [
          {
            legId: leg.legId,
            carrierCallId: leg.phone.carrierCallId,
            streamToken: leg.phone.streamToken,
            side: leg.kind === 'own-phone' ? ('staff' as const) : ('outside' as const),
            hears: hears(state, leg),
          },
        ]
      : [],
  );

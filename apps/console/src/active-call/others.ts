import type { CallPerson, CallView } from '@ringdown/protocol/console';
import type { LegId } from '@ringdown/protocol/ids';

/** My part in the call; who has it is the volunteer. */
export const roleIn = (call: CallView) => call.role ?? 'volunteer';

/** Everybody on the call beside the caller and me. */
export const othersOn = (call: CallView): CallPerson[] =>
  (call.people ?? []).filter(({ legId }) => legId !== call.legId);

/** Supervisors who listen: not to be played, whatever their page sends with a token from before. */
export const othersWhoListen = (call: CallView): ReadonlySet<LegId> =>
  new Set(othersOn(call).flatMap(({ legId, mode }) => (mode === 'listen' ? [legId] : [])));

/** Who can be talked with while the caller hears music: not who only listens. */
export const othersWhoTalk = (call: CallView): CallPerson[] =>
  othersOn(call).filter(({ state, mode }) => state === 'live' && mode !== 'listen');

import type { CallEvent, CallPolicy } from '@ringdown/protocol/call-events';
import type { OperatorId } from '@ringdown/protocol/ids';
import { aPolicy, connectionId, gatewayId, legId, offerId, publicKey } from './call-building.fixture.ts';
import { acceptedLegs, type CallState, type Leg, operatorLeg, phoneLeg } from './call-state.ts';
import { outsideParties } from './outside-party.ts';

const at = 1;
const numberId = '00000000-0000-4000-8000-000000000999' as never;

/** Calls may be left with outside numbers, and the plan for unanswered calls rings one. */
export const outsidePolicy = (): CallPolicy =>
  aPolicy({
    outside: { maxMs: 600_000 },
    ladders: {
      closed: [{ step: 'message', message: 'closed' }],
      full: [{ step: 'message', message: 'full' }],
      unanswered: [
        { step: 'outside-number', numberId, confirm: true },
        { step: 'message', message: 'nobody' },
      ],
    },
  });

type Named = [what: string, event: CallEvent];

/** A call back by somebody who is off calls, in the place of one that arrives. */
export const placing = (
  ids: Pick<Extract<CallEvent, { type: 'CallPlaced' }>, 'callId' | 'carrierCallId' | 'phoneLegId'>,
  given: { n: number; person: number; operatorId: OperatorId; from: 'available' | 'break' | 'offline' },
): CallEvent => ({
  type: 'CallPlaced',
  at,
  ...ids,
  hotlineId: '00000000-0000-4000-8000-000000000002' as never,
  carrierAccountId: '00000000-0000-4000-8000-000000000003' as never,
  direction: 'outbound',
  earlierCallId: ids.callId,
  operatorId: given.operatorId,
  legId: legId(given.n),
  offerId: offerId(given.n),
  connectionId: connectionId(given.person),
  publicKey: publicKey(given.person),
  from: given.from,
  language: 'en' as never,
  priority: 'medium',
  policy: { ...outsidePolicy(), callBack: { attempts: 1, retryMs: 10_000, expiresMs: 14_400_000 } },
  test: false,
});

const dialled = (leg: Leg): boolean => leg.kind === 'outside-phone' && leg.state !== 'ended';

/** What the volunteer does to have an outside number on the call, and what outside phones and their carrier do. */
export const eventsOutside = (call: CallState, nextId: () => number): Named[] => {
  const by = operatorLeg(call)?.operatorId;
  // A third would show nothing that two don't.
  const asks: Named[] =
    by && call.legs.filter((leg) => dialled(leg) && leg.role !== 'caller').length < 2
      ? (['warm', 'blind', 'three-way'] as const).map((mode) => {
          const n = nextId();
          const to = { kind: 'number', confirm: mode === 'blind' } as const;
          return [
            `asks a number in (${mode})`,
            { type: 'InvitationMade', at, by, mode, offerId: offerId(n), legId: legId(n), to },
          ];
        })
      : [];
  const phones = call.legs.filter(dialled).flatMap((phone): Named[] => {
    const leg = { at, legId: phone.legId };
    const gateway = { gatewayId: call.gatewayId ?? gatewayId(1) };
    return [
      ['phone is dialled', { type: 'LegDialBegun', ...leg, carrierAccountId: call.carrierAccountId, streamToken: 't' }],
      ['phone can’t be dialled', { type: 'LegDialFailed', ...leg, reason: 'x' }],
      ['phone is heard', { type: 'LegStreamStarted', ...leg, ...gateway }],
      ['phone’s link breaks', { type: 'LegStreamEnded', ...leg, ...gateway }],
      ['phone hangs up', { type: 'LegStatusChanged', ...leg, status: 'completed' }],
      ['phone isn’t answered', { type: 'LegStatusChanged', ...leg, status: 'no-answer' }],
      ['phone presses 1', { type: 'LegDigitReceived', ...leg, digit: '1' }],
      ['phone presses 5', { type: 'LegDigitReceived', ...leg, digit: '5' }],
    ];
  });
  return [...asks, ...phones];
};

export const outsideKey = (call: CallState): string => {
  const phones = call.legs
    .filter(dialled)
    .map(
      ({ role, state, confirm, phone }) =>
        `${role}${state}${confirm ? '1' : ''}${phone ? (phone.streaming ? 'heard' : 'dialled') : ''}`,
    );
  const left = call.outside ? `left${call.outside.warned ? 'warned' : ''}${call.outside.over ?? ''}` : '';
  return [...phones.toSorted(), left, call.placed ? 'placed' : '', call.callBack?.away ? 'away' : ''].join(' ');
};

/** What must never be of a call with outside phones, in words. */
export const forbiddenOutside = (call: CallState): string | null => {
  const parties = outsideParties(call);
  if (call.phase === 'outside') {
    if (acceptedLegs(call).some(({ operatorId }) => operatorId)) return 'somebody of ours is on a call that was left';
    if (parties.length === 0) return 'a caller is left with nobody';
    if (!call.timers['outside-limit']) return 'a call that was left could last for ever';
  } else if (call.phase !== 'dial-in' && parties.length > 0 && !operatorLeg(call)) {
    return 'an outside phone is on a call that nobody is responsible for';
  }
  if (call.phase === 'queued' && call.placed && phoneLeg(call).state !== 'live')
    return 'others are rung for a placed call';
  return null;
};

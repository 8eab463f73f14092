import type { CallEvent, CallPolicy } from '@ringdown/protocol/call-events';
import type {
  GatewayId,
  OfferId,
  LegId,
  OperatorId,
  ConnectionId,
  PublicKeyHex,
  CallId,
  HotlineId,
  CarrierAccountId,
  CarrierCallId,
  LanguageTag,
} from '@ringdown/protocol/ids';
import type { CallState } from './call-state.ts';
import { reduceCall } from './reduce-call.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const gatewayId = (n: number): GatewayId => uuid(100 + n) as GatewayId;
export const operatorId = (n: number): OperatorId => uuid(200 + n) as OperatorId;
export const offerId = (n: number): OfferId => uuid(300 + n) as OfferId;
export const legId = (n: number): LegId => uuid(400 + n) as LegId;
export const connectionId = (n: number): ConnectionId => uuid(500 + n) as ConnectionId;
export const publicKey = (n: number): PublicKeyHex => String(n).padStart(64, '0') as PublicKeyHex;
export const CALL_ID = uuid(1) as CallId;
export const VOICEMAIL_ID = CALL_ID as unknown as NonNullable<CallState['voicemail']>['voicemailId'];

export const aPolicy = (change: Partial<CallPolicy> = {}): CallPolicy => ({
  ringTimeoutMs: 30_000,
  maxWaitMs: 600_000,
  nobodyWaitMs: 30_000,
  announceEveryMs: 45_000,
  reconnectingMs: 30_000,
  voicemailMaxMs: 120_000,
  streamTimeoutMs: 20_000,
  ladders: {
    closed: [{ step: 'message', message: 'closed' }],
    full: [{ step: 'message', message: 'full' }],
    unanswered: [{ step: 'voicemail' }, { step: 'message', message: 'nobody' }],
  },
  greetingPromptId: null,
  greetingText: null,
  vault: { publicKey: 'AAAA', version: 1 },
  wrapUpMs: 60_000,
  missesUntilPause: 2,
  ...change,
});

export const arrival = (change: Partial<Extract<CallEvent, { type: 'CallArrived' }>> = {}): CallEvent => ({
  type: 'CallArrived',
  at: 1_000,
  callId: CALL_ID,
  hotlineId: uuid(2) as HotlineId,
  carrierAccountId: uuid(3) as CarrierAccountId,
  carrierCallId: 'CA1' as CarrierCallId,
  phoneLegId: legId(0),
  direction: 'inbound',
  language: 'en' as LanguageTag,
  priority: 'medium',
  policy: aPolicy(),
  admission: 'open',
  test: false,
  ...change,
});

export const assigned = (n = 1, at = 1_000): CallEvent => ({
  type: 'GatewayAssigned',
  at,
  gatewayId: gatewayId(n),
  streamToken: `token-${n}`,
});
export const streaming = (n = 1, at = 1_100): CallEvent => ({
  type: 'StreamStarted',
  at,
  gatewayId: gatewayId(n),
  streamId: 'MZ1',
});
export const offered = (n = 1, at = 1_200): CallEvent => ({
  type: 'OfferMade',
  at,
  offerId: offerId(n),
  legId: legId(n),
  operatorId: operatorId(n),
  reason: 'longest-idle',
  passedOver: [],
});
export const accepted = (n = 1, at = 2_000): CallEvent => ({
  type: 'OfferAccepted',
  at,
  offerId: offerId(n),
  connectionId: connectionId(n),
  publicKey: publicKey(n),
});
export const joined = (n = 1, at = 2_200, generation = 1): CallEvent => ({
  type: 'MemberJoined',
  at,
  legId: legId(n),
  connectionId: connectionId(n),
  generation,
  keyIndex: generation,
});

/** The state after these events; fails on one that doesn't apply. */
export const aCall = (...events: CallEvent[]): CallState => {
  let state: CallState | null = null;
  for (const event of events) {
    const reduction = reduceCall(state, event);
    if (reduction.ignored) throw new Error(`${event.type} was ignored: ${reduction.ignored}`);
    state = reduction.state;
  }
  if (!state) throw new Error('A call needs an event.');
  return state;
};

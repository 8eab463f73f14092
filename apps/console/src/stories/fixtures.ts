import { OperatorSnapshot, type CallView, type OfferView } from '@ringdown/protocol/console';
import {
  AdminLogLine,
  CallDetail,
  CallSummary,
  GatewayInfo,
  Hotline,
  Invite,
  Me,
  Member,
  SetupState,
  Voicemail,
} from '@ringdown/protocol/http';
import { z } from 'zod';
import { IDLE_MEDIA, type CallMediaSnapshot } from '../active-call/call-media.ts';

/** One instant for all pictures, so that two runs give the same ones. */
export const NOW = Date.UTC(2026, 10, 20, 3, 12, 0);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const HERE = uuid(900);
const ELSEWHERE = uuid(901);
const HOTLINE = { hotlineId: uuid(1), hotlineName: 'Jail Support' };
const room = { name: `call-${uuid(10)}`, url: 'ws://127.0.0.1:1', token: 'token' };

export const setup = (state: SetupState['state'] = 'done'): SetupState =>
  SetupState.parse({ state, codeNeeded: false, simulatorUrl: 'http://127.0.0.1:7480/' });

export const me = (publicKey: string, change: Record<string, unknown> = {}): Me =>
  Me.parse({
    operatorId: uuid(2),
    publicKey,
    name: 'Robin',
    role: 'owner',
    organisation: { name: 'Bail Fund Westside', adminPublicKey: publicKey },
    hotlines: [{ hotlineId: uuid(1), name: 'Jail Support' }],
    inRoster: true,
    ...change,
  });

type Loose<T> = { [K in keyof T]?: unknown };

export const aSnapshot = (change: Loose<OperatorSnapshot> = {}): OperatorSnapshot =>
  OperatorSnapshot.parse({
    serverTime: NOW,
    operatorId: uuid(2),
    presence: { state: 'available', since: NOW - 42 * SECOND, reason: null, endsAt: null },
    offer: null,
    call: null,
    wrapUp: null,
    queue: { waiting: 3, longestSince: NOW - 130 * SECOND },
    phoneLineUp: true,
    roster: null,
    ...change,
  });

export const anOffer = (change: Loose<OfferView> = {}) => ({
  offerId: uuid(11),
  callId: uuid(10),
  legId: uuid(12),
  ...HOTLINE,
  language: 'es',
  waitingSince: NOW - 75 * SECOND,
  offeredAt: NOW - 8 * SECOND,
  ringTimeoutMs: 30_000,
  earlierCalls: 2,
  test: false,
  room,
  ...change,
});

export const aCall = (change: Loose<CallView> = {}) => ({
  callId: uuid(10),
  legId: uuid(12),
  ...HOTLINE,
  language: 'es',
  phase: 'in-call',
  phaseSince: NOW - 754 * SECOND,
  arrivedAt: NOW - 830 * SECOND,
  acceptedAt: NOW - 755 * SECOND,
  connectedAt: NOW - 754 * SECOND,
  connectionId: HERE,
  muted: false,
  held: false,
  security: { phone: 'not-private', console: 'encrypted', keyIndex: 3, generation: 0 },
  earlierCalls: 2,
  test: false,
  digitsReceived: '',
  room,
  termination: null,
  ...change,
});

export const elsewhere = { connectionId: ELSEWHERE };

export const aWrapUp = () => ({
  callId: uuid(10),
  ...HOTLINE,
  arrivedAt: NOW - 15 * MINUTE,
  endedAt: NOW - 18 * SECOND,
  endsAt: NOW + 42 * SECOND,
  termination: { result: 'caller', reason: 'caller-hung-up' },
});

export const liveMedia: CallMediaSnapshot = {
  ...IDLE_MEDIA,
  phase: 'connected',
  verified: 'yes',
  generation: 0,
  keyIndex: 3,
  sending: true,
  receiving: true,
  microphone: 'ready',
  inLevel: 0.62,
  outLevel: 0.3,
};

const PEOPLE = ['Robin', 'Sam', 'Noor', 'Alexandra-Josephine'];

export const calls = (count: number): CallSummary[] =>
  Array.from({ length: count }, (_, index) => {
    const unanswered = index % 4 === 3;
    const live = index === 0 && count > 3;
    return CallSummary.parse({
      callId: uuid(100 + index),
      ...HOTLINE,
      arrivedAt: NOW - (index * 37 + 4) * MINUTE,
      endedAt: live ? null : NOW - index * 37 * MINUTE,
      phase: live ? 'in-call' : 'ended',
      waitedMs: 12_000 + index * 900,
      talkedMs: unanswered ? null : 312_000 + index * 1_000,
      operator: unanswered ? null : { operatorId: uuid(2 + (index % 4)), name: PEOPLE[index % 4] },
      callerMasked: index % 5 === 0 ? '' : '+1 ••• ••• ••47',
      hasNote: index % 3 === 0,
      hasVoicemail: unanswered,
      termination: live
        ? null
        : unanswered
          ? { result: 'caller', reason: 'voicemail-left' }
          : { result: 'caller', reason: 'caller-hung-up' },
      test: index === 1,
    });
  });

const events = (): unknown[] => {
  const from = NOW - 4 * MINUTE;
  const vault = null;
  const policy = {
    ringTimeoutMs: 30_000,
    maxWaitMs: 600_000,
    nobodyWaitMs: 30_000,
    announceEveryMs: 45_000,
    reconnectingMs: 30_000,
    voicemailMaxMs: 120_000,
    streamTimeoutMs: 10_000,
    ladders: { closed: [{ step: 'voicemail' }], full: [{ step: 'voicemail' }], unanswered: [{ step: 'voicemail' }] },
    greetingPromptId: null,
    greetingText: null,
    wrapUpMs: 60_000,
    missesUntilPause: 2,
    vault,
  };
  const arrived = {
    at: from,
    type: 'CallArrived',
    callId: uuid(101),
    hotlineId: uuid(1),
    carrierAccountId: uuid(50),
    carrierCallId: 'CA1',
    phoneLegId: uuid(51),
    direction: 'inbound',
    language: 'es',
    priority: 'medium',
    policy,
    admission: 'open',
    test: false,
  };
  const offer = { offerId: uuid(52), legId: uuid(53) };
  const second = { offerId: uuid(54), legId: uuid(55) };
  return [
    arrived,
    { at: from + 20, type: 'GatewayAssigned', gatewayId: uuid(56), streamToken: 'x' },
    { at: from + 640, type: 'StreamStarted', gatewayId: uuid(56), streamId: 'MZ1' },
    {
      at: from + 660,
      type: 'OfferMade',
      ...offer,
      operatorId: uuid(3),
      reason: 'longest-idle',
      passedOver: [
        { operatorId: uuid(4), reason: 'on-a-call' },
        { operatorId: uuid(5), reason: 'idle-for-less' },
      ],
    },
    { at: from + 9_000, type: 'OfferDeclined', offerId: offer.offerId },
    {
      at: from + 9_020,
      type: 'OfferMade',
      ...second,
      operatorId: uuid(5),
      reason: 'longest-idle',
      passedOver: [{ operatorId: uuid(3), reason: 'missed-this-call' }],
    },
    {
      at: from + 13_400,
      type: 'OfferAccepted',
      offerId: second.offerId,
      connectionId: uuid(57),
      publicKey: 'a'.repeat(64),
    },
    {
      at: from + 13_610,
      type: 'MemberJoined',
      legId: second.legId,
      connectionId: uuid(57),
      generation: 0,
      keyIndex: 1,
    },
    { at: from + 80_000, type: 'HoldChanged', operatorId: uuid(5), held: true },
    { at: from + 95_000, type: 'HoldChanged', operatorId: uuid(5), held: false },
    { at: from + 228_000, type: 'CarrierStatusChanged', status: 'completed', sequence: 4 },
  ];
};

export const aCallDetail = (): CallDetail =>
  CallDetail.parse({
    ...calls(3)[1],
    arrivedAt: NOW - 4 * MINUTE,
    events: events().map((event, index) => ({ seq: index + 1, event })),
    people: Object.fromEntries(PEOPLE.map((name, index) => [uuid(2 + index), name])),
  });

export const hotlines = (numbers = 1): Hotline[] =>
  z.array(Hotline).parse(
    [
      {
        hotlineId: uuid(1),
        name: 'Jail Support',
        language: 'en',
        timeZone: 'America/Los_Angeles',
        hours: { kind: 'weekly', periods: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '18:00', to: '02:00' })) },
        greeting: { kind: 'standard' },
        settings: {},
        vault: { publicKey: `${'A'.repeat(43)}=`, version: 1, myWrap: null, missingFor: [] },
        numbers: Array.from({ length: numbers }, () => ({
          phoneNumberId: uuid(60),
          e164: '+15550100123',
          carrier: 'simulator',
        })),
        openNow: true,
      },
    ].map((hotline) => ({
      ...hotline,
      settings: {
        ringTimeoutS: 30,
        maxWaitS: 600,
        nobodyWaitS: 30,
        announceEveryS: 45,
        wrapUpS: 60,
        queueLimit: 50,
        missesUntilPause: 2,
        voicemailMaxS: 120,
      },
    })),
  );

export const members = (publicKey: string): Member[] =>
  PEOPLE.map((name, index) =>
    Member.parse({
      operatorId: uuid(2 + index),
      publicKey: index === 0 ? publicKey : String(index).repeat(64),
      name,
      role: index === 0 ? 'owner' : 'volunteer',
      hotlineIds: [uuid(1)],
      inRoster: index < 3,
      joinedAt: NOW - index * 9 * 3_600_000 - MINUTE,
    }),
  );

export const invites = (): Invite[] =>
  (['open', 'accepted', 'expired'] as const).map((state, index) =>
    Invite.parse({
      inviteId: uuid(70 + index),
      hotlineId: uuid(1),
      role: 'volunteer',
      createdAt: NOW - index * 86_400_000 - MINUTE,
      expiresAt: NOW + (6 - 3 * index) * 86_400_000,
      state,
    }),
  );

export const gateways = (): GatewayInfo[] => [
  GatewayInfo.parse({
    gatewayId: uuid(56),
    publicKey: 'b'.repeat(64),
    up: true,
    lastSeenAt: NOW - 2_000,
    calls: 1,
    inRoster: true,
  }),
];

export const voicemails = (): Voicemail[] =>
  [null, NOW - MINUTE].map((heardAt, index) =>
    Voicemail.parse({
      voicemailId: uuid(80 + index),
      callId: uuid(103 + index),
      ...HOTLINE,
      receivedAt: NOW - (index + 1) * 47 * MINUTE,
      durationMs: 34_000 + index * 21_000,
      vaultVersion: 1,
      heardAt,
      assignee: index === 0 ? { operatorId: uuid(3), name: 'Sam' } : null,
      dueOn: '2026-03-30',
      due: index === 0 ? 'today' : 'none',
    }),
  );

export const adminLog = (): AdminLogLine[] =>
  (['webhook-refused', 'number-revealed', 'roster-changed', 'gateway-joined'] as const).map((kind, index) =>
    AdminLogLine.parse({
      at: NOW - index * 13 * MINUTE - MINUTE,
      kind,
      actor: index === 0 || index === 3 ? null : { operatorId: uuid(2), name: 'Robin' },
      callId: index === 1 ? uuid(101) : null,
      details: index === 0 ? { reason: 'signature' } : {},
    }),
  );

import {
  CallEvent,
  type CallPolicy,
  DistributionReason,
  TimerName,
  type CallEventType,
} from '@ringdown/protocol/call-events';
import type {
  CarrierAccountId,
  CarrierCallId,
  HotlineId,
  LanguageTag,
  PromptId,
  TimerId,
  VoicemailId,
} from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import {
  aPolicy,
  arrival,
  CALL_ID,
  connectionId,
  gatewayId,
  legId,
  offerId,
  operatorId,
  publicKey,
} from './call-building.fixture.ts';
import { explainEvent } from './explain.ts';

const NAME = 'Olga Example';
const names = { personName: () => NAME };
const at = 1_000;
const OTHER_HOTLINE = '00000000-0000-4000-8000-000000000777' as HotlineId;
const operator = { at, operatorId: operatorId(1) };
const passedOver = DistributionReason.options.map((reason, index) => ({ operatorId: operatorId(index + 2), reason }));

/** Digits and words that only a caller or a volunteer may know. */
const SECRET = {
  digits: '4242',
  greeting: 'Hello this is our secret line',
  carrierCallId: 'CAsecret',
  streamId: 'MZsecret',
  token: 'token-secret',
};

/** One event of each type at least, and one for each branch of its words. */
const examples: { [Type in CallEventType]: Extract<CallEvent, { type: Type }>[] } = {
  CallArrived: (['open', 'closed', 'full'] as const).map(
    (admission) =>
      arrival({
        admission,
        carrierCallId: SECRET.carrierCallId as CarrierCallId,
        policy: aPolicy({ greetingText: SECRET.greeting, greetingPromptId: CALL_ID as unknown as PromptId }),
        hotlineId: '00000000-0000-4000-8000-000000000002' as HotlineId,
        carrierAccountId: '00000000-0000-4000-8000-000000000003' as CarrierAccountId,
      }) as Extract<CallEvent, { type: 'CallArrived' }>,
  ),
  CallPlaced: [
    {
      type: 'CallPlaced',
      at,
      callId: CALL_ID,
      hotlineId: '00000000-0000-4000-8000-000000000002' as HotlineId,
      carrierAccountId: '00000000-0000-4000-8000-000000000003' as CarrierAccountId,
      carrierCallId: SECRET.carrierCallId as CarrierCallId,
      phoneLegId: legId(0),
      direction: 'outbound',
      earlierCallId: CALL_ID,
      operatorId: operatorId(1),
      legId: legId(1),
      offerId: offerId(1),
      connectionId: connectionId(1),
      publicKey: publicKey(1),
      from: 'available',
      language: 'en' as LanguageTag,
      priority: 'medium',
      policy: aPolicy({ greetingText: SECRET.greeting }),
      test: false,
    },
  ],
  GatewayAssigned: [
    { type: 'GatewayAssigned', at, gatewayId: gatewayId(1), streamToken: SECRET.token },
    { type: 'GatewayAssigned', at, gatewayId: null, streamToken: null },
  ],
  StreamStarted: [{ type: 'StreamStarted', at, gatewayId: gatewayId(1), streamId: SECRET.streamId }],
  StreamEnded: (
    ['carrier-stopped', 'socket-lost', 'silent', 'protocol-breach', 'directed', 'shutting-down'] as const
  ).map((cause) => ({ type: 'StreamEnded', at, gatewayId: gatewayId(1), cause })),
  GatewayLost: [{ type: 'GatewayLost', at, gatewayId: gatewayId(1) }],
  CarrierAskedNext: [{ type: 'CarrierAskedNext', at }],
  CarrierStatusChanged: [{ type: 'CarrierStatusChanged', at, status: 'no-answer', sequence: 3 }],
  OfferMade: [
    { ...operator, type: 'OfferMade', offerId: offerId(1), legId: legId(1), reason: 'longest-idle', passedOver },
  ],
  NobodyAvailable: [
    { type: 'NobodyAvailable', at, staffed: 2, passedOver },
    { type: 'NobodyAvailable', at, staffed: 0, passedOver: [] },
  ],
  PositionChanged: [{ type: 'PositionChanged', at, position: 3 }],
  OfferAccepted: [
    { type: 'OfferAccepted', at, offerId: offerId(1), connectionId: connectionId(1), publicKey: publicKey(77) },
  ],
  OfferDeclined: [{ type: 'OfferDeclined', at, offerId: offerId(1) }],
  OfferWithdrawn: [{ type: 'OfferWithdrawn', at, offerId: offerId(1), reason: 'went-offline' }],
  TimerFired: TimerName.options.map((timer) => ({ type: 'TimerFired', at, timer, timerId: `${timer}-1` as TimerId })),
  MemberJoined: [
    { type: 'MemberJoined', at, legId: legId(1), connectionId: connectionId(1), generation: 2, keyIndex: 5 },
  ],
  MemberFailed: ['certificate-expired', 'member-removed'].map((reason) => ({
    type: 'MemberFailed',
    at,
    legId: legId(1),
    connectionId: connectionId(1),
    reason,
  })),
  OperatorConnectionLost: [{ ...operator, type: 'OperatorConnectionLost', connectionId: connectionId(1) }],
  OperatorRejoined: [
    { ...operator, type: 'OperatorRejoined', connectionId: connectionId(2), publicKey: publicKey(77) },
  ],
  HoldChanged: [true, false].map((held) => ({ ...operator, type: 'HoldChanged', held })),
  MuteChanged: [true, false].map((muted) => ({ ...operator, type: 'MuteChanged', muted })),
  DigitsSent: [{ ...operator, type: 'DigitsSent', digits: SECRET.digits }],
  DigitReceived: [{ type: 'DigitReceived', at, digit: '7' }],
  HangUpRequested: [{ ...operator, type: 'HangUpRequested' }],
  PromptsFinished: [{ type: 'PromptsFinished', at, revision: 2 }],
  VoicemailRecorded: [
    {
      type: 'VoicemailRecorded',
      at,
      voicemailId: CALL_ID as unknown as VoicemailId,
      durationMs: 61_000,
      endedBy: 'hang-up',
    },
  ],
  VoicemailFailed: (['nothing-recorded', 'not-stored'] as const).map((reason) => ({
    type: 'VoicemailFailed',
    at,
    reason,
  })),
  RoomLost: [{ type: 'RoomLost', at, reason: 'room-closed' }],
  PriorityChanged: [{ type: 'PriorityChanged', at, by: operatorId(1), priority: 'urgent' }],
  InvitationMade: [
    ...(['warm', 'blind', 'three-way'] as const).map((mode) => ({
      type: 'InvitationMade' as const,
      at,
      by: operatorId(1),
      mode,
      offerId: offerId(2),
      legId: legId(2),
      to: { kind: 'operator' as const, operatorId: operatorId(2), hotlineId: null, passedOver },
    })),
    {
      type: 'InvitationMade',
      at,
      by: operatorId(1),
      mode: 'warm',
      offerId: offerId(2),
      legId: legId(2),
      to: { kind: 'number' },
    },
    {
      type: 'InvitationMade',
      at,
      by: operatorId(1),
      mode: 'blind',
      offerId: offerId(2),
      legId: legId(2),
      to: { kind: 'number', confirm: true },
    },
  ],
  InvitationCancelled: [{ type: 'InvitationCancelled', at, by: operatorId(1) }],
  TransferCompleted: [{ type: 'TransferCompleted', at, by: operatorId(1) }],
  ConsultationJoined: [{ type: 'ConsultationJoined', at, by: operatorId(1) }],
  LegLeft: [{ ...operator, type: 'LegLeft' }],
  LegRemoved: [{ type: 'LegRemoved', at, by: operatorId(1), legId: legId(2) }],
  SupervisionStarted: (['listen', 'whisper', 'barge'] as const).map((mode) => ({
    ...operator,
    type: 'SupervisionStarted',
    legId: legId(3),
    connectionId: connectionId(3),
    publicKey: publicKey(77),
    mode,
    announced: mode !== 'listen',
  })),
  SupervisionModeChanged: (['listen', 'whisper', 'barge'] as const).map((mode) => ({
    ...operator,
    type: 'SupervisionModeChanged',
    mode,
  })),
  TakenOver: [{ ...operator, type: 'TakenOver' }],
  LegDialBegun: [
    {
      type: 'LegDialBegun',
      at,
      legId: legId(2),
      carrierAccountId: '00000000-0000-4000-8000-000000000003' as CarrierAccountId,
      streamToken: SECRET.token,
    },
  ],
  LegDialled: [{ type: 'LegDialled', at, legId: legId(2), carrierCallId: SECRET.carrierCallId as CarrierCallId }],
  LegDialFailed: [{ type: 'LegDialFailed', at, legId: legId(2), reason: 'refused' }],
  LegStatusChanged: [{ type: 'LegStatusChanged', at, legId: legId(2), status: 'busy' }],
  LegStreamStarted: [{ type: 'LegStreamStarted', at, legId: legId(2), gatewayId: gatewayId(1) }],
  LegStreamEnded: [{ type: 'LegStreamEnded', at, legId: legId(2), gatewayId: gatewayId(1) }],
  LegDigitReceived: [{ type: 'LegDigitReceived', at, legId: legId(2), digit: '7' }],
  LanguageChosen: (['pressed', 'remembered'] as const).map((how) => ({
    type: 'LanguageChosen',
    at,
    language: 'es' as LanguageTag,
    how,
  })),
  PracticeTurnHeard: [
    {
      type: 'PracticeTurnHeard',
      at,
      turn: { by: 'caller', from: 1_000, to: 3_000, words: 'Hello?', goodbye: false },
    },
    { type: 'PracticeTurnHeard', at, turn: { by: 'volunteer', from: 1_000, to: 3_000, words: null, goodbye: false } },
  ],
  PracticeHandOverTried: [{ ...operator, type: 'PracticeHandOverTried', mode: 'warm' }],
  PracticeFailed: [{ type: 'PracticeFailed', at, reason: 'no-voice' }],
  StaffRecognised: [{ ...operator, type: 'StaffRecognised', from: 'available' }],
  StaffCodeRefused: (['wrong', 'busy'] as const).map((reason) => ({ type: 'StaffCodeRefused', at, reason })),
  DialInCalling: (['last-caller', 'number'] as const).map((what) => ({
    type: 'DialInCalling',
    at,
    legId: legId(3),
    what,
    earlierCallId: null,
    language: 'es' as LanguageTag,
  })),
  DialInRefused: (['no-caller', 'bad-number', 'no-own-phone'] as const).map((reason) => ({
    type: 'DialInRefused',
    at,
    reason,
  })),
  DialInAvailability: [true, false].map((available) => ({ type: 'DialInAvailability', at, available })),
  MovedToHotline: [
    { type: 'MovedToHotline', at, hotlineId: OTHER_HOTLINE, language: 'en' as LanguageTag, policy: aPolicy() },
  ],
  OverflowRefused: (['closed', 'full', 'gone'] as const).map((why) => ({
    type: 'OverflowRefused',
    at,
    hotlineId: OTHER_HOTLINE,
    why,
  })),
  FoundOrphaned: (['carrier-says-over', 'unknown-at-carrier', 'too-old'] as const).map((finding) => ({
    type: 'FoundOrphaned',
    at,
    finding,
  })),
};

const all: CallEvent[] = Object.values(examples).flat();
const linesOf = (event: CallEvent, language = 'en'): string[] => {
  const { text, details } = explainEvent(event, names, language);
  return [text, ...details];
};
const isSentence = /^[A-Z].*[.]$/s;
const LANGUAGES = ['en', 'es'];

describe('a call’s timeline in words (P6)', () => {
  it('has an example of every event of the protocol, and each example is one', () => {
    const types = CallEvent.options.map((option) => option.shape.type.value);
    expect(Object.keys(examples).toSorted()).toEqual(types.toSorted());
    for (const event of all) expect(CallEvent.safeParse(event).error).toBeUndefined();
  });

  it.each(all.map((event) => [event.type, event] as const))('%s has words', (_, event) => {
    for (const language of LANGUAGES) {
      for (const line of linesOf(event, language)) expect(line).toMatch(isSentence);
    }
  });

  it('says everything in Spanish in other words, and in English what has no words in a language', () => {
    for (const event of all) {
      const english = linesOf(event);
      const spanish = linesOf(event, 'es');
      expect(spanish).toHaveLength(english.length);
      for (const line of spanish) expect(english).not.toContain(line);
      expect(linesOf(event, 'ar')).toEqual(english);
    }
  });

  it('names the hotline that a call went on to, and says why one was passed by', () => {
    const named = { ...names, hotlineName: () => 'the night line' };
    const words = [...examples.MovedToHotline, ...examples.OverflowRefused].map((e) => explainEvent(e, named).text);
    expect(words).toEqual([
      'The call went on to the night line, with its place by the time it came in.',
      'The night line was closed: the next step follows.',
      'The night line was full: the next step follows.',
      'The night line is no longer there: the next step follows.',
    ]);
  });

  it('says that a step which offers a call-back is left out for a withheld number', () => {
    const policy = aPolicy();
    const ladders = { ...policy.ladders, closed: [{ step: 'call-back' } as const, ...policy.ladders.closed] };
    const arrivalWith = (callBack: CallPolicy['callBack']) =>
      explainEvent(arrival({ admission: 'closed', policy: { ...policy, ladders, callBack } }), names).details;
    expect(arrivalWith(undefined)).toEqual([expect.stringContaining('withheld')]);
    expect(arrivalWith({ attempts: 3, retryMs: 60_000, expiresMs: 600_000 })).toEqual([]);
  });

  it.each(LANGUAGES)('each timer says something of its own (%s)', (language) => {
    const texts = examples.TimerFired.map((event) => explainEvent(event, names, language).text);
    expect(new Set(texts).size).toBe(TimerName.options.length);
  });

  it.each(LANGUAGES)('each reason for passing somebody over names the person and is its own (%s)', (language) => {
    const { details } = explainEvent(examples.OfferMade[0] as CallEvent, names, language);
    expect(details).toHaveLength(DistributionReason.options.length);
    expect(new Set(details).size).toBe(details.length);
    for (const line of details) expect(line.startsWith(NAME)).toBe(true);
  });

  it('tells no digits, ids, tokens, keys or greeting: only names that the reader may see', () => {
    const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-/;
    for (const line of LANGUAGES.flatMap((language) => all.flatMap((event) => linesOf(event, language)))) {
      expect(line).not.toMatch(uuid);
      expect(line).not.toMatch(/\d{4,}/);
      for (const secret of Object.values(SECRET)) expect(line).not.toContain(secret);
    }
  });
});

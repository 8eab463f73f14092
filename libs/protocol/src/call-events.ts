import { z } from 'zod';
import {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  ConnectionId,
  GatewayId,
  HotlineId,
  Instant,
  LadderNumberId,
  LanguageTag,
  LegId,
  OfferId,
  OperatorId,
  PromptId,
  PublicKeyHex,
  TimerId,
  VoicemailId,
} from './ids.ts';
import { OwnPrompts } from './own-prompts.ts';
import { PracticeArrival, PracticeTurn } from './practice.ts';

/** What a call follows from its arrival to its end: taken from the hotline once, so that a replay needs nothing else. */
export const LadderStep = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('voicemail') }),
  z.strictObject({ step: z.literal('message'), message: z.enum(['closed', 'nobody', 'full']) }),
  /** The call goes on there with its place by arrival; when it can't be taken there, the next step follows. */
  z.strictObject({ step: z.literal('other-hotline'), hotlineId: HotlineId }),
  /** An outside phone is rung. `confirm`: a person there presses 1 first, so that a mailbox never answers. */
  z.strictObject({ step: z.literal('outside-number'), numberId: LadderNumberId, confirm: z.boolean() }),
  /** The caller is asked whether they want to be called back; without an answer the next step follows. */
  z.strictObject({ step: z.literal('call-back') }),
]);
export type LadderStep = z.infer<typeof LadderStep>;

export const CallPolicy = z.strictObject({
  ringTimeoutMs: z.number().int().min(3_000).max(120_000),
  /** How long a caller waits while somebody could still come. */
  maxWaitMs: z.number().int().min(10_000).max(3_600_000),
  /** How long a caller waits while nobody at all is reachable. */
  nobodyWaitMs: z.number().int().min(0).max(600_000),
  announceEveryMs: z.number().int().min(5_000).max(600_000),
  reconnectingMs: z.number().int().min(1_000).max(120_000),
  voicemailMaxMs: z.number().int().min(5_000).max(600_000),
  streamTimeoutMs: z.number().int().min(1_000).max(60_000),
  /** What a caller gets when the hotline is closed, the queue is full, or nobody takes the call. Always ends in an ending. */
  ladders: z.strictObject({
    closed: z.array(LadderStep).min(1).max(5),
    full: z.array(LadderStep).min(1).max(5),
    unanswered: z.array(LadderStep).min(1).max(5),
  }),
  greetingPromptId: PromptId.nullable(),
  /** Spoken by the carrier before the audio is connected; the gateway then leaves its own greeting out. */
  greetingText: z.string().nullable(),
  /** The hotline's own sounds and words of every other kind. Absent: the built-in ones. */
  prompts: OwnPrompts.optional(),
  wrapUpMs: z.number().int().min(0).max(600_000),
  missesUntilPause: z.number().int().min(1).max(10),
  /** Offered in a menu at the start, beside the hotline's own; absent: no menu. */
  languages: z.array(LanguageTag).max(8).optional(),
  /** Says at the start what to do in danger of life. */
  emergencyAdvice: z.boolean().optional(),
  /** Press 1 to be called back, keeping the place (Q8). Absent: not offered, or the number is withheld. */
  callBack: z
    .strictObject({
      attempts: z.number().int().min(1).max(10),
      retryMs: z.number().int().min(10_000).max(3_600_000),
      expiresMs: z.number().int().min(60_000).max(86_400_000),
      /** Of a promise that a ladder's step made; `expiresMs` when absent. */
      ladderExpiresMs: z.number().int().min(60_000).max(86_400_000).optional(),
      /** Offered by a step of a ladder only, not while the caller waits. */
      onlyByLadder: z.boolean().optional(),
    })
    .optional(),
  /** A call may be left with an outside phone alone, for so long at most. Absent: a volunteer stays on it. */
  outside: z.strictObject({ maxMs: z.number().int().min(60_000).max(14_400_000) }).optional(),
  vault: z.strictObject({ publicKey: z.string(), version: z.number().int().min(1) }).nullable(),
});
export type CallPolicy = z.infer<typeof CallPolicy>;

export const Priority = z.enum(['urgent', 'high', 'medium', 'low']);
export type Priority = z.infer<typeof Priority>;

export const DistributionReason = z.enum([
  'longest-idle',
  'not-on-this-hotline',
  'offline',
  'on-break',
  'on-a-call',
  'ringing-elsewhere',
  'wrapping-up',
  'not-reachable',
  'missed-this-call',
  'idle-for-less',
  'taken-meanwhile',
  /** Why chosen, by the other strategies. */
  'ring-all',
  'round-robin',
  'fewest-calls',
  'weighted-random',
  'linear',
  /** Why not, by the other strategies. */
  'rung-more-recently',
  'more-calls-this-shift',
  'not-drawn',
  'later-in-order',
  'not-on-shift',
  'shift-full',
  'lacks-language',
  'lacks-skill',
  /** A person asked for this one: the volunteer themselves (pull), somebody who may assign, or a colleague on the call. */
  'took-it',
  'assigned',
  'invited',
]);
export type DistributionReason = z.infer<typeof DistributionReason>;

/** Why this person and not another (P6). */
export const PassedOver = z.strictObject({ operatorId: OperatorId, reason: DistributionReason });
export type PassedOver = z.infer<typeof PassedOver>;

/** How a supervisor takes part: hearing all, heard by nobody · heard by the volunteers only · heard by all. */
export const SupervisionMode = z.enum(['listen', 'whisper', 'barge']);
export type SupervisionMode = z.infer<typeof SupervisionMode>;

/** `warm`: the two talk first while the caller hears music · `blind`: the call moves when the other is there · `three-way`: all talk. */
export const InvitationMode = z.enum(['warm', 'blind', 'three-way']);
export type InvitationMode = z.infer<typeof InvitationMode>;

export const CarrierStatus = z.enum([
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
  'unknown',
]);
export type CarrierStatus = z.infer<typeof CarrierStatus>;

export const TimerName = z.enum([
  'stream-expected',
  'ring-timeout',
  'max-wait',
  'nobody-wait',
  'bridge-expected',
  'reconnecting',
  'farewell-limit',
  'voicemail-limit',
  'hang-up-limit',
  'redistribute',
  'invitation',
  'menu',
  'call-back',
  'phone-leg',
  'dial-in',
  'outside-limit',
  'ladder-step',
]);
export type TimerName = z.infer<typeof TimerName>;

const at = { at: Instant };

/** Everything that can happen to a call. Stored in order; the log replays to the call's state. */
export const CallEvent = z.discriminatedUnion('type', [
  z.strictObject({
    ...at,
    type: z.literal('CallArrived'),
    callId: CallId,
    hotlineId: HotlineId,
    carrierAccountId: CarrierAccountId,
    carrierCallId: CarrierCallId,
    phoneLegId: LegId,
    direction: z.literal('inbound'),
    language: LanguageTag,
    priority: Priority,
    policy: CallPolicy,
    /** Whether the hotline takes calls at this moment, and if not, why. */
    admission: z.enum(['open', 'closed', 'full']),
    test: z.boolean(),
    /** A volunteer practises with a scripted caller; then it is a test, too. */
    practice: PracticeArrival.optional(),
  }),
  /**
   * A call that we place, in the place of `CallArrived`: one of our people is there already, at a console, and the other side is
   * dialled as for a call-back: press 1, the hotline's number shown. Once only: nobody else is rung for it, and when it isn't
   * connected it is over. The number dialled is the new call's `callerSealed`.
   */
  z.strictObject({
    ...at,
    type: z.literal('CallPlaced'),
    callId: CallId,
    hotlineId: HotlineId,
    /** Of the hotline's number that is shown. */
    carrierAccountId: CarrierAccountId,
    /** Nobody brought this call: an id of our own, `placed-<callId>`, which no carrier knows. */
    carrierCallId: CarrierCallId,
    phoneLegId: LegId,
    direction: z.literal('outbound'),
    /** Whose caller is dialled. */
    earlierCallId: CallId,
    operatorId: OperatorId,
    legId: LegId,
    /** Also the leg of the phone that is dialled. */
    offerId: OfferId,
    connectionId: ConnectionId,
    publicKey: PublicKeyHex,
    /** What the person was before and is again afterwards; in good order by way of wrap-up when available. */
    from: z.enum(['available', 'break', 'offline']),
    language: LanguageTag,
    priority: Priority,
    policy: CallPolicy,
    test: z.boolean(),
  }),
  /** The gateway that will carry the audio; null when none is up. */
  z.strictObject({
    ...at,
    type: z.literal('GatewayAssigned'),
    gatewayId: GatewayId.nullable(),
    streamToken: z.string().nullable(),
  }),
  z.strictObject({ ...at, type: z.literal('StreamStarted'), gatewayId: GatewayId, streamId: z.string() }),
  z.strictObject({
    ...at,
    type: z.literal('StreamEnded'),
    gatewayId: GatewayId,
    cause: z.enum(['carrier-stopped', 'socket-lost', 'silent', 'protocol-breach', 'directed', 'shutting-down']),
  }),
  z.strictObject({ ...at, type: z.literal('GatewayLost'), gatewayId: GatewayId }),
  /** The carrier asks what comes after a stream that ended. */
  z.strictObject({ ...at, type: z.literal('CarrierAskedNext') }),
  z.strictObject({
    ...at,
    type: z.literal('CarrierStatusChanged'),
    status: CarrierStatus,
    sequence: z.number().int().min(0).nullable(),
  }),
  z.strictObject({
    ...at,
    type: z.literal('OfferMade'),
    offerId: OfferId,
    legId: LegId,
    operatorId: OperatorId,
    reason: DistributionReason,
    passedOver: z.array(PassedOver),
    /** How many more were passed over: only the nearest are listed. */
    alsoPassedOver: z.number().int().min(1).optional(),
    /** Where it rings; the console when absent. */
    on: z.enum(['console', 'own-phone']).optional(),
    /** Who took or assigned it; absent when distribution chose. */
    by: OperatorId.optional(),
  }),
  /** Nobody could be offered the call; told once per change of the picture. */
  z.strictObject({
    ...at,
    type: z.literal('NobodyAvailable'),
    /** People who could still take it later: on shift, but busy, ringing or wrapping up. */
    staffed: z.number().int().min(0),
    passedOver: z.array(PassedOver),
    alsoPassedOver: z.number().int().min(1).optional(),
  }),
  z.strictObject({
    ...at,
    type: z.literal('PositionChanged'),
    position: z.number().int().min(1),
    /** Null or absent: no estimate can be given. */
    estimatedWaitMs: z.number().int().min(0).nullable().optional(),
  }),
  z.strictObject({
    ...at,
    type: z.literal('OfferAccepted'),
    offerId: OfferId,
    connectionId: ConnectionId,
    publicKey: PublicKeyHex,
  }),
  z.strictObject({ ...at, type: z.literal('OfferDeclined'), offerId: OfferId }),
  /** The person can't take it any more: went offline, closed the page. Not a miss. */
  z.strictObject({ ...at, type: z.literal('OfferWithdrawn'), offerId: OfferId, reason: z.enum(['went-offline']) }),
  z.strictObject({ ...at, type: z.literal('TimerFired'), timer: TimerName, timerId: TimerId }),
  z.strictObject({
    ...at,
    type: z.literal('MemberJoined'),
    legId: LegId,
    connectionId: ConnectionId,
    generation: z.number().int(),
    keyIndex: z.number().int(),
  }),
  z.strictObject({
    ...at,
    type: z.literal('MemberFailed'),
    legId: LegId,
    connectionId: ConnectionId,
    reason: z.string().max(60),
  }),
  z.strictObject({
    ...at,
    type: z.literal('OperatorConnectionLost'),
    operatorId: OperatorId,
    connectionId: ConnectionId,
  }),
  z.strictObject({
    ...at,
    type: z.literal('OperatorRejoined'),
    operatorId: OperatorId,
    connectionId: ConnectionId,
    publicKey: PublicKeyHex,
  }),
  z.strictObject({ ...at, type: z.literal('HoldChanged'), operatorId: OperatorId, held: z.boolean() }),
  z.strictObject({ ...at, type: z.literal('MuteChanged'), operatorId: OperatorId, muted: z.boolean() }),
  z.strictObject({
    ...at,
    type: z.literal('DigitsSent'),
    operatorId: OperatorId,
    digits: z.string().regex(/^[0-9*#]{1,32}$/),
  }),
  z.strictObject({ ...at, type: z.literal('DigitReceived'), digit: z.string().max(1) }),
  z.strictObject({ ...at, type: z.literal('HangUpRequested'), operatorId: OperatorId }),
  z.strictObject({ ...at, type: z.literal('PromptsFinished'), revision: z.number().int() }),
  z.strictObject({
    ...at,
    type: z.literal('VoicemailRecorded'),
    voicemailId: VoicemailId,
    durationMs: z.number().int(),
    endedBy: z.enum(['key', 'silence', 'limit', 'hang-up', 'carrier']),
  }),
  z.strictObject({ ...at, type: z.literal('VoicemailFailed'), reason: z.enum(['nothing-recorded', 'not-stored']) }),
  z.strictObject({ ...at, type: z.literal('RoomLost'), reason: z.string().max(60) }),
  z.strictObject({ ...at, type: z.literal('PriorityChanged'), by: OperatorId, priority: Priority }),
  /** The volunteer on the call asks somebody in: to hand over or to talk together (X2, X3). */
  z.strictObject({
    ...at,
    type: z.literal('InvitationMade'),
    by: OperatorId,
    mode: InvitationMode,
    offerId: OfferId,
    legId: LegId,
    to: z.discriminatedUnion('kind', [
      /** `hotlineId`: the person was chosen for that hotline by its own distribution. */
      z.strictObject({
        kind: z.literal('operator'),
        operatorId: OperatorId,
        hotlineId: HotlineId.nullable(),
        passedOver: z.array(PassedOver),
      }),
      /** The number itself is kept sealed beside the log. */
      z.strictObject({
        kind: z.literal('number'),
        /** Whoever answers presses 1 before they are connected. Absent: not asked. */
        confirm: z.boolean().optional(),
      }),
    ]),
  }),
  z.strictObject({ ...at, type: z.literal('InvitationCancelled'), by: OperatorId }),
  /** Warm: the two have talked, the first leaves. */
  z.strictObject({ ...at, type: z.literal('TransferCompleted'), by: OperatorId }),
  /** Warm: the two have talked, the caller comes in and all stay. */
  z.strictObject({ ...at, type: z.literal('ConsultationJoined'), by: OperatorId }),
  /** Somebody who isn't responsible for the call leaves it: a guest or a supervisor. */
  z.strictObject({ ...at, type: z.literal('LegLeft'), operatorId: OperatorId }),
  z.strictObject({ ...at, type: z.literal('LegRemoved'), by: OperatorId, legId: LegId }),
  z.strictObject({
    ...at,
    type: z.literal('SupervisionStarted'),
    operatorId: OperatorId,
    legId: LegId,
    connectionId: ConnectionId,
    publicKey: PublicKeyHex,
    mode: SupervisionMode,
    /** Whether the caller is told, by the hotline's policy. */
    announced: z.boolean(),
    /** What the person was before and is again afterwards; available when absent. */
    from: z.enum(['available', 'break', 'offline']).optional(),
  }),
  z.strictObject({ ...at, type: z.literal('SupervisionModeChanged'), operatorId: OperatorId, mode: SupervisionMode }),
  /** A supervisor becomes responsible for the call; the volunteer goes to wrap-up. */
  z.strictObject({ ...at, type: z.literal('TakenOver'), operatorId: OperatorId }),
  /** A further phone (a volunteer's own, or an outside number) is about to be dialled: written before, so that a crash never dials twice. */
  z.strictObject({
    ...at,
    type: z.literal('LegDialBegun'),
    legId: LegId,
    carrierAccountId: CarrierAccountId,
    streamToken: z.string(),
  }),
  z.strictObject({ ...at, type: z.literal('LegDialled'), legId: LegId, carrierCallId: CarrierCallId }),
  z.strictObject({ ...at, type: z.literal('LegDialFailed'), legId: LegId, reason: z.string().max(60) }),
  z.strictObject({ ...at, type: z.literal('LegStatusChanged'), legId: LegId, status: CarrierStatus }),
  z.strictObject({ ...at, type: z.literal('LegStreamStarted'), legId: LegId, gatewayId: GatewayId }),
  z.strictObject({ ...at, type: z.literal('LegStreamEnded'), legId: LegId, gatewayId: GatewayId }),
  z.strictObject({ ...at, type: z.literal('LegDigitReceived'), legId: LegId, digit: z.string().max(1) }),
  z.strictObject({
    ...at,
    type: z.literal('LanguageChosen'),
    language: LanguageTag,
    how: z.enum(['pressed', 'remembered']),
  }),
  /** A ladder's step led to another hotline, whose policy the call follows from now on. The place is still that of the arrival. */
  z.strictObject({
    ...at,
    type: z.literal('MovedToHotline'),
    hotlineId: HotlineId,
    /** The hotline's own. */
    language: LanguageTag,
    policy: CallPolicy,
  }),
  z.strictObject({
    ...at,
    type: z.literal('OverflowRefused'),
    hotlineId: HotlineId,
    why: z.enum(['closed', 'full', 'gone']),
  }),
  /** In practice: somebody spoke. */
  z.strictObject({ ...at, type: z.literal('PracticeTurnHeard'), turn: PracticeTurn }),
  /** In practice: the volunteer tried to hand over or to ask somebody in; nobody is rung. */
  z.strictObject({ ...at, type: z.literal('PracticeHandOverTried'), operatorId: OperatorId, mode: InvitationMode }),
  /** The scripted caller can't speak. */
  z.strictObject({ ...at, type: z.literal('PracticeFailed'), reason: z.enum(['no-voice']) }),
  /** A volunteer dialled in and entered their code (Q9): this is no caller. The keys themselves are in no event. */
  z.strictObject({
    ...at,
    type: z.literal('StaffRecognised'),
    operatorId: OperatorId,
    /** What the person was before and is again afterwards; by way of wrap-up when available. */
    from: z.enum(['available', 'break', 'offline']),
  }),
  /** `busy`: the code was right, and the person is on another call or is being rung. */
  z.strictObject({ ...at, type: z.literal('StaffCodeRefused'), reason: z.enum(['wrong', 'busy']) }),
  /** The volunteer who dialled in is connected with somebody; the number is kept sealed beside the log. */
  z.strictObject({
    ...at,
    type: z.literal('DialInCalling'),
    legId: LegId,
    what: z.enum(['last-caller', 'number']),
    /** Of the caller who is called back. */
    earlierCallId: CallId.nullable(),
    language: LanguageTag,
  }),
  z.strictObject({
    ...at,
    type: z.literal('DialInRefused'),
    reason: z.enum(['no-caller', 'bad-number', 'no-own-phone']),
  }),
  z.strictObject({ ...at, type: z.literal('DialInAvailability'), available: z.boolean() }),
  /** The reconciler found that nobody holds the call any more. */
  z.strictObject({
    ...at,
    type: z.literal('FoundOrphaned'),
    finding: z.enum(['carrier-says-over', 'unknown-at-carrier', 'too-old']),
  }),
]);
export type CallEvent = z.infer<typeof CallEvent>;
export type CallEventType = CallEvent['type'];

export const TerminationResult = z.enum(['caller', 'operator', 'carrier', 'ours', 'unknown']);
export const TerminationReason = z.enum([
  'caller-hung-up',
  'caller-hung-up-while-waiting',
  'volunteer-hung-up',
  'voicemail-left',
  'voicemail-not-left',
  'closed-message-played',
  'nobody-message-played',
  'full-message-played',
  'gateway-lost',
  'no-gateway',
  'stream-never-came',
  'carrier-failed',
  'call-back-expired',
  'call-back-unanswered',
  /** A volunteer had dialled in: no caller's call. */
  'dial-in-ended',
  'dial-in-limit-reached',
  /** A call that we placed: our person left, or was lost, before the other side answered. */
  'placed-call-dropped',
  /** The outside phone that a call was left with hung up. */
  'outside-hung-up',
  'outside-limit-reached',
  'found-orphaned',
  'practice-not-taken',
  'practice-without-voice',
]);
export type TerminationReason = z.infer<typeof TerminationReason>;

/** `result` says whose doing the end was, `reason` what it was. */
export const Termination = z.strictObject({ result: TerminationResult, reason: TerminationReason });
export type Termination = z.infer<typeof Termination>;

export const CallPhase = z.enum([
  /** Choosing a language: nobody is rung yet. */
  'menu',
  /** A caller who was promised a call didn't answer it: their place waits for the next try. */
  'call-back',
  'queued',
  'ringing',
  'connecting',
  'in-call',
  'held',
  'reconnecting',
  /** Caller and an outside phone alone: nobody of ours is on the call. */
  'outside',
  /** At a step of a ladder that isn't an ending yet: on the way to another hotline or an outside number, or asked about a call-back. */
  'ladder',
  /** A volunteer dialled in: chooses whom to call, or talks. */
  'dial-in',
  'voicemail',
  'farewell',
  'ending',
  'ended',
]);
export type CallPhase = z.infer<typeof CallPhase>;

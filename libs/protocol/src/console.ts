import { z } from 'zod';
import { GatewayToMember, MemberToGateway } from './call-group.ts';
import { CallPhase, InvitationMode, Priority, SupervisionMode, Termination } from './call-events.ts';
import {
  AskedCallBackId,
  CallId,
  ConnectionId,
  HotlineId,
  Instant,
  LanguageTag,
  LegId,
  OfferId,
  OperatorId,
  RoomName,
} from './ids.ts';
import { NostrEvent } from './nostr-event.ts';
import type { FollowNote, NoteChanged, NoteFollowers } from './notes.ts';

/**
 * Socket namespace `/console`: the server sends each operator a whole snapshot of their own situation after every change;
 * the console sends commands, each acknowledged. Handshake `auth: { connectionId }`; the session cookie says who.
 */
export const CONSOLE_NAMESPACE = '/console';

export const ConsoleHandshake = z.object({ connectionId: ConnectionId });

export const OperatorState = z.enum(['offline', 'available', 'ringing', 'on-call', 'wrap-up', 'break']);
export type OperatorState = z.infer<typeof OperatorState>;

export const BreakReason = z.enum(['rest', 'meal', 'debrief', 'other']);
export type BreakReason = z.infer<typeof BreakReason>;

export const OperatorPresence = z.strictObject({
  state: OperatorState,
  since: Instant,
  /** On break: the chosen reason, or `missed-calls` when paused by the system after missed rings. */
  reason: z.enum([...BreakReason.options, 'missed-calls']).nullable(),
  /** In wrap-up: when it ends by itself. */
  endsAt: Instant.nullable(),
});
export type OperatorPresence = z.infer<typeof OperatorPresence>;

export const RoomAccess = z.strictObject({ name: RoomName, url: z.string(), token: z.string() });
export type RoomAccess = z.infer<typeof RoomAccess>;

export const OfferView = z.strictObject({
  offerId: OfferId,
  callId: CallId,
  legId: LegId,
  hotlineId: HotlineId,
  hotlineName: z.string(),
  language: LanguageTag,
  waitingSince: Instant,
  offeredAt: Instant,
  ringTimeoutMs: z.number().int(),
  /** How often this caller (by keyed hash) has called this hotline before. */
  earlierCalls: z.number().int().min(0),
  test: z.boolean(),
  /** A scripted caller. */
  practice: z.boolean().optional(),
  /** `queue`: a caller waits · else a colleague asks this person into a call in progress. */
  purpose: z.enum(['queue', 'warm', 'blind', 'three-way']).optional(),
  /** Who asks; absent for `queue`. */
  fromName: z.string().optional(),
  /** To connect ahead, muted and without rights. */
  room: RoomAccess,
});
export type OfferView = z.infer<typeof OfferView>;

/** Facts of encryption, leg by leg (P2). */
export const LegSecurity = z.strictObject({
  /** Between the caller and our gateway. */
  phone: z.enum(['not-private']),
  /** Between our gateway and this person, as the gateway sees it: never private where they talk on their own phone. */
  console: z.enum(['not-connected', 'agreeing-on-key', 'encrypted', 'failed', 'not-private']),
  keyIndex: z.number().int().nullable(),
  generation: z.number().int().nullable(),
});
export type LegSecurity = z.infer<typeof LegSecurity>;

/** Somebody on the call beside the caller, as its members see them. Supervision is always shown (V). */
export const CallPerson = z.strictObject({
  legId: LegId,
  operatorId: OperatorId.nullable(),
  /** Null for an outside phone. */
  name: z.string().nullable(),
  on: z.enum(['console', 'own-phone', 'outside-phone']),
  role: z.enum(['volunteer', 'consulted', 'guest', 'supervisor']),
  state: z.enum(['ringing', 'connecting', 'live', 'away']),
  muted: z.boolean(),
  mode: SupervisionMode.nullable(),
});
export type CallPerson = z.infer<typeof CallPerson>;

/** Somebody was asked in and isn't part of the call with the caller yet. */
export const InvitationView = z.strictObject({
  mode: InvitationMode,
  legId: LegId,
  /** True when this person asked. */
  mine: z.boolean(),
  state: z.enum(['ringing', 'connecting', 'talking']),
  since: Instant,
  timeoutMs: z.number().int(),
});
export type InvitationView = z.infer<typeof InvitationView>;

export const CallView = z.strictObject({
  callId: CallId,
  legId: LegId,
  hotlineId: HotlineId,
  hotlineName: z.string(),
  language: LanguageTag,
  phase: CallPhase,
  phaseSince: Instant,
  arrivedAt: Instant,
  acceptedAt: Instant,
  /** When both could hear each other. */
  connectedAt: Instant.nullable(),
  /** The page that carries the audio; another page of the same person shows "in another tab". Null: on their own phone. */
  connectionId: ConnectionId.nullable(),
  muted: z.boolean(),
  held: z.boolean(),
  security: LegSecurity,
  earlierCalls: z.number().int().min(0),
  test: z.boolean(),
  /** A scripted caller. */
  practice: z.boolean().optional(),
  digitsReceived: z.string(),
  /** This person's part in the call. */
  role: z.enum(['volunteer', 'consulted', 'guest', 'supervisor']).optional(),
  mode: SupervisionMode.nullable().optional(),
  people: z.array(CallPerson).optional(),
  invitation: InvitationView.nullable().optional(),
  /** How the last invitation came to nothing. */
  invitationFailed: z
    .strictObject({ reason: z.enum(['declined', 'timed-out', 'went-offline', 'failed', 'busy']), at: Instant })
    .nullable()
    .optional(),
  /** How long the caller and an outside number may be left to each other at most; null: the hotline doesn't allow it. */
  outsideMs: z.number().int().nullable().optional(),
  /** The caller's phone is being called back, or nobody there has pressed 1 yet. */
  callingBack: z.boolean().optional(),
  room: RoomAccess,
  termination: Termination.nullable(),
});
export type CallView = z.infer<typeof CallView>;

/** After a call: what the notes belong to. */
export const WrapUpView = z.strictObject({
  callId: CallId,
  hotlineId: HotlineId,
  hotlineName: z.string(),
  arrivedAt: Instant,
  endedAt: Instant,
  endsAt: Instant,
  /** Null when the call went on, or goes on, with somebody else. */
  termination: Termination.nullable(),
  /** A scripted caller. */
  practice: z.boolean().optional(),
});
export type WrapUpView = z.infer<typeof WrapUpView>;

export const QueueCount = z.strictObject({
  hotlineId: HotlineId,
  waiting: z.number().int().min(0),
  longestSince: Instant.nullable(),
});
export type QueueCount = z.infer<typeof QueueCount>;

export const OperatorSnapshot = z.strictObject({
  serverTime: Instant,
  operatorId: OperatorId,
  presence: OperatorPresence,
  offer: OfferView.nullable(),
  call: CallView.nullable(),
  wrapUp: WrapUpView.nullable(),
  /** On a call by a phone that dialled in (Q9), of which nothing is heard in a console. */
  dialIn: z
    .strictObject({ callId: CallId, hotlineName: z.string(), since: Instant, talking: z.boolean() })
    .nullable()
    .default(null),
  queue: z.strictObject({
    waiting: z.number().int().min(0),
    longestSince: Instant.nullable(),
    /** The same, hotline by hotline, of those this person serves. */
    byHotline: z.array(QueueCount).default([]),
  }),
  /** False when no gateway is connected: phone calls can't be carried at the moment. */
  phoneLineUp: z.boolean(),
  /** Newest signed roster, to be checked by the console itself. */
  roster: NostrEvent.nullable(),
});
export type OperatorSnapshot = z.infer<typeof OperatorSnapshot>;

export const SetPresence = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('available') }),
  z.strictObject({ state: z.literal('offline') }),
  z.strictObject({ state: z.literal('break'), reason: BreakReason }),
]);
export const AcceptOffer = z.strictObject({
  offerId: OfferId,
  /** Travels on to the gateway at once, so that the group can be made without another round trip. */
  keyPackage: MemberToGateway.nullable(),
});
export const DeclineOffer = z.strictObject({ offerId: OfferId });
export const OfCall = z.strictObject({ callId: CallId });
export const SetHold = z.strictObject({ callId: CallId, held: z.boolean() });
export const SetMute = z.strictObject({ callId: CallId, muted: z.boolean() });
export const SendDigits = z.strictObject({ callId: CallId, digits: z.string().regex(/^[0-9*#]{1,32}$/) });
export const RejoinCall = z.strictObject({ callId: CallId, keyPackage: MemberToGateway.nullable() });
export const MlsFromMember = z.strictObject({ callId: CallId, message: MemberToGateway });
export type MlsFromMember = z.infer<typeof MlsFromMember>;
export const MlsToMember = z.strictObject({ callId: CallId, message: GatewayToMember });
export type MlsToMember = z.infer<typeof MlsToMember>;

export const Invite = z.strictObject({
  callId: CallId,
  mode: InvitationMode,
  target: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('operator'), operatorId: OperatorId }),
    z.strictObject({ kind: z.literal('hotline'), hotlineId: HotlineId }),
    /** `confirm`: whoever answers presses 1 before they are connected; so it is when absent. */
    z.strictObject({ kind: z.literal('number'), number: z.string().max(40), confirm: z.boolean().optional() }),
  ]),
});
export type Invite = z.infer<typeof Invite>;
export const OfLeg = z.strictObject({ callId: CallId, legId: LegId });
/** The key package comes with the start, as with an answer. */
export const Supervise = z.strictObject({
  callId: CallId,
  mode: SupervisionMode,
  legId: LegId,
  keyPackage: MemberToGateway.nullable(),
});
export type Supervise = z.infer<typeof Supervise>;
export const ChangeSupervision = z.strictObject({ callId: CallId, mode: SupervisionMode });
export const TakeNext = z.strictObject({ hotlineId: HotlineId.nullable() });
export const Assign = z.strictObject({ callId: CallId, operatorId: OperatorId });
export const PlaceCallBack = z.strictObject({ callBackId: AskedCallBackId });
export const SetPriority = z.strictObject({ callId: CallId, priority: Priority });

/** Answer to a command. `refused` names the rule in words a volunteer understands; `reason` is for tests and logs. */
export const CommandAnswer = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('done') }),
  z.strictObject({
    outcome: z.literal('refused'),
    reason: z.enum([
      'already-taken',
      'offer-over',
      'not-your-call',
      'call-over',
      'on-a-call',
      'not-allowed-now',
      'malformed',
      'not-in-roster',
      'busy-try-again',
      'not-permitted',
      'nobody-free',
      'person-not-available',
      'number-not-allowed',
      'no-phone-line',
      'already-inviting',
      /** Nobody is rung in practice; that it was tried is noted. */
      'practice-rings-nobody',
    ]),
  }),
]);
export type CommandAnswer = z.infer<typeof CommandAnswer>;
type Answer = (answer: CommandAnswer) => void;

export interface ConsoleClientToServer {
  'set-presence': (body: z.infer<typeof SetPresence>, answer: Answer) => void;
  'accept-offer': (body: z.infer<typeof AcceptOffer>, answer: Answer) => void;
  'decline-offer': (body: z.infer<typeof DeclineOffer>, answer: Answer) => void;
  'set-hold': (body: z.infer<typeof SetHold>, answer: Answer) => void;
  'set-mute': (body: z.infer<typeof SetMute>, answer: Answer) => void;
  'send-digits': (body: z.infer<typeof SendDigits>, answer: Answer) => void;
  'hang-up': (body: z.infer<typeof OfCall>, answer: Answer) => void;
  /** From a page that was loaded anew: the call's audio moves to this connection. */
  'rejoin-call': (body: z.infer<typeof RejoinCall>, answer: Answer) => void;
  'finish-wrap-up': (body: z.infer<typeof OfCall>, answer: Answer) => void;
  /** While followed, each change of the call's note comes as `note-changed`. Ends with the socket. */
  'follow-note': (body: z.infer<typeof FollowNote>, answer: Answer) => void;
  /** Asks somebody into the call: hand over (warm, blind) or talk together. Refused: `person-not-available`, `nobody-free`, `number-not-allowed`, `already-inviting`. */
  invite: (body: Invite, answer: Answer) => void;
  'cancel-invitation': (body: z.infer<typeof OfCall>, answer: Answer) => void;
  'complete-transfer': (body: z.infer<typeof OfCall>, answer: Answer) => void;
  'join-consultation': (body: z.infer<typeof OfCall>, answer: Answer) => void;
  /** A guest, a consulted person or a supervisor leaves. */
  'leave-call': (body: z.infer<typeof OfCall>, answer: Answer) => void;
  'remove-leg': (body: z.infer<typeof OfLeg>, answer: Answer) => void;
  supervise: (body: Supervise, answer: Answer) => void;
  'change-supervision': (body: z.infer<typeof ChangeSupervision>, answer: Answer) => void;
  'take-over': (body: z.infer<typeof OfCall>, answer: Answer) => void;
  'take-next': (body: z.infer<typeof TakeNext>, answer: Answer) => void;
  assign: (body: z.infer<typeof Assign>, answer: Answer) => void;
  'set-priority': (body: z.infer<typeof SetPriority>, answer: Answer) => void;
  /** Calls back a caller of an asked call-back that this person has claimed: their page is on the call at once, then the phone is dialled. */
  'place-call-back': (body: z.infer<typeof PlaceCallBack>, answer: Answer) => void;
  mls: (body: MlsFromMember) => void;
}
export const ShiftReminder = z.strictObject({ hotlineId: HotlineId, hotlineName: z.string(), startsAt: Instant });
export type ShiftReminder = z.infer<typeof ShiftReminder>;

export interface ConsoleServerToClient {
  snapshot: (body: OperatorSnapshot) => void;
  /** How many wait at one of the person's hotlines, between snapshots. */
  'queue-changed': (body: QueueCount) => void;
  /** Half an hour before a shift of this person begins; sent once. */
  'shift-reminder': (body: ShiftReminder) => void;
  mls: (body: MlsToMember) => void;
  'note-changed': (body: NoteChanged) => void;
  'note-followers': (body: NoteFollowers) => void;
  /** Lists the person is looking at have changed (admin's calls, voicemails, members): fetch again. */
  changed: (body: {
    topic:
      | 'calls'
      | 'voicemails'
      | 'members'
      | 'hotlines'
      | 'gateways'
      | 'notes'
      | 'follow-ups'
      | 'call-backs'
      | 'people'
      | 'team'
      | 'dispatch'
      | 'rota'
      | 'practice';
  }) => void;
}

/** LiveKit identities: the gateway's is `gateway`, a person's is `operator-<legId>-<connectionId>`. */
export const GATEWAY_IDENTITY = 'gateway';
export const operatorIdentity = (legId: LegId, connectionId: ConnectionId) => `operator-${legId}-${connectionId}`;
/** Whose leg a participant is; null for the gateway and for strangers. */
export const legOfIdentity = (identity: string): LegId | null =>
  LegId.safeParse(/^operator-([0-9a-f-]{36})-[0-9a-f-]{36}$/.exec(identity)?.[1]).data ?? null;

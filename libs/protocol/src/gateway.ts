import { z } from 'zod';
import { GatewayToMember, MemberToGateway } from './call-group.ts';
import {
  base64,
  CallId,
  CarrierCallId,
  ConnectionId,
  GatewayId,
  HotlineId,
  Instant,
  LanguageTag,
  LegId,
  OperatorId,
  PromptId,
  PublicKeyHex,
  RoomName,
  VoicemailId,
} from './ids.ts';
import { staffPromptIds } from './dial-in.ts';
import { NostrEvent } from './nostr-event.ts';
import { PracticeScript, PracticeTurn } from './practice.ts';
import { OwnPrompts } from './own-prompts.ts';
import { promptKindIds } from './prompt-kinds.ts';

/**
 * Socket namespace `/gateway`: the api tells a gateway what each of its calls should sound like *now* (a directive, whole,
 * with a revision), and the gateway reports what happened. A directive lost, doubled or late does no harm: the newest
 * revision wins and can be sent again at any time.
 */
export const GATEWAY_NAMESPACE = '/gateway';

/** Something spoken to the caller. Built-in prompts come with the gateway; recorded ones are fetched once from the api. */
export const PromptRef = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('built-in'),
    /** What each says and when it is heard: `prompt-kinds.ts`. A new one is added there. */
    id: z.enum([...promptKindIds, ...staffPromptIds, 'beep', 'error-goodbye']),
    language: LanguageTag,
    /** The number spoken in it, where it has one: a key, minutes. */
    number: z.number().int().min(0).max(999).optional(),
  }),
  z.strictObject({ kind: z.literal('recorded'), promptId: PromptId }),
]);
export type PromptRef = z.infer<typeof PromptRef>;

/** What the caller's phone hears. */
export const CallerHears = z.discriminatedUnion('kind', [
  /** Prompts once (already played ones of the same revision line are not repeated), then music with the position. */
  z.strictObject({
    kind: z.literal('queue'),
    language: LanguageTag,
    /** Played once per call, first: greeting and the honest notice. */
    opening: z.array(PromptRef).max(8),
    /** 1 = next. */
    position: z.number().int().min(1),
    announceEveryMs: z.number().int().min(5_000),
    /** Spoken with the position; null or absent: nothing is said of it. */
    estimatedWaitMs: z.number().int().min(0).nullable().optional(),
    /** After each announcement: "press 1 to be called back". */
    offersCallBack: z.boolean().optional(),
  }),
  /** Prompts, again after each pause, until the api says otherwise; keys are reported. */
  z.strictObject({
    kind: z.literal('menu'),
    prompts: z.array(PromptRef).max(12),
    repeatAfterMs: z.number().int().min(1_000).max(60_000),
    /**
     * `one`: a single key is reported, those that follow wait for the next directive · `entry`: keys are kept until `#` and
     * reported in one piece (`keys-entered`); `*` begins anew. Absent: each key is reported.
     */
    keys: z.enum(['one', 'entry']).optional(),
  }),
  /** The members of the call group; silence until the first is in. */
  z.strictObject({ kind: z.literal('bridge') }),
  /** Music; members are not heard and hear nothing of the caller. */
  z.strictObject({ kind: z.literal('hold') }),
  /** A prompt while a volunteer's browser is away, then music. */
  z.strictObject({ kind: z.literal('interrupted'), prompts: z.array(PromptRef).max(4) }),
  z.strictObject({
    kind: z.literal('voicemail'),
    greeting: z.array(PromptRef).max(4),
    /** Played after the message is stored. */
    farewell: z.array(PromptRef).max(4),
    /** With `voicemailId` what the sealed recording is bound to. */
    hotlineId: HotlineId,
    voicemailId: VoicemailId,
    maxDurationMs: z.number().int().min(1_000).max(600_000),
    /** X25519 public key of the hotline's vault; the recording is sealed to it before it leaves the gateway. */
    vaultPublicKey: base64(64),
    vaultVersion: z.number().int().min(1),
  }),
  /** Prompts, then `prompts-finished` is reported; the api hangs up. */
  z.strictObject({ kind: z.literal('farewell'), prompts: z.array(PromptRef).max(4) }),
]);
export type CallerHears = z.infer<typeof CallerHears>;

/** A person who may be in the call's MLS group, by one connection. */
export const CallMember = z.strictObject({
  legId: LegId,
  operatorId: OperatorId,
  /** Changes when the person's page is loaded anew: the old connection leaves the group, the new one joins. */
  connectionId: ConnectionId,
  publicKey: PublicKeyHex,
  /**
   * `staff`: a whispering supervisor, not mixed to the caller or to outside phones. `nobody`: one who listens, whatever their
   * page sends. Everyone when absent.
   */
  speaksTo: z.enum(['everyone', 'staff', 'nobody']).optional(),
});
export type CallMember = z.infer<typeof CallMember>;

/**
 * A phone beside the caller's on the same call: a volunteer's own, or an outside number. Its stream comes to the same
 * gateway with its own token. In the bridge are: the caller while `callerHears` is `bridge`, all members, and the phones whose
 * `hears` is `bridge`; each hears all others (`staff` speech only if on side `staff`), never themselves.
 */
export const FurtherPhone = z.strictObject({
  legId: LegId,
  carrierCallId: CarrierCallId.nullable(),
  streamToken: z.string().regex(/^[A-Za-z0-9_-]{32,64}$/),
  side: z.enum(['staff', 'outside']),
  hears: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('bridge') }),
    z.strictObject({ kind: z.literal('hold') }),
    /** Prompts, again after each pause. */
    z.strictObject({
      kind: z.literal('prompts'),
      prompts: z.array(PromptRef).max(4),
      repeatAfterMs: z.number().int().min(1_000).max(60_000),
    }),
  ]),
});
export type FurtherPhone = z.infer<typeof FurtherPhone>;

export const GatewayDirective = z.strictObject({
  callId: CallId,
  /** Grows with every change. A gateway ignores a revision that isn't newer than the one it has. */
  revision: z.number().int().min(0),
  carrierCallId: CarrierCallId,
  /** Single-use secret in the path of the Media Streams URL. */
  streamToken: z.string().regex(/^[A-Za-z0-9_-]{32,64}$/),
  room: z.strictObject({ name: RoomName, url: z.string(), token: z.string() }),
  callerHears: CallerHears,
  /** Nobody of ours is on the call: phones alone hear each other, and the gateway leaves the room. */
  roomless: z.literal(true).optional(),
  /** The same through all of a call. Absent: the built-in ones alone. */
  prompts: OwnPrompts.omit({ said: true }).optional(),
  /**
   * A volunteer's code may be entered now (`*0…#`): those keys are reported in one piece and never one by one. When `refusals`
   * has grown, the prompts are played. Absent: such keys are keys like others.
   */
  codeEntry: z
    .strictObject({
      open: z.boolean(),
      refusals: z.number().int().min(0),
      refused: z.array(PromptRef).max(2),
    })
    .optional(),
  members: z.array(CallMember).max(16),
  phones: z.array(FurtherPhone).max(4).optional(),
  /** Spoken once into the running bridge when it is new: to the caller and to all others. */
  announcement: z.strictObject({ sequence: z.number().int().min(1), prompts: z.array(PromptRef).max(4) }).optional(),
  /**
   * Where this gateway's generations of the call group begin: after those of a gateway that had the call before, so that
   * members can tell new from old, and with a key index that no live key has.
   */
  group: z
    .strictObject({ firstGeneration: z.number().int().min(0), firstKeyIndex: z.number().int().min(0).max(15) })
    .optional(),
  /** Digits to be played to the caller's side as tones, in order; `sequence` makes each batch happen once. */
  digits: z.strictObject({ sequence: z.number().int().min(0), digits: z.string().regex(/^[0-9*#]{0,64}$/) }).optional(),
  /** No carrier will bring a stream: the gateway speaks and listens as this caller. */
  practice: z.strictObject({ script: PracticeScript, handOvers: z.number().int().min(0) }).optional(),
});
export type GatewayDirective = z.infer<typeof GatewayDirective>;

/** What happened on a call, in the past tense. `eventKey` is unique: a report sent twice counts once. */
const reportBase = { eventKey: z.uuid(), callId: CallId, at: Instant };
export const GatewayReport = z.discriminatedUnion('type', [
  /** `legId` names a further phone; without it the caller's is meant. The same for `stream-ended` and `digit-received`. */
  z.strictObject({
    ...reportBase,
    type: z.literal('stream-started'),
    streamId: z.string().max(128),
    legId: LegId.optional(),
  }),
  z.strictObject({
    ...reportBase,
    type: z.literal('stream-ended'),
    legId: LegId.optional(),
    cause: z.enum(['carrier-stopped', 'socket-lost', 'silent', 'protocol-breach', 'directed', 'shutting-down']),
  }),
  /** All prompts of a `farewell` were played to the end (the carrier's marks came back). */
  z.strictObject({ ...reportBase, type: z.literal('prompts-finished'), revision: z.number().int() }),
  z.strictObject({
    ...reportBase,
    type: z.literal('digit-received'),
    digit: z.string().regex(/^[0-9*#A-D]$/),
    legId: LegId.optional(),
  }),
  /** Keys of the caller's phone that are nobody's to read: a code with its PIN, or a number. Handled, never stored. */
  z.strictObject({
    ...reportBase,
    type: z.literal('keys-entered'),
    what: z.enum(['code', 'number']),
    keys: z.string().regex(/^[0-9]{0,24}$/),
  }),
  /** The member has the media key and its first decrypted frame arrived, or it acknowledged the group. */
  z.strictObject({
    ...reportBase,
    type: z.literal('member-joined'),
    legId: LegId,
    connectionId: ConnectionId,
    generation: z.number().int(),
    keyIndex: z.number().int().min(0).max(15),
  }),
  z.strictObject({
    ...reportBase,
    type: z.literal('member-failed'),
    legId: LegId,
    connectionId: ConnectionId,
    reason: z.string().regex(/^[a-z0-9-]{1,60}$/),
  }),
  z.strictObject({
    ...reportBase,
    type: z.literal('voicemail-recorded'),
    voicemailId: VoicemailId,
    durationMs: z.number().int().min(0),
    endedBy: z.enum(['key', 'silence', 'limit', 'hang-up']),
  }),
  z.strictObject({
    ...reportBase,
    type: z.literal('voicemail-failed'),
    voicemailId: VoicemailId,
    reason: z.enum(['nothing-recorded', 'not-stored']),
  }),
  /** The gateway can't reach the room or lost it for good. */
  z.strictObject({
    ...reportBase,
    type: z.literal('room-lost'),
    reason: z.string().regex(/^[a-z0-9-]{1,60}$/),
  }),
  z.strictObject({ ...reportBase, type: z.literal('practice-turn'), turn: PracticeTurn }),
  /** There is no voice on this machine for the scripted caller. */
  z.strictObject({ ...reportBase, type: z.literal('practice-failed'), reason: z.enum(['no-voice']) }),
  /** Facts of a leg, each 5 s while it lives and once at its end (P2: shown from facts). */
  z.strictObject({
    ...reportBase,
    type: z.literal('leg-facts'),
    legId: LegId,
    keyIndex: z.number().int().min(0).max(15).nullable(),
    framesSealed: z.number().int().min(0),
    framesOpened: z.number().int().min(0),
    framesDropped: z.number().int().min(0),
  }),
]);
export type GatewayReport = z.infer<typeof GatewayReport>;

/** A call this gateway holds, told at registration and in each heartbeat. */
export const HeldCall = z.strictObject({
  callId: CallId,
  revision: z.number().int(),
  stream: z.enum(['expected', 'open', 'closed']),
});
export type HeldCall = z.infer<typeof HeldCall>;

/** client → server `register`, answered with `RegisterAnswer`. Sent after every (re)connection. */
export const RegisterGateway = z.strictObject({
  gatewayId: GatewayId,
  /** The gateway's Nostr key: its identity in call groups. */
  publicKey: PublicKeyHex,
  /** Where carriers reach its Media Streams, without the path: `wss://host`. */
  streamOrigin: z.string().regex(/^wss?:\/\/[^/?#]+$/),
  capacity: z.number().int().min(1).max(10_000),
  calls: z.array(HeldCall).max(10_000),
});
export type RegisterGateway = z.infer<typeof RegisterGateway>;

export const RegisterAnswer = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('registered'),
    /** Null until the owner has signed a first roster. */
    roster: NostrEvent.nullable(),
    /** Pinned by the gateway when it sees it for the first time. Null before the first run is done. */
    adminPublicKey: PublicKeyHex.nullable(),
    /** Current directives of the calls it holds; calls missing here have ended: drop them. */
    directives: z.array(GatewayDirective),
  }),
  z.strictObject({ outcome: z.literal('refused'), reason: z.string() }),
]);
export type RegisterAnswer = z.infer<typeof RegisterAnswer>;

/** client → server `heartbeat` each second. */
export const GatewayHeartbeat = z.strictObject({
  gatewayId: GatewayId,
  calls: z.number().int().min(0),
  /** Share of one core used since the last heartbeat, 0…1 and more. */
  load: z.number().min(0),
  draining: z.boolean(),
});
export type GatewayHeartbeat = z.infer<typeof GatewayHeartbeat>;

/** client → server `mls`, and server → client `mls` with the other direction's message. */
export const MlsFromGateway = z.strictObject({ callId: CallId, connectionId: ConnectionId, message: GatewayToMember });
export type MlsFromGateway = z.infer<typeof MlsFromGateway>;
export const MlsToGateway = z.strictObject({ callId: CallId, connectionId: ConnectionId, message: MemberToGateway });
export type MlsToGateway = z.infer<typeof MlsToGateway>;

/** server → client `roster`. */
export const RosterChanged = z.strictObject({ roster: NostrEvent, adminPublicKey: PublicKeyHex });
export type RosterChanged = z.infer<typeof RosterChanged>;

/** server → client `forget`: the call has ended; close its stream and room. */
export const ForgetCall = z.strictObject({ callId: CallId });
export type ForgetCall = z.infer<typeof ForgetCall>;

/** Event names and their acknowledgements, for socket.io's typing. */
export interface GatewayClientToServer {
  register: (body: RegisterGateway, answer: (answer: RegisterAnswer) => void) => void;
  heartbeat: (body: GatewayHeartbeat) => void;
  /** Acknowledged when stored; repeat until then. `refused` is final (unknown call, malformed). */
  report: (body: GatewayReport, answer: (answer: { outcome: 'stored' | 'refused'; reason?: string }) => void) => void;
  mls: (body: MlsFromGateway) => void;
}
export interface GatewayServerToClient {
  directive: (body: GatewayDirective) => void;
  forget: (body: ForgetCall) => void;
  mls: (body: MlsToGateway) => void;
  roster: (body: RosterChanged) => void;
}

/**
 * HTTP between gateway and api, `Authorization: Bearer GATEWAY_TOKEN`:
 * - `GET  /internal/prompts/:promptId` → `audio/basic` (raw µ-law, 8 kHz, mono). Where a number is said in it, one sound per number
 *   stands behind the other, and the header `x-ringdown-cuts` tells where: `PromptCuts` as JSON.
 * - `PUT  /internal/voicemails/:voicemailId?callId=…&durationMs=…` body = sealed bytes (application/octet-stream), 204; repeatable
 */
export const PROMPT_CUTS_HEADER = 'x-ringdown-cuts';
/** Number, first byte, byte behind the last. */
export const PromptCuts = z.array(z.tuple([z.int().min(0), z.int().min(0), z.int().min(0)])).max(200);
export type PromptCuts = z.infer<typeof PromptCuts>;
export const INTERNAL_PROMPTS_PATH = '/internal/prompts';
export const INTERNAL_VOICEMAILS_PATH = '/internal/voicemails';

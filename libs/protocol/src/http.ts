import { z } from 'zod';
import { CallEvent, CallPhase, Termination } from './call-events.ts';
import { distributionSettings } from './distribution.ts';
import { DEFAULT_LADDERS, Ladders } from './ladder.ts';
import {
  base64,
  CallId,
  CarrierAccountId,
  E164,
  GatewayId,
  HotlineId,
  Instant,
  InviteId,
  LadderNumberId,
  LanguageTag,
  OperatorId,
  PhoneNumberId,
  PromptId,
  PublicKeyHex,
  VoicemailId,
} from './ids.ts';
import { NostrEvent } from './nostr-event.ts';

/** HTTP of the api, all under `/api`. Errors are `{ error: { reason, message } }` with kebab-case `reason`. */
export const HttpError = z.object({ error: z.object({ reason: z.string(), message: z.string() }) });
export type HttpError = z.infer<typeof HttpError>;

const name = (max: number) => z.string().trim().min(1).max(max);

/* Sign-in: `POST /api/auth/challenges` → Challenge; sign a NIP-98 event (u = `<origin>/api/auth/sessions`, method POST,
   tag `challenge`), send it as `Authorization: Nostr <base64>` to `POST /api/auth/sessions` → Me and a session cookie.
   `DELETE /api/auth/session` ends it. `GET /api/me` → Me or 401. */
export const Challenge = z.object({ challenge: z.string().min(32).max(128), expiresAt: Instant });
export type Challenge = z.infer<typeof Challenge>;
export const CreateSession = z.strictObject({ challenge: z.string().min(32).max(128) });

export const Role = z.enum(['owner', 'admin', 'supervisor', 'volunteer']);
export type Role = z.infer<typeof Role>;
/** Their keys may open every hotline's vault, served or not. */
export const readsEveryVault = (role: Role): boolean => role === 'owner' || role === 'admin';

export const Me = z.object({
  operatorId: OperatorId,
  publicKey: PublicKeyHex,
  name: z.string(),
  role: Role,
  organisation: z.object({ name: z.string(), adminPublicKey: PublicKeyHex }),
  hotlines: z.array(z.object({ hotlineId: HotlineId, name: z.string() })),
  /** False until the admin has signed a roster with this key in it. */
  inRoster: z.boolean(),
});
export type Me = z.infer<typeof Me>;

/* First run: `GET /api/setup` → SetupState. `POST /api/setup/owner` with NIP-98 (u = `<origin>/api/setup/owner`) → Me and a
   session. Refused once an owner exists. */
export const SetupState = z.object({
  state: z.enum(['no-owner', 'no-hotline', 'done']),
  /** True when the request doesn't come from this machine: the code printed at start is needed. */
  codeNeeded: z.boolean(),
  simulatorUrl: z.string().nullable(),
});
export type SetupState = z.infer<typeof SetupState>;
export const CreateOwner = z.strictObject({
  challenge: z.string().min(32).max(128),
  code: z.string().max(64).optional(),
  name: name(60),
  organisationName: name(80),
});
export type CreateOwner = z.infer<typeof CreateOwner>;

/* A volunteer's own phone: `GET|PUT|DELETE /api/me/phone`. The number goes in and never comes out again. */
export const OwnPhone = z.object({ known: z.boolean(), rings: z.boolean() });
export type OwnPhone = z.infer<typeof OwnPhone>;
/** Without a number the one that is known stays. */
export const SaveOwnPhone = z.strictObject({ number: z.string().max(40).optional(), rings: z.boolean() });

/* Hotlines: `GET /api/hotlines` → Hotline[]; `POST /api/hotlines`; `GET|PATCH /api/hotlines/:hotlineId`. */
export const OpeningHours = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('always') }),
  z.strictObject({
    kind: z.literal('weekly'),
    /** Local times of the hotline's zone; `to` ≤ `from` means past midnight. 1 = Monday … 7 = Sunday (ISO 8601). */
    periods: z
      .array(
        z.strictObject({
          weekday: z.number().int().min(1).max(7),
          from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
          to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
        }),
      )
      .max(50),
  }),
]);
export type OpeningHours = z.infer<typeof OpeningHours>;

export const TimeZone = z
  .string()
  .max(64)
  .refine((zone) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
    } catch {
      return false;
    }
  }, 'Not a time zone of the IANA list');

export const HotlineSettings = z.strictObject({
  ringTimeoutS: z.number().int().min(5).max(120).default(30),
  maxWaitS: z.number().int().min(10).max(3600).default(600),
  nobodyWaitS: z.number().int().min(0).max(600).default(30),
  announceEveryS: z.number().int().min(5).max(600).default(45),
  wrapUpS: z.number().int().min(0).max(600).default(60),
  queueLimit: z.number().int().min(1).max(1000).default(50),
  missesUntilPause: z.number().int().min(1).max(10).default(2),
  voicemailMaxS: z.number().int().min(5).max(600).default(120),
  /** Whether the caller is told when a supervisor joins (V). */
  announceSupervision: z.boolean().default(true),
  /** A call answered within so many seconds counts as in time … */
  serviceLevelS: z.number().int().min(1).max(3600).default(20),
  /** … which should be so for so many of a hundred callers. */
  serviceGoalPercent: z.number().int().min(1).max(100).default(80),
  ladders: Ladders.default(DEFAULT_LADDERS),
  /** Countries (ISO 3166) whose numbers may be called from a call; empty: those of the hotline's own numbers. */
  outsideCountries: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .max(60)
    .default([]),
  /** Whether a volunteer may leave a caller and an outside number to each other, and for how long at most. */
  leaveOutside: z.boolean().default(true),
  outsideMinutes: z.number().int().min(2).max(240).default(60),
  /** Offered in a menu beside the hotline's own. */
  languages: z.array(LanguageTag).max(8).default([]),
  emergencyAdvice: z.boolean().default(false),
  /** Callers may press 1 to be called back, keeping their place. */
  callBack: z.boolean().default(false),
  ...distributionSettings,
});
export type HotlineSettings = z.infer<typeof HotlineSettings>;

type SettingsShape = (typeof HotlineSettings)['shape'];
/** Some settings: what isn't given stays as it is. (`partial()` would fill in the defaults and undo what was chosen before.) */
export const HotlineSettingsChange = z.strictObject(
  Object.fromEntries(
    Object.entries(HotlineSettings.shape).map(([key, field]) => [
      key,
      (field instanceof z.ZodDefault ? field.unwrap() : field).optional(),
    ]),
  ) as {
    [Key in keyof SettingsShape]: z.ZodOptional<
      SettingsShape[Key] extends z.ZodDefault<infer Inner> ? Inner : SettingsShape[Key]
    >;
  },
);

/** Text is spoken by the carrier's voice before the audio is connected; a recording is played by the gateway. */
export const Greeting = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('standard') }),
  z.strictObject({ kind: z.literal('text'), text: name(600) }),
  z.strictObject({ kind: z.literal('recording'), promptId: PromptId }),
]);
export type Greeting = z.infer<typeof Greeting>;

/** The vault's private half, wrapped for one member by NIP-44 in the browser of somebody who has it. */
export const VaultWrap = z.strictObject({ recipient: PublicKeyHex, wrapped: z.string().max(4096) });
export type VaultWrap = z.infer<typeof VaultWrap>;

export const CreateHotline = z.strictObject({
  /** Chosen by the browser: the vault's wraps are bound to it before the hotline exists. Without it they open nowhere. */
  hotlineId: HotlineId.optional(),
  name: name(80),
  language: LanguageTag,
  timeZone: TimeZone,
  hours: OpeningHours,
  greeting: Greeting,
  settings: HotlineSettings.partial().optional(),
  vault: z.strictObject({ publicKey: base64(64), wraps: z.array(VaultWrap).min(1).max(500) }),
});
export type CreateHotline = z.infer<typeof CreateHotline>;
export const UpdateHotline = z.strictObject({
  name: name(80).optional(),
  language: LanguageTag.optional(),
  timeZone: TimeZone.optional(),
  hours: OpeningHours.optional(),
  greeting: Greeting.optional(),
  settings: HotlineSettingsChange.optional(),
});
export const Hotline = z.object({
  hotlineId: HotlineId,
  name: z.string(),
  language: LanguageTag,
  timeZone: z.string(),
  hours: OpeningHours,
  greeting: Greeting,
  settings: HotlineSettings,
  vault: z.object({
    publicKey: z.string(),
    version: z.number().int(),
    myWrap: z.object({ wrapped: z.string(), wrappedBy: PublicKeyHex }).nullable(),
    missingFor: z.array(PublicKeyHex),
  }),
  numbers: z.array(z.object({ phoneNumberId: PhoneNumberId, e164: E164, carrier: z.enum(['twilio', 'simulator']) })),
  openNow: z.boolean(),
});
export type Hotline = z.infer<typeof Hotline>;

/* `POST /api/hotlines/:hotlineId/vault-wraps` body VaultWrap[]: for members who lack one. */
export const AddVaultWraps = z.array(VaultWrap).min(1).max(500);

/* `POST /api/hotlines/:hotlineId/prompts` body audio/wav (PCM, ≤ 2 MB) → { promptId, durationMs }. */
export const PromptCreated = z.object({ promptId: PromptId, durationMs: z.number().int() });
export type PromptCreated = z.infer<typeof PromptCreated>;

/* Outside numbers that a hotline's ladders call: `GET|POST /api/hotlines/:hotlineId/ladder-numbers` → LadderNumber[] | LadderNumber.
   The number goes in and never comes out again. One that no ladder names is forgotten after a day. */
export const AddLadderNumber = z.strictObject({ number: z.string().trim().min(1).max(40) });
export const LadderNumber = z.object({ numberId: LadderNumberId, masked: z.string() });
export type LadderNumber = z.infer<typeof LadderNumber>;

/* Numbers: `POST /api/numbers/simulated` { hotlineId } → PhoneNumber. `POST /api/numbers/twilio` → PhoneNumber (the account's
   credentials are checked with the carrier and the number's webhooks are set). */
export const AddSimulatedNumber = z.strictObject({ hotlineId: HotlineId });
export const AddTwilioNumber = z.strictObject({
  hotlineId: HotlineId,
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/),
  authToken: z.string().min(16).max(128),
  e164: E164,
});
export const PhoneNumber = z.object({
  phoneNumberId: PhoneNumberId,
  e164: E164,
  hotlineId: HotlineId,
  carrierAccountId: CarrierAccountId,
  carrier: z.enum(['twilio', 'simulator']),
  /** What the carrier was told to request; shown so that a person can compare. */
  voiceUrl: z.string(),
});
export type PhoneNumber = z.infer<typeof PhoneNumber>;

/* Test call: `POST /api/hotlines/:hotlineId/test-call` → a simulated phone dials the hotline (simulated numbers only). */

/* Invites: `POST /api/invites` → InviteCreated (the token is shown once; the link is `<origin>/join#<token>.<adminPublicKey>`);
   `GET /api/invites` → Invite[]; `DELETE /api/invites/:inviteId`; `POST /api/invites/look-up` { token } → InviteOffer;
   `POST /api/invites/accept` AcceptInvite with NIP-98 (u = `<origin>/api/invites/accept`) → Me and a session. */
export const CreateInvite = z.strictObject({
  hotlineId: HotlineId,
  role: Role.exclude(['owner']),
  expiresInS: z.number().int().min(300).max(2_592_000).default(604_800),
});
export const Invite = z.object({
  inviteId: InviteId,
  hotlineId: HotlineId,
  role: Role,
  createdAt: Instant,
  expiresAt: Instant,
  state: z.enum(['open', 'accepted', 'expired', 'withdrawn']),
});
export type Invite = z.infer<typeof Invite>;
export const InviteCreated = Invite.extend({ token: z.string() });
export const InviteToken = z.strictObject({ token: z.string().min(20).max(128) });
export const InviteOffer = z.object({
  organisationName: z.string(),
  hotlineName: z.string(),
  role: Role,
  adminPublicKey: PublicKeyHex,
});
export type InviteOffer = z.infer<typeof InviteOffer>;
export const AcceptInvite = z.strictObject({
  challenge: z.string().min(32).max(128),
  token: z.string().min(20).max(128),
  name: name(60),
});

/* Members and roster: `GET /api/members` → Member[]; `DELETE /api/members/:operatorId` (ends sessions and calls of that person);
   `GET /api/roster` → { roster: NostrEvent | null }; `PUT /api/roster` body NostrEvent signed by the admin key, version higher. */
export const Member = z.object({
  operatorId: OperatorId,
  publicKey: PublicKeyHex,
  name: z.string(),
  role: Role,
  hotlineIds: z.array(HotlineId),
  inRoster: z.boolean(),
  joinedAt: Instant,
});
export type Member = z.infer<typeof Member>;
/** `PUT /api/members/:operatorId/role`, by the owner, whose browser then signs a roster that says so. */
export const ChangeRole = z.strictObject({ role: Role.exclude(['owner']) });
export type ChangeRole = z.infer<typeof ChangeRole>;
export const RosterAnswer = z.object({ roster: NostrEvent.nullable() });
export type RosterAnswer = z.infer<typeof RosterAnswer>;

/* `GET /api/gateways` → GatewayInfo[]: those not in the roster wait for the admin's signature. */
export const GatewayInfo = z.object({
  gatewayId: GatewayId,
  publicKey: PublicKeyHex,
  up: z.boolean(),
  lastSeenAt: Instant,
  calls: z.number().int(),
  inRoster: z.boolean(),
});
export type GatewayInfo = z.infer<typeof GatewayInfo>;

/* Calls: `GET /api/calls?before=&limit=&hotlineId=` (admin, supervisor) → CallList; `GET /api/calls/mine` → CallList;
   `GET /api/calls/:callId` → CallDetail with the whole event log; number reveal: `POST /api/calls/:callId/number` { reason }. */
export const CallSummary = z.object({
  callId: CallId,
  hotlineId: HotlineId,
  hotlineName: z.string(),
  arrivedAt: Instant,
  endedAt: Instant.nullable(),
  phase: CallPhase,
  /** Arrival to a person's acceptance, or to the end if nobody took it. */
  waitedMs: z.number().int(),
  talkedMs: z.number().int().nullable(),
  operator: z.object({ operatorId: OperatorId, name: z.string() }).nullable(),
  callerMasked: z.string(),
  hasNote: z.boolean(),
  hasVoicemail: z.boolean(),
  termination: Termination.nullable(),
  test: z.boolean(),
});
export type CallSummary = z.infer<typeof CallSummary>;
export const CallList = z.object({ calls: z.array(CallSummary), next: z.string().nullable() });
export const CallDetail = CallSummary.extend({
  events: z.array(z.object({ seq: z.number().int(), event: CallEvent })),
  people: z.record(z.string(), z.string()),
});
export type CallDetail = z.infer<typeof CallDetail>;
export const RevealNumber = z.strictObject({ reason: z.string().trim().min(5).max(300) });
export const RevealedNumber = z.object({ number: z.string().nullable() });

/* Notes from before a call had one for everybody (notes.ts): `GET /api/calls/:callId/notes` → Note[]. */
export const Note = z.object({
  callId: CallId,
  author: z.object({ operatorId: OperatorId, name: z.string() }),
  sealed: z.string(),
  vaultVersion: z.number().int(),
  revision: z.number().int(),
  savedAt: Instant,
});
export type Note = z.infer<typeof Note>;

/* Voicemails: `GET /api/voicemails` → Voicemail[]; `GET /api/voicemails/:voicemailId/sealed` → bytes; `POST …/heard`. */
export const Voicemail = z.object({
  voicemailId: VoicemailId,
  callId: CallId,
  hotlineId: HotlineId,
  hotlineName: z.string(),
  receivedAt: Instant,
  durationMs: z.number().int(),
  vaultVersion: z.number().int(),
  heardAt: Instant.nullable(),
  /** Who was on shift when it arrived; null: everybody's. */
  assignee: z.object({ operatorId: OperatorId, name: z.string() }).nullable(),
  /** To be heard by the end of the day after it arrived, by the hotline's clocks. */
  dueOn: z.iso.date(),
  due: z.enum(['overdue', 'today', 'later', 'none']),
});
export type Voicemail = z.infer<typeof Voicemail>;

/* `GET /api/admin-log` → AdminLogLine[]: refused webhooks, calls to unknown numbers, number reveals, roster changes. */
export const AdminLogLine = z.object({
  at: Instant,
  kind: z.enum([
    'webhook-refused',
    'unknown-number-called',
    'number-revealed',
    'number-reveal-refused',
    'roster-changed',
    'member-joined',
    'member-removed',
    'member-hotlines-changed',
    'member-role-changed',
    'gateway-joined',
    'gateway-lost',
    'carrier-account-added',
    'number-added',
    'call-repaired',
    'hotline-emergency',
    'prompt-changed',
    'supervision-started',
    'supervision-mode-changed',
    'supervision-taken-over',
    'supervision-ended',
    'dial-in-refused',
    'dial-in-locked',
    'call-back-asked',
    'call-back-claimed',
    'call-back-released',
    'call-back-placed',
    'call-back-done',
    'call-back-failed',
    'call-back-expired',
    'call-back-withdrawn',
  ]),
  actor: z.object({ operatorId: OperatorId, name: z.string() }).nullable(),
  callId: CallId.nullable(),
  /** Facts without personal data: the signed and the seen URL, a carrier's status, a count. */
  details: z.record(z.string(), z.string()),
});
export type AdminLogLine = z.infer<typeof AdminLogLine>;

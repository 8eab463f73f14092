import { z } from 'zod';

/** Ids are made only by these schemas (`CallId.parse(...)`), so that one kind can't be passed for another. */
export const CallId = z.uuid().brand<'CallId'>();
export type CallId = z.infer<typeof CallId>;

export const LegId = z.uuid().brand<'LegId'>();
export type LegId = z.infer<typeof LegId>;

export const OfferId = z.uuid().brand<'OfferId'>();
export type OfferId = z.infer<typeof OfferId>;

export const HotlineId = z.uuid().brand<'HotlineId'>();
export type HotlineId = z.infer<typeof HotlineId>;

export const OperatorId = z.uuid().brand<'OperatorId'>();
export type OperatorId = z.infer<typeof OperatorId>;

/** One page of one browser: it lasts for as long as the page is loaded and survives a lost socket. */
export const ConnectionId = z.uuid().brand<'ConnectionId'>();
export type ConnectionId = z.infer<typeof ConnectionId>;

export const GatewayId = z.uuid().brand<'GatewayId'>();
export type GatewayId = z.infer<typeof GatewayId>;

export const CarrierAccountId = z.uuid().brand<'CarrierAccountId'>();
export type CarrierAccountId = z.infer<typeof CarrierAccountId>;

export const PhoneNumberId = z.uuid().brand<'PhoneNumberId'>();
export type PhoneNumberId = z.infer<typeof PhoneNumberId>;

export const VoicemailId = z.uuid().brand<'VoicemailId'>();
export type VoicemailId = z.infer<typeof VoicemailId>;

export const PromptId = z.uuid().brand<'PromptId'>();
export type PromptId = z.infer<typeof PromptId>;

/** An outside number that a hotline's ladder may call: only the id is in settings, policies and logs. */
export const LadderNumberId = z.uuid().brand<'LadderNumberId'>();
export type LadderNumberId = z.infer<typeof LadderNumberId>;

export const InviteId = z.uuid().brand<'InviteId'>();
export type InviteId = z.infer<typeof InviteId>;

export const AskedCallBackId = z.uuid().brand<'AskedCallBackId'>();
export type AskedCallBackId = z.infer<typeof AskedCallBackId>;

export const FollowUpId = z.uuid().brand<'FollowUpId'>();
export type FollowUpId = z.infer<typeof FollowUpId>;

export const TimerId = z.string().min(1).max(80).brand<'TimerId'>();
export type TimerId = z.infer<typeof TimerId>;

/** The carrier's own id of a call, `CA…` at Twilio. Opaque to us. */
export const CarrierCallId = z.string().min(1).max(128).brand<'CarrierCallId'>();
export type CarrierCallId = z.infer<typeof CarrierCallId>;

/** A room at the media server; opaque, never a name or number of a person. */
export const RoomName = z
  .string()
  .regex(/^call-[0-9a-f-]{36}$/)
  .brand<'RoomName'>();
export type RoomName = z.infer<typeof RoomName>;

/** ITU-T E.164 with the plus sign. */
export const E164 = z
  .string()
  .regex(/^\+[1-9]\d{5,14}$/)
  .brand<'E164'>();
export type E164 = z.infer<typeof E164>;

/** A Nostr public key: 32 bytes x-only secp256k1, lower-case hex (NIP-01). */
export const PublicKeyHex = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'PublicKeyHex'>();
export type PublicKeyHex = z.infer<typeof PublicKeyHex>;

/** BCP 47 language of prompts and interface. */
export const LanguageTag = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
  .brand<'LanguageTag'>();
export type LanguageTag = z.infer<typeof LanguageTag>;

/** Milliseconds since the Unix epoch, UTC. */
export const Instant = z.number().int().nonnegative();
export type Instant = z.infer<typeof Instant>;

/** Standard base64 with padding, at most `maxLength` characters. */
export const base64 = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);

export const roomNameOf = (callId: CallId): RoomName => RoomName.parse(`call-${callId}`);

import { z } from 'zod';
import { base64, LegId } from './ids.ts';
import { NostrEvent } from './nostr-event.ts';

/**
 * Messages between a call's members and its gateway about the call's MLS group. The api relays them by connection and
 * can't use them: it has no member's private key.
 */
const mlsBytes = base64(262_144);
const Generation = z.number().int().min(0).max(1_000_000);

/** From a member's browser to the gateway. */
export const MemberToGateway = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('key-package'),
    legId: LegId,
    /** MLSMessage (mls_key_package), used once. */
    keyPackage: mlsBytes,
    /** Binds the leaf's signature key to the member's Nostr key. */
    deviceCertificate: NostrEvent,
  }),
  z.strictObject({ type: z.literal('joined'), legId: LegId, generation: Generation, epoch: Generation }),
  z.strictObject({
    type: z.literal('failed'),
    legId: LegId,
    generation: Generation,
    reason: z.string().regex(/^[a-z0-9-]{1,60}$/),
  }),
]);
export type MemberToGateway = z.infer<typeof MemberToGateway>;

/** From the gateway to one member's browser. */
export const GatewayToMember = z.discriminatedUnion('type', [
  /** Sent when the gateway has no unused key package of this member: at the start, after a reload, for a new generation. */
  z.strictObject({ type: z.literal('key-package-request'), legId: LegId, generation: Generation }),
  z.strictObject({
    type: z.literal('welcome'),
    legId: LegId,
    generation: Generation,
    /** MLSMessage (mls_welcome) with the ratchet tree inside. */
    welcome: mlsBytes,
    /** One for every leaf of the group, the gateway's own first. */
    deviceCertificates: z.array(NostrEvent).min(1).max(32),
  }),
  z.strictObject({
    type: z.literal('commit'),
    legId: LegId,
    generation: Generation,
    commit: mlsBytes,
    deviceCertificates: z.array(NostrEvent).max(32),
  }),
  z.strictObject({ type: z.literal('removed'), legId: LegId }),
]);
export type GatewayToMember = z.infer<typeof GatewayToMember>;

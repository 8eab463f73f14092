import { NostrEvent } from '@ringdown/protocol/nostr-event';
import { Instant, PublicKeyHex } from '@ringdown/protocol/ids';
import { bytesToHex } from './bytes.ts';
import { callGroupSuite } from './call-group-suite.ts';
import type { Signer } from './signer.ts';
import { findOnlyTag, parseSignedEvent, toSeconds } from './signed-event.ts';

/** Own kind, next to NIP-98's 27235 in the ephemeral range: relays don't keep it. */
export const DEVICE_CERTIFICATE_KIND = 27236;

const DEFAULT_LIFETIME_MS = 24 * 3_600_000;
const MAX_LIFETIME_MS = 31 * 24 * 3_600_000;
const MAX_CLOCK_SKEW_MS = 10 * 60_000;

/** One page of one browser, or one gateway process: what it signs MLS leaves with, and why others may believe it. */
export interface Device {
  readonly publicKey: PublicKeyHex;
  readonly signatureKey: { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array };
  readonly certificate: NostrEvent;
}

export interface CertifiedKey {
  readonly publicKey: PublicKeyHex;
  /** Ed25519, 64 hex digits. */
  readonly signatureKey: string;
  readonly expiresAt: Instant;
}

export type CertificateRefusal =
  | 'malformed'
  | 'kind'
  | 'origin'
  | 'signature-key'
  | 'signature'
  | 'expired'
  | 'lifetime'
  | 'from-the-future';

export type CertificateOutcome =
  | { readonly outcome: 'accepted'; readonly certified: CertifiedKey }
  | { readonly outcome: 'refused'; readonly reason: CertificateRefusal };

/** One signature of the Nostr key per sign-in, however many calls follow. `origin`: `https://host[:port]` of the server. */
export async function createDevice(
  signer: Signer,
  { origin, nowMs, lifetimeMs = DEFAULT_LIFETIME_MS }: { origin: string; nowMs: number; lifetimeMs?: number },
): Promise<Device> {
  const suite = await callGroupSuite();
  const pair = await suite.signature.keygen();
  const certificate = await signer.signEvent({
    kind: DEVICE_CERTIFICATE_KIND,
    created_at: toSeconds(nowMs),
    tags: [
      ['mls-signature-key', bytesToHex(pair.publicKey)],
      ['expiration', String(toSeconds(nowMs + lifetimeMs))],
      ['u', origin],
    ],
    content: '',
  });
  return {
    publicKey: PublicKeyHex.parse(certificate.pubkey),
    signatureKey: { publicKey: pair.publicKey, privateKey: pair.signKey },
    certificate,
  };
}

export function verifyDeviceCertificate(
  value: unknown,
  expected: { origin: string; nowMs: number },
): CertificateOutcome {
  const shape = NostrEvent.safeParse(value);
  if (!shape.success) return refused('malformed');
  const event = shape.data;
  if (event.kind !== DEVICE_CERTIFICATE_KIND) return refused('kind');
  if (findOnlyTag(event, 'u') !== expected.origin) return refused('origin');
  const signatureKey = findOnlyTag(event, 'mls-signature-key');
  if (!signatureKey || !/^[0-9a-f]{64}$/.test(signatureKey)) return refused('signature-key');
  const expiration = findOnlyTag(event, 'expiration');
  if (!expiration || !/^\d{1,12}$/.test(expiration)) return refused('expired');
  const expiresAt = Number(expiration) * 1000;
  if (expiresAt <= expected.nowMs) return refused('expired');
  if (event.created_at * 1000 > expected.nowMs + MAX_CLOCK_SKEW_MS) return refused('from-the-future');
  if (expiresAt - event.created_at * 1000 > MAX_LIFETIME_MS) return refused('lifetime');
  const signed = parseSignedEvent(event);
  if (!signed) return refused('signature');
  return { outcome: 'accepted', certified: { publicKey: signed.pubkey, signatureKey, expiresAt } };
}

const refused = (reason: CertificateRefusal): CertificateOutcome => ({ outcome: 'refused', reason });

import { NostrEvent } from '@ringdown/protocol/nostr-event';
import { PublicKeyHex } from '@ringdown/protocol/ids';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64ToBytes, bytesToBase64, bytesToHex, bytesToUtf8, utf8ToBytes } from './bytes.ts';
import type { Signer } from './signer.ts';
import { findOnlyTag, parseSignedEvent, toSeconds } from './signed-event.ts';

/** NIP-98 HTTP authentication. */
const HTTP_AUTH_KIND = 27235;
const MAX_AGE_MS = 60_000;
const SCHEME = 'Nostr ';
/** A signed event with our few tags is under 1 kB. */
const MAX_HEADER_LENGTH = 8192;

export interface HttpRequestFacts {
  /** Absolute, with the query, exactly as the client used it. */
  readonly url: string;
  readonly method: string;
  /** The server's single-use value; the server keeps and burns it. */
  readonly challenge?: string;
  /** The body's bytes, when the signature is to cover them. */
  readonly body?: Uint8Array;
}

export type HttpAuthRefusal = 'malformed' | 'kind' | 'signature' | 'age' | 'url' | 'method' | 'challenge' | 'payload';

export type HttpAuthOutcome =
  | { readonly outcome: 'accepted'; readonly publicKey: PublicKeyHex; readonly eventId: string }
  | { readonly outcome: 'refused'; readonly reason: HttpAuthRefusal };

export async function signHttpAuth(signer: Signer, request: HttpRequestFacts, nowMs: number): Promise<NostrEvent> {
  const tags = [
    ['u', request.url],
    ['method', request.method.toUpperCase()],
  ];
  if (request.challenge !== undefined) tags.push(['challenge', request.challenge]);
  if (request.body !== undefined) tags.push(['payload', bytesToHex(sha256(request.body))]);
  return signer.signEvent({ kind: HTTP_AUTH_KIND, created_at: toSeconds(nowMs), tags, content: '' });
}

/** The value of the `Authorization` header. */
export const toHttpAuthHeader = (event: NostrEvent): string =>
  SCHEME + bytesToBase64(utf8ToBytes(JSON.stringify(event)));

/** What the header carries, unchecked; null when it isn't a NIP-98 header. */
export function parseHttpAuthHeader(header: string): unknown {
  if (!header.startsWith(SCHEME) || header.length > MAX_HEADER_LENGTH) return null;
  try {
    return JSON.parse(bytesToUtf8(base64ToBytes(header.slice(SCHEME.length))));
  } catch {
    // Base64, UTF-8 or JSON is broken: the caller says `malformed` for all three.
    return null;
  }
}

/**
 * Checks everything but the freshness of the challenge: whoever issued it must burn it, or the event can be replayed
 * within its minute. The cheap checks come first, the signature last.
 */
export function verifyHttpAuth(value: unknown, expected: HttpRequestFacts, nowMs: number): HttpAuthOutcome {
  const shape = NostrEvent.safeParse(value);
  if (!shape.success) return refused('malformed');
  const event = shape.data;
  if (event.kind !== HTTP_AUTH_KIND) return refused('kind');
  if (findOnlyTag(event, 'u') !== expected.url) return refused('url');
  if (findOnlyTag(event, 'method')?.toUpperCase() !== expected.method.toUpperCase()) return refused('method');
  if (expected.challenge !== undefined && findOnlyTag(event, 'challenge') !== expected.challenge) {
    return refused('challenge');
  }
  if (expected.body !== undefined && findOnlyTag(event, 'payload') !== bytesToHex(sha256(expected.body))) {
    return refused('payload');
  }
  if (Math.abs(nowMs - event.created_at * 1000) > MAX_AGE_MS) return refused('age');
  const signed = parseSignedEvent(event);
  if (!signed) return refused('signature');
  return { outcome: 'accepted', publicKey: signed.pubkey, eventId: signed.id };
}

const refused = (reason: HttpAuthRefusal): HttpAuthOutcome => ({ outcome: 'refused', reason });

import { NostrEvent } from '@ringdown/protocol/nostr-event';
import { PublicKeyHex } from '@ringdown/protocol/ids';
import { verifyEvent } from 'nostr-tools/pure';

/** What a signer is asked to sign. `created_at` is in seconds. */
export interface EventDraft {
  readonly kind: number;
  readonly created_at: number;
  readonly tags: string[][];
  readonly content: string;
}

export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/**
 * The event with its id and signature checked (NIP-01), or null.
 * The schema's copy matters: nostr-tools trusts a symbol it left on an event object, and a spread keeps that symbol.
 */
export function parseSignedEvent(value: unknown): (NostrEvent & { pubkey: PublicKeyHex }) | null {
  const parsed = NostrEvent.safeParse(value);
  if (!parsed.success) return null;
  if (!verifyEvent({ ...parsed.data })) return null;
  return { ...parsed.data, pubkey: PublicKeyHex.parse(parsed.data.pubkey) };
}

/** The value of the only tag of this name; null when it is missing, doubled or empty. */
export function findOnlyTag(event: NostrEvent, name: string): string | null {
  const found = event.tags.filter((tag) => tag[0] === name);
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}

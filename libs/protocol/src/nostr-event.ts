import { z } from 'zod';

/** A signed Nostr event (NIP-01). The schema checks the shape only; signatures are checked in libs/crypto. */
export const NostrEvent = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  pubkey: z.string().regex(/^[0-9a-f]{64}$/),
  created_at: z.number().int().nonnegative(),
  kind: z.number().int().min(0).max(65535),
  tags: z.array(z.array(z.string().max(4096)).max(32)).max(512),
  content: z.string().max(262_144),
  sig: z.string().regex(/^[0-9a-f]{128}$/),
});
export type NostrEvent = z.infer<typeof NostrEvent>;

import { NostrEvent } from '@ringdown/protocol/nostr-event';
import { Instant, PublicKeyHex } from '@ringdown/protocol/ids';
import { z } from 'zod';
import type { Signer } from './signer.ts';
import { findOnlyTag, parseSignedEvent, toSeconds } from './signed-event.ts';

/** NIP-78 application data; replaceable by (author, kind, `d`). */
const ROSTER_KIND = 30078;
const ROSTER_NAME = 'ringdown-roster';

export const RosterRole = z.enum(['owner', 'admin', 'supervisor', 'volunteer', 'gateway']);
export type RosterRole = z.infer<typeof RosterRole>;

const RosterContent = z.strictObject({
  /** Grows with every signature; a smaller one is a replay. */
  version: z.number().int().min(1),
  issuedAt: Instant,
  members: z.array(z.strictObject({ pubkey: PublicKeyHex, role: RosterRole })).max(5000),
});

/** Who may be in a call group. Only `verifyRoster` makes one. */
export interface Roster {
  readonly version: number;
  readonly issuedAt: Instant;
  readonly roles: ReadonlyMap<PublicKeyHex, RosterRole>;
}

export interface RosterMember {
  readonly publicKey: PublicKeyHex;
  readonly role: RosterRole;
}

export type RosterRefusal =
  | 'malformed'
  | 'kind'
  | 'name'
  | 'signature'
  | 'not-the-admin'
  | 'content'
  | 'member-twice'
  | 'from-the-future'
  | 'older-version';

export type RosterOutcome =
  | { readonly outcome: 'accepted'; readonly roster: Roster }
  | { readonly outcome: 'refused'; readonly reason: RosterRefusal };

/** Clocks of a laptop and a server differ; a roster dated later than this is a mistake or an attack. */
const MAX_CLOCK_SKEW_MS = 10 * 60_000;

export async function signRoster(
  admin: Signer,
  roster: { version: number; members: readonly RosterMember[] },
  nowMs: number,
): Promise<NostrEvent> {
  const content = RosterContent.parse({
    version: roster.version,
    issuedAt: nowMs,
    members: roster.members.map(({ publicKey, role }) => ({ pubkey: publicKey, role })),
  });
  return admin.signEvent({
    kind: ROSTER_KIND,
    created_at: toSeconds(nowMs),
    tags: [['d', ROSTER_NAME]],
    content: JSON.stringify(content),
  });
}

/**
 * `adminPublicKey` must be pinned by the one who checks (shown at the first sign-in, kept ever after): a server that
 * could name the admin could also name the members. `minVersion` is the newest version seen.
 */
export function verifyRoster(
  value: unknown,
  expected: { adminPublicKey: PublicKeyHex; minVersion: number },
  nowMs: number,
): RosterOutcome {
  const shape = NostrEvent.safeParse(value);
  if (!shape.success) return refused('malformed');
  const event = shape.data;
  if (event.kind !== ROSTER_KIND) return refused('kind');
  if (findOnlyTag(event, 'd') !== ROSTER_NAME) return refused('name');
  if (event.pubkey !== expected.adminPublicKey) return refused('not-the-admin');
  if (!parseSignedEvent(event)) return refused('signature');
  const content = parseContent(event.content);
  if (!content) return refused('content');
  const roles = new Map(content.members.map(({ pubkey, role }) => [pubkey, role]));
  if (roles.size !== content.members.length) return refused('member-twice');
  if (content.issuedAt > nowMs + MAX_CLOCK_SKEW_MS) return refused('from-the-future');
  if (content.version < expected.minVersion) return refused('older-version');
  return { outcome: 'accepted', roster: { version: content.version, issuedAt: content.issuedAt, roles } };
}

function parseContent(text: string): z.infer<typeof RosterContent> | null {
  try {
    return RosterContent.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Not JSON: the caller says `content`.
    return null;
  }
}

const refused = (reason: RosterRefusal): RosterOutcome => ({ outcome: 'refused', reason });

/**
 * The newest roster one party has seen, under the admin key it pinned. Never goes back, and a second roster of the same
 * version with other members is refused: two rosters of one number mean that someone is shown another one than we are.
 */
export class PinnedRoster {
  readonly adminPublicKey: PublicKeyHex;
  #newest: { roster: Roster; eventId: string } | null = null;
  #minVersion: number;

  /** `minVersion`: the newest version seen before, from storage. */
  constructor(adminPublicKey: PublicKeyHex, minVersion = 0) {
    this.adminPublicKey = adminPublicKey;
    this.#minVersion = minVersion;
  }

  get newest(): Roster | null {
    return this.#newest?.roster ?? null;
  }

  accept(value: unknown, nowMs: number): RosterOutcome | { outcome: 'refused'; reason: 'same-version-differs' } {
    const checked = verifyRoster(value, { adminPublicKey: this.adminPublicKey, minVersion: this.#minVersion }, nowMs);
    if (checked.outcome === 'refused') return checked;
    const eventId = NostrEvent.parse(value).id;
    if (this.#newest?.roster.version === checked.roster.version && this.#newest.eventId !== eventId) {
      return { outcome: 'refused', reason: 'same-version-differs' };
    }
    this.#newest = { roster: checked.roster, eventId };
    this.#minVersion = checked.roster.version;
    return checked;
  }
}

import { Injectable } from '@nestjs/common';
import { type Roster, verifyRoster } from '@ringdown/crypto/roster';
import { Clock } from '@ringdown/platform/clock';
import { badRequest, conflict, Problem } from '@ringdown/platform/problems';
import type { Instant, OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';

/** For so long another process may not notice that somebody is on it no more; gateways and browsers hear of it at once. */
const REMEMBERED_MS = 5_000;

/** The stored roster, checked again at each use; null when there is none or it doesn't hold. */
export const verifyStoredRoster = (event: NostrEvent | null, admin: PublicKeyHex, now: Instant): Roster | null => {
  if (!event) return null;
  const outcome = verifyRoster(event, { adminPublicKey: admin, minVersion: 0 }, now);
  return outcome.outcome === 'accepted' ? outcome.roster : null;
};

/**
 * Keeps the roster the admin signed. The server checks it to refuse mistakes early; who may be in a call is decided by
 * gateways and browsers, which check it themselves.
 */
@Injectable()
export class RosterService {
  private remembered: { roster: Roster; until: Instant } | null = null;
  private readonly listeners: ((event: NostrEvent, admin: PublicKeyHex) => void)[] = [];

  constructor(
    private readonly people: PeopleRepository,
    private readonly calls: CallsRepository,
    private readonly clock: Clock,
  ) {}

  onChanged(listener: (event: NostrEvent, admin: PublicKeyHex) => void): void {
    this.listeners.push(listener);
  }

  async findEvent(): Promise<NostrEvent | null> {
    return (await this.people.findRoster())?.event ?? null;
  }

  async findRoster(): Promise<Roster | null> {
    const organisation = await this.people.findOrganisation();
    if (!organisation) return null;
    return verifyStoredRoster(await this.findEvent(), organisation.adminPublicKey, this.clock.now());
  }

  /** Whether the roster names this key. What was read lately is enough for a yes; for a no it is read again. */
  async names(publicKey: PublicKeyHex): Promise<boolean> {
    const now = this.clock.now();
    if (this.remembered && this.remembered.until > now && this.remembered.roster.roles.has(publicKey)) return true;
    const roster = await this.findRoster();
    this.remembered = roster && { roster, until: now + REMEMBERED_MS };
    return roster?.roles.has(publicKey) ?? false;
  }

  async store(event: NostrEvent, actorId: OperatorId): Promise<void> {
    const organisation = await this.people.findOrganisation();
    if (!organisation) throw conflict('no-organisation', 'The first run is not done.');
    const stored = await this.people.findRoster();
    const outcome = verifyRoster(
      event,
      { adminPublicKey: organisation.adminPublicKey, minVersion: (stored?.version ?? 0) + 1 },
      this.clock.now(),
    );
    if (outcome.outcome === 'refused') {
      if (outcome.reason === 'older-version') {
        throw conflict('roster-older-version', 'Somebody stored a newer roster meanwhile. Load it and try again.');
      }
      throw badRequest(`roster-${outcome.reason}`, 'The roster is not signed by the admin key or is malformed.');
    }
    try {
      await this.people.createRoster(outcome.roster.version, event);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'P2002') {
        throw new Problem(409, 'roster-older-version', 'Somebody stored a newer roster meanwhile.', { cause: error });
      }
      throw error;
    }
    await this.calls.addAdminLogLine({
      kind: 'roster-changed',
      actorId,
      details: { version: String(outcome.roster.version), members: String(outcome.roster.roles.size) },
    });
    this.remembered = null;
    for (const listener of this.listeners) listener(event, organisation.adminPublicKey);
  }
}

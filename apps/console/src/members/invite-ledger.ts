import { InviteId } from '@ringdown/protocol/ids';
import { Role, type Invite } from '@ringdown/protocol/http';
import { z } from 'zod';

const KEY = 'ringdown.invites';
const Entry = z.object({ inviteId: InviteId, role: Role, spent: z.boolean() });
type Entry = z.infer<typeof Entry>;

/**
 * The invites that this browser made, so that the server can't invent accepted ones: each lets one person of its role
 * into the roster unasked, once.
 */
export class InviteLedger {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  made(invite: Invite): void {
    this.#write([...this.#read(), { inviteId: invite.inviteId, role: invite.role, spent: false }]);
  }

  /** Accepted invites of ours that nobody was added by yet, counted by role. */
  places(invites: readonly Invite[]): Map<Role, number> {
    const accepted = new Set(invites.filter(({ state }) => state === 'accepted').map(({ inviteId }) => inviteId));
    const places = new Map<Role, number>();
    for (const { inviteId, role, spent } of this.#read()) {
      if (!spent && accepted.has(inviteId)) places.set(role, (places.get(role) ?? 0) + 1);
    }
    return places;
  }

  spend(role: Role, invites: readonly Invite[]): void {
    const accepted = new Set(invites.filter(({ state }) => state === 'accepted').map(({ inviteId }) => inviteId));
    const entries = this.#read();
    const entry = entries.find((each) => !each.spent && each.role === role && accepted.has(each.inviteId));
    if (entry) entry.spent = true;
    this.#write(entries);
  }

  #read(): Entry[] {
    try {
      return z.array(Entry).parse(JSON.parse(this.#storage.getItem(KEY) ?? '[]'));
    } catch {
      // Damaged: nobody is added unasked, the owner's button remains.
      return [];
    }
  }

  #write(entries: readonly Entry[]): void {
    this.#storage.setItem(KEY, JSON.stringify(entries));
  }
}

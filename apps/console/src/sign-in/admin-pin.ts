import { PublicKeyHex } from '@ringdown/protocol/ids';

const PIN = 'ringdown.admin-key';
const VERSION = 'ringdown.roster-version';

/**
 * The organisation's admin key as this browser first learnt it (invite link, first run, first sign-in). A server that
 * could exchange it could also name the members of a call, so it is never replaced by what the server says later.
 */
export interface AdminPin {
  find(): PublicKeyHex | null;
  /** False when another key is pinned already. */
  pin(key: PublicKeyHex): boolean;
  newestRosterVersion(): number;
  sawRosterVersion(version: number): void;
}

export class BrowserAdminPin implements AdminPin {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  find(): PublicKeyHex | null {
    return PublicKeyHex.safeParse(this.#storage.getItem(PIN)).data ?? null;
  }

  pin(key: PublicKeyHex): boolean {
    const pinned = this.find();
    if (pinned !== null) return pinned === key;
    this.#storage.setItem(PIN, key);
    return true;
  }

  newestRosterVersion(): number {
    return Number(this.#storage.getItem(VERSION) ?? 0) || 0;
  }

  sawRosterVersion(version: number): void {
    if (version > this.newestRosterVersion()) this.#storage.setItem(VERSION, String(version));
  }
}

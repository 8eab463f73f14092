import { ConnectionId } from '@ringdown/protocol/ids';

const FORMER = 'ringdown.connection';
const lockOf = (connectionId: string) => `ringdown.page.${connectionId}`;
const LEADER = 'ringdown.leader';

/** This loaded page among the pages of this browser. */
export interface PageConnection {
  readonly connectionId: ConnectionId;
  /** What this tab was before it was reloaded; null in a new tab. */
  readonly former: ConnectionId | null;
  /** Whether no page of this browser is that connection any more. A duplicated tab inherits `former` from a living page. */
  isGone(connectionId: ConnectionId): Promise<boolean>;
  /** Of the pages of this browser one leads: it rings and connects ahead. It takes over when the leader is closed. */
  readonly leads: () => boolean;
  /** Called when this page becomes the leader, at once if it is. */
  readonly onLead: (lead: () => void) => () => void;
}

export class BrowserPageConnection implements PageConnection {
  readonly connectionId = ConnectionId.parse(crypto.randomUUID());
  readonly former: ConnectionId | null;
  #leads = false;
  readonly #onLead = new Set<() => void>();

  constructor() {
    this.former = ConnectionId.safeParse(sessionStorage.getItem(FORMER)).data ?? null;
    sessionStorage.setItem(FORMER, this.connectionId);
    // Both locks are held until the page goes: their promises never end.
    void navigator.locks.request(lockOf(this.connectionId), () => new Promise(() => undefined));
    void navigator.locks.request(LEADER, () => {
      this.#leads = true;
      for (const lead of this.#onLead) lead();
      return new Promise(() => undefined);
    });
  }

  async isGone(connectionId: ConnectionId): Promise<boolean> {
    return navigator.locks.request(lockOf(connectionId), { ifAvailable: true }, async (lock) => lock !== null);
  }

  readonly leads = (): boolean => this.#leads;

  readonly onLead = (lead: () => void): (() => void) => {
    if (this.#leads) lead();
    else this.#onLead.add(lead);
    return () => this.#onLead.delete(lead);
  };
}

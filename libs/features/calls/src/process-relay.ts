import type { SocketHub } from '@ringdown/platform/socket-hub';
import { CONSOLE_NAMESPACE } from '@ringdown/protocol/console';
import type { OperatorId } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';

/** What another process is to do for its own sockets. */
export type Relayed =
  | { kind: 'emit'; namespace: string; room: string | null; name: string; body: unknown }
  /** Null: everybody's snapshot. */
  | { kind: 'refresh'; operatorId: OperatorId | null }
  /** Whoever is meant by this room has connected here: sockets of theirs elsewhere are left over. */
  | { kind: 'moved-away'; namespace: string; room: string };

const RELAY = 'relay';
const HERE = 'takes-sockets';
/** What one change of a call has to say comes together within this time, and is one message. */
const GATHER_MS = 10;
const ANNOUNCE_EVERY_MS = 5_000;
/** A process that hasn't been heard of for so long is gone; before it has listened for as long, ours assumes that there are others. */
const UNHEARD_MS = 3 * ANNOUNCE_EVERY_MS;

/**
 * Tells the other processes what their sockets should hear, gathered into few messages; nothing while no other process takes
 * sockets. Who does says so every few seconds, at its start before its first socket.
 */
export class ProcessRelay {
  private readonly id = randomUUID();
  private readonly heard = new Map<string, number>();
  private readonly listeningSince = performance.now();
  private readonly announcing: NodeJS.Timeout;
  private gathered: Relayed[] = [];
  private gathering: NodeJS.Timeout | undefined;

  constructor(
    private readonly hub: SocketHub,
    receive: (relayed: Relayed) => void,
  ) {
    const between = hub.io.of(CONSOLE_NAMESPACE);
    between.on(RELAY, (all: Relayed[]) => {
      for (const relayed of all) receive(relayed);
    });
    between.on(HERE, (id: string, { asks }: { asks: boolean }) => {
      this.heard.set(id, performance.now());
      if (asks) this.announce(false);
    });
    hub.whenAttached(() => this.announce(true));
    this.announcing = setInterval(() => this.announce(false), ANNOUNCE_EVERY_MS);
  }

  close(): void {
    clearInterval(this.announcing);
    clearTimeout(this.gathering);
    this.flush();
  }

  send(relayed: Relayed): void {
    if (this.alone()) return;
    const known =
      relayed.kind === 'refresh' &&
      this.gathered.some((other) => other.kind === 'refresh' && other.operatorId === relayed.operatorId);
    if (!known) this.gathered.push(relayed);
    this.gathering ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  private flush(): void {
    this.gathering = undefined;
    const all = this.gathered;
    this.gathered = [];
    if (all.length > 0) this.hub.io.of(CONSOLE_NAMESPACE).serverSideEmit(RELAY, all);
  }

  private alone(): boolean {
    const now = performance.now();
    if (now - this.listeningSince < UNHEARD_MS) return false;
    for (const [id, at] of this.heard) if (now - at > UNHEARD_MS) this.heard.delete(id);
    return this.heard.size === 0;
  }

  private announce(asks: boolean): void {
    if (this.hub.takesSockets) this.hub.io.of(CONSOLE_NAMESPACE).serverSideEmit(HERE, this.id, { asks });
  }
}

import type { LogEntry } from '../src/event-log.ts';
import type { Faults, SomeFaults } from '../src/faults.ts';

export interface WatchView {
  entries: readonly LogEntry[];
  faults: Faults | null;
  numbers: readonly { number: string; name: string }[];
}

const KEPT = 1000;
const RECONNECT_MS = 1000;

/** The simulator's log, its switches and its numbers. */
export class WatchLine {
  #view: WatchView = { entries: [], faults: null, numbers: [] };
  #socket: WebSocket | undefined;
  readonly #watchers = new Set<() => void>();

  get view(): WatchView {
    return this.#view;
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  open(): void {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/watch`);
    this.#socket = socket;
    let first = true;
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const message: { type: string } & Partial<WatchView> = JSON.parse(data);
      if (message.entries) {
        const before = first ? [] : this.#view.entries;
        this.#show({ entries: [...before, ...message.entries].slice(-KEPT) });
        first = false;
      }
      if (message.faults) this.#show({ faults: message.faults });
      if (message.numbers) this.#show({ numbers: message.numbers });
    });
    socket.addEventListener('close', () => {
      if (this.#socket === socket) setTimeout(() => this.open(), RECONNECT_MS);
    });
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  setFaults(faults: SomeFaults): void {
    if (this.#socket?.readyState !== WebSocket.OPEN || !this.#view.faults) return;
    // Shown at once; the simulator's answer confirms it.
    this.#show({ faults: Object.assign({}, this.#view.faults, faults) });
    this.#socket.send(JSON.stringify({ type: 'faults', faults }));
  }

  clear(): void {
    this.#show({ entries: [] });
  }

  #show(change: Partial<WatchView>): void {
    this.#view = { ...this.#view, ...change };
    for (const watcher of this.#watchers) watcher();
  }
}

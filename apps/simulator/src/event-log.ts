/** What happened, in words for the person who watches the simulator. */
export interface LogEntry {
  /** Milliseconds since the epoch. */
  at: number;
  callSid: string | null;
  kind: 'call' | 'webhook' | 'callback' | 'twiml' | 'stream' | 'rest' | 'warning' | 'fault';
  text: string;
  /** HTTP status of the product's answer, and how long it took. */
  status?: number;
  ms?: number;
  /** More to read: a document, the fields of a request. */
  detail?: string;
}

const KEPT = 5000;

/** The newest entries; older ones are forgotten. */
export class EventLog {
  readonly #entries: LogEntry[] = [];
  readonly #watchers = new Set<(entry: LogEntry) => void>();

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    // Cut rarely: shifting a long array for every line costs more than the memory.
    if (this.#entries.length > 2 * KEPT) this.#entries.splice(0, this.#entries.length - KEPT);
    for (const watcher of this.#watchers) watcher(entry);
  }

  list(callSid?: string): LogEntry[] {
    return callSid === undefined
      ? this.#entries.slice(-KEPT)
      : this.#entries.filter((each) => each.callSid === callSid);
  }

  watch(watcher: (entry: LogEntry) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

import {
  CommandAnswer,
  CONSOLE_NAMESPACE,
  MlsToMember,
  OperatorSnapshot,
  ShiftReminder,
  QueueCount,
  type ConsoleClientToServer,
  type ConsoleServerToClient,
  type MlsFromMember,
} from '@ringdown/protocol/console';
import type { ConnectionId } from '@ringdown/protocol/ids';
import type { NoteChanged, NoteFollowers } from '@ringdown/protocol/notes';
import { io, type Socket } from 'socket.io-client';
import { Store, type Followed } from './store.ts';

export interface LineState {
  /** `refused`: the server doesn't take us (signed out, not in the roster); it isn't tried again by itself. */
  readonly link: 'connecting' | 'connected' | 'reconnecting' | 'refused';
  readonly refusal: string | null;
  readonly snapshot: OperatorSnapshot | null;
  /** Server's clock minus ours, milliseconds. */
  readonly clockAheadMs: number;
}

export type Command = Exclude<keyof ConsoleClientToServer, 'mls'>;
export type CommandBody<Name extends Command> = Parameters<ConsoleClientToServer[Name]>[0];
export type Outcome = CommandAnswer | { readonly outcome: 'refused'; readonly reason: 'no-answer' };
export type Topic = Parameters<ConsoleServerToClient['changed']>[0]['topic'];

/** The console's live connection: whole snapshots in, acknowledged commands out. */
export interface LiveLine extends Followed<LineState> {
  command<Name extends Command>(name: Name, body: CommandBody<Name>): Promise<Outcome>;
  sendMls(body: MlsFromMember): void;
  onMls(handle: (body: MlsToMember) => void): () => void;
  onChanged(handle: (topic: Topic) => void): () => void;
  onShiftReminder(handle: (body: ShiftReminder) => void): () => void;
  onNoteChanged(handle: (body: NoteChanged) => void): () => void;
  onNoteFollowers(handle: (body: NoteFollowers) => void): () => void;
  close(): void;
}

/** A command not acknowledged in this time may or may not have happened; the next snapshot tells. */
const ANSWER_LIMIT_MS = 6_000;

export class SocketLine implements LiveLine {
  readonly #socket: Socket<ConsoleServerToClient, ConsoleClientToServer>;
  readonly #state = new Store<LineState>({ link: 'connecting', refusal: null, snapshot: null, clockAheadMs: 0 });
  readonly #now: () => number;
  readonly subscribe = this.#state.subscribe;
  readonly getSnapshot = this.#state.getSnapshot;

  constructor(connectionId: ConnectionId, now: () => number) {
    this.#now = now;
    this.#socket = io(CONSOLE_NAMESPACE, {
      transports: ['websocket'],
      auth: { connectionId },
      reconnectionDelay: 250,
      reconnectionDelayMax: 2_000,
      timeout: 5_000,
    });
    this.#socket.on('connect', () => this.#change({ link: 'connected', refusal: null }));
    this.#socket.on('disconnect', (reason) => {
      // The server closed it on purpose: socket.io won't try again. A restart of the api closes sockets the same way.
      if (reason === 'io server disconnect') this.#socket.connect();
      this.#change({ link: 'reconnecting' });
    });
    this.#socket.on('connect_error', (error: Error & { data?: { reason?: unknown } }) => {
      const reason = error.data?.reason;
      if (typeof reason === 'string') this.#change({ link: 'refused', refusal: reason });
      else this.#change({ link: this.getSnapshot().snapshot ? 'reconnecting' : 'connecting' });
    });
    this.#socket.on('snapshot', (body) => {
      const parsed = OperatorSnapshot.safeParse(body);
      // The server was updated under an open page: only a reload helps.
      if (!parsed.success) this.#change({ link: 'refused', refusal: 'newer-server' });
      else this.#change({ snapshot: parsed.data, clockAheadMs: parsed.data.serverTime - this.#now() });
    });
    this.#socket.on('queue-changed', (body) => this.#takeCount(body));
  }

  #takeCount(body: unknown): void {
    const { snapshot } = this.getSnapshot();
    const count = QueueCount.safeParse(body);
    if (!snapshot || !count.success) return;
    const byHotline = snapshot.queue.byHotline.map((known) =>
      known.hotlineId === count.data.hotlineId ? count.data : known,
    );
    const since = byHotline.flatMap(({ longestSince }) => (longestSince === null ? [] : [longestSince]));
    const waiting = byHotline.reduce((sum, each) => sum + each.waiting, 0);
    const queue = { waiting, longestSince: since.length > 0 ? Math.min(...since) : null, byHotline };
    this.#change({ snapshot: { ...snapshot, queue } });
  }

  async command<Name extends Command>(name: Name, body: CommandBody<Name>): Promise<Outcome> {
    // Not kept for later: a "hang up" that arrives a minute late would surprise.
    if (!this.#socket.connected) return { outcome: 'refused', reason: 'no-answer' };
    const socket = this.#socket as Socket;
    try {
      return CommandAnswer.parse(await socket.timeout(ANSWER_LIMIT_MS).emitWithAck(name, body));
    } catch {
      // No acknowledgement in time, or one that we can't read: both mean that we don't know.
      return { outcome: 'refused', reason: 'no-answer' };
    }
  }

  sendMls(body: MlsFromMember): void {
    // socket.io keeps it while disconnected and sends it after the reconnection.
    this.#socket.emit('mls', body);
  }

  onMls(handle: (body: MlsToMember) => void): () => void {
    const listener = (body: unknown) => {
      const parsed = MlsToMember.safeParse(body);
      if (parsed.success) handle(parsed.data);
    };
    this.#socket.on('mls', listener);
    return () => this.#socket.off('mls', listener);
  }

  onChanged(handle: (topic: Topic) => void): () => void {
    const listener = (body: { topic: Topic }) => handle(body.topic);
    this.#socket.on('changed', listener);
    return () => this.#socket.off('changed', listener);
  }

  onShiftReminder(handle: (body: ShiftReminder) => void): () => void {
    const listener = (body: unknown) => {
      const parsed = ShiftReminder.safeParse(body);
      if (parsed.success) handle(parsed.data);
    };
    this.#socket.on('shift-reminder', listener);
    return () => this.#socket.off('shift-reminder', listener);
  }

  onNoteChanged(handle: (body: NoteChanged) => void): () => void {
    this.#socket.on('note-changed', handle);
    return () => this.#socket.off('note-changed', handle);
  }

  onNoteFollowers(handle: (body: NoteFollowers) => void): () => void {
    this.#socket.on('note-followers', handle);
    return () => this.#socket.off('note-followers', handle);
  }

  close(): void {
    this.#socket.disconnect();
  }

  #change(change: Partial<LineState>): void {
    this.#state.set({ ...this.getSnapshot(), ...change });
  }
}

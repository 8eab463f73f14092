import { defaultLedgerLimits, PlayoutLedger } from '@ringdown/audio/playout-ledger';
import { isSilentMuLaw } from '@ringdown/audio/level';
import type { GatewayReport } from '@ringdown/protocol/gateway';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { MediaWriter, parseMediaMessage, type MediaMessage, type MessageRefusal } from './media-messages.ts';
import { refusedMessages } from './metrics.ts';
import { silentFrame } from './phone-player.ts';
import type { PhoneStream } from './phone-stream.ts';

export type StreamEndCause = Extract<GatewayReport, { type: 'stream-ended' }>['cause'];

export interface StreamListener {
  onAudio(muLaw: Uint8Array, timestampMs: number): void;
  onDigit(digit: string): void;
  onEnded(cause: StreamEndCause): void;
}

/** A carrier sends 50 messages a second, silence too: nothing for so long means that nothing will come. */
const SILENT_AFTER_MS = 8_000;
/** Garbage is refused and counted, but a peer that sends nothing else is no carrier. */
const MOST_REFUSED = 50;
const MARK_GRACE_MS = 2_000;
const FILL_BELOW_MS = 10;

/** Both directions of one phone, over one carrier's WebSocket. */
export class MediaStream implements PhoneStream {
  private readonly ledger = new PlayoutLedger(defaultLedgerLimits);
  private readonly writer: MediaWriter;
  private readonly marks = new Map<string, () => void>();
  private marksMade = 0;
  private lastHeardMs = performance.now();
  private filling = false;
  private refused = 0;
  private ended = false;
  private stopped = false;

  constructor(
    private readonly socket: WebSocket,
    /** The connection under `socket`; whole frames may be written to it between its own. */
    private readonly wire: Writable,
    readonly streamId: string,
    private readonly listener: StreamListener,
  ) {
    this.writer = new MediaWriter(streamId);
    socket.on('close', () => this.finish(this.stopped ? 'carrier-stopped' : 'socket-lost'));
  }

  /** What the carrier has still to play. */
  waitingMs(nowMs: number): number {
    return this.ledger.waitingMs(nowMs);
  }

  /** Keeps a line that nobody speaks on from falling silent; called every 20 ms. */
  fill(nowMs: number): void {
    if (this.ledger.isStarved(nowMs)) this.filling = true;
    if (this.filling && this.ledger.waitingMs(nowMs) < FILL_BELOW_MS) this.send(silentFrame, nowMs);
  }

  /** Sound from the room: silence is left out when the carrier lags behind. */
  sendLive(muLaw: Uint8Array, nowMs: number): void {
    if (this.ended) return;
    this.filling = false;
    const waiting = this.ledger.waitingMs(nowMs);
    // Looked at only when it matters: a line that is on time never needs to know.
    const silent = waiting > defaultLedgerLimits.catchUpAboveMs && isSilentMuLaw(muLaw);
    if (this.ledger.admits(nowMs, silent)) this.send(muLaw, nowMs);
  }

  send(muLaw: Uint8Array, nowMs: number): void {
    if (this.ended) return;
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.wire.write(this.writer.mediaFrame(muLaw));
    this.ledger.sent(nowMs, muLaw.length / 8);
  }

  /** Throws away what the carrier has not played yet. */
  clear(nowMs: number): void {
    if (this.ended || this.ledger.waitingMs(nowMs) === 0) return;
    this.socket.send(this.writer.clear());
    this.ledger.cleared(nowMs);
  }

  /** Calls back when all that was sent has been played (or cleared); at the latest when it must have been. */
  whenPlayed(nowMs: number, done: () => void): void {
    const name = `m${this.marksMade++}`;
    const limit = setTimeout(() => this.markReached(name), this.ledger.waitingMs(nowMs) + MARK_GRACE_MS);
    this.marks.set(name, () => {
      clearTimeout(limit);
      done();
    });
    if (!this.ended) this.socket.send(this.writer.mark(name));
  }

  /** Ends a stream whose connection is being closed, which may take long and takes nothing more, or is open but dead. */
  checkAlive(nowMs: number): void {
    if (this.ended) return;
    const isOpen = this.socket.readyState === this.socket.OPEN;
    if (isOpen && nowMs - this.lastHeardMs < SILENT_AFTER_MS) return;
    this.finish(isOpen ? 'silent' : 'socket-lost');
    this.socket.terminate();
  }

  close(cause: 'directed' | 'shutting-down'): void {
    if (this.ended) return;
    this.finish(cause);
    this.socket.close(1000);
  }

  onMessage(bytes: Buffer, isBinary: boolean): void {
    this.lastHeardMs = performance.now();
    const message = isBinary ? 'binary' : parseMediaMessage(bytes);
    if (typeof message === 'string') this.refuse(message);
    else this.take(message);
  }

  private take(message: MediaMessage): void {
    switch (message.event) {
      case 'media':
        return this.listener.onAudio(message.payload, message.timestampMs);
      case 'dtmf':
        return this.listener.onDigit(message.digit);
      case 'mark':
        return this.markReached(message.name);
      case 'stop':
        this.stopped = true;
        this.socket.close(1000);
        return this.finish('carrier-stopped');
      case 'connected':
      case 'start':
        return this.refuse('out-of-turn');
    }
  }

  private refuse(reason: MessageRefusal | 'binary' | 'out-of-turn'): void {
    refusedMessages.inc({ source: 'carrier', reason });
    if (++this.refused < MOST_REFUSED) return;
    this.finish('protocol-breach');
    this.socket.close(1008);
  }

  private markReached(name: string): void {
    const done = this.marks.get(name);
    this.marks.delete(name);
    done?.();
  }

  private finish(cause: StreamEndCause): void {
    if (this.ended) return;
    this.ended = true;
    this.listener.onEnded(cause);
    // Whoever waits for the end of a sound has nothing left to wait for.
    for (const name of this.marks.keys()) this.markReached(name);
  }
}

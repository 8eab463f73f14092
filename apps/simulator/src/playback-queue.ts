import { MU_LAW_SILENCE } from '@ringdown/audio/g711';
import { FRAME_BYTES } from './caller-voice.ts';

/** Twilio drops what goes beyond ten minutes. */
const LIMIT_BYTES = 10 * 60 * 8000;

/** Audio the product sent, played in real time and in order, with the marks between. */
export class PlaybackQueue {
  readonly #chunks: Uint8Array[] = [];
  /** Of the first chunk. */
  #offset = 0;
  #queued = 0;
  #played = 0;
  readonly #marks: { name: string; at: number }[] = [];
  readonly #onMark: (name: string) => void;

  constructor(onMark: (name: string) => void) {
    this.#onMark = onMark;
  }

  get queuedMs(): number {
    return this.#queued / 8;
  }

  /** False when the queue is full: nothing was added. */
  add(codes: Uint8Array): boolean {
    if (this.#queued + codes.length > LIMIT_BYTES) return false;
    if (codes.length > 0) this.#chunks.push(codes);
    this.#queued += codes.length;
    return true;
  }

  /** Comes back when everything queued before it was played: at once when there is nothing. */
  mark(name: string): void {
    if (this.#queued === 0) this.#onMark(name);
    else this.#marks.push({ name, at: this.#played + this.#queued });
  }

  /** Empties the queue; the marks that waited come back at once, in order. */
  clear(): void {
    this.#chunks.length = 0;
    this.#offset = 0;
    this.#played += this.#queued;
    this.#queued = 0;
    this.#returnMarks();
  }

  /** The next 20 ms, or undefined when there is nothing to play. */
  next(): Uint8Array | undefined {
    const first = this.#chunks[0];
    if (!first) return undefined;
    let frame: Uint8Array;
    if (this.#offset === 0 && first.length === FRAME_BYTES) {
      // The usual case: one message is one packet, nothing is copied.
      frame = first;
      this.#chunks.shift();
      this.#advance(FRAME_BYTES);
    } else {
      frame = new Uint8Array(FRAME_BYTES).fill(MU_LAW_SILENCE);
      this.#advance(this.#copyInto(frame));
    }
    return frame;
  }

  #copyInto(frame: Uint8Array): number {
    let filled = 0;
    for (let chunk = this.#chunks[0]; chunk && filled < frame.length; chunk = this.#chunks[0]) {
      const part = chunk.subarray(this.#offset, this.#offset + frame.length - filled);
      frame.set(part, filled);
      filled += part.length;
      this.#offset += part.length;
      if (this.#offset === chunk.length) {
        this.#chunks.shift();
        this.#offset = 0;
      }
    }
    return filled;
  }

  #advance(bytes: number): void {
    this.#queued -= bytes;
    this.#played += bytes;
    this.#returnMarks();
  }

  #returnMarks(): void {
    for (let mark = this.#marks[0]; mark && mark.at <= this.#played; mark = this.#marks[0]) {
      this.#marks.shift();
      this.#onMark(mark.name);
    }
  }
}

import type { KeypadDigit } from '@ringdown/audio/tones';
import { CallerVoice, type Frame } from './caller-voice.ts';
import type { Clock } from './clock.ts';
import { Ear } from './ear.ts';
import type { Faults } from './faults.ts';
import type { MediaStream } from './media-stream.ts';
import type { OwnedNumber } from './number-book.ts';
import type { Ticker } from './ticker.ts';
import type { WebhookTarget } from './webhook-sender.ts';

export type CallStatus =
  | 'queued'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'canceled';
export type FinalStatus = Exclude<CallStatus, 'queued' | 'ringing' | 'in-progress'>;

/** Why the verb that runs is cut short. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly by: 'call-over' | 'new-document';

  constructor(by: Interrupted['by']) {
    super(`The document is left: ${by}`);
    this.by = by;
  }
}

export interface CallOptions {
  sid: string;
  from: string;
  to: string;
  direction: 'inbound' | 'outbound-api';
  number: OwnedNumber | undefined;
  faults: Faults;
  fallback: WebhookTarget | undefined;
  statusCallback: (WebhookTarget & { events: readonly string[] }) | undefined;
}

/** A call, its audio line and the phone at the caller's end of it. What it does is decided elsewhere. */
export class SimulatedCall {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly direction: CallOptions['direction'];
  readonly number: OwnedNumber | undefined;
  readonly faults: Faults;
  readonly fallback: WebhookTarget | undefined;
  readonly statusCallback: CallOptions['statusCallback'];
  readonly createdAt: number;
  readonly voice = new CallerVoice();
  readonly ear: Ear;
  readonly captions: { at: number; text: string; language: string }[] = [];
  /** What a test calls it. */
  label: string | undefined;
  status: CallStatus;
  answeredAt: number | null = null;
  endedAt: number | null = null;
  updatedAt: number;
  /** When the newest stream was opened and its `start` was sent. */
  streamOpenedAt: number | null = null;
  streamStartedAt: number | null = null;
  stream: MediaStream | undefined;
  /** Order of this call's callbacks. */
  callbackSequence = 0;
  /** Takes keys while a verb waits for them. */
  onDigit: ((digit: KeypadDigit) => void) | undefined;
  /** Takes what the caller says while a verb records. */
  onVoice: ((frame: Frame) => void) | undefined;
  /** Set while a telephone rings for it. */
  pickUp: ((how: 'answer' | 'decline') => void) | undefined;
  onChange: (() => void) | undefined;
  #player: (() => Uint8Array | undefined) | undefined;
  #run = new AbortController();
  #leaveLine: (() => void) | undefined;
  readonly #clock: Clock;
  readonly #ticker: Ticker;

  constructor(options: CallOptions, clock: Clock, ticker: Ticker) {
    this.sid = options.sid;
    this.from = options.from;
    this.to = options.to;
    this.direction = options.direction;
    this.number = options.number;
    this.faults = options.faults;
    this.fallback = options.fallback;
    this.statusCallback = options.statusCallback;
    this.#clock = clock;
    this.#ticker = ticker;
    this.createdAt = clock.now();
    this.updatedAt = this.createdAt;
    this.ear = new Ear(() => clock.now());
    this.status = options.direction === 'inbound' ? 'ringing' : 'queued';
  }

  get isOver(): boolean {
    return this.endedAt !== null;
  }

  /** Aborted when the call ends or gets another document. */
  get signal(): AbortSignal {
    return this.#run.signal;
  }

  setStatus(status: CallStatus): void {
    this.status = status;
    this.updatedAt = this.#clock.now();
    this.onChange?.();
  }

  /** Opens the audio line. */
  answer(): void {
    if (this.answeredAt !== null || this.isOver) return;
    this.answeredAt = this.#clock.now();
    this.#leaveLine = this.#ticker.join(() => this.#tick());
    this.setStatus('in-progress');
  }

  /** Leaves the document that runs; the signal that follows belongs to the next one. */
  startDocument(): AbortSignal {
    this.#run.abort(new Interrupted('new-document'));
    this.#run = new AbortController();
    return this.#run.signal;
  }

  /** False when it was over already. */
  end(status: FinalStatus): boolean {
    if (this.isOver) return false;
    this.endedAt = this.#clock.now();
    this.#leaveLine?.();
    this.#run.abort(new Interrupted('call-over'));
    this.setStatus(status);
    return true;
  }

  caption(text: string, language: string): void {
    this.captions.push({ at: this.#clock.now(), text, language });
    this.onChange?.();
  }

  /** Plays frames to the phone in real time, after one another. */
  play(frames: readonly Frame[], signal: AbortSignal): Promise<void> {
    let at = 0;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#player = undefined;
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the signal's own reason
        reject(signal.reason);
      };
      if (signal.aborted) {
        stop();
        return;
      }
      signal.addEventListener('abort', stop, { once: true });
      this.#player = () => {
        const frame = frames[at++];
        if (frame) return frame.codes;
        this.#player = undefined;
        signal.removeEventListener('abort', stop);
        resolve();
        return undefined;
      };
    });
  }

  press(digit: KeypadDigit): void {
    this.voice.pressKey(digit);
    // Digits go to the verb that collects them or into the stream, never both.
    if (this.onDigit) this.onDigit(digit);
    else this.stream?.sendDigit(digit);
  }

  #tick(): void {
    const said = this.voice.next();
    this.stream?.sendAudio(said);
    this.onVoice?.(said);
    this.ear.hear(this.#player?.() ?? this.stream?.nextSound());
  }
}

import type { MediaKey } from './call-group.ts';
import {
  expireMediaKeys,
  findSendKey,
  installMediaKey,
  nextMediaKeyChange,
  NO_MEDIA_KEYS,
  SEND_AFTER_MS,
  type MediaKeySchedule,
} from './media-key-schedule.ts';

/** Where keys go: a frame cryptor, whatever it runs on. */
export interface KeySink {
  /** Opens with it from now on. */
  setKey(keyIndex: number, mediaKey: Uint8Array): void;
  /** Seals with it from now on. */
  useKey(keyIndex: number): void;
  /** Neither any more. */
  dropKey(keyIndex: number): void;
}

export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Returns how to call it off. */
  after(ms: number, then: () => void): () => void;
}

/** Tells a frame cryptor what the schedule says, at the moment it says so. The same on both ends of a call. */
export class MediaKeys {
  readonly #sink: KeySink;
  readonly #clock: Clock;
  #schedule: MediaKeySchedule = NO_MEDIA_KEYS;
  #sending: MediaKey | null = null;
  #callOff: () => void = () => undefined;

  constructor(sink: KeySink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  get newest(): MediaKey | null {
    return this.#schedule.keys[0]?.media ?? null;
  }

  /** Throws `KeyIndexInUseError`. `sendAfterMs` 0: seal with it at once, where every receiver has it already. */
  install(media: MediaKey, sendAfterMs = SEND_AFTER_MS): void {
    const before = this.#schedule;
    this.#schedule = installMediaKey(before, media, this.#clock.now(), sendAfterMs);
    if (this.#schedule === before) return;
    this.#sink.setKey(media.keyIndex, media.key);
    this.#follow(before);
  }

  /** At once and all: nothing is sealed or opened until the next `install`. */
  drop(): void {
    this.#callOff();
    for (const { media } of this.#schedule.keys) this.#sink.dropKey(media.keyIndex);
    this.#schedule = NO_MEDIA_KEYS;
    this.#sending = null;
  }

  #follow(before: MediaKeySchedule): void {
    const now = this.#clock.now();
    this.#schedule = expireMediaKeys(this.#schedule, now);
    const live = new Set(this.#schedule.keys.map((key) => key.media.keyIndex));
    for (const { media } of before.keys) if (!live.has(media.keyIndex)) this.#sink.dropKey(media.keyIndex);
    const sending = findSendKey(this.#schedule, now);
    if (sending && sending !== this.#sending) this.#sink.useKey(sending.keyIndex);
    this.#sending = sending;
    this.#callOff();
    const next = nextMediaKeyChange(this.#schedule, now);
    if (next !== null) this.#callOff = this.#clock.after(next - now, () => this.#follow(this.#schedule));
  }
}

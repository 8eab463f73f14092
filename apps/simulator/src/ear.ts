import { decodeMuLaw, MU_LAW_SILENCE } from '@ringdown/audio/g711';
import { isSilentMuLaw } from '@ringdown/audio/level';
import { PHONE_RATE } from '@ringdown/audio/tones';
import { FRAME_BYTES } from './caller-voice.ts';
import { findLoudest, type Loudest } from './spectrum.ts';

/** About one second: a power of two for the transform, and whole frames don't matter to it. */
const KEPT_BYTES = 8192;

const silence = new Uint8Array(FRAME_BYTES).fill(MU_LAW_SILENCE);

export interface Heard extends Loudest {
  /** 20 ms packets heard since the call was answered; gaps are ticks at which nothing had come after sound had begun. */
  packets: number;
  gaps: number;
  /** When something louder than silence was first heard, in ms since the epoch. */
  firstSoundAt: number | null;
}

/** What the phone hears: the last second is kept, and looked at only when somebody asks. */
export class Ear {
  readonly #kept = new Uint8Array(KEPT_BYTES).fill(MU_LAW_SILENCE);
  readonly #now: () => number;
  #at = 0;
  #packets = 0;
  #gaps = 0;
  #firstSoundAt: number | null = null;
  #listener: ((codes: Uint8Array) => void) | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Gets every 20 ms as they are played: the loudspeaker of a phone page. */
  onSound(listener: ((codes: Uint8Array) => void) | undefined): void {
    this.#listener = listener;
  }

  hear(codes: Uint8Array | undefined): void {
    const frame = codes ?? silence;
    if (codes) {
      this.#packets++;
      if (this.#firstSoundAt === null && !isSilentMuLaw(codes)) this.#firstSoundAt = this.#now();
    } else if (this.#packets > 0) this.#gaps++;
    const fits = Math.min(frame.length, KEPT_BYTES - this.#at);
    this.#kept.set(fits === frame.length ? frame : frame.subarray(0, fits), this.#at);
    if (fits < frame.length) this.#kept.set(frame.subarray(fits), 0);
    this.#at = (this.#at + frame.length) % KEPT_BYTES;
    this.#listener?.(frame);
  }

  /** µ-law of the last second, oldest first. */
  lastSecond(): Uint8Array {
    const ordered = new Uint8Array(KEPT_BYTES);
    ordered.set(this.#kept.subarray(this.#at));
    ordered.set(this.#kept.subarray(0, this.#at), KEPT_BYTES - this.#at);
    return ordered;
  }

  report(): Heard {
    const loudest = findLoudest(decodeMuLaw(this.lastSecond()), PHONE_RATE);
    return { ...loudest, packets: this.#packets, gaps: this.#gaps, firstSoundAt: this.#firstSoundAt };
  }
}

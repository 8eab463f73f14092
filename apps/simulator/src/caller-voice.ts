import { encodeMuLaw, MU_LAW_SILENCE } from '@ringdown/audio/g711';
import { meanLevelMuLaw } from '@ringdown/audio/level';
import { dtmfTone, tone, type KeypadDigit } from '@ringdown/audio/tones';

export const FRAME_BYTES = 160;

/** 20 ms of µ-law and the same as base64: made once, shared by all calls that say it. */
export interface Frame {
  readonly codes: Uint8Array;
  readonly base64: string;
}

export function toFrame(codes: Uint8Array): Frame {
  return { codes, base64: Buffer.from(codes.buffer, codes.byteOffset, codes.byteLength).toString('base64') };
}

/** Whole frames; the last one is filled up with silence. */
export function toFrames(codes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < codes.length; at += FRAME_BYTES) {
    const frame = new Uint8Array(FRAME_BYTES).fill(MU_LAW_SILENCE);
    frame.set(codes.subarray(at, at + FRAME_BYTES));
    frames.push(toFrame(frame));
  }
  return frames;
}

export const silentFrame = toFrame(new Uint8Array(FRAME_BYTES).fill(MU_LAW_SILENCE));

const tones = new Map<number, Frame[]>();

/** One second of the tone: any whole number of hertz repeats after it without a click. */
function toneFrames(hz: number): Frame[] {
  const known = tones.get(hz);
  if (known) return known;
  const frames = toFrames(encodeMuLaw(tone([hz], { durationMs: 1000, amplitude: 0.4 })));
  tones.set(hz, frames);
  return frames;
}

const keys = new Map<string, Frame[]>();

function keyFrames(digit: KeypadDigit): Frame[] {
  const known = keys.get(digit);
  if (known) return known;
  const frames = toFrames(encodeMuLaw(dtmfTone(digit)));
  keys.set(digit, frames);
  return frames;
}

/** What goes into the phone. */
export type CallerSound =
  | { kind: 'silence' }
  | { kind: 'tone'; hz: number }
  /** Prepared µ-law frames, repeated for ever or said once. */
  | { kind: 'frames'; frames: readonly Frame[]; repeat: boolean }
  | { kind: 'microphone' };

/** A microphone that is ahead of the call is cut, so that the delay can't grow. */
const MICROPHONE_LIMIT_FRAMES = 10;

/** The caller's side of the audio: what the phone says, 20 ms at a time. */
export class CallerVoice {
  #frames: readonly Frame[] = [];
  #repeat = false;
  #at = 0;
  #microphone: Frame[] | undefined;
  #last: Frame = silentFrame;
  readonly #keys: Frame[] = [];

  say(sound: CallerSound): void {
    this.#microphone = undefined;
    this.#at = 0;
    this.#repeat = true;
    switch (sound.kind) {
      case 'silence':
        this.#frames = [];
        return;
      case 'tone':
        this.#frames = toneFrames(sound.hz);
        return;
      case 'frames':
        this.#frames = sound.frames;
        this.#repeat = sound.repeat;
        return;
      case 'microphone':
        this.#frames = [];
        this.#microphone = [];
        return;
      default:
        sound satisfies never;
    }
  }

  /** µ-law as it comes from a browser, in whole frames. */
  addMicrophone(codes: Uint8Array): void {
    if (!this.#microphone) return;
    this.#microphone.push(...toFrames(codes));
    if (this.#microphone.length > MICROPHONE_LIMIT_FRAMES) {
      this.#microphone.splice(0, this.#microphone.length - MICROPHONE_LIMIT_FRAMES);
    }
  }

  /** The key's tone replaces the voice for 100 ms. */
  pressKey(digit: KeypadDigit): void {
    this.#keys.push(...keyFrames(digit));
  }

  /** Loudness of the newest 20 ms, in dB below full scale; -120 is silence. */
  get levelDb(): number {
    const mean = meanLevelMuLaw(this.#last.codes);
    return mean === 0 ? -120 : 20 * Math.log10(mean / 32_768);
  }

  next(): Frame {
    this.#last = this.#take();
    return this.#last;
  }

  #take(): Frame {
    const key = this.#keys.shift();
    if (key) return key;
    if (this.#microphone) return this.#microphone.shift() ?? silentFrame;
    const frame = this.#frames[this.#at];
    if (!frame) return silentFrame;
    this.#at++;
    if (this.#at === this.#frames.length && this.#repeat) this.#at = 0;
    return frame;
  }
}

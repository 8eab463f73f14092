import { MU_LAW_SILENCE } from '@ringdown/audio/g711';

/** 20 ms at 8 kHz. */
export const FRAME = 160;
export const FRAME_MS = 20;

export type Background = 'music' | 'silence' | 'nothing';

/**
 * Sounds for the phone, one 20 ms frame at a time: queued prompts first, then the background. Music goes on where it
 * stopped; its bytes are shared between all calls and never copied.
 */
export class PhonePlayer {
  private readonly queue: { readonly sound: Uint8Array; readonly done: (() => void) | undefined }[] = [];
  private at = 0;
  private musicAt = 0;
  private background: Background = 'nothing';

  constructor(private readonly music: () => Uint8Array) {}

  get isSpeaking(): boolean {
    return this.queue.length > 0;
  }

  setBackground(background: Background): void {
    this.background = background;
  }

  /** Plays the sounds in order; `done` when the last sample of the last was taken. */
  enqueue(sounds: readonly Uint8Array[], done?: () => void): void {
    const spoken = sounds.filter((sound) => sound.length > 0);
    spoken.forEach((sound, i) => this.queue.push({ sound, done: i === spoken.length - 1 ? done : undefined }));
    if (spoken.length === 0) done?.();
  }

  /** Forgets what was queued; its `done` is never called. */
  stop(): void {
    this.queue.length = 0;
    this.at = 0;
  }

  /** The next frame, or null when there is nothing to be heard. */
  next(): Uint8Array | null {
    const current = this.queue[0];
    if (current) return this.nextSpoken(current);
    if (this.background === 'nothing') return null;
    if (this.background === 'silence') return silentFrame;
    const music = this.music();
    if (this.musicAt + FRAME > music.length) this.musicAt = 0;
    const frame = music.subarray(this.musicAt, this.musicAt + FRAME);
    this.musicAt += FRAME;
    return frame;
  }

  private nextSpoken({ sound, done }: { sound: Uint8Array; done: (() => void) | undefined }): Uint8Array {
    const rest = sound.length - this.at;
    if (rest > FRAME) {
      const frame = sound.subarray(this.at, this.at + FRAME);
      this.at += FRAME;
      return frame;
    }
    const frame = new Uint8Array(FRAME).fill(MU_LAW_SILENCE);
    frame.set(sound.subarray(this.at));
    this.queue.shift();
    this.at = 0;
    done?.();
    return frame;
  }
}

/** Shared; never written to. */
export const silentFrame: Uint8Array = new Uint8Array(FRAME).fill(MU_LAW_SILENCE);

import { meanLevelMuLaw } from '@ringdown/audio/level';

/** Mean magnitude in sample units, about -42 dBFS: a quiet voice is above, a suppressed room below. */
const LOUD = 250;
/** So much loud sound in a row begins speech: a click doesn't. */
const BEGINS_AFTER_MS = 80;
/** A pause within a sentence is shorter. */
const ENDS_AFTER_MS = 900;
/** A long speech is told in parts, so that a call that ends in it leaves most of it known. */
const LONGEST_MS = 10_000;

export interface Speech {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Finds in decoded sound when somebody speaks. Times are the caller's of these methods. */
export class VoiceActivity {
  private loudSinceMs: number | undefined;
  private lastLoudMs = -Infinity;
  private speechFromMs: number | undefined;

  constructor(private readonly onSpeech: (speech: Speech) => void) {}

  get isSpeaking(): boolean {
    return this.speechFromMs !== undefined;
  }

  push(muLaw: Uint8Array, nowMs: number): void {
    if (meanLevelMuLaw(muLaw) < LOUD) {
      if (!this.isSpeaking && nowMs - this.lastLoudMs > BEGINS_AFTER_MS) this.loudSinceMs = undefined;
      return;
    }
    this.loudSinceMs ??= nowMs;
    this.lastLoudMs = nowMs;
    if (!this.isSpeaking && nowMs - this.loudSinceMs >= BEGINS_AFTER_MS) this.speechFromMs = this.loudSinceMs;
  }

  /** Sound may stop without a last quiet packet: looked at every 20 ms. */
  tick(nowMs: number): void {
    if (this.speechFromMs === undefined) return;
    if (nowMs - this.lastLoudMs > ENDS_AFTER_MS) this.end();
    else if (nowMs - this.speechFromMs > LONGEST_MS) {
      this.onSpeech({ fromMs: this.speechFromMs, toMs: this.lastLoudMs });
      this.speechFromMs = this.lastLoudMs;
    }
  }

  end(): void {
    if (this.speechFromMs !== undefined) this.onSpeech({ fromMs: this.speechFromMs, toMs: this.lastLoudMs });
    this.speechFromMs = undefined;
    this.loudSinceMs = undefined;
  }
}

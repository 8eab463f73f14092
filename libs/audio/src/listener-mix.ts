import { Limiter } from './limiter.ts';
import { LossConcealment } from './loss-concealment.ts';
import { Sound } from './sound.ts';

/** 20 ms at 8 kHz. */
const FRAME = 160;
const FRAME_MS = 20;
/** Who was heard within this time still has the floor: pauses between words are shorter. */
const FLOOR_MS = 300;
/** Mixing goes on for so long after the second voice was last heard, so that a lively talk doesn't switch all the time. */
const MIX_AFTER_MS = 1_000;
/** Above this a silent packet is left out; above the second a loud one too, for it would be delay. */
const SHRINK_ABOVE = FRAME * 2;
const LONGEST_QUEUE = FRAME * 6;
/** A process that was held up for longer doesn't make up for what nobody could hear. */
const MOST_BEHIND_MS = 100;

/**
 * @param source who is heard; null for a mix of several
 * @param timestampMs on the source's own clock; consecutive for a mix
 */
export type DeliverSound = (sound: Sound, source: string | null, timestampMs: number) => void;

class Voice {
  lastHeardMs = -Infinity;
  lastSpokeMs = -Infinity;
  queued = 0;
  private queue: Int16Array[] = [];
  private concealed = 0;
  private readonly concealment = new LossConcealment();

  /** What went by unmixed: a gap at the start of the mix is filled from it. */
  remember(samples: Int16Array): void {
    // After a filling the start is blended in place, and these samples aren't ours.
    this.concealment.good(this.concealed > 0 ? samples.slice() : samples);
    this.concealed = 0;
  }

  enqueue(sound: Sound, silent: boolean): void {
    if (silent && this.queued >= SHRINK_ABOVE) return;
    this.queue.push(sound.linear);
    this.queued += sound.linear.length;
    while (this.queued > LONGEST_QUEUE) this.queued -= this.queue.shift()!.length;
  }

  /** Adds one frame to `sum`: what waits, then a filling that fades within 60 ms. */
  addTo(sum: Int32Array): void {
    const frame = new Int16Array(FRAME);
    const good = this.take(frame);
    if (good > 0) this.concealment.good(frame.subarray(0, good));
    if (good > 0) this.concealed = 0;
    if (good < FRAME && this.concealed < 3 * FRAME) {
      frame.set(this.concealment.conceal(FRAME - good), good);
      this.concealed += FRAME - good;
    }
    for (let i = 0; i < FRAME; i++) sum[i]! += frame[i]!;
  }

  flush(): Int16Array[] {
    const rest = this.queue;
    this.queue = [];
    this.queued = 0;
    return rest;
  }

  private take(frame: Int16Array): number {
    let at = 0;
    while (at < FRAME && this.queue.length > 0) {
      const samples = this.queue[0]!;
      const count = Math.min(samples.length, FRAME - at);
      frame.set(samples.subarray(0, count), at);
      at += count;
      if (count === samples.length) this.queue.shift();
      else this.queue[0] = samples.subarray(count);
    }
    this.queued -= at;
    return at;
  }
}

/**
 * What one listener hears of several sources. A single source goes through packet by packet, untouched, with no timer and
 * no queue; so does whoever has the floor while the others are silent. Only while several speak at once are they mixed, on
 * the 20 ms tick that the owner gives. Whom a listener hears is the owner's choice: what isn't pushed isn't heard.
 */
export class ListenerMix {
  private readonly voices = new Map<string, Voice>();
  private readonly sum = new Int32Array(FRAME);
  private readonly limiter = new Limiter();
  private floor: string | undefined;
  private mixing = false;
  private dueMs = 0;

  constructor(private readonly deliver: DeliverSound) {}

  /** True while `tick` has to be called each 20 ms. */
  get isMixing(): boolean {
    return this.mixing;
  }

  push(source: string, sound: Sound, nowMs: number, timestampMs: number): void {
    const voice = this.voices.get(source) ?? this.enter(source);
    voice.lastHeardMs = nowMs;
    if (this.voices.size === 1) return this.deliver(sound, source, timestampMs);
    const silent = sound.isSilent;
    if (!silent) voice.lastSpokeMs = nowMs;
    if (!this.mixing && source !== this.floor && !silent) this.speakUp(source, nowMs);
    if (this.mixing) {
      voice.enqueue(sound, silent);
      // The first frame of a mix is made with the packet that began it.
      if (this.dueMs === nowMs) this.tick(nowMs);
    } else if (source === this.floor) {
      voice.remember(sound.linear);
      this.deliver(sound, source, timestampMs);
    }
  }

  /** Who has left is not heard any more, not even what waits. */
  drop(source: string): void {
    this.voices.delete(source);
    if (this.floor === source) this.floor = undefined;
    if (this.voices.size <= 1) this.endMix(this.voices.keys().next().value);
  }

  /** The frames that are due; ends mixing when one voice or none is left speaking. */
  tick(nowMs: number): void {
    if (!this.mixing) return;
    if (nowMs - this.dueMs > MOST_BEHIND_MS) this.dueMs = nowMs;
    // Half a frame of grace: a timer that trembles must not make a frame too few now and one too many later.
    for (; this.dueMs <= nowMs + FRAME_MS / 2; this.dueMs += FRAME_MS) {
      this.sum.fill(0);
      for (const voice of this.voices.values()) voice.addTo(this.sum);
      this.deliver(Sound.ofLinear(this.limiter.frame(this.sum)), null, this.dueMs);
    }
    const speaking = [...this.voices].filter(([, voice]) => nowMs - voice.lastSpokeMs < MIX_AFTER_MS);
    if (speaking.length <= 1) this.endMix(speaking[0]?.[0] ?? this.floor);
  }

  private enter(source: string): Voice {
    // Until now nobody looked whether the first one spoke: taken as if.
    if (this.voices.size === 1) {
      for (const [first, alone] of this.voices) {
        alone.lastSpokeMs = alone.lastHeardMs;
        this.floor = first;
      }
    }
    const voice = new Voice();
    this.voices.set(source, voice);
    return voice;
  }

  private speakUp(source: string, nowMs: number): void {
    const holder = this.floor === undefined ? undefined : this.voices.get(this.floor);
    if (!holder || nowMs - holder.lastSpokeMs >= FLOOR_MS) {
      this.floor = source;
      return;
    }
    this.mixing = true;
    this.dueMs = nowMs;
  }

  private endMix(next: string | undefined): void {
    this.floor = next;
    if (!this.mixing) return;
    this.mixing = false;
    for (const [source, voice] of this.voices) {
      for (const samples of voice.flush()) {
        if (source !== next) continue;
        this.deliver(Sound.ofLinear(samples), null, this.dueMs);
        this.dueMs += samples.length / 8;
      }
    }
  }
}

/** Two soft tones a fifth apart, every 3 s; loud enough for a sleeping volunteer only if they chose so. */
const EVERY_MS = 3_000;
const NOTES = [
  { hertz: 523.25, at: 0 },
  { hertz: 783.99, at: 0.18 },
  { hertz: 523.25, at: 0.6 },
  { hertz: 783.99, at: 0.78 },
];
/** Full volume on this scale is about -12 dBFS: nothing in the console is louder than the ring. */
const LOUDEST = 0.25;

export class RingSound {
  #context: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Browsers start sound only after a click or key: called from the first one on the page. */
  wake(): void {
    this.#context ??= new AudioContext();
    if (this.#context.state === 'suspended') void this.#context.resume();
  }

  start(volume: number): void {
    this.stop();
    this.#play(NOTES, volume);
    this.#timer = setInterval(() => this.#play(NOTES, volume), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Short and soft: the call is connected. */
  connected(volume: number): void {
    this.#play([{ hertz: 659.25, at: 0 }], volume * 0.6);
  }

  wrapUpOver(volume: number): void {
    this.#play(
      [
        { hertz: 523.25, at: 0 },
        { hertz: 392, at: 0.16 },
      ],
      volume * 0.5,
    );
  }

  #play(notes: readonly { hertz: number; at: number }[], volume: number): void {
    this.wake();
    const context = this.#context;
    if (!context || volume <= 0) return;
    for (const { hertz, at } of notes) {
      const start = context.currentTime + at;
      const tone = new OscillatorNode(context, { type: 'sine', frequency: hertz });
      const envelope = new GainNode(context, { gain: 0 });
      envelope.gain.setValueAtTime(0, start);
      envelope.gain.linearRampToValueAtTime(LOUDEST * volume, start + 0.02);
      envelope.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
      tone.connect(envelope).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.55);
    }
  }
}

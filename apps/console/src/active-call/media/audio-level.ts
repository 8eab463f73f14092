/** Quieter than this is shown as nothing: -60 dBFS. */
const FLOOR_DB = -60;

/** 0 for silence to 1 for full scale, even to the ear: decibels, not amplitude. */
export function toLevel(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

/** Listens to one track without playing it. Shows nothing while the browser keeps audio contexts asleep. */
export class LevelMeter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(context: AudioContext, track: MediaStreamTrack) {
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = 1024;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  read(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return toLevel(this.#samples);
  }

  close(): void {
    this.#source.disconnect();
  }
}

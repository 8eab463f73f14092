import type { BrowserContext, Page } from '@playwright/test';

/** Runs in the page before its own scripts: keeps every stream that is given to an audio element, to listen to. */
const overhear = (): void => {
  const streams: MediaStream[] = [];
  Object.assign(window, { overheard: streams, microphones: 0 });
  const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (open) {
    navigator.mediaDevices.getUserMedia = (constraints) => {
      (window as unknown as { microphones: number }).microphones += 1;
      return open(constraints);
    };
  }
  const original = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    configurable: true,
    get(this: HTMLMediaElement) {
      return original?.get?.call(this) as MediaProvider | null;
    },
    set(this: HTMLMediaElement, value: MediaProvider | null) {
      if (value instanceof MediaStream) streams.push(value);
      original?.set?.call(this, value);
    },
  });
};

/** How often this page has opened a microphone since it was loaded. */
export const microphonesOpened = (page: Page): Promise<number> =>
  page.evaluate(() => (window as unknown as { microphones: number }).microphones);

/** A steady tone is what echo and noise cancelling take out first: where tones are told apart, the microphone goes without. */
const plainMicrophone = (): void => {
  const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (!open) return;
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  navigator.mediaDevices.getUserMedia = (constraints) =>
    open({ ...constraints, audio: { ...(constraints?.audio === true ? {} : constraints?.audio || {}), ...plain } });
};

export const leaveMicrophonePlain = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(plainMicrophone);

export const listenIn = (context: BrowserContext): Promise<unknown> => context.addInitScript(overhear);

/** The strongest tone that comes out of this page's speaker over half a second, and its level (root mean square, 0…1). */
export const hears = (page: Page): Promise<{ hz: number; level: number }> =>
  page.evaluate(async () => {
    const { overheard } = window as unknown as { overheard: MediaStream[] };
    const live = overheard.filter((stream) => stream.getAudioTracks().some((track) => track.readyState === 'live'));
    const audio = new AudioContext({ sampleRate: 48_000 });
    const ear = audio.createAnalyser();
    ear.fftSize = 16_384;
    for (const stream of live) audio.createMediaStreamSource(stream).connect(ear);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const spectrum = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(spectrum);
    const wave = new Float32Array(ear.fftSize);
    ear.getFloatTimeDomainData(wave);
    await audio.close();
    const peak = spectrum.reduce((best, value, index) => (value > (spectrum[best] ?? -Infinity) ? index : best), 0);
    return {
      hz: (peak * 48_000) / 16_384,
      level: Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length),
    };
  });

/** How loud each of these tones comes out of this page's speaker over half a second, in dB; several may sound at once. */
export const loudness = (page: Page, tones: readonly number[]): Promise<number[]> =>
  page.evaluate(async (wanted) => {
    const { overheard } = window as unknown as { overheard: MediaStream[] };
    const live = overheard.filter((stream) => stream.getAudioTracks().some((track) => track.readyState === 'live'));
    const audio = new AudioContext({ sampleRate: 48_000 });
    const ear = audio.createAnalyser();
    ear.fftSize = 16_384;
    ear.smoothingTimeConstant = 0;
    for (const stream of live) audio.createMediaStreamSource(stream).connect(ear);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const spectrum = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(spectrum);
    await audio.close();
    return wanted.map((hz) => {
      const bin = Math.round((hz * 16_384) / 48_000);
      return Math.max(-200, ...spectrum.slice(bin - 3, bin + 4));
    });
  }, tones);

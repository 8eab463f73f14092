import { PHONE_RATE } from '@ringdown/audio/tones';
import { writeWav } from '@ringdown/audio/wav';

/** What phones carry, twice: the gateway makes 8 kHz of it without aliasing. */
const RATE = 16_000;
/** The api takes 2 MB; 60 s at 16 kHz are 1.9 MB. */
const LONGEST_MS = 60_000;

/** 16-bit mono PCM in a RIFF container. */
export function toWav(samples: Float32Array, rate: number): Uint8Array<ArrayBuffer> {
  const linear = Int16Array.from(samples, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 0x7fff));
  return writeWav(linear, rate);
}

async function toMono(bytes: ArrayBuffer, rate: number): Promise<Uint8Array<ArrayBuffer>> {
  const decoded = await new OfflineAudioContext(1, rate, rate).decodeAudioData(bytes);
  const mix = new OfflineAudioContext(1, Math.max(1, Math.ceil(decoded.duration * rate)), rate);
  const source = new AudioBufferSourceNode(mix, { buffer: decoded });
  source.connect(mix.destination);
  source.start();
  return toWav((await mix.startRendering()).getChannelData(0), rate);
}

/** A sound file of any kind that the browser can play. Music is longer: at the phone's own rate two minutes of it fit. Throws. */
export const wavOfFile = async (file: Blob, length: 'minute' | 'two minutes'): Promise<Uint8Array<ArrayBuffer>> =>
  toMono(await file.arrayBuffer(), length === 'minute' ? RATE : PHONE_RATE);

export interface Recording {
  readonly stop: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** Throws what `getUserMedia` throws. Ends by itself after a minute; `stop` then still gives what was recorded. */
export async function startRecording(microphoneId: string | undefined, ended: () => void): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: microphoneId === undefined ? true : { deviceId: { ideal: microphoneId } },
  });
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const stopped = new Promise<void>((resolve) => {
    recorder.addEventListener('stop', () => resolve());
  });
  recorder.start();
  const limit = setTimeout(ended, LONGEST_MS);
  return {
    stop: async () => {
      clearTimeout(limit);
      if (recorder.state !== 'inactive') recorder.stop();
      await stopped;
      for (const track of stream.getTracks()) track.stop();
      return toMono(await new Blob(parts).arrayBuffer(), RATE);
    },
  };
}

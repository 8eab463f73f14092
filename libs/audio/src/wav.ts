import { decodeALaw, decodeMuLaw, encodeMuLaw } from './g711.ts';
import { PHONE_RATE } from './tones.ts';

export type WavRefusal = 'not-wav' | 'truncated' | 'unsupported-encoding' | 'unsupported-rate' | 'empty';

export type WavResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: WavRefusal };

export interface WavSound {
  readonly rate: number;
  /** One channel, 16-bit linear; several channels are averaged. */
  readonly samples: Int16Array;
}

const refuse = (reason: WavRefusal): { ok: false; reason: WavRefusal } => ({ ok: false, reason });

interface WavFormat {
  readonly encoding: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/** RIFF/WAVE with PCM (8 or 16 bit), A-law or µ-law; other chunks are skipped. */
export function parseWav(bytes: Uint8Array): WavResult<WavSound> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE') return refuse('not-wav');
  let format: WavFormat | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (name(at) === 'fmt ') {
      if (size < 16 || body + 16 > bytes.length) return refuse('truncated');
      const encoding = view.getUint16(body, true);
      format = {
        // 0xfffe: the real encoding is the start of the sub-format GUID.
        encoding:
          encoding === 0xfffe && size >= 26 && body + 26 <= bytes.length ? view.getUint16(body + 24, true) : encoding,
        channels: view.getUint16(body + 2, true),
        rate: view.getUint32(body + 4, true),
        bits: view.getUint16(body + 14, true),
      };
    } else if (name(at) === 'data') {
      if (!format) return refuse('truncated');
      // Streamed files carry 0xffffffff or a length too long: take what there is.
      return readSamples(format, bytes.subarray(body, Math.min(bytes.length, body + size)));
    }
    at = body + size + (size & 1);
  }
  return refuse('truncated');
}

function readSamples(format: WavFormat, body: Uint8Array): WavResult<WavSound> {
  const { channels } = format;
  if (channels < 1 || channels > 8) return refuse('unsupported-encoding');
  const interleaved = toLinear(format, body);
  if (!interleaved) return refuse('unsupported-encoding');
  const length = Math.floor(interleaved.length / channels);
  if (length === 0) return refuse('empty');
  if (channels === 1) return { ok: true, value: { rate: format.rate, samples: interleaved } };
  const samples = new Int16Array(length);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += interleaved[i * channels + channel]!;
    samples[i] = Math.round(sum / channels);
  }
  return { ok: true, value: { rate: format.rate, samples } };
}

function toLinear({ encoding, bits }: WavFormat, body: Uint8Array): Int16Array | undefined {
  if (encoding === 6 && bits === 8) return decodeALaw(body);
  if (encoding === 7 && bits === 8) return decodeMuLaw(body);
  if (encoding === 1 && bits === 8) return Int16Array.from(body, (value) => (value - 128) << 8);
  if (encoding !== 1 || bits !== 16) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Int16Array.from({ length: body.length >> 1 }, (_, i) => view.getInt16(i * 2, true));
}

/** Windowed sinc below 3.6 kHz, so that nothing above a phone's band folds into it. */
function lowPass(factor: number): Float64Array {
  const half = 16 * factor;
  const cutoff = 0.45 / factor;
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, index) => {
    const n = index - half;
    const sinc = n === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * n) / (Math.PI * n);
    return sinc * (0.54 + 0.46 * Math.cos((Math.PI * n) / half));
  });
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / gain);
}

const HIGHEST_RATE = 48_000;
/** Source samples on each side of a sample between them, for every 8 kHz of the source's rate. */
const REACH = 16;

/** Weights of the samples around a place that lies `fraction` behind a sample. */
function tapsAround(fraction: number, factor: number, half: number): Float64Array {
  const cutoff = 0.45 / factor;
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, index) => {
    const n = index - half - fraction;
    if (Math.abs(n) > half) return 0;
    const sinc = n === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * n) / (Math.PI * n);
    return sinc * (0.54 + 0.46 * Math.cos((Math.PI * n) / half));
  });
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / gain);
}

/** Between whole multiples (22.05 and 44.1 kHz): each sample from those around its place in time. */
function resample({ rate, samples }: WavSound): Int16Array {
  const factor = rate / PHONE_RATE;
  const half = Math.ceil(REACH * factor);
  // The places fall into a few positions between samples (160 at 22.05 kHz): their weights are made once.
  const known = new Map<number, Float64Array>();
  return Int16Array.from({ length: Math.floor(samples.length / factor) }, (_, i) => {
    const from = Math.floor((i * rate) / PHONE_RATE);
    const position = (i * rate) % PHONE_RATE;
    let taps = known.get(position);
    if (!taps) known.set(position, (taps = tapsAround(position / PHONE_RATE, factor, half)));
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) sum += taps[tap]! * (samples[from + tap - half] ?? 0);
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  });
}

/** Down to 8 kHz from any rate up to 48 kHz; null for another. */
export function toPhoneRate(sound: WavSound): Int16Array | null {
  const { rate, samples } = sound;
  const factor = rate / PHONE_RATE;
  if (factor === 1) return samples;
  if (rate < PHONE_RATE || rate > HIGHEST_RATE) return null;
  if (!Number.isInteger(factor)) return resample(sound);
  const taps = lowPass(factor);
  const half = (taps.length - 1) / 2;
  return Int16Array.from({ length: Math.floor(samples.length / factor) }, (_, i) => {
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) sum += taps[tap]! * (samples[i * factor + tap - half] ?? 0);
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  });
}

/** A recorded prompt made ready for the phone: WAV file in, µ-law at 8 kHz out. */
export function wavToMuLaw(bytes: Uint8Array): WavResult<Uint8Array> {
  const sound = parseWav(bytes);
  if (!sound.ok) return sound;
  const samples = toPhoneRate(sound.value);
  return samples ? { ok: true, value: encodeMuLaw(samples) } : refuse('unsupported-rate');
}

/** A 16-bit mono WAV file, for recordings handed to a browser. */
export function writeWav(samples: Int16Array, rate = PHONE_RATE): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string): void => bytes.set(new TextEncoder().encode(word), at);
  text(0, 'RIFF');
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, sample, true));
  return bytes;
}

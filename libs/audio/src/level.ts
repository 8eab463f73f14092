import { muLawDecodeTable } from './g711.ts';

/** Loudness of each µ-law code, so that silence is found without decoding. */
const magnitude = Uint16Array.from(muLawDecodeTable, (sample) => Math.abs(sample));

/** About -50 dBFS: comfort noise and line hum are below it, a whisper is above. */
export const SILENCE_PEAK = 100;

/** True when no sample is louder than `peak`. Ends at the first loud one, so speech costs almost nothing. */
export function isSilentMuLaw(codes: Uint8Array, peak = SILENCE_PEAK): boolean {
  for (let i = 0; i < codes.length; i++) if (magnitude[codes[i]!]! > peak) return false;
  return true;
}

/** The same for 16-bit samples. */
export function isSilentLinear(samples: Int16Array, peak = SILENCE_PEAK): boolean {
  for (let i = 0; i < samples.length; i++) if (Math.abs(samples[i]!) > peak) return false;
  return true;
}

/** Mean magnitude of a µ-law packet, in sample units: what voice activity is judged by. */
export function meanLevelMuLaw(codes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < codes.length; i++) sum += magnitude[codes[i]!]!;
  return codes.length === 0 ? 0 : sum / codes.length;
}

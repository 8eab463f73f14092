import { dtmfFrequencies, keypadDigits, PHONE_RATE, type KeypadDigit } from './tones.ts';

/**
 * Share of the signal's energy at one frequency, 0 to 1 (1 = a pure tone of that frequency).
 * The block should hold at least two periods; resolution is `rate / samples.length` Hz.
 */
export function toneShare(samples: Int16Array, frequency: number, rate = PHONE_RATE): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / rate);
  let previous = 0;
  let beforePrevious = 0;
  let energy = 0;
  for (const sample of samples) {
    const current = sample + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
    energy += sample * sample;
  }
  if (energy === 0) return 0;
  const power = previous * previous + beforePrevious * beforePrevious - coefficient * previous * beforePrevious;
  return Math.min(1, (2 * power) / (samples.length * energy));
}

/** The key whose two tones carry most of the energy, or null. Give it 20 to 100 ms. */
export function findDtmfDigit(samples: Int16Array, rate = PHONE_RATE): KeypadDigit | null {
  for (const digit of keypadDigits) {
    const [row, column] = dtmfFrequencies(digit);
    const low = toneShare(samples, row, rate);
    const high = toneShare(samples, column, rate);
    // Either tone may be up to 8 dB stronger than the other on real lines ("twist").
    if (low + high > 0.8 && low > 0.12 && high > 0.12) return digit;
  }
  return null;
}

/** Root mean square, in sample units. */
export function rootMeanSquare(samples: Int16Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(energy / samples.length);
}

/** Tones made from code: test tones, keypad digits, the voicemail beep. All functions give 16-bit linear samples. */

export const PHONE_RATE = 8000;

export interface ToneOptions {
  readonly durationMs: number;
  readonly rate?: number;
  /** Peak of the sum of all frequencies, 1 = full scale. */
  readonly amplitude?: number;
  /** Length of the raised-cosine ramp at both ends; without one a tone clicks. */
  readonly rampMs?: number;
}

/** The sum of sine waves of equal level. */
export function tone(frequencies: readonly number[], options: ToneOptions): Int16Array {
  const { durationMs, rate = PHONE_RATE, amplitude = 0.4, rampMs = 0 } = options;
  const samples = new Int16Array(Math.round((durationMs * rate) / 1000));
  const ramp = Math.round((rampMs * rate) / 1000);
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (const frequency of frequencies) sum += Math.sin((2 * Math.PI * frequency * i) / rate);
    const fromEdge = Math.min(i, samples.length - 1 - i);
    const envelope = fromEdge < ramp ? 0.5 - 0.5 * Math.cos((Math.PI * fromEdge) / ramp) : 1;
    samples[i] = Math.round((sum / frequencies.length) * amplitude * envelope * 32_767);
  }
  return samples;
}

const KEY_ROWS = [697, 770, 852, 941] as const;
const KEY_COLUMNS = [1209, 1336, 1477, 1633] as const;
const KEYPAD = ['123A', '456B', '789C', '*0#D'] as const;

export const keypadDigits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'] as const;
export type KeypadDigit = (typeof keypadDigits)[number];

/** The two frequencies of a key, row first (ITU-T Q.23). */
export function dtmfFrequencies(digit: KeypadDigit): readonly [number, number] {
  const row = KEYPAD.findIndex((keys) => keys.includes(digit));
  return [KEY_ROWS[row]!, KEY_COLUMNS[KEYPAD[row]!.indexOf(digit)]!];
}

/** A key press; ITU-T Q.24 asks receivers to take 40 ms and longer, 100 ms is safe everywhere. */
export function dtmfTone(digit: KeypadDigit, options: Partial<ToneOptions> = {}): Int16Array {
  return tone(dtmfFrequencies(digit), { durationMs: 100, amplitude: 0.5, rampMs: 2, ...options });
}

/** The tone after which a caller leaves a message: 1000 Hz, 400 ms. */
export function voicemailBeep(): Int16Array {
  return tone([1000], { durationMs: 400, amplitude: 0.35, rampMs: 8 });
}

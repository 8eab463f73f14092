import { encodeMuLaw } from './g711.ts';
import { PHONE_RATE } from './tones.ts';

/**
 * Music made by us, so that no licence and no file is needed: slow broken chords on a soft bell sound, quiet enough to
 * talk over and without the high, hard sounds that a phone line turns into noise.
 */
const BEAT_MS = 375;
const LEVEL = 0.16;

/** MIDI notes: eight per bar, C – Am – F – G, then Em – Am – Dm – G. */
const BARS: readonly (readonly number[])[] = [
  [48, 55, 60, 64, 67, 64, 60, 55],
  [45, 52, 57, 60, 64, 60, 57, 52],
  [41, 48, 53, 57, 60, 57, 53, 48],
  [43, 50, 55, 59, 62, 59, 55, 50],
  [40, 47, 52, 55, 59, 55, 52, 47],
  [45, 52, 57, 60, 69, 64, 60, 57],
  [38, 45, 53, 57, 62, 57, 53, 45],
  [43, 50, 55, 59, 67, 62, 59, 55],
];

const noteFrequency = (midi: number): number => 440 * 2 ** ((midi + 12 - 69) / 12);

/** Adds one note, wrapping around the end so that the loop has no seam. */
function addNote(into: Float64Array, start: number, midi: number): void {
  const frequency = noteFrequency(midi);
  const length = Math.round(PHONE_RATE * 2.2);
  for (let i = 0; i < length; i++) {
    const seconds = i / PHONE_RATE;
    const attack = Math.min(1, seconds / 0.012);
    const envelope = attack * Math.exp(-seconds * 2.1);
    const angle = 2 * Math.PI * frequency * seconds;
    const sound = Math.sin(angle) + 0.35 * Math.exp(-seconds * 3) * Math.sin(2 * angle) + 0.08 * Math.sin(3 * angle);
    const at = (start + i) % into.length;
    into[at] = into[at]! + sound * envelope;
  }
}

/** One seamless loop of 24 s, 8 kHz linear. */
export function composeHoldMusic(): Int16Array {
  const beat = Math.round((BEAT_MS * PHONE_RATE) / 1000);
  const mix = new Float64Array(beat * BARS.length * 8);
  BARS.forEach((bar, barIndex) => bar.forEach((note, index) => addNote(mix, (barIndex * 8 + index) * beat, note)));
  let peak = 0;
  for (const value of mix) peak = Math.max(peak, Math.abs(value));
  return Int16Array.from(mix, (value) => Math.round((value / peak) * LEVEL * 2 * 32_767));
}

let prepared: Uint8Array | undefined;

/** The loop in µ-law, made once per process and shared by every call: never write to it. */
export function holdMusicMuLaw(): Uint8Array {
  return (prepared ??= encodeMuLaw(composeHoldMusic()));
}

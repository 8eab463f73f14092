import { wavToMuLaw } from '@ringdown/audio/wav';
import type { SimulatedCall } from './call.ts';
import { toFrames, type Frame } from './caller-voice.ts';
import { pause, type Clock } from './clock.ts';

/** About the pace of a telephone voice. */
const MS_PER_CHARACTER = 65;
const SHORTEST_MS = 600;

/** Shown to the person at the phone as a caption, which a browser may speak; the line itself is silent meanwhile. */
export async function speak(
  call: SimulatedCall,
  clock: Clock,
  text: string,
  language: string,
  signal: AbortSignal,
): Promise<void> {
  call.caption(text, language);
  await pause(clock, Math.max(SHORTEST_MS, text.length * MS_PER_CHARACTER), signal);
}

/** Null when the sound is in no format the simulator knows (WAV with PCM, A-law or µ-law). */
export function toSound(body: Uint8Array): Frame[] | null {
  const sound = wavToMuLaw(body);
  return sound.ok ? toFrames(sound.value) : null;
}

/** False when it is no sound we know. */
export async function playSound(call: SimulatedCall, body: Uint8Array, signal: AbortSignal): Promise<boolean> {
  const frames = toSound(body);
  if (frames) await call.play(frames, signal);
  return frames !== null;
}

export async function applicationError(call: SimulatedCall, clock: Clock, signal: AbortSignal): Promise<void> {
  await speak(call, clock, 'We are sorry. An application error has occurred. Goodbye.', 'en-US', signal);
}

import { writeWav } from '@ringdown/audio/wav';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A WAV of five seconds (48 kHz, mono, 16 bit) for Chromium's fake microphone, which plays it in a loop. */
export const toneFile = (hz: number): string => {
  const rate = 48_000;
  const samples = rate * 5;
  const wave = Int16Array.from({ length: samples }, (_, n) =>
    Math.round(Math.sin((2 * Math.PI * hz * n) / rate) * 9_000),
  );
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'ringdown-tone-')), `${hz}.wav`);
  writeFileSync(file, writeWav(wave, rate));
  return file;
};

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the built-in sounds: beside the sources and, for a bundle, somewhere above it. */
export function findPromptFolder(from = path.dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'libs/audio/prompts');
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) throw new Error('The built-in prompts were not found: libs/audio/prompts');
  }
}

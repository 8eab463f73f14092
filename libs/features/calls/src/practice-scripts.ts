import { practiceScript } from '@ringdown/call-flow/practice-script';
import {
  type PracticeLanguage,
  type PracticeScript,
  PracticeScriptFile,
  PracticeScriptId,
} from '@ringdown/protocol/practice';
import type { PracticeScriptSummary } from '@ringdown/protocol/practice-http';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

/** A script that can't be followed. The text names the file and the field. */
export class PracticeScriptError extends Error {
  readonly reason = 'practice-script-wrong';
}

/** The folder is beside the sources and, for a bundle, somewhere above it. */
export const findPracticeFolder = (from = path.dirname(fileURLToPath(import.meta.url))): string => {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'libs/call-flow/practice-scripts');
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) {
      throw new PracticeScriptError('The practice scripts were not found: libs/call-flow/practice-scripts');
    }
  }
};

/** @throws PracticeScriptError */
export const readPracticeScript = (name: string, text: string): PracticeScriptFile => {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new PracticeScriptError(`${name} is not YAML.`, { cause: error });
  }
  const script = PracticeScriptFile.safeParse(content);
  if (!script.success) throw new PracticeScriptError(`${name}:\n${z.prettifyError(script.error)}`);
  const { steps } = script.data;
  const goodbyes = steps.filter((step) => 'goodbye' in step && step.goodbye);
  if (goodbyes.length !== 1 || steps.at(-1) !== goodbyes[0]) {
    throw new PracticeScriptError(`${name}: the last step, and only the last, is a goodbye.`);
  }
  return script.data;
};

/** Every scripted caller, read once at the start. */
export class PracticeScripts {
  private readonly scripts = new Map<PracticeScriptId, PracticeScriptFile>();

  constructor(folder = findPracticeFolder()) {
    const files = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => {
        const scriptId = PracticeScriptId.safeParse(path.basename(file, '.yaml'));
        if (!scriptId.success) throw new PracticeScriptError(`${file}: small letters, digits and hyphens, please.`);
        return {
          scriptId: scriptId.data,
          script: readPracticeScript(file, readFileSync(path.join(folder, file), 'utf8')),
        };
      });
    files.sort((a, b) => a.script.order - b.script.order);
    for (const { scriptId, script } of files) this.scripts.set(scriptId, script);
  }

  list(): PracticeScriptSummary[] {
    return [...this.scripts].map(([scriptId, { title, about, advice, goodCall }]) => ({
      scriptId,
      title,
      about,
      advice,
      goodCall,
    }));
  }

  find(scriptId: PracticeScriptId, language: PracticeLanguage): PracticeScript | null {
    const script = this.scripts.get(scriptId);
    return script ? practiceScript(scriptId, script, language) : null;
  }
}

import { PracticeLanguage, PracticeScriptId } from '@ringdown/protocol/practice';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPracticeFolder, PracticeScripts, readPracticeScript } from './practice-scripts.ts';

describe('the scripted callers that come with Ringdown', () => {
  const scripts = new PracticeScripts();

  it('are at least four, each in English and Spanish', () => {
    const files = readdirSync(findPracticeFolder()).filter((file) => file.endsWith('.yaml'));
    expect(scripts.list()).toHaveLength(files.length);
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const { scriptId } of scripts.list()) {
      for (const language of PracticeLanguage.options) {
        const script = scripts.find(scriptId, language);
        expect(script?.language).toBe(language);
        expect(script?.goodCall.length).toBeGreaterThan(3);
      }
    }
  });

  it('begin with the one for newcomers', () => {
    expect(scripts.list()[0]?.scriptId).toBe('two-minutes-from-jail');
  });

  it('one of them speaks the language that is not practised', () => {
    const id = PracticeScriptId.parse('speaks-another-language');
    expect(scripts.find(id, 'en')?.voice).toBe('es');
    expect(scripts.find(id, 'es')?.voice).toBe('en');
    expect(JSON.stringify(scripts.find(id, 'en')?.steps)).toContain('Buenas noches');
  });

  it('are null for a name nobody has', () => {
    expect(scripts.find(PracticeScriptId.parse('no-such-caller'), 'en')).toBeNull();
  });
});

describe('a script with a mistake', () => {
  const good = readFileSync(path.join(findPracticeFolder(), 'abusive-caller.yaml'), 'utf8');

  it('is refused with the file and the field', () => {
    const wrong = good.replace('check: ended-by-you', 'check: ended-by-magic');
    expect(() => readPracticeScript('mine.yaml', wrong)).toThrow(/mine\.yaml[\s\S]*goodCall\[2\]/);
    expect(() => readPracticeScript('mine.yaml', good.replace("es: '¿Hola?'", "fr: 'Allô ?'"))).toThrow(/mine\.yaml/);
    expect(() => readPracticeScript('mine.yaml', 'steps: [')).toThrow(/not YAML/);
  });

  it('is refused without a goodbye at its end', () => {
    expect(() => readPracticeScript('mine.yaml', good.replace('goodbye: true', 'goodbye: false'))).toThrow(/goodbye/);
  });
});

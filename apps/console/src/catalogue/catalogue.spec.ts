import { describe, expect, it } from 'vitest';
import ar from './ar.json';
import enLater from './en-later.json';
import enOpening from './en-opening.json';
import esLater from './es-later.json';
import esOpening from './es-opening.json';
import { pickLanguage } from './translate.ts';

const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Every leaf by its path, plural forms apart. */
function leaves(catalogue: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(catalogue).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[prefix + key, value]] : [...leaves(value as object, `${prefix}${key}.`)],
    ),
  );
}
const stem = (key: string) => key.replace(PLURAL, '');
const stems = (words: Map<string, string>) => new Set([...words.keys()].map(stem));
const placeholders = (text: string) => [...new Set(text.match(/\{\{\s*\w+\s*\}\}/g) ?? [])].toSorted();
const english = new Map([...leaves(enOpening), ...leaves(enLater)]);
const spanish = new Map([...leaves(esOpening), ...leaves(esLater)]);

/** `_zero` may be said in any language; the others are those that its grammar has. */
function pluralFaults(language: string, words: Map<string, string>): string[] {
  const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const counted = new Set([...words.keys()].filter((key) => PLURAL.test(key)).map(stem));
  return [...counted].flatMap((key) =>
    needed.filter((category) => !words.has(`${key}_${category}`)).map((category) => `${key}_${category} is missing`),
  );
}

/** A plural form may leave the number out ("once"); everything else names exactly what the English names. */
function placeholderFaults(words: Map<string, string>): string[] {
  return [...words].flatMap(([key, text]) => {
    const original = english.get(key) ?? english.get(`${stem(key)}_other`) ?? '';
    const wanted = placeholders(original);
    const found = placeholders(text);
    const same = PLURAL.test(key) ? found.every((each) => wanted.includes(each)) : found.join() === wanted.join();
    return same ? [] : [`${key}: ${found.join(' ')} instead of ${wanted.join(' ')}`];
  });
}

describe('the catalogues', () => {
  it('Spanish has every word that English has, and no other', () => {
    const [ours, theirs] = [stems(english), stems(spanish)];
    const missing = [...ours].filter((key) => !theirs.has(key));
    const left = [...theirs].filter((key) => !ours.has(key));
    expect({ missing, left }).toEqual({ missing: [], left: [] });
  });

  it('each word has its place in one of the two files, the same in both languages', () => {
    expect(stems(leaves(esOpening))).toEqual(stems(leaves(enOpening)));
    expect(stems(leaves(esLater))).toEqual(stems(leaves(enLater)));
    expect(english.size).toBe(leaves(enOpening).size + leaves(enLater).size);
  });

  it.each([
    ['en', english],
    ['es', spanish],
    ['ar', leaves(ar)],
  ])('%s has each plural form of its grammar, and the placeholders of the English', (language, words) => {
    expect(pluralFaults(language, words)).toEqual([]);
    expect(placeholderFaults(words)).toEqual([]);
  });

  it('Arabic has only words that English has, which fills its gaps', () => {
    expect([...stems(leaves(ar))].filter((key) => !stems(english).has(key))).toEqual([]);
  });

  it('the browser gets the first of its languages that is here as a whole, else English', () => {
    expect(pickLanguage(['de-AT', 'es-MX', 'en'])).toBe('es');
    expect(pickLanguage(['ar', 'de'])).toBe('en');
    expect(pickLanguage([])).toBe('en');
  });
});

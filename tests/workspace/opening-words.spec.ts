import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = path.resolve(import.meta.dirname, '../../apps/console/src');
/** Of what may go wrong only the most general is said before all words are here. */
const NOT_YET = 'failure.';

const keysOf = (words: object, before = ''): string[] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [before + key.replace(/_(zero|one|two|few|many|other)$/, '')]
      : keysOf(value as object, `${before}${key}.`),
  );
const read = (name: string) =>
  keysOf(JSON.parse(readFileSync(`${SOURCES}/catalogue/en-${name}.json`, 'utf8')) as object);

/** What main.tsx imports, and what that imports, and so on; not what is loaded with a page. */
function textsOfTheFirstScreen(): string[] {
  const texts = new Map<string, string>();
  const todo = [path.join(SOURCES, 'main.tsx')];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (texts.has(file)) continue;
    const text = readFileSync(file, 'utf8');
    texts.set(file, text);
    for (const [, name = ''] of text.matchAll(/^import (?!type\b)[^;]*?'(\.[^']+\.tsx?)';/gms)) {
      todo.push(path.resolve(path.dirname(file), name));
    }
  }
  return [...texts.values()];
}

test('every word that the first screen may say is in the file that comes with it', () => {
  const texts = textsOfTheFirstScreen();
  const found = (pattern: RegExp) => texts.flatMap((text) => [...text.matchAll(pattern)].map(([, part = '']) => part));
  const whole = new Set(found(/'([a-z-]+(?:\.[a-zA-Z0-9-]+)*)'/g));
  // Put together: what they begin with.
  const beginnings = found(/`([a-z-]+\.[a-zA-Z0-9.-]*)\$\{/g).filter((beginning) => beginning !== NOT_YET);
  const opening = new Set(read('opening'));
  const said = [...opening, ...read('later')].filter(
    (key) => whole.has(key) || beginnings.some((beginning) => key.startsWith(beginning)),
  );
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((key) => !opening.has(key))).toEqual([]);
});

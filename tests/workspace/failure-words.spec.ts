import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

const wordsIn = (file: string) =>
  (JSON.parse(read(`apps/console/src/catalogue/en-${file}.json`)) as { failure: Record<string, string> }).failure;
const failures: Record<string, string> = { ...wordsIn('opening'), ...wordsIn('later') };

/** The words of a string union as it is written in a source file. */
const unionOf = (file: string, name: string): string[] => {
  const written = new RegExp(`type ${name} =([^;]+);`).exec(read(file))?.[1] ?? '';
  return [...written.matchAll(/'([^']+)'/g)].map(([, word = '']) => word);
};

/** Reasons that are put together: what stands in the source, and what it may become. */
const COMPOSED: Record<string, readonly string[]> = {
  'sign-in-${reason}': ['challenge-used-or-expired', ...unionOf('libs/crypto/src/nip98.ts', 'HttpAuthRefusal')],
  'roster-${outcome.reason}': unionOf('libs/crypto/src/roster.ts', 'RosterRefusal'),
  'invite-${state}': ['expired', 'accepted', 'withdrawn'],
  'carrier-${reason}': unionOf('libs/carriers/port/src/carrier.ts', 'CarrierFault'),
};

const SOURCES = ['libs/features', 'libs/platform', 'libs/server', 'apps/api'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.includes('node_modules'))
    .map((file) => path.join(folder, file)),
);

function reasonsOfTheApi(): string[] {
  const reasons = unionOf('libs/audio/src/wav.ts', 'WavRefusal');
  for (const file of SOURCES) {
    const source = read(file);
    for (const [, literal] of source.matchAll(/(?:Problem|badRequest|conflict)\(\s*(?:[\w.]+,\s*)?'([a-z-]+)'/g)) {
      if (literal !== undefined) reasons.push(literal);
    }
    for (const [, composed = ''] of source.matchAll(/(?:Problem|badRequest|conflict)\(\s*(?:[\w.]+,\s*)?`([^`]+)`/g)) {
      const endings = COMPOSED[composed];
      if (!endings) throw new Error(`${file} puts together a reason that this test doesn't know: ${composed}`);
      reasons.push(...endings.map((ending) => composed.replace(/\$\{.*\}/, ending)));
    }
    for (const [, literal] of source.matchAll(/reason: '([a-z-]+)', message:/g)) {
      if (literal !== undefined) reasons.push(literal);
    }
  }
  return [...new Set(reasons)].toSorted();
}

test('the console has plain words for every reason with which the api refuses', () => {
  const reasons = reasonsOfTheApi();
  expect(reasons.length).toBeGreaterThan(50);
  expect(reasons.filter((reason) => !failures[reason])).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** What has a side of its own; `inline` and `block` names follow the direction of the writing. */
const PHYSICAL =
  /(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)|left|right|float|clear|text-align)\s*:(?!\s*(?:start|end|center|justify|inherit|none|both|(?:-webkit-)?match-parent)\b)/;
const IN_SCRIPT =
  /(?<![\w-])(?:(?:margin|padding|border)(?:Left|Right)|textAlign:\s*'(?:left|right)'|style=\{\{[^}]*\b(?:left|right):)/;

it('every style follows the direction of the writing', () => {
  const files = ['apps/console/src', 'libs/ui/src'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(css|tsx)$/.test(file))
      .map((file) => path.join(folder, file)),
  );
  expect(files.length).toBeGreaterThan(40);
  const faults = files.flatMap((file) =>
    readFileSync(path.join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        (file.endsWith('.css') ? PHYSICAL : IN_SCRIPT).test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [],
      ),
  );
  expect(faults).toEqual([]);
});

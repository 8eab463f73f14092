import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What the rules protect us from, each planted into a copy of the workspace that is otherwise as it stands. */
const planted = [
  {
    name: 'a forbidden arrow',
    check: 'boundaries',
    files: { 'libs/jobs/src/planted.ts': `export * from '@ringdown/features-calls/planted';\n` },
    found: 'libs/jobs/src/planted.ts: imports @ringdown/features-calls/planted',
  },
  {
    name: 'an import cycle of types',
    check: 'boundaries',
    files: {
      'libs/protocol/src/planted-one.ts': `import type { Two } from './planted-two.ts';\nexport type One = Two[];\n`,
      'libs/protocol/src/planted-two.ts': `import type { One } from './planted-one.ts';\nexport type Two = One | 2;\n`,
    },
    found: 'Import cycle: ',
  },
  {
    name: 'an import cycle of values',
    check: 'lint',
    files: {
      'libs/protocol/src/planted-one.ts': `import { two } from './planted-two.ts';\nexport const one = () => two();\n`,
      'libs/protocol/src/planted-two.ts': `import { one } from './planted-one.ts';\nexport const two = (): unknown => one();\n`,
    },
    found: 'import(no-cycle)',
  },
  {
    name: 'a floating promise',
    check: 'lint',
    files: {
      'libs/protocol/src/planted.ts': `async function work(): Promise<void> {}\nexport function planted(): void {\n  work();\n}\n`,
    },
    found: 'no-floating-promises',
  },
  {
    name: 'a switch that forgets a case',
    check: 'lint',
    files: {
      'libs/protocol/src/planted.ts': `export function planted(phase: 'queued' | 'ended'): string {\n  switch (phase) {\n    case 'queued':\n      return 'waits';\n  }\n  return 'other';\n}\n`,
    },
    found: 'switch-exhaustiveness-check',
  },
] as const;

describe('npm run check', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'ringdown-check-'));
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { encoding: 'utf8' });
    // Every project with its tags, but the sources of one only: enough to judge by, and quick to lint.
    const wanted = /(^|\/)package\.json$|^libs\/protocol\/|^tools\/|^[^/]+$/;
    for (const file of listed.split('\0').filter((each) => wanted.test(each) && existsSync(each))) {
      cpSync(file, path.join(copy, file));
    }
    symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'));
    execFileSync('git', ['init', '-q'], { cwd: copy });
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  function check(name: string): Promise<{ failed: boolean; output: string }> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ['tools/check.mjs', '--only', name],
        { cwd: copy, timeout: 60_000 },
        (error, stdout, stderr) => resolve({ failed: error !== null, output: stdout + stderr }),
      );
    });
  }

  it.each(planted)('fails on $name', async ({ check: name, files, found }) => {
    expect((await check(name)).output).not.toContain(found);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
      writeFileSync(path.join(copy, file), text);
    }
    const result = await check(name);
    for (const file of Object.keys(files)) rmSync(path.join(copy, file));
    expect(result.output).toContain(found);
    expect(result.failed).toBe(true);
  });
});

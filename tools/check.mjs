// npm run check [-- --only lint,types]: everything that must hold before a change goes in; CI runs exactly this.
import path from 'node:path';
import { generate } from './generate.mjs';
import { program, root, run, seconds } from './workspace.mjs';

// Named one by one: in a copy whose node_modules is a link, the tools would take all of it for ours.
const folders = ['apps', 'libs', 'tests', 'tools', 'prisma.config.ts', 'vitest.config.ts'];

export const checks = [
  { name: 'format', command: program('oxfmt', '--check', '.'), cure: 'npm run format' },
  { name: 'lint', command: program('oxlint', '--deny-warnings', ...folders) },
  { name: 'types', command: program('nx', 'run-many', '-t', 'types', '--outputStyle=static') },
  { name: 'boundaries', command: [process.execPath, path.join(root, 'tools/boundaries/check.mjs')] },
  // A package whose builds for other systems came out later than itself installs here and breaks `npm ci` everywhere.
  { name: 'lock file', command: ['npm', 'ci', '--dry-run', '--no-audit', '--no-fund', '--loglevel=error'] },
  { name: 'unused', command: program('knip', '--no-progress') },
  { name: 'small tests', command: program('vitest', 'run', '--project', 'small', '--reporter=dot') },
];

const timeoutMs = 300_000;

/** Runs the checks one after the other, all of them, and prints a line for each. Returns how many passed and failed. */
export async function runChecks(wanted, print = console.log) {
  let passed = 0;
  let failed = 0;
  await generate();
  for (const { name, command, cure } of checks.filter((check) => wanted.includes(check.name))) {
    const { code, output, ms, timedOut } = await run(command, { timeoutMs });
    if (code === 0) {
      passed++;
      print(`  ${name.padEnd(14)} ok      ${seconds(ms)}`);
      continue;
    }
    failed++;
    print(`  ${name.padEnd(14)} FAILED  ${timedOut ? `no end within ${seconds(timeoutMs)}` : seconds(ms)}`);
    print(output.trimEnd());
    if (cure) print(`  ${name}: ${cure}`);
  }
  return { passed, failed };
}

if (process.argv[1] === import.meta.filename) {
  const names = checks.map(({ name }) => name);
  const only = process.argv.indexOf('--only');
  const wanted = only === -1 ? names : (process.argv[only + 1] ?? '').split(',');
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no check named ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
    process.exit(2);
  }
  const { passed, failed } = await runChecks(wanted);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

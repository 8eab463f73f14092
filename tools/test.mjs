// npm test: sets up what is missing, then runs every size of test. Shows what it does, never waits for anybody, ends with one
// line `N passed, N failed` and the exit code that belongs to it.
import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { installDependencies } from './start.mjs';

installDependencies();
const { buildApps } = await import('./build.mjs');
const { checks, runChecks } = await import('./check.mjs');
const { program, root, run, seconds } = await import('./workspace.mjs');

const minutes = (count) => count * 60_000;
const overallMs = minutes(55);
const started = Date.now();
const results = path.join(root, 'test-results');
const secondTries = path.join(results, 'second-tries.txt');
let passed = 0;
let failed = 0;

function step(title) {
  console.log(`\n▸ ${title} (${seconds(Date.now() - started)})`);
}

function finish() {
  nameSecondTries();
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

/** No step can keep us longer than what is left of the whole. */
const atMost = (ms) => Math.max(1000, Math.min(ms, overallMs - (Date.now() - started)));

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function installSystemPackages() {
  const onPath = (name) =>
    (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => isProgram(path.join(folder, name)));
  const missing = [];
  if (!isProgram(process.env['CHROMIUM'] ?? '/usr/bin/chromium')) missing.push('chromium');
  if (!onPath('redis-server')) missing.push('redis-server');
  // The voice that scripted callers and typed announcements speak with.
  if (!onPath('espeak-ng')) missing.push('espeak-ng');
  if (missing.length === 0) return;
  step(`Installing ${missing.join(' and ')}`);
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    throw new Error(
      `The tests need ${missing.join(' and ')}. On Debian, as root: apt-get install ${missing.join(' ')}`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Debian starts a service that is installed; the tests start their own.
  for (const command of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing],
  ]) {
    const { code, output } = await run(command, { env, timeoutMs: atMost(minutes(6)) });
    if (code !== 0) throw new Error(`${command.join(' ')} failed:\n${output.slice(-3000)}`);
  }
}

async function findLiveKit() {
  const found = await run([process.execPath, 'dist/ringdown/main.mjs', 'find-livekit'], {
    timeoutMs: atMost(minutes(12)),
    // A build with Go takes two minutes and says so.
    echo: 'stderr',
  });
  if (found.code !== 0) throw new Error(found.output);
  const file = found.stdout.trim();
  console.log(`  livekit-server: ${file}`);
  return file;
}

/** Adds up what a runner reported; a runner that failed without a failed test counts as one. */
function count(name, result, counted) {
  passed += counted?.passed ?? 0;
  failed += counted?.failed ?? 0;
  const silent = result.code !== 0 && !counted?.failed;
  if (silent) failed++;
  if (counted?.skipped) console.log(`  ${name}: ${counted.skipped} skipped`);
  if (result.timedOut) console.log(`  ${name}: ended after ${seconds(result.ms)}, its time limit`);
}

/** Files that failed may be tried once more, in processes and on servers of their own: a machine that stalls isn't a fault. */
const MAX_FILES_AGAIN = 3;

async function runVitest(project, timeoutMs, env, ...more) {
  const first = await vitest(project, timeoutMs, env, more);
  const again = first.failedFiles;
  const worthIt = again.length > 0 && again.length <= MAX_FILES_AGAIN && !again.includes('?');
  if (!worthIt || first.result.timedOut || first.files === undefined) {
    count(`${project} tests`, first.result, first.files && total(Object.values(first.files)));
    return;
  }
  step(`Once more: ${again.join(', ')}`);
  const second = await vitest(project, timeoutMs, env, [...more, ...again]);
  if (second.result.code === 0) for (const file of again) appendFileSync(secondTries, `  ${file}, the whole file\n`);
  count(`${project} tests`, second.result, second.files && total(Object.values({ ...first.files, ...second.files })));
}

/** One run; `files` holds the counts by file, undefined when the runner never came to write them. */
async function vitest(project, timeoutMs, env, more) {
  const file = path.join(results, `${project}.json`);
  const failedList = path.join(results, `${project}-failed.txt`);
  for (const old of [file, failedList]) rmSync(old, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', '--reporter=./tools/second-tries.mjs'];
  const command = program('vitest', 'run', '--project', project, ...reporters, `--outputFile.json=${file}`, ...more);
  const result = await run(command, {
    env: { ...env, SECOND_TRIES: secondTries, FAILED_FILES: failedList },
    timeoutMs: atMost(timeoutMs),
    echo: true,
  });
  const failedFiles = existsSync(failedList) ? readFileSync(failedList, 'utf8').trim().split('\n') : [];
  if (!existsSync(file)) return { result, failedFiles, files: undefined };
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const files = testResults.map(({ name, assertionResults }) => {
    const of = (...states) => assertionResults.filter(({ status }) => states.includes(status)).length;
    return [
      name,
      { passed: of('passed'), failed: of('failed'), skipped: of('pending', 'skipped', 'todo', 'disabled') },
    ];
  });
  return { result, failedFiles, files: Object.fromEntries(files) };
}

function total(counts) {
  const sum = (key) => counts.reduce((so, each) => so + each[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

function flakySpecs(suites) {
  return suites.flatMap((suite) => [
    ...(suite.specs ?? []).filter((spec) => spec.tests.some((test) => test.status === 'flaky')),
    ...flakySpecs(suite.suites ?? []),
  ]);
}

async function runPlaywright(timeoutMs, env) {
  const file = path.join(results, 'e2e.json');
  const result = await run(program('playwright', 'test', '--reporter=list,json'), {
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    timeoutMs: atMost(timeoutMs),
    echo: true,
  });
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const stats = report?.stats;
  for (const { file: spec, title } of flakySpecs(report?.suites ?? [])) {
    appendFileSync(secondTries, `  tests/e2e/${spec} › ${title}\n`);
  }
  count(
    'e2e tests',
    result,
    stats && { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped },
  );
}

/** Tests that passed only when tried again: no failure, but somebody should look at them. */
function nameSecondTries() {
  if (!existsSync(secondTries)) return;
  console.log(`\nPassed only at the second try:\n${readFileSync(secondTries, 'utf8').trimEnd()}`);
}

function hasE2eSpecs() {
  const folder = path.join(root, 'tests/e2e');
  return (
    existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith('.spec.ts'))
  );
}

try {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  await installSystemPackages();
  step('Building');
  await buildApps();
  const env = { ...process.env, CI: process.env['CI'] ?? '1', LIVEKIT_SERVER_BIN: await findLiveKit() };

  step('Checking');
  const checked = await runChecks(checks.map(({ name }) => name).filter((name) => name !== 'small tests'));
  passed += checked.passed;
  failed += checked.failed;
  step('Small tests');
  await runVitest('small', minutes(12), env);
  step('Medium tests');
  // One file at a time: they measure sound and start servers, and two at once on two cores disturb each other.
  await runVitest('medium', minutes(36), env, '--no-file-parallelism');
  if (hasE2eSpecs()) {
    step('End-to-end tests in Chromium');
    await runPlaywright(minutes(22), env);
  }
} catch (error) {
  console.error(error.message);
  failed++;
}
finish();

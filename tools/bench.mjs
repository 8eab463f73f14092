// npm run bench -- NAME [--json FILE] [--calls 10,40,100] [--seconds N] [--statements N]: runs tests/bench/NAME.bench.ts and prints its figures.
// Without a name: which there are.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import path from 'node:path';
import { installDependencies } from './start.mjs';

installDependencies();
const { importTypeScript } = await import('./bundle.mjs');
const { root } = await import('./workspace.mjs');
const folder = path.join(root, 'tests/bench');

function listBenches() {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.bench.ts'))
    .map((file) => file.slice(0, -'.bench.ts'.length))
    .toSorted((a, b) => a.localeCompare(b));
}

function parse(args) {
  const options = {};
  let name;
  for (let index = 0; index < args.length; index++) {
    const word = args[index];
    if (!word.startsWith('--')) {
      name = word;
      continue;
    }
    const value = args[++index];
    if (word === '--json') options.json = value;
    else if (word === '--calls') options.calls = value.split(',').map(Number);
    else if (word === '--seconds') options.seconds = Number(value);
    else if (word === '--statements') options.statements = Number(value);
    else throw new Error(`There is no option ${word}.`);
  }
  return { name, options };
}

function describeMachine() {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${cpu?.model.trim() ?? arch()}, ${memory}, ${platform()} ${release()}, Node ${process.versions.node}`;
}

function printTable(figures) {
  const rows = figures.map(({ metric, value, unit, params = {} }) => [
    metric,
    Object.entries(params)
      .map(([key, each]) => `${key} ${each}`)
      .join(', '),
    Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 3 : 1),
    unit,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  for (const [metric, params, value, unit] of rows) {
    console.log(`  ${metric.padEnd(widths[0])}  ${params.padEnd(widths[1])}  ${value.padStart(widths[2])} ${unit}`);
  }
}

async function main() {
  const { name, options } = parse(process.argv.slice(2));
  const known = listBenches();
  if (name === undefined || !known.includes(name)) {
    console.log(
      `Benchmarks: ${known.join(', ') || 'none'}\nnpm run bench -- NAME [--json FILE] [--calls 10,40] [--seconds N]`,
    );
    return name === undefined ? 0 : 2;
  }
  const bench = await importTypeScript(`tests/bench/${name}.bench.ts`, 'tests/tsconfig.json');
  console.log(`${bench.name} on ${describeMachine()}`);
  const { json, ...wanted } = options;
  const { figures } = await bench.run(wanted);
  printTable(figures);
  if (json) {
    const report = { name: bench.name, machine: describeMachine(), figures };
    writeFileSync(path.resolve(json), `${JSON.stringify(report, null, 2)}\n`);
  }
  return 0;
}

process.exit(await main());

// node tools/build.mjs [app…]: bundles the apps into dist/<app>, skipping those whose sources did not change.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle } from './bundle.mjs';
import { generate } from './generate.mjs';
import { closure, contentHash, listProjects, program, root, run, seconds } from './workspace.mjs';

// What else decides the outcome: compiler settings, versions of everything installed, and the way we build.
const shared = [
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.browser.json',
  'tools/build.mjs',
  'tools/bundle.mjs',
];

/** One thing to build: `{ name, inputs, output, build }`; name is what the user types. */
function listBuilds() {
  const projects = listProjects();
  return projects
    .filter((project) => project.tags.includes('layer:app'))
    .flatMap((project) => {
      const name = project.name;
      const inputs = [...closure(project, projects).map((each) => each.root), ...shared];
      const builds = [];
      if (project.tags.includes('runtime:node') && existsSync(path.join(root, project.root, 'src/main.ts'))) {
        builds.push({ name, inputs, output: `dist/${name}/main.mjs`, build: () => buildNode(project) });
      }
      if (existsSync(path.join(root, project.root, 'vite.config.ts'))) {
        const folder = project.tags.includes('runtime:browser') ? `dist/${name}` : `dist/${name}/page`;
        const page = project.tags.includes('runtime:browser') ? name : `${name} page`;
        builds.push({ name: page, inputs, output: `${folder}/index.html`, build: () => buildPage(project, folder) });
      }
      return builds;
    });
}

function buildNode(project) {
  return bundle({
    input: `${project.root}/src/main.ts`,
    tsconfig: `${project.root}/tsconfig.json`,
    file: `dist/${project.name}/main.mjs`,
  });
}

async function buildPage(project, folder) {
  const outDir = path.join(root, folder);
  const command = program('vite', 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn');
  const { code, output } = await run(command, { cwd: path.join(root, project.root), timeoutMs: 180_000 });
  if (code !== 0) throw new Error(output.trim());
}

async function buildOne({ name, inputs, output, build }) {
  const stamp = path.join(root, 'dist/.built', `${name.replace(' ', '-')}.sha256`);
  const hash = contentHash(...inputs);
  if (existsSync(path.join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
    return { name, state: 'unchanged' };
  }
  const started = Date.now();
  rmSync(stamp, { force: true });
  await build();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return { name, state: `built in ${seconds(Date.now() - started)}` };
}

/**
 * Builds what changed, all at once. Without names: everything.
 * @param {string[]} names
 * @param {(line: string) => void} print
 */
export async function buildApps(names = [], print = console.log) {
  const generated = await generate();
  if (generated !== 'unchanged') print(`  database client      ${generated}`);
  const all = listBuilds();
  for (const name of names) {
    if (!all.some((each) => each.name.split(' ')[0] === name)) throw new Error(`There is no app named ${name}.`);
  }
  const wanted = all.filter((each) => names.length === 0 || names.includes(each.name.split(' ')[0]));
  const results = await Promise.allSettled(
    wanted.map(async (each) => {
      const { name, state } = await buildOne(each);
      print(`  ${name.padEnd(20)} ${state}`);
    }),
  );
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected' ? [`${wanted[index].name}: ${result.reason.message}`] : [],
  );
  if (failed.length > 0) throw new Error(`Could not build ${failed.join('\n')}`);
}

if (process.argv[1] === import.meta.filename) {
  try {
    await buildApps(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

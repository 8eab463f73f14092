import { isBuiltin } from 'node:module';
import path from 'node:path';
import { findImports, packageOf } from './imports.mjs';
import { externals, features, generatedFolder, layers, runtimes, soleImporters, testFile } from './rules.mjs';

/**
 * @typedef {{ root: string, name: string, package: string, tags: string[], dependencies: string[] }} Project
 * @param {Project[]} projects
 * @param {Map<string, string>} sources path → text, of every TypeScript file of the projects
 * @returns {string[]} one sentence per violation
 */
export function findViolations(projects, sources) {
  const byPackage = new Map(projects.map((project) => [project.package, project]));
  const tagFindings = projects.flatMap(checkTags);
  // Rules are read from the tags; without them every further finding would be noise.
  if (tagFindings.length > 0) return tagFindings;

  const graph = { files: new Map(), projects: new Map(projects.map((project) => [project.name, new Map()])) };
  const findings = [];
  for (const [file, text] of sources) {
    const project = projects.find(({ root }) => file.startsWith(`${root}/`));
    if (!project) continue;
    const edges = [];
    for (const specifier of findImports(file, text)) {
      const problem = checkImport({ file, specifier, project, byPackage, sources, edges, graph });
      if (problem) findings.push(`${file}: ${problem}`);
    }
    graph.files.set(file, edges);
  }
  for (const project of projects) {
    for (const name of project.dependencies) {
      const target = byPackage.get(name);
      if (target) graph.projects.get(project.name).set(target.name, `${project.root}/package.json`);
    }
  }
  for (const cycle of findCycles(graph.files)) findings.push(`Import cycle: ${cycle.join(' → ')}`);
  const projectGraph = new Map([...graph.projects].map(([name, edges]) => [name, [...edges.keys()]]));
  for (const cycle of findCycles(projectGraph)) findings.push(`Cycle between projects: ${cycle.join(' → ')}`);
  return findings;
}

function tag(project, kind) {
  return project.tags.find((each) => each.startsWith(`${kind}:`))?.slice(kind.length + 1);
}

function checkTags(project) {
  const layer = tag(project, 'layer');
  const runtime = tag(project, 'runtime');
  const where = `${project.root}/package.json`;
  if (!layer || !(layer in layers)) return [`${where}: needs one of the tags ${known('layer', layers)}`];
  if (!runtime || !(runtime in runtimes)) return [`${where}: needs one of the tags ${known('runtime', runtimes)}`];
  if (layer === 'feature' && !(tag(project, 'feature') in features)) {
    return [`${where}: needs one of the tags ${known('feature', features)}`];
  }
  if (layer === 'pure' && !(project.name in externals)) {
    return [`${where}: a pure project needs its list of packages in tools/boundaries/rules.mjs`];
  }
  return [];
}

function known(kind, values) {
  return Object.keys(values)
    .map((value) => `${kind}:${value}`)
    .join(', ');
}

function checkImport({ file, specifier, project, byPackage, sources, edges, graph }) {
  if (specifier.startsWith('.')) return checkRelative({ file, specifier, project, sources, edges });
  const isTest = testFile.test(file);
  if (isBuiltin(specifier)) {
    if (isTest || tag(project, 'runtime') === 'node' || isTooling(file, project)) return undefined;
    return `imports ${specifier}, but ${project.name} also runs in the browser`;
  }
  const name = packageOf(specifier);
  const target = byPackage.get(name);
  if (!target) return checkExternal({ name, project, isTest });
  const targetFile = resolve(`${target.root}/src/${specifier.slice(name.length + 1)}`, sources);
  if (targetFile) edges.push(targetFile);
  if (target === project) return undefined;
  if (isTest && tag(target, 'layer') === 'testing') return undefined;
  if (!isTest) graph.projects.get(project.name).set(target.name, file);
  if (!project.dependencies.includes(name)) {
    return `imports ${specifier}, but ${project.root}/package.json doesn't declare ${name}`;
  }
  return checkArrow(project, target, specifier);
}

function checkRelative({ file, specifier, project, sources, edges }) {
  const target = path.posix.join(path.posix.dirname(file), specifier);
  if (!target.startsWith(`${project.root}/`)) {
    return `imports ${specifier}, which is outside ${project.root}; import the other project by its name`;
  }
  const found = resolve(target, sources);
  if (found) edges.push(found);
  if (generatedFolder.test(target) && project.name !== 'store') return `imports generated code of another project`;
  return undefined;
}

function checkArrow(project, target, specifier) {
  const from = tag(project, 'layer');
  const to = tag(target, 'layer');
  if (!layers[from].includes(to)) return `imports ${specifier}: ${from} may not use ${to}`;
  if (from === 'feature' && to === 'feature') {
    const [own, other] = [tag(project, 'feature'), tag(target, 'feature')];
    if (own !== other && !features[own].includes(other)) {
      return `imports ${specifier}: feature ${own} may not use feature ${other}`;
    }
  }
  // Tests drive a browser from Node and bundle for it themselves.
  const fits = from === 'testing' || runtimes[tag(project, 'runtime')].includes(tag(target, 'runtime'));
  if (!fits) {
    return `imports ${specifier}: ${project.name} runs in ${tag(project, 'runtime')}, ${target.name} only in ${tag(target, 'runtime')}`;
  }
  if (generatedFolder.test(specifier)) return `imports ${specifier}: the database client stays inside ${target.name}`;
  return undefined;
}

function checkExternal({ name, project, isTest }) {
  const owner = soleImporters[name];
  if (owner && owner !== project.name && tag(project, 'layer') !== 'testing') {
    return `imports ${name}, which only ${owner} may`;
  }
  const allowed = externals[project.name];
  if (!allowed || isTest || allowed.includes(name)) return undefined;
  return `imports ${name}; ${project.name} may only use ${allowed.join(', ') || 'nothing from outside'}`;
}

/** vite.config.ts of a browser project runs in Node. */
function isTooling(file, project) {
  return file === `${project.root}/vite.config.ts`;
}

function resolve(target, sources) {
  return [target, `${target}.ts`, `${target}.tsx`].find((file) => sources.has(file));
}

/** One cycle per way back found by a depth-first search: enough to break them one by one. */
export function findCycles(edges) {
  const cycles = [];
  const state = new Map();
  const trail = [];
  const visit = (node) => {
    state.set(node, 'open');
    trail.push(node);
    for (const next of edges.get(node) ?? []) {
      if (state.get(next) === 'open') cycles.push([...trail.slice(trail.indexOf(next)), next]);
      else if (!state.has(next)) visit(next);
    }
    trail.pop();
    state.set(node, 'done');
  };
  for (const node of edges.keys()) if (!state.has(node)) visit(node);
  return cycles;
}

// What every tool needs to know of the workspace: its root, its projects and how to run a program without leaving it behind.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

// Run by this Node itself: killing `npx tool` leaves the tool running and its port taken.
const programs = {
  knip: 'node_modules/knip/bin/knip.js',
  nx: 'node_modules/nx/dist/bin/nx.js',
  oxfmt: 'node_modules/oxfmt/bin/oxfmt',
  oxlint: 'node_modules/oxlint/bin/oxlint',
  playwright: 'node_modules/@playwright/test/cli.js',
  prisma: 'node_modules/prisma/build/index.js',
  vite: 'node_modules/vite/bin/vite.js',
  vitest: 'node_modules/vitest/vitest.mjs',
};

/** @param {keyof typeof programs} name @param {string[]} args */
export function program(name, ...args) {
  return [process.execPath, path.join(root, programs[name]), ...args];
}

/**
 * Every Nx project: `{ root, name, package, tags, dependencies }`, root relative to the workspace, dependencies by package name.
 */
export function listProjects(workspace = root) {
  const { workspaces } = JSON.parse(readFileSync(path.join(workspace, 'package.json'), 'utf8'));
  const folders = workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    if (!existsSync(path.join(workspace, parent))) return [];
    return readdirSync(path.join(workspace, parent)).map((child) => `${parent}/${child}`);
  });
  return folders
    .filter((folder) => existsSync(path.join(workspace, folder, 'package.json')))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(path.join(workspace, folder, 'package.json'), 'utf8'));
      return {
        root: folder,
        name: manifest.nx?.name ?? manifest.name,
        package: manifest.name,
        tags: manifest.nx?.tags ?? [],
        dependencies: Object.keys(manifest.dependencies ?? {}),
        manifest,
      };
    })
    .toSorted((a, b) => a.root.localeCompare(b.root));
}

/** The project and every workspace project it is made of, itself first. */
export function closure(project, projects) {
  const seen = new Set([project]);
  for (const each of seen) {
    for (const dependency of each.dependencies) {
      const found = projects.find((other) => other.package === dependency);
      if (found) seen.add(found);
    }
  }
  return [...seen];
}

const notSource = new Set(['node_modules', 'dist', 'test-results', '.git', '.nx', '.ringdown']);

/** All files below the paths (files or folders, relative to the root), sorted. */
export function listFiles(...paths) {
  const files = [];
  const visit = (relative) => {
    const absolute = path.join(root, relative);
    if (!existsSync(absolute)) return;
    if (!statSync(absolute).isDirectory()) {
      files.push(relative);
      return;
    }
    for (const child of readdirSync(absolute)) if (!notSource.has(child)) visit(path.join(relative, child));
  };
  for (const each of paths) visit(each);
  return files.toSorted((a, b) => (a < b ? -1 : 1));
}

/** SHA-256 over the names and contents of all files below the paths, in hex. */
export function contentHash(...paths) {
  const hash = createHash('sha256');
  for (const file of listFiles(...paths)) {
    hash.update(file).update('\0');
    hash.update(
      createHash('sha256')
        .update(readFileSync(path.join(root, file)))
        .digest(),
    );
  }
  return hash.digest('hex');
}

const running = new Set();
/** Ends every program that `run` started, with all its children. */
function endAll(signal) {
  for (const child of running) killGroup(child, signal);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    endAll('SIGTERM');
    setTimeout(() => {
      endAll('SIGKILL');
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }, 3000).unref();
    if (running.size === 0) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = signal;
  });
}
let stopping;
process.on('exit', () => endAll('SIGKILL'));

function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Runs a program in a process group of its own, so that a time limit or Ctrl+C ends it together with its children.
 * With `echo` its output, or only its standard error, is shown as it comes; it is always returned.
 * @param {string[]} command program and arguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, echo?: boolean | 'stderr' }} options
 * @returns {Promise<{ code: number, output: string, stdout: string, timedOut: boolean, ms: number }>}
 */
export function run([file, ...args], { cwd = root, env = process.env, timeoutMs = 600_000, echo = false } = {}) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    let stdout = '';
    let timedOut = false;
    child.stdout.on('data', (chunk) => {
      output += chunk;
      stdout += chunk;
      if (echo === true) process.stdout.write(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
      if (echo) process.stderr.write(chunk);
    });
    const limit = setTimeout(() => {
      timedOut = true;
      killGroup(child, 'SIGTERM');
      setTimeout(() => killGroup(child, 'SIGKILL'), 5000).unref();
    }, timeoutMs);
    const finish = (code) => {
      clearTimeout(limit);
      // What a tool leaves behind in its group would keep ports and the terminal.
      if (running.delete(child) && child.pid !== undefined) killGroup(child, 'SIGKILL');
      if (stopping && running.size === 0) process.exit(stopping === 'SIGINT' ? 130 : 143);
      resolve({ code, output, stdout, timedOut, ms: Date.now() - started });
    };
    child.once('error', (error) => {
      output += `${error.message}\n`;
      finish(127);
    });
    // `exit`, not `close`: a grandchild that holds the pipe must not hold us. The pipes get a moment to drain.
    child.once('exit', (code, signal) => setTimeout(finish, 20, timedOut ? 124 : (code ?? (signal ? 128 : 1))));
  });
}

export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

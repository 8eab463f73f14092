// TypeScript to one runnable file. rolldown because it emits the decorator metadata that Nest's injection needs (tsx and
// esbuild don't), workspace libs go in and node_modules stay outside.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { root } from './workspace.mjs';

/** @param {{ input: string, tsconfig: string, file: string }} paths relative to the root */
export async function bundle({ input, tsconfig, file }) {
  const built = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    tsconfig: path.join(root, tsconfig),
    external: (id) => !/^[./]/.test(id) && !id.startsWith('@ringdown/') && !id.startsWith('@oxc-project/runtime'),
    onLog(level, log, print) {
      if (level === 'warn') throw new Error(log.message);
      print(level, log);
    },
  });
  try {
    await built.write({ file: path.join(root, file), format: 'esm', sourcemap: true, codeSplitting: false });
  } finally {
    await built.close();
  }
}

/** Imports a TypeScript file of the workspace into a tool: Node 20 reads no TypeScript itself. */
export async function importTypeScript(input, tsconfig) {
  const file = `dist/tools/${input.replaceAll('/', '-').replace(/\.ts$/, `-${process.pid}.mjs`)}`;
  mkdirSync(path.join(root, 'dist/tools'), { recursive: true });
  await bundle({ input, tsconfig, file });
  process.once('exit', () => {
    for (const each of [file, `${file}.map`]) rmSync(path.join(root, each), { force: true });
  });
  return import(pathToFileURL(path.join(root, file)).href);
}

// Gives every project its `types` target; `targetDefaults` adds nothing to a project that has no such target.
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The nearest folder upwards that is a project: a tsconfig.json below it (a page beside a server) is one more check of it. */
const projectOf = (folder, workspaceRoot) => {
  for (let at = folder; at !== '.'; at = path.posix.dirname(at)) {
    if (existsSync(path.join(workspaceRoot, at, 'package.json'))) return at;
  }
  return folder;
};

export const name = 'ringdown-targets';
export const createNodesV2 = [
  '{apps,libs,tests}/**/tsconfig.json',
  (files, _options, { workspaceRoot }) => {
    const folders = files.map((file) => path.posix.dirname(file));
    return files
      .filter((file) => projectOf(path.posix.dirname(file), workspaceRoot) === path.posix.dirname(file))
      .map((file) => {
        const root = path.posix.dirname(file);
        const checked = folders.filter((folder) => projectOf(folder, workspaceRoot) === root);
        const command = checked.map((folder) => `tsc -p ${folder}`).join(' && ');
        const types = { command, cache: true, inputs: ['default', '^default'] };
        return [file, { projects: { [root]: { targets: { types } } } }];
      });
  },
];

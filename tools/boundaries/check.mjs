// node tools/boundaries/check.mjs: fails when a project imports what its layer or its runtime may not.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listProjects, root } from '../workspace.mjs';
import { findViolations } from './boundaries.mjs';

const projects = listProjects();
const files = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', '-z', ...projects.map((each) => each.root)],
  {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  },
)
  .split('\0')
  .filter((file) => /\.(ts|tsx|mts)$/.test(file) && !file.endsWith('.d.ts') && existsSync(path.join(root, file)));
const sources = new Map(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
if (sources.size === 0) throw new Error('There is nothing to check; that is never right.');

const findings = findViolations(projects, sources);
for (const finding of findings) console.error(finding);
console.log(`${projects.length} projects, ${sources.size} files, ${findings.length} violations`);
process.exit(findings.length === 0 ? 0 : 1);

import { describe, expect, it } from 'vitest';
import { findViolations } from './boundaries.mjs';
import { findImports } from './imports.mjs';

const aProject = (root, tags, dependencies = []) => ({
  root,
  name: root.split('/').at(-1),
  package: `@ringdown/${root.split('/').at(-1)}`,
  tags,
  dependencies,
});

const projects = [
  aProject('apps/api', ['layer:app', 'runtime:node'], ['@ringdown/calls', '@ringdown/store', '@ringdown/protocol']),
  aProject('apps/console', ['layer:app', 'runtime:browser'], ['@ringdown/store', '@ringdown/protocol']),
  aProject(
    'libs/features/calls',
    ['layer:feature', 'feature:calls', 'runtime:node'],
    ['@ringdown/hotlines', '@ringdown/store', '@ringdown/protocol'],
  ),
  aProject('libs/features/hotlines', ['layer:feature', 'feature:hotlines', 'runtime:node'], ['@ringdown/calls']),
  aProject('libs/store', ['layer:service', 'runtime:node'], ['@ringdown/protocol', '@ringdown/calls']),
  aProject('libs/crypto', ['layer:pure', 'runtime:any'], ['@ringdown/protocol']),
  aProject('libs/protocol', ['layer:protocol', 'runtime:any']),
  aProject('libs/testing', ['layer:testing', 'runtime:node'], ['@ringdown/store']),
].map((project) => ({ ...project, dependencies: project.dependencies }));

/** Violations of the given files alone: declared dependencies that make a cycle between projects are left out. */
function violations(files, changed = projects) {
  const used = changed.map((project) => ({ ...project }));
  return findViolations(used, new Map(Object.entries(files))).filter((each) => !each.startsWith('Cycle between'));
}

describe('boundaries', () => {
  it('lets an allowed arrow pass', () => {
    expect(
      violations({
        'apps/api/src/main.ts': `import { x } from '@ringdown/calls/calls.module'; import fs from 'node:fs';`,
        'libs/features/calls/src/calls.module.ts': `export * from '@ringdown/protocol/ids'; import '@ringdown/hotlines/a';`,
        'libs/protocol/src/ids.ts': `import { z } from 'zod';`,
      }),
    ).toEqual([]);
  });

  it.each([
    [
      'a service that uses a feature',
      'libs/store/src/a.ts',
      `import '@ringdown/calls/a'`,
      'service may not use feature',
    ],
    [
      'a feature outside the list',
      'libs/features/hotlines/src/a.ts',
      `import '@ringdown/calls/a'`,
      'hotlines may not use',
    ],
    ['node-only code in a browser', 'apps/console/src/a.tsx', `import '@ringdown/store/a'`, 'store only in node'],
    ['a node module in a pure lib', 'libs/crypto/src/a.ts', `import 'node:crypto'`, 'also runs in the browser'],
    ['a package not on the list', 'libs/crypto/src/a.ts', `import 'lodash'`, 'crypto may only use'],
    ['an undeclared dependency', 'libs/crypto/src/a.ts', `import '@ringdown/store/a'`, "doesn't declare"],
    ['a way out of the project', 'apps/api/src/a.ts', `import '../../console/src/x.ts'`, 'outside apps/api'],
    ['a way out in a type', 'apps/api/src/a.ts', `import type { X } from '../../console/src/x.ts'`, 'outside apps/api'],
    ['a way out at run time', 'apps/api/src/a.ts', `await import('../../console/src/x.ts')`, 'outside apps/api'],
    ['bullmq elsewhere', 'apps/api/src/a.ts', `export { Queue } from 'bullmq'`, 'only jobs may'],
    ['the database client elsewhere', 'apps/api/src/a.ts', `import '@prisma/client'`, 'only store may'],
    [
      'the generated client elsewhere',
      'apps/api/src/a.ts',
      `import '@ringdown/store/generated/client'`,
      'stays inside',
    ],
    ['test helpers in the product', 'apps/api/src/a.ts', `import '@ringdown/testing/a'`, "doesn't declare"],
  ])('refuses %s', (_, file, text, expected) => {
    expect(violations({ [file]: text })).toEqual([expect.stringContaining(expected)]);
  });

  it('lets a spec use test helpers and node modules', () => {
    expect(violations({ 'libs/crypto/src/a.spec.ts': `import '@ringdown/testing/a'; import 'node:fs';` })).toEqual([]);
  });

  it('finds a cycle of files, of types too and across projects', () => {
    const found = violations({
      'libs/protocol/src/a.ts': `import type { B } from './b.ts';`,
      'libs/protocol/src/b.ts': `import type { A } from '@ringdown/protocol/a';`,
    });
    expect(found).toEqual([expect.stringMatching(/^Import cycle: .*a\.ts → .*b\.ts → .*a\.ts$/)]);
  });

  it('finds a cycle between projects through different files', () => {
    const found = findViolations(projects, new Map([['libs/protocol/src/a.ts', '']]));
    expect(found).toContainEqual(expect.stringMatching(/^Cycle between projects: .*calls → .*store → calls/));
  });

  it('refuses a project without tags', () => {
    const untagged = projects.map((each) => (each.name === 'crypto' ? { ...each, tags: ['runtime:any'] } : each));
    expect(violations({}, untagged)).toEqual([
      expect.stringContaining('libs/crypto/package.json: needs one of the tags'),
    ]);
  });

  it('reads every kind of import', () => {
    const text = `import a from 'a'; import type { B } from 'b'; export * from 'c'; export { d } from 'd'; void import('e'); import 'f';`;
    expect(findImports('x.ts', text).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dependenciesAreInstalled } from './start.mjs';

describe('whether the dependencies are installed', () => {
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ringdown-start-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(wanted, installed) {
    writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }));
    if (!installed) return;
    mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
    writeFileSync(path.join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  }

  it('no, on a clean clone', () => {
    write({ 'node_modules/zod': { version: '4.6.7' } });
    expect(dependenciesAreInstalled(folder)).toBe(false);
  });

  it('no, when a version has changed', () => {
    write({ 'node_modules/zod': { version: '4.6.7' } }, { 'node_modules/zod': { version: '4.6.6' } });
    expect(dependenciesAreInstalled(folder)).toBe(false);
  });

  it('no, when a workspace is new', () => {
    write({ 'node_modules/@ringdown/new': { link: true } }, {});
    expect(dependenciesAreInstalled(folder)).toBe(false);
  });

  it('yes, without the packages that are for other systems', () => {
    write(
      {
        '': { version: '0.1.0' },
        'apps/api': { version: '0.1.0' },
        'node_modules/zod': { version: '4.6.7' },
        'node_modules/@esbuild/sunos-x64': { version: '1.0.0', optional: true },
      },
      { 'node_modules/zod': { version: '4.6.7' } },
    );
    expect(dependenciesAreInstalled(folder)).toBe(true);
  });
});

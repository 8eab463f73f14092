import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder, openDataFolder } from './data-folder.ts';
import { openSecrets } from './secrets.ts';

describe('the data folder', () => {
  let root: string;
  beforeEach(async () => {
    root = path.join(await mkdtemp(path.join(tmpdir(), 'ringdown-data-')), 'data');
  });
  afterEach(() => rm(path.dirname(root), { recursive: true, force: true }));

  it('keeps its secrets from everybody else, and the same for ever', async () => {
    const folder = await openDataFolder(root);
    const secrets = await openSecrets(folder.secrets);
    expect((await stat(folder.secrets)).mode & 0o777).toBe(0o600);
    expect((await stat(folder.log)).mode & 0o777).toBe(0o700);
    expect(await openSecrets(folder.secrets)).toEqual(secrets);
    expect(new Set(Object.values(secrets)).size).toBe(Object.keys(secrets).length);
  });

  it('does not replace secrets that it can’t read: what they sealed would be lost', async () => {
    const folder = await openDataFolder(root);
    for (const broken of ['{"masterKey":', '{"masterKey":"short"}']) {
      await writeFile(folder.secrets, broken);
      await expect(openSecrets(folder.secrets)).rejects.toThrow(folder.secrets);
      expect(await readFile(folder.secrets, 'utf8')).toBe(broken);
    }
  });

  it('is free again when its process number belongs to another program now', async () => {
    const folder = await openDataFolder(root);
    await writeFile(folder.lock, '1');
    const release = await lockDataFolder(folder);
    expect(await readFile(folder.lock, 'utf8')).toBe(String(process.pid));
    await release();
    await expect(stat(folder.lock)).rejects.toThrow('ENOENT');
  });
});

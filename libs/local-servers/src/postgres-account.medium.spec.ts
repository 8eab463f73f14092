import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asAccount, canReach, findPostgresAccount } from './postgres-account.ts';

describe('the account that PostgreSQL runs as', () => {
  let folder: string;
  beforeEach(() => {
    // 0700: closed to everybody but us, like root's home.
    folder = mkdtempSync(path.join(tmpdir(), 'ringdown-account-'));
    writeFileSync(path.join(folder, 'file'), '', { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is only needed by root, and exists on every Linux', () => {
    expect(findPostgresAccount(1000, '')).toBeUndefined();
    const nobody = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false';
    expect(findPostgresAccount(0, nobody)).toEqual({ uid: 65534, gid: 65533 });
    expect(findPostgresAccount(0, `${nobody}\npostgres:x:101:104::/:/bin/sh`)).toEqual({ uid: 101, gid: 104 });
  });

  it.runIf(process.getuid?.() === 0)('passes a closed folder, for access(2) too, without being root', () => {
    const account = findPostgresAccount();
    const file = path.join(folder, 'file');
    expect(account && canReach(account, file)).toBe(false);
    const look = `require('fs').accessSync(${JSON.stringify(file)}, 1); console.log(process.getuid())`;
    const command = asAccount(account, process.execPath, ['-e', look], [file]);
    const output = execFileSync(command.file, [...command.args], { cwd: '/', encoding: 'utf8' });
    expect(Number(output)).toBe(account?.uid);
  });
});

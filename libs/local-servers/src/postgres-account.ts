import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** PostgreSQL refuses to run as root, so root runs it as somebody else. */
export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
}

/** `undefined` unless we are root; then the account `postgres` if there is one, else `nobody`. */
export function findPostgresAccount(
  ownUid = process.getuid?.(),
  passwd = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '',
): PostgresAccount | undefined {
  if (ownUid !== 0) return undefined;
  const accounts = passwd.split('\n').map((line) => line.split(':'));
  const found =
    accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody') ?? undefined;
  const [, , uid, gid] = found ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error('PostgreSQL cannot run as root, and this machine has neither an account "postgres" nor "nobody".');
  }
  return { uid: Number(uid), gid: Number(gid) };
}

/** Whether the account may pass through every folder above the file. */
export function canReach(account: PostgresAccount, file: string): boolean {
  for (let folder = path.dirname(path.resolve(file)); ; folder = path.dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

/**
 * The command as that account. Below a closed folder (a clone in root's home or in a `mktemp -d`) the account keeps the
 * one right to pass folders by; `setpriv` is part of util-linux.
 */
export function asAccount(
  account: PostgresAccount | undefined,
  file: string,
  args: readonly string[],
  reaches: readonly string[],
): { file: string; args: readonly string[]; uid?: number; gid?: number } {
  if (account === undefined) return { file, args };
  if (reaches.every((each) => canReach(account, each))) return { file, args, uid: account.uid, gid: account.gid };
  const rights = '-all,+dac_override';
  return {
    file: 'setpriv',
    args: [
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      '--clear-groups',
      `--inh-caps=${rights}`,
      `--ambient-caps=${rights}`,
      // Without it access(2) ignores the right for everybody but root, and initdb doesn't find itself.
      '--securebits=+no_setuid_fixup',
      file,
      ...args,
    ],
  };
}

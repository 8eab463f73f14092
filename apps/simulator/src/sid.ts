import { randomBytes } from 'node:crypto';

/** Two letters and 32 hex digits: AC account, CA call, MZ stream, RE recording, PN number, RQ request. */
export function newSid(kind: 'CA' | 'MZ' | 'RE' | 'PN' | 'RQ'): string {
  return kind + randomBytes(16).toString('hex');
}

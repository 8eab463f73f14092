import { describe, expect, it } from 'vitest';
import { parseJoinLink } from './join-link.ts';

const KEY = 'ab'.repeat(32);
const TOKEN = 'x'.repeat(43);

describe('an invite link', () => {
  it('carries the token and the admin key that is pinned', () => {
    expect(parseJoinLink(`#${TOKEN}.${KEY}`)).toEqual({ token: TOKEN, adminPublicKey: KEY });
  });

  it.each(['', '#', `#${TOKEN}`, `#${TOKEN}.${KEY.slice(1)}`, `#short.${KEY}`, `#${TOKEN}.${KEY.toUpperCase()}`])(
    'that is not whole is refused: %s',
    (fragment) => {
      expect(parseJoinLink(fragment)).toBeNull();
    },
  );
});

import { InviteToken } from '@ringdown/protocol/http';
import { PublicKeyHex } from '@ringdown/protocol/ids';

/** `#<token>.<admin key>`: the fragment never reaches a server by itself. */
export function parseJoinLink(fragment: string): { token: string; adminPublicKey: PublicKeyHex } | null {
  const [token = '', key = ''] = fragment.replace(/^#/, '').split('.');
  const adminPublicKey = PublicKeyHex.safeParse(key);
  const parsed = InviteToken.safeParse({ token });
  return parsed.success && adminPublicKey.success ? { token, adminPublicKey: adminPublicKey.data } : null;
}

import { E164, type HotlineId } from '@ringdown/protocol/ids';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from './bytes.ts';
import type { MasterKey } from './master-key.ts';

/**
 * Finds the earlier calls of a number without keeping it: HMAC-SHA256 under a key of the hotline, 64 hex digits with the
 * version in front. The same caller has unlinkable indexes at two hotlines. All 10^10 numbers can be tried by whoever has
 * the master key: the index protects a stolen database, not a stolen server.
 */
export function numberIndexOf(masterKey: MasterKey, hotlineId: HotlineId, number: E164): string {
  const key = masterKey.derive('number-index', hotlineId);
  return `1:${bytesToHex(hmac(sha256, key, utf8ToBytes(E164.parse(number))))}`;
}

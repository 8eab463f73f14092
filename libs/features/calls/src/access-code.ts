import type { MasterKey } from '@ringdown/crypto/master-key';
import { AccessCode } from '@ringdown/protocol/dial-in';
import type { OperatorId } from '@ringdown/protocol/ids';
import { createHmac, randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';

/** 2^14 × 8 × 128 bytes = 16 MB and some 40 ms a try. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

export interface HashedPin {
  salt: Uint8Array;
  hash: Uint8Array;
}

/**
 * A PIN has a million values: any hash of it alone is tried through in hours. A key that isn't in the database goes in first, so
 * that a stolen database says nothing, and the person's id, so that a row can't be another person's.
 */
const hashOf = (masterKey: MasterKey, operatorId: OperatorId | 'nobody', pin: string, salt: Uint8Array) =>
  new Promise<Buffer>((resolve, reject) => {
    const keyed = createHmac('sha256', masterKey.derive('access-code', operatorId)).update(pin).digest();
    scrypt(keyed, salt, HASH_BYTES, COST, (error, hash) => (error ? reject(error) : resolve(hash)));
  });

export const hashPin = async (masterKey: MasterKey, operatorId: OperatorId, pin: string): Promise<HashedPin> => {
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  return { salt, hash: new Uint8Array(await hashOf(masterKey, operatorId, pin, salt)) };
};

/** Takes as long for a code that nobody has. */
export const isPin = async (
  masterKey: MasterKey,
  stored: (HashedPin & { operatorId: OperatorId }) | null,
  pin: string,
): Promise<boolean> => {
  const hash = await hashOf(masterKey, stored?.operatorId ?? 'nobody', pin, stored?.salt ?? new Uint8Array(SALT_BYTES));
  const right = timingSafeEqual(hash, stored?.hash ?? new Uint8Array(HASH_BYTES));
  return stored !== null && right;
};

export const randomAccessCode = (): AccessCode => AccessCode.parse(`0${String(randomInt(10_000)).padStart(4, '0')}`);

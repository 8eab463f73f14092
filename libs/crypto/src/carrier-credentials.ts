import type { CarrierAccountId } from '@ringdown/protocol/ids';
import { z } from 'zod';
import { openAtRest, sealAtRest } from './at-rest.ts';
import { bytesToUtf8, utf8ToBytes } from './bytes.ts';
import type { MasterKey } from './master-key.ts';
import { SealRefusal } from './sealed.ts';

/** Names and values as the carrier's adapter defines them: `accountSid`, `authToken`, … */
export const CarrierCredentials = z.record(z.string().min(1).max(64), z.string().max(8192));
export type CarrierCredentials = z.infer<typeof CarrierCredentials>;

const PURPOSE = 'carrier-credentials';

/** For the account's row; they open for that account only. */
export function sealCredentials(
  masterKey: MasterKey,
  accountId: CarrierAccountId,
  credentials: CarrierCredentials,
): Uint8Array {
  const json = JSON.stringify(CarrierCredentials.parse(credentials));
  return sealAtRest(masterKey, utf8ToBytes(json), { purpose: PURPOSE, subject: accountId });
}

/** Throws `SealRefusal`. */
export function openCredentials(
  masterKey: MasterKey,
  accountId: CarrierAccountId,
  sealed: Uint8Array,
): CarrierCredentials {
  const opened = openAtRest(masterKey, sealed, { purpose: PURPOSE, subject: accountId });
  try {
    return CarrierCredentials.parse(JSON.parse(bytesToUtf8(opened)));
  } catch {
    // No cause: the parser's message would quote the credentials.
    throw new SealRefusal('malformed');
  }
}

import { E164, type HotlineId, type OperatorId } from '@ringdown/protocol/ids';
import { type AtRestContext, openAtRest, sealAtRest } from './at-rest.ts';
import { bytesToUtf8, utf8ToBytes } from './bytes.ts';
import type { MasterKey } from './master-key.ts';
import { SealRefusal } from './sealed.ts';

/** E.164 has at most 15 digits and the plus: padded, so that the length doesn't tell the country. */
const PADDED_LENGTH = 16;
const PURPOSE = 'number';
const OWN_PURPOSE = 'own-number';

/** A phone number for the database; opens for the same hotline only. */
export function sealNumber(masterKey: MasterKey, hotlineId: HotlineId, number: E164): Uint8Array {
  return sealFor(masterKey, { purpose: PURPOSE, subject: hotlineId }, number);
}

/** Throws `SealRefusal`. */
export function openNumber(masterKey: MasterKey, hotlineId: HotlineId, sealed: Uint8Array): E164 {
  return openFor(masterKey, { purpose: PURPOSE, subject: hotlineId }, sealed);
}

/** A volunteer's own number; opens for the same person only. */
export function sealOwnNumber(masterKey: MasterKey, operatorId: OperatorId, number: E164): Uint8Array {
  return sealFor(masterKey, { purpose: OWN_PURPOSE, subject: operatorId }, number);
}

/** Throws `SealRefusal`. */
export function openOwnNumber(masterKey: MasterKey, operatorId: OperatorId, sealed: Uint8Array): E164 {
  return openFor(masterKey, { purpose: OWN_PURPOSE, subject: operatorId }, sealed);
}

function sealFor(masterKey: MasterKey, context: AtRestContext, number: E164): Uint8Array {
  return sealAtRest(masterKey, utf8ToBytes(E164.parse(number).padEnd(PADDED_LENGTH, ' ')), context);
}

function openFor(masterKey: MasterKey, context: AtRestContext, sealed: Uint8Array): E164 {
  const opened = openAtRest(masterKey, sealed, context);
  const number = E164.safeParse(bytesToUtf8(opened).trimEnd());
  if (!number.success) throw new SealRefusal('malformed');
  return number.data;
}

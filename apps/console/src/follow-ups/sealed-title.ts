import { base64ToBytes, bytesToUtf8, utf8ToBytes } from '@ringdown/crypto/bytes';
import type { FollowUp } from '@ringdown/protocol/follow-ups';
import type { Hotline } from '@ringdown/protocol/http';
import type { FollowUpId } from '@ringdown/protocol/ids';
import type { Vaults } from '../hotline-settings/vaults.ts';

export const TITLE_LIMIT = 300;
/** A name and a sentence look the same from outside. */
const PADDING_STEP = 128;

export async function sealTitle(
  vaults: Vaults,
  hotline: Hotline,
  followUpId: FollowUpId,
  title: string,
): Promise<string> {
  return vaults.sealBytes(hotline, padWords(title), { purpose: 'follow-up', itemId: followUpId });
}

/** Words end in no spaces, so the padding needs no length field. */
export function padWords(words: string): Uint8Array {
  const bytes = utf8ToBytes(words.trim());
  const padded = new Uint8Array(Math.ceil((bytes.length + 1) / PADDING_STEP) * PADDING_STEP).fill(0x20);
  padded.set(bytes);
  return padded;
}

export async function openTitle(vaults: Vaults, hotline: Hotline, followUp: FollowUp): Promise<string> {
  const context = { purpose: 'follow-up', itemId: followUp.followUpId } as const;
  return bytesToUtf8(await vaults.openBytes(hotline, base64ToBytes(followUp.sealedTitle), context)).trimEnd();
}

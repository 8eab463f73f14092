import { z } from 'zod';
import { bytesToUtf8, utf8ToBytes } from './bytes.ts';
import { SealRefusal } from './sealed.ts';
import {
  openFromVault,
  sealToVault,
  type SealContext,
  type SealedItem,
  type VaultKeyPair,
  type VaultPublicKey,
} from './vault.ts';

/** What a volunteer writes down about a call. */
export const CallNote = z.strictObject({
  text: z.string().max(100_000),
  category: z.string().max(100).nullable(),
  followUp: z.boolean(),
});
export type CallNote = z.infer<typeof CallNote>;

/** Padding hides the length of a note up to the next step: "no answer" and a name look the same from outside. */
const PADDING_STEP = 512;

type NoteContext = Pick<SealContext, 'hotlineId' | 'itemId'>;

/** In the volunteer's browser, before it is sent anywhere. `itemId`: the id of the call's note. */
export function sealNote(vault: VaultPublicKey, note: CallNote, context: NoteContext): Promise<SealedItem> {
  const json = utf8ToBytes(JSON.stringify(CallNote.parse(note)));
  // JSON may end in spaces, so the padding needs no length field.
  const padded = new Uint8Array(Math.ceil(json.length / PADDING_STEP) * PADDING_STEP).fill(0x20);
  padded.set(json);
  return sealToVault(vault, padded, { ...context, purpose: 'note' });
}

/** Throws `SealRefusal`. */
export async function openNote(vault: VaultKeyPair, sealed: SealedItem, context: NoteContext): Promise<CallNote> {
  const bytes = await openFromVault(vault, sealed, { ...context, purpose: 'note' });
  try {
    return CallNote.parse(JSON.parse(bytesToUtf8(bytes)));
  } catch {
    // No cause: the parser's message would quote the note.
    throw new SealRefusal('malformed');
  }
}

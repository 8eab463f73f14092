import { base64ToBytes } from '@ringdown/crypto/bytes';
import type { NoteSeal } from '@ringdown/crypto/note-seal';
import type { CallNote } from '@ringdown/crypto/sealed-note';
import type { Hotline, Note } from '@ringdown/protocol/http';
import type { NoteAuthor, SealedNotes } from '@ringdown/protocol/notes';
import type { Vaults } from '../hotline-settings/vaults.ts';
import { isBlank, NoteDocument, type NoteWords } from './note-document.ts';

/** All that was written about one call, in clear: keep it no longer than it is looked at. */
export interface OpenedNotes {
  /** Null when nothing is written in it. */
  readonly words: NoteWords | null;
  readonly authors: readonly NoteAuthor[];
  /** From before notes were shared, one for each author. */
  readonly older: readonly { readonly note: Note; readonly words: CallNote }[];
  /** Something can't be opened with the keys of this browser. */
  readonly unreadable: boolean;
}

export async function openNotes(vaults: Vaults, hotline: Hotline, sealed: SealedNotes): Promise<OpenedNotes> {
  const seal = await vaults.noteSeal(hotline, sealed.callId);
  const shared = await openChanges(seal, sealed);
  let { unreadable } = shared;
  const older: OpenedNotes['older'][number][] = [];
  for (const note of sealed.notes) {
    try {
      older.push({ note, words: await vaults.openNote(hotline, sealed.callId, note.sealed) });
    } catch {
      unreadable = true;
    }
  }
  return { words: shared.words, authors: sealed.authors, older, unreadable };
}

async function openChanges(seal: NoteSeal, { changes }: SealedNotes) {
  const document = new NoteDocument();
  let unreadable = false;
  for (const change of changes) {
    try {
      document.apply(await seal.open(base64ToBytes(change.sealed)), null);
    } catch {
      unreadable = true;
    }
  }
  const words = document.read();
  document.close();
  return { words: isBlank(words) ? null : words, unreadable };
}

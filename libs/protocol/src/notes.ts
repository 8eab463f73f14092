import { z } from 'zod';
import { Termination } from './call-events.ts';
import { base64, CallId, HotlineId, Instant, OperatorId } from './ids.ts';
import { Note } from './http.ts';

/*
 * A call has one note, a document that several people may write at once (a CRDT). The browser seals each change; the server
 * numbers the sealed changes of a call, keeps them and passes them on, and can read none.
 *
 * `GET /api/calls/:callId/note-changes?after=` → NoteChanges
 * `POST /api/calls/:callId/note-changes` SaveNoteChange → NoteChangeSaved
 * `POST /api/calls/:callId/note-changes/merge` MergeNoteChanges → NoteChangesMerged
 * `GET /api/calls/:callId/earlier` → EarlierCall[]; `GET /api/notes?before=&limit=` → NotedCalls
 * Socket: command `follow-note`, then events `note-changed` and `note-followers` while it is followed.
 */

/** A long note in one piece: 100,000 characters of text, its history, base64. */
const Sealed = base64(524_288);

/** Numbers of a call's changes count up from 1 without gaps, except where changes were merged into the last of them. */
export const NoteChange = z.object({ seq: z.number().int().min(1), sealed: z.string() });
export type NoteChange = z.infer<typeof NoteChange>;

export const NoteAuthor = z.object({ operatorId: OperatorId, name: z.string(), savedAt: Instant });
export type NoteAuthor = z.infer<typeof NoteAuthor>;

export const NoteChanges = z.object({
  changes: z.array(NoteChange),
  /** Who wrote, and when last: by the server's clock. */
  authors: z.array(NoteAuthor),
});
export type NoteChanges = z.infer<typeof NoteChanges>;

export const SaveNoteChange = z.strictObject({ sealed: Sealed });
export const NoteChangeSaved = z.object({ seq: z.number().int().min(1) });

/** `sealed` holds all of the changes up to and with `upTo`, which it replaces. */
export const MergeNoteChanges = z.strictObject({ upTo: z.number().int().min(1), sealed: Sealed });
/** False: somebody else has merged them in the meantime; nothing changed. */
export const NoteChangesMerged = z.object({ merged: z.boolean() });

/** What the browser opens of one call: the changes of its note, and notes from before notes were shared. */
export const SealedNotes = z.object({
  callId: CallId,
  hotlineId: HotlineId,
  arrivedAt: Instant,
  changes: z.array(NoteChange),
  authors: z.array(NoteAuthor),
  notes: z.array(Note),
});
export type SealedNotes = z.infer<typeof SealedNotes>;

/** Calls of the same caller to the same hotline, found by the keyed hash of the number. */
export const EarlierCall = SealedNotes.extend({
  operator: z.object({ operatorId: OperatorId, name: z.string() }).nullable(),
  talkedMs: z.number().int().nullable(),
  termination: Termination.nullable(),
});
export type EarlierCall = z.infer<typeof EarlierCall>;

export const NotedCalls = z.object({
  calls: z.array(SealedNotes),
  next: z.string().nullable(),
  /** How many there are in all, so that progress can be shown. */
  total: z.number().int(),
});
export type NotedCalls = z.infer<typeof NotedCalls>;

export const FollowNote = z.strictObject({ callId: CallId, following: z.boolean() });
export const NoteChanged = z.strictObject({ callId: CallId, change: NoteChange });
export type NoteChanged = z.infer<typeof NoteChanged>;
/** Everybody who has the note open, each person once for each page. */
export const NoteFollowers = z.strictObject({ callId: CallId, operatorIds: z.array(OperatorId) });
export type NoteFollowers = z.infer<typeof NoteFollowers>;

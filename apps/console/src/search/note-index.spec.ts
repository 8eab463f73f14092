import { CallId, HotlineId } from '@ringdown/protocol/ids';
import { expect, it } from 'vitest';
import type { OpenedNotes } from '../notes/open-notes.ts';
import { NoteIndex } from './note-index.ts';

const hotlineId = HotlineId.parse('6ba7b810-9dad-41d1-80b4-00c04fd430c8');
const callOf = (n: number) => CallId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);

function indexOf(...texts: string[]): NoteIndex {
  const index = new NoteIndex();
  for (const [n, text] of texts.entries()) {
    const sealed = { callId: callOf(n), hotlineId, arrivedAt: n, changes: [], authors: [], notes: [] };
    const words: OpenedNotes['words'] = {
      text,
      category: n === 0 ? 'Arrest' : null,
      priority: null,
      formVersion: 1,
      answers: n === 1 ? { needs: ['opt-bail'], name: 'Luz' } : {},
    };
    index.add(sealed, { words, authors: [], older: [], unreadable: false }, (id) =>
      id === 'opt-bail' ? 'Bail money' : id,
    );
  }
  return index;
}
const found = (index: NoteIndex, query: string) => index.find(query).map(({ callId }) => callId);

it('finds words by their beginning, without accents, and with one letter wrong', () => {
  const index = indexOf('Ana García, taken at the bridge', 'Her brother waits outside', 'Nothing special');
  expect(found(index, 'garc')).toEqual([callOf(0)]);
  expect(found(index, 'garcia brid')).toEqual([callOf(0)]);
  expect(found(index, 'brothr')).toEqual([callOf(1)]);
  expect(found(index, 'garcia brother')).toEqual([]);
});

it('finds categories, written answers and the words of chosen ones', () => {
  const index = indexOf('one', 'two');
  expect(found(index, 'arrest')).toEqual([callOf(0)]);
  expect(found(index, 'luz')).toEqual([callOf(1)]);
  expect(found(index, 'bail')).toEqual([callOf(1)]);
});

it('shows the words around what was found', () => {
  const index = indexOf(`${'before '.repeat(60)}the lighthouse ${'after '.repeat(60)}`);
  expect(index.find('lighthouse')[0]?.excerpt).toContain('the lighthouse after');
});

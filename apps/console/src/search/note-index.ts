import type { HotlineId, CallId } from '@ringdown/protocol/ids';
import type { SealedNotes } from '@ringdown/protocol/notes';
import MiniSearch from 'minisearch';
import type { OpenedNotes } from '../notes/open-notes.ts';

export interface FoundCall {
  readonly callId: CallId;
  readonly hotlineId: HotlineId;
  readonly arrivedAt: number;
  /** Words around the first hit. */
  readonly excerpt: string;
}

interface Entry {
  readonly id: CallId;
  readonly hotlineId: HotlineId;
  readonly arrivedAt: number;
  readonly text: string;
}

const EXCERPT = 160;

/** Letters without their accents, so that "garcia" finds "García". */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .toLowerCase();

/** The opened notes in the memory of this page, and nowhere else. */
export class NoteIndex {
  readonly #index = new MiniSearch<Entry>({
    fields: ['text'],
    storeFields: ['hotlineId', 'arrivedAt', 'text'],
    processTerm: plain,
    searchOptions: { prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false), combineWith: 'AND' },
  });

  get size(): number {
    return this.#index.documentCount;
  }

  add({ callId, hotlineId, arrivedAt }: SealedNotes, opened: OpenedNotes, labels: (id: string) => string): void {
    const text = textOf(opened, labels);
    if (text !== '') this.#index.add({ id: callId, hotlineId, arrivedAt, text });
  }

  /** The best first. Every word must be there, at least its beginning. */
  find(query: string): FoundCall[] {
    return this.#index.search(query).map((hit) => ({
      callId: hit.id as CallId,
      hotlineId: hit['hotlineId'] as HotlineId,
      arrivedAt: hit['arrivedAt'] as number,
      excerpt: excerptOf(hit['text'] as string, hit.terms),
    }));
  }
}

function textOf({ words, older }: OpenedNotes, labels: (id: string) => string): string {
  const answers = Object.values(words?.answers ?? {}).flatMap((answer) =>
    (Array.isArray(answer) ? answer : [String(answer)]).map(labels),
  );
  return [words?.text ?? '', words?.category ?? '', ...answers, ...older.map((note) => note.words.text)]
    .filter((part) => part.trim() !== '')
    .join('\n');
}

function excerptOf(text: string, terms: readonly string[]): string {
  const searched = plain(text);
  const hits = terms.map((term) => searched.indexOf(term)).filter((at) => at >= 0);
  // Accents taken away shift the places by a few letters at most: good enough for an excerpt.
  const start = Math.max(0, Math.min(...(hits.length > 0 ? hits : [0])) - EXCERPT / 4);
  const cut = text.slice(start, start + EXCERPT).replaceAll(/\s+/g, ' ');
  return `${start > 0 ? '… ' : ''}${cut}${start + EXCERPT < text.length ? ' …' : ''}`;
}

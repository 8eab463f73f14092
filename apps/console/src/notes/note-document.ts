import * as Y from 'yjs';

export type NoteAnswer = string | number | readonly string[];

/** What a call's note says, read from the shared document. */
export interface NoteWords {
  readonly text: string;
  readonly category: string | null;
  readonly priority: NotePriority | null;
  /** Of the intake form that the answers belong to; null while nothing is answered. */
  readonly formVersion: number | null;
  /** By the id of the field. */
  readonly answers: Readonly<Record<string, NoteAnswer>>;
}

export const NOTE_PRIORITIES = ['low', 'medium', 'high', 'urgent'] as const;
export type NotePriority = (typeof NOTE_PRIORITIES)[number];

/** Origin of changes that came from elsewhere and needn't be sent. */
export const FROM_SERVER = 'server';

const WRITTEN = 'written:';
const CHOSEN = 'chosen:';
const isPriority = (value: unknown): value is NotePriority => NOTE_PRIORITIES.some((each) => each === value);

/**
 * One document for each call. Free text and written answers merge letter by letter, several choices option by option; of two
 * single values set at once, one stands and everybody sees the same.
 */
export class NoteDocument {
  readonly yjs = new Y.Doc();
  readonly #facts = this.yjs.getMap<string | number | null>('facts');
  readonly #values = this.yjs.getMap<string | number>('values');

  get text(): Y.Text {
    return this.yjs.getText('text');
  }

  /** The text of a field in which people write; at the top of the document, so that two who begin at once share it. */
  written(fieldId: string): Y.Text {
    return this.yjs.getText(WRITTEN + fieldId);
  }

  setFact(name: 'category' | 'priority', value: string | null): void {
    this.#facts.set(name, value);
  }

  /** The first answer fixes the form's version: the questions don't change under a call. */
  useForm(version: number): void {
    if (!this.#facts.has('formVersion')) this.#facts.set('formVersion', version);
  }

  setValue(fieldId: string, value: string | number | null): void {
    if (value === null) this.#values.delete(fieldId);
    else this.#values.set(fieldId, value);
  }

  choose(fieldId: string, optionId: string, chosen: boolean): void {
    const options = this.yjs.getMap<boolean>(CHOSEN + fieldId);
    if (chosen) options.set(optionId, true);
    else options.delete(optionId);
  }

  read(): NoteWords {
    const answers: Record<string, NoteAnswer> = { ...this.#values.toJSON() };
    for (const name of this.yjs.share.keys()) {
      if (name.startsWith(WRITTEN)) {
        const written = lettersOf(this.yjs.getText(name));
        if (written !== '') answers[name.slice(WRITTEN.length)] = written;
      } else if (name.startsWith(CHOSEN)) {
        const chosen = [...this.yjs.getMap<boolean>(name).keys()].toSorted();
        if (chosen.length > 0) answers[name.slice(CHOSEN.length)] = chosen;
      }
    }
    const [category, priority, version] = ['category', 'priority', 'formVersion'].map((key) => this.#facts.get(key));
    return {
      text: lettersOf(this.text),
      category: typeof category === 'string' ? category : null,
      priority: isPriority(priority) ? priority : null,
      formVersion: typeof version === 'number' ? version : null,
      answers,
    };
  }

  /** Throws on bytes that are no change of a document. */
  apply(change: Uint8Array, origin: unknown): void {
    Y.applyUpdate(this.yjs, change, origin);
  }

  /** The whole as one change. */
  whole(): Uint8Array {
    return Y.encodeStateAsUpdate(this.yjs);
  }

  /** Each change, from wherever it came. */
  onChange(handle: (change: Uint8Array, origin: unknown) => void): () => void {
    this.yjs.on('update', handle);
    return () => this.yjs.off('update', handle);
  }

  close(): void {
    this.yjs.destroy();
  }
}

export const mergeChanges = (changes: readonly Uint8Array[]): Uint8Array => Y.mergeUpdates([...changes]);

export const isBlank = ({ text, category, priority, answers }: NoteWords): boolean =>
  text.trim() === '' && category === null && priority === null && Object.keys(answers).length === 0;

// oxlint-disable-next-line typescript/no-base-to-string -- its own; its types hide that
export const lettersOf = (text: Y.Text): string => text.toString();

/** Turns a text field's new value into the smallest change, so that what others type elsewhere in it stays. */
export function rewrite(text: Y.Text, value: string): void {
  const old = lettersOf(text);
  if (old === value) return;
  let start = 0;
  const shorter = Math.min(old.length, value.length);
  while (start < shorter && old[start] === value[start]) start++;
  let end = 0;
  while (end < shorter - start && old[old.length - 1 - end] === value[value.length - 1 - end]) end++;
  text.doc?.transact(() => {
    text.delete(start, old.length - start - end);
    text.insert(start, value.slice(start, value.length - end));
  });
}

/** Where a caret stands after somebody else's change. */
export function movedCaret(caret: number, delta: Y.YTextEvent['delta']): number {
  let at = 0;
  let moved = caret;
  for (const step of delta) {
    if (step.retain !== undefined) at += step.retain;
    else if (typeof step.insert === 'string') {
      if (at < moved) moved += step.insert.length;
      at += step.insert.length;
    } else if (step.delete !== undefined && at < moved) moved -= Math.min(step.delete, moved - at);
  }
  return moved;
}

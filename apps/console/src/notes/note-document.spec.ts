import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lettersOf, movedCaret, NoteDocument, rewrite } from './note-document.ts';

const copyTo = (from: NoteDocument, to: NoteDocument) => to.apply(from.whole(), null);

describe('a note’s document', () => {
  it('says after any rewriting what was typed', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 }), { maxLength: 8 }), (values) => {
        const { text } = new NoteDocument();
        for (const value of values) rewrite(text, value);
        expect(lettersOf(text)).toBe(values.at(-1) ?? '');
      }),
    );
  });

  it('is the same for two who write at once, in whichever order the changes come', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (mine, theirs) => {
        const [one, other] = [new NoteDocument(), new NoteDocument()];
        rewrite(one.text, mine);
        one.choose('needs', 'bail', true);
        rewrite(other.text, theirs);
        other.choose('needs', 'lawyer', true);
        rewrite(other.written('name'), 'Ana');
        rewrite(one.written('name'), 'Luz');
        copyTo(one, other);
        copyTo(other, one);
        expect(other.read()).toEqual(one.read());
        expect(one.read().text).toHaveLength(mine.length + theirs.length);
        expect(one.read().answers['needs']).toEqual(['bail', 'lawyer']);
        expect(one.read().answers['name']).toHaveLength(6);
      }),
    );
  });

  it('keeps the version of the form that was answered first', () => {
    const [one, other] = [new NoteDocument(), new NoteDocument()];
    one.useForm(3);
    copyTo(one, other);
    other.useForm(4);
    expect(other.read().formVersion).toBe(3);
  });

  it('takes an answer away again', () => {
    const document = new NoteDocument();
    document.setValue('age', 41);
    document.choose('needs', 'bail', true);
    document.setValue('age', null);
    document.choose('needs', 'bail', false);
    expect(document.read().answers).toEqual({});
  });

  it('keeps the caret at its word when somebody else types before, after or over it', () => {
    expect(movedCaret(5, [{ insert: 'abc' }])).toBe(8);
    expect(movedCaret(5, [{ retain: 9 }, { insert: 'abc' }])).toBe(5);
    expect(movedCaret(5, [{ retain: 1 }, { delete: 2 }])).toBe(3);
    expect(movedCaret(5, [{ retain: 3 }, { delete: 9 }])).toBe(3);
    expect(movedCaret(5, [{ delete: 2 }, { insert: 'xyz' }])).toBe(6);
  });
});

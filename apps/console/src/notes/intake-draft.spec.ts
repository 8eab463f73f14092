import { IntakeDefinition } from '@ringdown/protocol/intake-form';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerWords, missingFields, visibleFields } from './intake-answers.ts';
import {
  changeField,
  checkDraft,
  conditionsFor,
  moveField,
  newField,
  toDraft,
  type IntakeDraft,
} from './intake-draft.ts';

const definition = IntakeDefinition.parse({
  fields: [
    { id: 'held', kind: 'yes-no', label: 'Held?' },
    {
      id: 'needs',
      kind: 'choices',
      label: 'Needs',
      options: [
        { id: 'bail', label: 'Bail' },
        { id: 'lawyer', label: 'A lawyer' },
      ],
      showWhen: { fieldId: 'held', is: 'yes' },
    },
    { id: 'amount', kind: 'number', label: 'How much?', required: true, showWhen: { fieldId: 'needs', is: 'bail' } },
    { id: 'name', kind: 'text', label: 'Name', required: true },
  ],
  categories: ['Arrest'],
});
const shown = (answers: Parameters<typeof visibleFields>[1]) => visibleFields(definition, answers).map(({ id }) => id);

describe('an intake form', () => {
  it('shows a question while its condition holds, and hides what hangs on a hidden one', () => {
    expect(shown({})).toEqual(['held', 'name']);
    expect(shown({ held: 'yes' })).toEqual(['held', 'needs', 'name']);
    expect(shown({ held: 'yes', needs: ['bail', 'lawyer'] })).toEqual(['held', 'needs', 'amount', 'name']);
    expect(shown({ held: 'no', needs: ['bail'] })).toEqual(['held', 'name']);
  });

  it('misses only required answers that can be seen', () => {
    const missing = (answers: Parameters<typeof missingFields>[1]) =>
      missingFields(definition, answers).map(({ id }) => id);
    expect(missing({ name: ' ' })).toEqual(['name']);
    expect(missing({ held: 'yes', needs: ['bail'], name: 'Ana' })).toEqual(['amount']);
    expect(missing({ held: 'yes', needs: ['bail'], name: 'Ana', amount: 0 })).toEqual([]);
  });

  it('says answers in the words of the form', () => {
    const [held, needs] = definition.fields;
    const yesNo = { yes: 'Sí', no: 'No' };
    expect(held && answerWords(held, 'yes', yesNo)).toBe('Sí');
    expect(needs && answerWords(needs, ['lawyer', 'gone'], yesNo)).toBe('A lawyer, gone');
  });

  it('is the same after it was opened for changing and saved untouched', () => {
    expect(checkDraft(toDraft(definition))).toEqual({ definition, faults: [] });
  });

  it('keeps the ids of answers that stay or are only reworded, so that old notes keep their meaning', () => {
    const options = (text: string) =>
      checkDraft(changeField(toDraft(definition), 'needs', { options: text })).definition?.fields[1]?.options;
    expect(options('A lawyer\nBail')).toEqual([
      { id: 'lawyer', label: 'A lawyer' },
      { id: 'bail', label: 'Bail' },
    ]);
    expect(options('Bail money\nA lawyer')?.map(({ id }) => id)).toEqual(['bail', 'lawyer']);
    const added = options('Food\nBail\nA lawyer');
    expect(added?.map(({ id }) => id).slice(1)).toEqual(['bail', 'lawyer']);
    expect(added?.[0]?.id).not.toMatch(/^(bail|lawyer)$/);
  });

  it('names the question that can’t be saved and why', () => {
    const draft = toDraft(definition);
    const wrong = (changed: IntakeDraft) => checkDraft(changed).faults;
    expect(wrong(changeField(draft, 'name', { label: ' ' }))).toEqual([{ fieldId: 'name', wrong: 'label' }]);
    expect(wrong(changeField(draft, 'needs', { options: 'Bail' }))).toEqual([{ fieldId: 'needs', wrong: 'options' }]);
    expect(wrong(moveField(draft, 'needs', -1))).toEqual([{ fieldId: 'needs', wrong: 'show-when' }]);
    expect(wrong({ ...draft, categories: 'Arrest\nArrest' })).toEqual([{ fieldId: null, wrong: 'category' }]);
    expect(wrong({ ...draft, fields: [newField('text')] })).toMatchObject([{ wrong: 'label' }]);
  });

  it('offers as a condition only choices that stand above', () => {
    const draft = toDraft(definition);
    expect(conditionsFor(draft, 'held')).toEqual([]);
    expect(conditionsFor(draft, 'needs').map(({ is }) => is)).toEqual(['yes', 'no']);
    expect(conditionsFor(draft, 'name').map(({ is }) => is)).toEqual(['yes', 'no', 'bail', 'lawyer']);
  });

  it('has the same questions after any moving about, and moving stops at both ends', () => {
    const draft = toDraft(definition);
    const ids = draft.fields.map(({ id }) => id);
    const move = fc.record({ id: fc.constantFrom(...ids), by: fc.constantFrom(-1 as const, 1 as const) });
    fc.assert(
      fc.property(fc.array(move), (moves) => {
        const moved = moves.reduce((each, { id, by }) => moveField(each, id, by), draft);
        expect(moved.fields.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      }),
    );
    expect(moveField(draft, 'held', -1)).toEqual(draft);
    expect(moveField(draft, 'name', 1)).toEqual(draft);
  });
});

import type { IntakeDefinition, IntakeField } from '@ringdown/protocol/intake-form';
import type { NoteAnswer } from './note-document.ts';

type Answers = Readonly<Record<string, NoteAnswer>>;

/** The fields to show now. A field whose condition looks at a hidden field is hidden too, whatever was answered before. */
export function visibleFields({ fields }: IntakeDefinition, answers: Answers): IntakeField[] {
  const shown = new Set<string>();
  for (const { id, showWhen } of fields) {
    if (showWhen === null || (shown.has(showWhen.fieldId) && matches(answers[showWhen.fieldId], showWhen.is))) {
      shown.add(id);
    }
  }
  return fields.filter(({ id }) => shown.has(id));
}

const matches = (answer: NoteAnswer | undefined, is: string) =>
  Array.isArray(answer) ? answer.includes(is) : answer === is;

/** Required fields that are shown and have no answer. */
export const missingFields = (definition: IntakeDefinition, answers: Answers): IntakeField[] =>
  visibleFields(definition, answers).filter(({ id, required }) => required && isBlankAnswer(answers[id]));

const isBlankAnswer = (answer: NoteAnswer | undefined): boolean =>
  answer === undefined || (typeof answer === 'string' && answer.trim() === '');

/** An answer as people read it: labels instead of ids. `yesNo`: the words for the two. */
export function answerWords(
  field: IntakeField,
  answer: NoteAnswer,
  yesNo: { readonly yes: string; readonly no: string },
): string {
  const label = (id: string) => field.options.find((option) => option.id === id)?.label ?? id;
  if (field.kind === 'yes-no') return answer === 'yes' ? yesNo.yes : yesNo.no;
  if (Array.isArray(answer)) return answer.map(label).join(', ');
  return field.kind === 'choice' ? label(String(answer)) : String(answer);
}

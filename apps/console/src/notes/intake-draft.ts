import {
  hasOptions,
  decides,
  IntakeDefinition,
  optionIdsOf,
  type IntakeField,
  type IntakeFieldKind,
} from '@ringdown/protocol/intake-form';

/** A form while it is being changed: lists are text, one entry on each line, as they are typed. */
export interface IntakeDraft {
  readonly fields: readonly DraftField[];
  readonly categories: string;
}

export interface DraftField extends Omit<IntakeField, 'options'> {
  readonly options: string;
  /** As they were saved: a label that stays keeps its id, so that old answers keep their meaning. */
  readonly savedOptions: IntakeField['options'];
}

export type DraftFault =
  | { readonly fieldId: string; readonly wrong: 'label' | 'options' | 'show-when' }
  | { readonly fieldId: null; readonly wrong: 'category' };

export const toDraft = ({ fields, categories }: IntakeDefinition): IntakeDraft => ({
  fields: fields.map(({ options, ...field }) => ({
    ...field,
    options: options.map(({ label }) => label).join('\n'),
    savedOptions: options,
  })),
  categories: categories.join('\n'),
});

export const newField = (kind: IntakeFieldKind): DraftField => ({
  id: newId('q'),
  kind,
  label: '',
  help: '',
  required: false,
  options: '',
  savedOptions: [],
  showWhen: null,
});

const newId = (letter: string) => `${letter}-${crypto.randomUUID().slice(0, 13)}`;

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The same label keeps its id wherever it stands; a line that was only reworded keeps the id of its place. */
function optionsOf({ kind, options, savedOptions }: DraftField): IntakeField['options'] {
  if (!hasOptions(kind)) return [];
  const labels = linesOf(options);
  const kept = new Set(savedOptions.filter(({ label }) => labels.includes(label)).map(({ id }) => id));
  return labels.map((label, at) => {
    const same = savedOptions.find((option) => option.label === label);
    const reworded = labels.length === savedOptions.length ? savedOptions[at] : undefined;
    const id = same?.id ?? (reworded && !kept.has(reworded.id) ? reworded.id : newOptionId(label));
    return { id, label };
  });
}

/** Ids of labels typed a moment ago must stay the same while typing goes on. */
const typedIds = new Map<string, string>();
function newOptionId(label: string): string {
  const known = typedIds.get(label) ?? newId('o');
  typedIds.set(label, known);
  return known;
}

/** What the form would be, whole or not; for the preview and for conditions. */
export const fieldsOf = (draft: IntakeDraft): IntakeField[] =>
  draft.fields.map(({ savedOptions: _, ...field }) => ({
    ...field,
    options: optionsOf({ ...field, savedOptions: _ }),
  }));

/** The definition to save, or what is wrong with it, in the order of the form. */
export function checkDraft(draft: IntakeDraft): { definition: IntakeDefinition | null; faults: DraftFault[] } {
  const parsed = IntakeDefinition.safeParse({ fields: fieldsOf(draft), categories: linesOf(draft.categories) });
  if (parsed.success) return { definition: parsed.data, faults: [] };
  const faults = parsed.error.issues.map(({ path: [part, at, key] }): DraftFault => {
    const field = part === 'fields' ? draft.fields[Number(at)] : undefined;
    if (!field) return { fieldId: null, wrong: 'category' };
    if (key === 'options') return { fieldId: field.id, wrong: 'options' };
    return { fieldId: field.id, wrong: key === 'showWhen' ? 'show-when' : 'label' };
  });
  return { definition: null, faults };
}

export interface Condition {
  readonly fieldId: string;
  readonly is: string;
  readonly label: string;
  /** The option's label; null for yes and no, which the screen says in its own words. */
  readonly answer: string | null;
}

/** What the field's condition may look at: choices above it. */
export function conditionsFor(draft: IntakeDraft, fieldId: string): Condition[] {
  const fields = fieldsOf(draft);
  const above = fields.slice(
    0,
    fields.findIndex(({ id }) => id === fieldId),
  );
  return above
    .filter(({ kind, label }) => decides(kind) && label.trim() !== '')
    .flatMap((field) =>
      optionIdsOf(field).map((is) => ({
        fieldId: field.id,
        is,
        label: field.label,
        answer: field.options.find(({ id }) => id === is)?.label ?? null,
      })),
    );
}

export function moveField(draft: IntakeDraft, fieldId: string, by: -1 | 1): IntakeDraft {
  const from = draft.fields.findIndex(({ id }) => id === fieldId);
  const to = from + by;
  const moved = draft.fields[from];
  if (!moved || to < 0 || to >= draft.fields.length) return draft;
  return { ...draft, fields: draft.fields.toSpliced(from, 1).toSpliced(to, 0, moved) };
}

export const changeField = (draft: IntakeDraft, fieldId: string, change: Partial<DraftField>): IntakeDraft => ({
  ...draft,
  fields: draft.fields.map((field) => (field.id === fieldId ? { ...field, ...change } : field)),
});

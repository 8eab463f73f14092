import { z } from 'zod';
import { HotlineId, Instant } from './ids.ts';

/*
 * The questions a hotline asks on each call. `GET /api/hotlines/:hotlineId/intake-form` → IntakeForm (version 0, without fields,
 * when none was made); `GET …/intake-form/:version`; `PUT …/intake-form` SaveIntakeForm → IntakeForm. Every version is kept,
 * so that old answers can be read with the questions they answer. Answers are part of the sealed note.
 */

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
const words = (max: number) => z.string().trim().min(1).max(max);

export const IntakeOption = z.strictObject({ id, label: words(120) });

export const IntakeFieldKind = z.enum(['text', 'long-text', 'number', 'date', 'choice', 'choices', 'yes-no', 'phone']);
export type IntakeFieldKind = z.infer<typeof IntakeFieldKind>;

/** Kinds with `options`. */
export const hasOptions = (kind: IntakeFieldKind): boolean => kind === 'choice' || kind === 'choices';
/** Kinds another field's `showWhen` may look at. */
export const decides = (kind: IntakeFieldKind): boolean => hasOptions(kind) || kind === 'yes-no';

export const IntakeField = z.strictObject({
  id,
  kind: IntakeFieldKind,
  label: words(200),
  help: z.string().trim().max(400).default(''),
  required: z.boolean().default(false),
  options: z.array(IntakeOption).max(50).default([]),
  /** Shown only while that field's answer is this option (`yes` or `no` for a yes-no field) or has it among others. */
  showWhen: z.strictObject({ fieldId: id, is: id }).nullable().default(null),
});
export type IntakeField = z.infer<typeof IntakeField>;

const firstRepeated = (ids: readonly string[]) => ids.findIndex((each, at) => ids.indexOf(each) < at);

/** A condition looks only upwards, so conditions can't go in a circle. */
export const IntakeDefinition = z
  .strictObject({
    fields: z.array(IntakeField).max(60),
    categories: z.array(words(80)).max(30),
  })
  .superRefine(({ fields, categories }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const repeated = firstRepeated(fields.map((field) => field.id));
    if (repeated >= 0) refuse(['fields', repeated, 'id'], 'id-twice');
    const category = firstRepeated(categories);
    if (category >= 0) refuse(['categories', category], 'category-twice');
    for (const [at, field] of fields.entries()) {
      if (hasOptions(field.kind) && field.options.length < 2) refuse(['fields', at, 'options'], 'too-few-options');
      const twice = firstRepeated(field.options.map((option) => option.id));
      if (twice >= 0) refuse(['fields', at, 'options', twice], 'id-twice');
      if (field.showWhen === null) continue;
      const { fieldId, is } = field.showWhen;
      const other = fields.slice(0, at).find((each) => each.id === fieldId);
      if (!other || !decides(other.kind)) refuse(['fields', at, 'showWhen'], 'not-an-earlier-choice');
      else if (!optionIdsOf(other).includes(is)) refuse(['fields', at, 'showWhen'], 'no-such-option');
    }
  });
export type IntakeDefinition = z.infer<typeof IntakeDefinition>;

export const optionIdsOf = (field: Pick<IntakeField, 'kind' | 'options'>): readonly string[] =>
  field.kind === 'yes-no' ? ['yes', 'no'] : field.options.map((option) => option.id);

export const IntakeForm = z.object({
  hotlineId: HotlineId,
  version: z.number().int().min(0),
  definition: IntakeDefinition,
  savedAt: Instant.nullable(),
});
export type IntakeForm = z.infer<typeof IntakeForm>;

/** `basedOn`: the version that was changed; another one in force means that somebody else saved in the meantime. */
export const SaveIntakeForm = z.strictObject({ basedOn: z.number().int().min(0), definition: IntakeDefinition });

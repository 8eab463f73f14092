import type { IntakeDefinition, IntakeField } from '@ringdown/protocol/intake-form';
import { Checks, Segments } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Select } from '@ringdown/ui/select';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleFields } from './intake-answers.ts';
import type { NoteAnswer, NoteDocument, NoteWords } from './note-document.ts';
import { SharedText } from './shared-text.tsx';

interface FieldsProps {
  readonly definition: IntakeDefinition;
  readonly version: number;
  readonly document: NoteDocument;
  readonly words: NoteWords;
  /** Ids of required fields to be marked. */
  readonly missing: ReadonlySet<string>;
  readonly onLeave: () => void;
}

/** The hotline's own questions, answered in the shared note. */
export function IntakeFields({ definition, version, document, words, missing, onLeave }: FieldsProps) {
  const { t } = useTranslation();
  return visibleFields(definition, words.answers).map((field) => (
    <OneField
      key={field.id}
      field={field}
      document={document}
      answer={words.answers[field.id]}
      error={missing.has(field.id) ? t('intake.missing') : undefined}
      onAnswer={() => document.useForm(version)}
      onLeave={onLeave}
    />
  ));
}

interface OneFieldProps {
  readonly field: IntakeField;
  readonly document: NoteDocument;
  readonly answer: NoteAnswer | undefined;
  readonly error: string | undefined;
  readonly onAnswer: () => void;
  readonly onLeave: () => void;
}

const NONE = '-';
const TEXT_LIMIT = 20_000;

function OneField({ field, document, answer, error, onAnswer, onLeave }: OneFieldProps) {
  const { t } = useTranslation();
  const { id, kind } = field;
  const label = field.required ? t('intake.required', { label: field.label }) : field.label;
  const hint = field.help === '' ? undefined : field.help;
  const about = { label, error, required: field.required, hint };
  const set = (value: string | number | null) => {
    onAnswer();
    document.setValue(id, value);
  };
  const chosen = typeof answer === 'string' ? answer : NONE;
  switch (kind) {
    case 'text':
    case 'long-text':
    case 'phone':
      return (
        <SharedText
          {...about}
          text={document.written(id)}
          rows={kind === 'long-text' ? 4 : 1}
          {...(kind === 'phone' ? { type: 'tel', inputMode: 'tel', autoComplete: 'off' } : {})}
          maxLength={TEXT_LIMIT}
          onTyped={onAnswer}
          onBlur={onLeave}
        />
      );
    case 'number':
      return <NumberField {...about} answer={answer} onAnswer={set} onLeave={onLeave} />;
    case 'date':
      return (
        <Field
          {...about}
          type="date"
          value={typeof answer === 'string' ? answer : ''}
          onChange={(value) => set(value === '' ? null : value)}
          onBlur={onLeave}
        />
      );
    case 'yes-no':
      return (
        <Explained hint={hint} error={error} label={label}>
          <Segments
            label={label}
            value={chosen}
            onChange={(value) => set(value === NONE ? null : value)}
            choices={[
              { id: 'yes', name: t('intake.yes') },
              { id: 'no', name: t('intake.no') },
              { id: NONE, name: t('intake.not-asked') },
            ]}
          />
        </Explained>
      );
    case 'choice':
      return (
        <Explained error={error}>
          <Select
            label={label}
            {...(hint === undefined ? {} : { hint })}
            value={chosen}
            onChange={(value) => set(value === NONE ? null : value)}
            choices={[
              { id: NONE, name: t('intake.not-asked') },
              ...field.options.map((option) => ({ id: option.id, name: option.label })),
            ]}
          />
        </Explained>
      );
    case 'choices':
      return (
        <Explained hint={hint} error={error}>
          <Checks
            label={label}
            values={Array.isArray(answer) ? answer : []}
            onChange={(optionId, on) => {
              onAnswer();
              document.choose(id, optionId, on);
            }}
            choices={field.options.map((option) => ({ id: option.id, name: option.label }))}
          />
        </Explained>
      );
  }
}

/** For controls that bring no room for a hint and an error of their own. */
function Explained({
  label,
  hint,
  error,
  children,
}: {
  label?: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: React.ReactNode;
}) {
  return (
    <div className="field">
      {label === undefined ? null : (
        <span className="field-label" aria-hidden>
          {label}
        </span>
      )}
      {children}
      {hint === undefined ? null : <p className="field-hint">{hint}</p>}
      {error === undefined ? null : (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function NumberField({
  answer,
  onAnswer,
  onLeave,
  error,
  ...about
}: {
  readonly label: string;
  readonly hint: string | undefined;
  readonly required: boolean;
  readonly error: string | undefined;
  readonly answer: NoteAnswer | undefined;
  readonly onAnswer: (value: number | null) => void;
  readonly onLeave: () => void;
}) {
  const { t } = useTranslation();
  // What isn't a number yet stays here; the note holds numbers only.
  const [typed, setTyped] = useState<string | null>(null);
  const value = typed ?? (answer === undefined ? '' : String(answer));
  const read = Number(value.replace(',', '.'));
  const wrong = value.trim() !== '' && !Number.isFinite(read);
  return (
    <Field
      {...about}
      inputMode="numeric"
      value={value}
      error={wrong ? t('intake.not-a-number') : error}
      onChange={(next) => {
        setTyped(next);
        const number = Number(next.replace(',', '.'));
        onAnswer(next.trim() === '' || !Number.isFinite(number) ? null : number);
      }}
      onBlur={() => {
        if (!wrong) setTyped(null);
        onLeave();
      }}
    />
  );
}

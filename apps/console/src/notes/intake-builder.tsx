import type { Hotline } from '@ringdown/protocol/http';
import { hasOptions, IntakeFieldKind, IntakeForm, type IntakeDefinition } from '@ringdown/protocol/intake-form';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { Card, SkeletonRows } from '@ringdown/ui/card';
import { Switch } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { Tag } from '@ringdown/ui/tag';
import { ArrowDown, ArrowUp, Eye, Plus, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { useAction } from '../shell/use-action.ts';
import { useMovedRow } from '../shell/use-moved-row.ts';
import {
  changeField,
  checkDraft,
  conditionsFor,
  fieldsOf,
  moveField,
  newField,
  toDraft,
  type DraftField,
  type DraftFault,
  type IntakeDraft,
} from './intake-draft.ts';
import { IntakeFields } from './intake-fields.tsx';
import { NoteDocument } from './note-document.ts';
import './notes.css';

/** X4: the hotline's own questions, made by whoever runs it. */
export function IntakeBuilder({ hotline }: { hotline: Hotline }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const form = useQuery({
    queryKey: ['intake-form', hotline.hotlineId, 'newest'],
    queryFn: () => rest.ask(IntakeForm, `/api/hotlines/${hotline.hotlineId}/intake-form`),
    // A form that is being changed isn't replaced under the hands.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  return (
    <Card
      title={t('intake-form.title')}
      action={form.data ? <Tag>{t('intake-form.version', { version: form.data.version })}</Tag> : null}
      padded
    >
      {form.isPending ? <SkeletonRows rows={2} label={t('list.loading')} /> : null}
      {form.isError ? <Notice tone="warning">{failureWords(form.error, t)}</Notice> : null}
      {form.data ? <Editor key={form.data.version} form={form.data} /> : null}
    </Card>
  );
}

function Editor({ form }: { form: IntakeForm }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => toDraft(form.definition));
  const [said, setSaid] = useState('');
  const [removed, setRemoved] = useState<IntakeDraft | null>(null);
  const [tried, setTried] = useState(false);
  const [preview, setPreview] = useState(false);
  const { definition, faults } = checkDraft(draft);
  const save = useAction(async (whole: IntakeDefinition) => {
    const path = `/api/hotlines/${form.hotlineId}/intake-form`;
    await rest.ask(IntakeForm, path, { method: 'PUT', json: { basedOn: form.version, definition: whole } });
    await queries.invalidateQueries({ queryKey: ['intake-form', form.hotlineId] });
  });
  const change = (next: IntakeDraft) => {
    setRemoved(null);
    setDraft(next);
  };
  const move = (field: DraftField, by: -1 | 1) => {
    const next = moveField(draft, field.id, by);
    change(next);
    const number = next.fields.findIndex(({ id }) => id === field.id) + 1;
    setSaid(t('intake-form.moved', { label: field.label, number, count: next.fields.length }));
  };
  const remove = (field: DraftField) => {
    setRemoved(draft);
    setDraft({ ...draft, fields: draft.fields.filter(({ id }) => id !== field.id) });
    setSaid(t('intake-form.removed', { label: field.label }));
  };
  return (
    <div className="stack">
      <p className="quiet">{t('intake-form.lead')}</p>
      {draft.fields.length === 0 ? <p>{t('intake-form.empty')}</p> : null}
      <ol className="stack">
        {draft.fields.map((field, at) => (
          <li key={field.id}>
            <Question
              draft={draft}
              field={field}
              at={at}
              faults={tried ? faults.filter(({ fieldId }) => fieldId === field.id) : []}
              onChange={(part) => change(changeField(draft, field.id, part))}
              onMove={(by) => move(field, by)}
              onRemove={() => remove(field)}
            />
          </li>
        ))}
      </ol>
      <p role="status" className="quiet small">
        {said}
      </p>
      <div className="row">
        <Button
          icon={<Plus size={16} aria-hidden />}
          onPress={() => change({ ...draft, fields: [...draft.fields, newField('text')] })}
        >
          {t('intake-form.add')}
        </Button>
        {removed ? (
          <Button kind="quiet" onPress={() => change(removed)}>
            {t('intake-form.undo')}
          </Button>
        ) : null}
      </div>
      <Field
        label={t('intake-form.categories')}
        hint={t('intake-form.categories-hint')}
        rows={4}
        value={draft.categories}
        onChange={(categories) => change({ ...draft, categories })}
        error={tried && faults.some(({ wrong }) => wrong === 'category') ? t('intake-form.wrong-category') : undefined}
      />
      <div className="row">
        <Button
          isPending={save.busy}
          onPress={() => {
            setTried(true);
            if (definition) save.run(definition);
          }}
        >
          {t('save')}
        </Button>
        <Button
          kind="quiet"
          icon={<Eye size={16} aria-hidden />}
          aria-pressed={preview}
          onPress={() => setPreview(!preview)}
        >
          {t('intake-form.preview')}
        </Button>
      </div>
      {tried && !definition ? <Notice tone="warning" title={t('intake-form.wrong')} live="polite" /> : null}
      {save.failure === undefined ? null : <Notice tone="danger">{save.failure}</Notice>}
      {preview ? <Preview draft={draft} /> : null}
    </div>
  );
}

interface QuestionProps {
  readonly draft: IntakeDraft;
  readonly field: DraftField;
  readonly at: number;
  readonly faults: readonly DraftFault[];
  readonly onChange: (change: Partial<DraftField>) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

const ALWAYS = '-';

function Question({ draft, field, at, faults, onChange, onMove, onRemove }: QuestionProps) {
  const { t } = useTranslation();
  const wrong = (what: DraftFault['wrong']) =>
    faults.some((fault) => fault.wrong === what) ? t(`intake-form.wrong-${what}`) : undefined;
  const name = field.label.trim() === '' ? t('intake-form.new-question') : field.label;
  const conditions = conditionsFor(draft, field.id);
  const chosen = conditions.findIndex(
    ({ fieldId, is }) => fieldId === field.showWhen?.fieldId && is === field.showWhen.is,
  );
  const { row, move } = useMovedRow<HTMLFieldSetElement>(at, 'intake-moves', onMove);
  return (
    <fieldset ref={row} className="intake-question">
      <legend>{t('intake-form.question', { number: at + 1, label: name })}</legend>
      <Field
        label={t('intake-form.label')}
        value={field.label}
        onChange={(label) => onChange({ label })}
        maxLength={200}
        error={wrong('label')}
        required
      />
      <div className="note-facts">
        <Select
          label={t('intake-form.kind')}
          value={field.kind}
          onChange={(kind) => onChange({ kind })}
          choices={IntakeFieldKind.options.map((kind) => ({ id: kind, name: t(`intake-form.kind-${kind}`) }))}
        />
        <Select
          label={t('intake-form.show-when')}
          value={chosen < 0 ? ALWAYS : String(chosen)}
          onChange={(index) => {
            const condition = conditions[Number(index)];
            onChange({ showWhen: condition ? { fieldId: condition.fieldId, is: condition.is } : null });
          }}
          choices={[
            { id: ALWAYS, name: t('intake-form.show-always') },
            ...conditions.map(({ label, answer, is }, index) => ({
              id: String(index),
              name: t('intake-form.show-if', { label, answer: answer ?? t(is === 'yes' ? 'intake.yes' : 'intake.no') }),
            })),
          ]}
        />
      </div>
      {wrong('show-when') === undefined ? null : (
        <p className="field-error" role="alert">
          {wrong('show-when')}
        </p>
      )}
      {hasOptions(field.kind) ? (
        <Field
          label={t('intake-form.options')}
          hint={t('intake-form.options-hint')}
          rows={4}
          value={field.options}
          onChange={(options) => onChange({ options })}
          error={wrong('options')}
        />
      ) : null}
      <Field label={t('intake-form.help')} value={field.help} onChange={(help) => onChange({ help })} maxLength={400} />
      <Switch label={t('intake-form.required')} on={field.required} onChange={(required) => onChange({ required })} />
      <div className="row intake-moves">
        <Button kind="quiet" icon={<ArrowUp size={16} aria-hidden />} isDisabled={at === 0} onPress={() => move(-1)}>
          {t('intake-form.up')}
        </Button>
        <Button
          kind="quiet"
          icon={<ArrowDown size={16} aria-hidden />}
          isDisabled={at === draft.fields.length - 1}
          onPress={() => move(1)}
        >
          {t('intake-form.down')}
        </Button>
        <Button kind="quiet" icon={<Trash2 size={16} aria-hidden />} onPress={onRemove}>
          {t('intake-form.remove')}
        </Button>
      </div>
    </fieldset>
  );
}

const NOTHING_MISSING: ReadonlySet<string> = new Set();

/** The form as volunteers see it, on a document that is thrown away. */
function Preview({ draft }: { draft: IntakeDraft }) {
  const { t } = useTranslation();
  const [document] = useState(() => new NoteDocument());
  const [words, setWords] = useState(() => document.read());
  useEffect(() => document.onChange(() => setWords(document.read())), [document]);
  return (
    <section className="intake-preview stack" aria-label={t('intake-form.preview')}>
      <p className="quiet">{t('intake-form.preview-lead')}</p>
      <IntakeFields
        definition={{ fields: fieldsOf(draft), categories: [] }}
        version={1}
        document={document}
        words={words}
        missing={NOTHING_MISSING}
        onLeave={() => undefined}
      />
    </section>
  );
}

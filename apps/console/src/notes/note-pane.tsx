import { IntakeForm } from '@ringdown/protocol/intake-form';
import type { CallId, HotlineId } from '@ringdown/protocol/ids';
import { useQuery } from '@tanstack/react-query';
import { Card } from '@ringdown/ui/card';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { Tag } from '@ringdown/ui/tag';
import { Users } from 'lucide-react';
import { useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { FollowUpsOfCall } from '../follow-ups/follow-ups-of-call.tsx';
import { usePeople } from '../server/lists.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { missingFields } from './intake-answers.ts';
import { IntakeFields } from './intake-fields.tsx';
import { NOTE_PRIORITIES, type NoteDocument } from './note-document.ts';
import type { NoteState } from './note-desk.ts';
import { SharedText } from './shared-text.tsx';
import './notes.css';

const TEXT_LIMIT = 100_000;
const NOBODY: ReadonlySet<string> = new Set();

/** One note for one call, the same pane during the call and after it, for everybody on the call. */
export function NotePane({
  callId,
  hotlineId,
  markMissing = false,
}: {
  callId: CallId;
  hotlineId: HotlineId;
  /** Marks required questions without an answer. */
  markMissing?: boolean;
}) {
  const { t } = useTranslation();
  const { notes } = useWork();
  const note = useFollowed(notes);
  // Before it is drawn: who takes a call has a field to write into from the first moment.
  useLayoutEffect(() => {
    void notes.open(callId, hotlineId);
    const leaving = () => void notes.save();
    window.addEventListener('pagehide', leaving);
    return () => {
      window.removeEventListener('pagehide', leaving);
      notes.leave();
    };
  }, [notes, callId, hotlineId]);
  return (
    <Card
      title={t('note.title')}
      action={
        <span className="quiet small" role="status">
          {t(`note.${note.saving}`)}
        </span>
      }
      padded
    >
      <div className="note">
        {note.recovered ? (
          <Notice tone="accent" live="polite">
            {t('note.recovered')}
          </Notice>
        ) : null}
        <Others note={note} hotlineId={hotlineId} />
        {note.document && note.callId === callId ? (
          <Written note={note} document={note.document} hotlineId={hotlineId} markMissing={markMissing} />
        ) : (
          <NotYet />
        )}
        <FollowUpsOfCall callId={callId} hotlineId={hotlineId} />
      </div>
    </Card>
  );
}

/** In the shape of the field that comes. */
function NotYet() {
  const { t } = useTranslation();
  return (
    <div className="field">
      <span className="field-label">{t('note.label')}</span>
      <div className="field-input note-bone" aria-hidden="true" />
      <p className="field-hint">{t('note.sealed')}</p>
    </div>
  );
}

function Others({ note, hotlineId }: { note: NoteState; hotlineId: HotlineId }) {
  const { t } = useTranslation();
  const people = usePeople(hotlineId).data ?? [];
  const names = note.others.map((id) => people.find(({ operatorId }) => operatorId === id)?.name ?? '…');
  return (
    <p className="note-others" aria-live="polite">
      {names.length > 0 ? (
        <Tag tone="accent" icon={<Users size={14} aria-hidden />}>
          {t('note.others', { names: names.join(', ') })}
        </Tag>
      ) : null}
    </p>
  );
}

function Written({
  note,
  document,
  hotlineId,
  markMissing,
}: {
  note: NoteState;
  document: NoteDocument;
  hotlineId: HotlineId;
  markMissing: boolean;
}) {
  const { t } = useTranslation();
  const { notes } = useWork();
  const form = useIntakeForm(hotlineId, note.words.formVersion);
  const leave = () => void notes.save();
  const missing =
    markMissing && form ? new Set(missingFields(form.definition, note.words.answers).map(({ id }) => id)) : NOBODY;
  return (
    <>
      <SharedText
        label={t('note.label')}
        hint={t('note.sealed')}
        rows={8}
        text={document.text}
        onBlur={leave}
        maxLength={TEXT_LIMIT}
      />
      {form ? (
        <IntakeFields
          definition={form.definition}
          version={form.version}
          document={document}
          words={note.words}
          missing={missing}
          onLeave={leave}
        />
      ) : null}
      <div className="note-facts">
        {form && form.definition.categories.length > 0 ? (
          <Select
            label={t('note.category')}
            value={note.words.category ?? ''}
            onChange={(value) => document.setFact('category', value === '' ? null : value)}
            choices={[
              { id: '', name: t('note.none') },
              ...form.definition.categories.map((category) => ({ id: category, name: category })),
            ]}
          />
        ) : null}
        <Select
          label={t('note.priority')}
          value={note.words.priority ?? ''}
          onChange={(value) => document.setFact('priority', value === '' ? null : value)}
          choices={[
            { id: '', name: t('note.none') },
            ...NOTE_PRIORITIES.map((id) => ({ id, name: t(`note.priority-${id}`) })),
          ]}
        />
      </div>
    </>
  );
}

/** `version` null: the newest. */
export function useIntakeForm(hotlineId: HotlineId, version: number | null): IntakeForm | undefined {
  const { rest } = useServices();
  const path = `/api/hotlines/${hotlineId}/intake-form`;
  return useQuery({
    queryKey: ['intake-form', hotlineId, version],
    queryFn: () => rest.ask(IntakeForm, version === null || version === 0 ? path : `${path}/${version}`),
    // The first answer fixes the version: the fields must not vanish under the hands while it is fetched once more.
    placeholderData: (shown) => (shown?.hotlineId === hotlineId ? shown : undefined),
    // The form that a note began with stays while it is written.
    staleTime: version === null ? 60_000 : Infinity,
  }).data;
}

import type { HotlineId } from '@ringdown/protocol/ids';
import { Tag } from '@ringdown/ui/tag';
import { useTranslation } from 'react-i18next';
import { Ago } from '../shell/moving-time.tsx';
import { answerWords } from './intake-answers.ts';
import type { NoteWords } from './note-document.ts';
import { useIntakeForm } from './note-pane.tsx';
import type { OpenedNotes } from './open-notes.ts';
import './notes.css';

/** What was written about a call, to be read. */
export function OpenedNote({ opened, hotlineId }: { opened: OpenedNotes; hotlineId: HotlineId }) {
  const { t } = useTranslation();
  const last = opened.authors.at(-1);
  return (
    <div className="stack">
      {opened.words ? (
        <div className="stack-close">
          {last ? (
            <p className="quiet">
              {opened.authors.map(({ name }) => name).join(', ')} · <Ago at={last.savedAt} />
            </p>
          ) : null}
          <Words words={opened.words} hotlineId={hotlineId} />
        </div>
      ) : null}
      {opened.older.map(({ note, words }) => (
        <div key={note.author.operatorId} className="stack-close">
          <p className="quiet">
            {note.author.name} · <Ago at={note.savedAt} />{' '}
            {words.followUp ? <Tag tone="warning">{t('note.follow-up')}</Tag> : null}
          </p>
          <p className="spoken note-words" dir="auto">
            {words.text}
          </p>
        </div>
      ))}
      {opened.unreadable ? <p className="quiet">{t('note.unreadable')}</p> : null}
    </div>
  );
}

function Words({ words, hotlineId }: { words: NoteWords; hotlineId: HotlineId }) {
  const { t } = useTranslation();
  const answered = Object.keys(words.answers).length > 0;
  return (
    <>
      {words.category !== null || words.priority !== null ? (
        <p className="row">
          {words.category === null ? null : <Tag>{words.category}</Tag>}
          {words.priority === null ? null : (
            <Tag tone={words.priority === 'urgent' ? 'danger' : words.priority === 'high' ? 'warning' : 'plain'}>
              {t(`note.priority-${words.priority}`)}
            </Tag>
          )}
        </p>
      ) : null}
      {answered ? <Answers words={words} hotlineId={hotlineId} /> : null}
      {words.text === '' ? null : (
        <p className="spoken note-words" dir="auto">
          {words.text}
        </p>
      )}
    </>
  );
}

/** Read with the questions as they were asked, whatever the form is now. */
function Answers({ words, hotlineId }: { words: NoteWords; hotlineId: HotlineId }) {
  const { t } = useTranslation();
  const form = useIntakeForm(hotlineId, words.formVersion);
  const yesNo = { yes: t('intake.yes'), no: t('intake.no') };
  return (
    <dl className="note-answers">
      {form?.definition.fields.map((field) => {
        const answer = words.answers[field.id];
        return answer === undefined ? null : (
          <div key={field.id} style={{ display: 'contents' }}>
            <dt>{field.label}</dt>
            <dd dir="auto">{answerWords(field, answer, yesNo)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

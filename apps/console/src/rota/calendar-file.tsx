import type { CalendarProblem, RotaView } from '@ringdown/protocol/rota';
import { Button, buttonClass } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Notice } from '@ringdown/ui/notice';
import { Download, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hasWords } from '../catalogue/translate.ts';
import { zoneName } from '../shell/time-words.ts';
import { useAction } from '../shell/use-action.ts';
import type { RotaChanges } from './use-rota.ts';

/** The rota as a file for other calendars, and such a file in place of the rota. */
export function CalendarFile({ view, changes }: { view: RotaView; changes: RotaChanges }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [problems, setProblems] = useState<readonly CalendarProblem[]>([]);
  const [imported, setImported] = useState<number>();
  const read = useAction(async (file: File) => {
    setImported(undefined);
    const answer = await changes.importCalendar(view.rota.revision, await file.text());
    setProblems(answer.outcome === 'refused' ? answer.problems : []);
    if (answer.outcome === 'imported') setImported(answer.shifts);
  });
  const wordsOf = ({ reason }: CalendarProblem) => {
    const key = `rota.problem.${reason}`;
    return hasWords(key) ? t(key, { zone: zoneName(view.rota.timeZone) }) : t('rota.problem.not-readable');
  };
  return (
    <Card title={t('rota.file')} padded>
      <div className="stack">
        <p className="quiet">{t('rota.file-lead')}</p>
        <div className="row">
          <a className={buttonClass('secondary')} href={changes.calendarPath} download="rota.ics">
            <Download size={16} aria-hidden />
            <span>{t('rota.export')}</span>
          </a>
          {view.mayEdit ? (
            <Button
              icon={<Upload size={16} aria-hidden />}
              isPending={read.busy}
              onPress={() => input.current?.click()}
            >
              {t('rota.import')}
            </Button>
          ) : null}
          <input
            ref={input}
            type="file"
            accept=".ics,text/calendar"
            hidden
            aria-label={t('rota.import')}
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              if (file) read.run(file);
              target.value = '';
            }}
          />
        </div>
        {imported === undefined ? null : (
          <Notice tone="success" live="polite">
            {t('rota.imported', { count: imported })}
          </Notice>
        )}
        {read.failure === undefined ? null : <Notice tone="danger">{read.failure}</Notice>}
        {problems.length > 0 ? (
          <Notice tone="danger" live="alert" title={t('rota.not-imported')}>
            <ul>
              {problems.map((problem, n) => (
                // oxlint-disable-next-line react/no-array-index-key -- a list that is only ever replaced whole
                <li key={n}>
                  {problem.event === '' ? null : <strong>{problem.event}: </strong>}
                  {wordsOf(problem)}
                </li>
              ))}
            </ul>
          </Notice>
        ) : null}
      </div>
    </Card>
  );
}

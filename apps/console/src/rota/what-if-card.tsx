import { instantOf } from '@ringdown/call-flow/wall-time';
import { LocalDate, type RotaView, WallTime, type WhatIf, type WhatIfLine } from '@ringdown/protocol/rota';
import { Card, SkeletonRows } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureWords } from '../shell/failure-words.ts';
import { clockTime, zoneName } from '../shell/time-words.ts';
import { nameIn } from './rota-words.ts';
import { useWhatIf } from './use-rota.ts';

/** A9 and "Who rings at …?": asked of the engine that takes the real calls. */
export function WhatIfCard({ view, today }: { view: RotaView; today: LocalDate }) {
  const { t } = useTranslation();
  const [moment, setMoment] = useState<'chosen' | 'now'>('chosen');
  const [when, setWhen] = useState(`${today}T22:00`);
  const [date, time] = [LocalDate.safeParse(when.slice(0, 10)), WallTime.safeParse(when.slice(11, 16))];
  const chosen = date.success && time.success ? instantOf(date.data, time.data, view.rota.timeZone) : null;
  const at = moment === 'now' ? moment : chosen;
  const answer = useWhatIf(view.rota.hotlineId, at);
  return (
    <Card title={t('rota.what-if')} padded>
      <div className="stack">
        <Segments
          label={t('rota.what-if-moment')}
          value={moment}
          onChange={setMoment}
          choices={(['chosen', 'now'] as const).map((id) => ({ id, name: t(`rota.what-if-${id}`) }))}
        />
        {moment === 'now' ? (
          <p className="quiet">{t('rota.what-if-now-hint')}</p>
        ) : (
          <Field
            label={t('rota.what-if-when', { zone: zoneName(view.rota.timeZone) })}
            type="datetime-local"
            value={when}
            onChange={setWhen}
            hint={t('rota.what-if-hint')}
          />
        )}
        {at !== null && answer.isPending ? <SkeletonRows rows={2} label={t('list.loading')} /> : null}
        {answer.error ? <Notice tone="warning">{failureWords(answer.error, t)}</Notice> : null}
        {answer.data ? <Answer view={view} answer={answer.data} /> : null}
      </div>
    </Card>
  );
}

function Answer({ view, answer }: { view: RotaView; answer: WhatIf }) {
  const { t } = useTranslation();
  const names = answer.ringOrder.map((id) => nameIn(view, id));
  return (
    <div className="stack" aria-live="polite">
      <p className="row">
        <Tag tone={answer.open ? 'live' : 'plain'}>{t(answer.open ? 'rota.open-then' : 'rota.closed-then')}</Tag>
        <span>{t(`rota.because-${answer.because}`)}</span>
      </p>
      <p>
        {names.length > 0
          ? t('rota.rings-in-order', { names: names.join(' → ') })
          : t(answer.open ? 'rota.rings-nobody' : 'rota.rings-closed')}
        {answer.onShift === 'everyone' && names.length > 0 ? ` ${t('rota.everyone')}` : null}
      </p>
      {names.length > 0 ? <Course view={view} title={t('rota.if-answered')} lines={answer.answered} /> : null}
      <Course view={view} title={t(names.length > 0 ? 'rota.if-nobody' : 'rota.then')} lines={answer.unanswered} />
    </div>
  );
}

function Course({ view, title, lines }: { view: RotaView; title: string; lines: readonly WhatIfLine[] }) {
  const { t } = useTranslation();
  // People of another hotline are known there.
  const nameOf = ({ operatorId }: WhatIfLine) =>
    operatorId === null || view.people.some((person) => person.operatorId === operatorId)
      ? nameIn(view, operatorId)
      : t('rota.somebody-there');
  return (
    <div>
      <h3>{title}</h3>
      <ol className="rota-course">
        {lines.map((line, n) => (
          // oxlint-disable-next-line react/no-array-index-key -- a list that is only ever replaced whole
          <li key={n}>
            <span className="rota-time quiet">{clockTime(line.afterMs)}</span>
            <span>{t(`rota.event-${line.event}`, { name: nameOf(line), hotline: line.hotline ?? '' })}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

import type { PracticeLanguage } from '@ringdown/protocol/practice';
import type {
  PracticeOverview,
  PracticeScriptSummary,
  PracticeSummary,
  StartPractice,
} from '@ringdown/protocol/practice-http';
import { Button } from '@ringdown/ui/button';
import { Blank, Card, SkeletonRows } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import { Link } from '@tanstack/react-router';
import { GraduationCap, Headphones } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFollowed, useWork } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { Ago } from '../shell/moving-time.tsx';
import { languageLabel } from '../shell/label-words.ts';
import { usePracticeOverview, useStartPractice } from './use-practice.ts';
import '../home/home.css';
import './practice.css';

const LANGUAGES: readonly PracticeLanguage[] = ['en', 'es'];

/** Scripted callers to take a call from, and what came of earlier ones. */
export function Practice() {
  const { t, i18n } = useTranslation();
  const overview = usePracticeOverview();
  const start = useStartPractice();
  const { snapshot } = useFollowed(useWork().line);
  const [language, setLanguage] = useState<PracticeLanguage>(i18n.language.startsWith('es') ? 'es' : 'en');
  const state = snapshot?.presence.state;
  const busy = state === 'ringing' || state === 'on-call' || state === 'wrap-up';
  const noLine = snapshot?.phoneLineUp === false;
  const mayStart = !busy && !noLine && !start.isPending;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('practice.title')}</h1>
        <Segments
          label={t('practice.language')}
          value={language}
          onChange={setLanguage}
          choices={LANGUAGES.map((id) => ({ id, name: languageLabel(id) }))}
        />
      </div>
      <p>{t('practice.intro')}</p>
      <p className="quiet">
        <Headphones size={16} aria-hidden /> {t('practice.sound')} <Link to="/sound-check">{t('nav.sound-check')}</Link>
      </p>
      {busy ? <Notice>{t('practice.busy')}</Notice> : null}
      {noLine ? <Notice tone="warning">{t('practice.no-line')}</Notice> : null}
      {start.isError ? (
        <Notice tone="warning" live="alert">
          {failureWords(start.error, t)}
        </Notice>
      ) : null}
      {overview.isPending ? <SkeletonRows rows={5} label={t('list.loading')} /> : null}
      {overview.isError ? (
        <Notice
          tone="warning"
          title={t('list.failed')}
          action={<Button onPress={() => void overview.refetch()}>{t('list.again')}</Button>}
        >
          {failureWords(overview.error, t)}
        </Notice>
      ) : null}
      {overview.data ? (
        <Scripts overview={overview.data} language={language} start={mayStart ? start.mutate : undefined} />
      ) : null}
      <p className="quiet small">{t('practice.nobody-sees')}</p>
    </div>
  );
}

interface ScriptsProps {
  readonly overview: PracticeOverview;
  readonly language: PracticeLanguage;
  readonly start: ((wish: StartPractice) => void) | undefined;
}

function Scripts({ overview: { scripts, mine, shared }, language, start }: ScriptsProps) {
  const { t } = useTranslation();
  const tried = (script: PracticeScriptSummary) => mine.some(({ scriptId }) => scriptId === script.scriptId);
  const suggested = scripts.find((script) => !tried(script));
  return (
    <>
      <ul className="practice-scripts">
        {scripts.map((script) => (
          <li key={script.scriptId}>
            <ScriptCard
              script={script}
              language={language}
              tried={tried(script)}
              suggested={script === suggested}
              start={start && (() => start({ scriptId: script.scriptId, language }))}
            />
          </li>
        ))}
      </ul>
      <Card title={t('practice.mine')}>
        {mine.length === 0 ? (
          <Blank icon={<GraduationCap size={28} aria-hidden />} title={t('practice.mine-empty-title')}>
            {t('practice.mine-empty')}
          </Blank>
        ) : (
          <Rows practices={mine} />
        )}
      </Card>
      {shared.length > 0 ? (
        <Card title={t('practice.shared')}>
          <Rows practices={shared} person />
        </Card>
      ) : null}
    </>
  );
}

interface ScriptCardProps {
  readonly script: PracticeScriptSummary;
  readonly language: PracticeLanguage;
  readonly tried: boolean;
  /** The first that wasn't tried yet. */
  readonly suggested: boolean;
  readonly start: (() => void) | undefined;
}

function ScriptCard({ script, language, tried, suggested, start }: ScriptCardProps) {
  const { t } = useTranslation();
  const title = script.title[language];
  return (
    <Card
      title={title}
      padded
      action={tried ? <Tag tone="live">{t('practice.tried')}</Tag> : <Tag>{t('practice.new')}</Tag>}
    >
      <div className="stack" lang={language}>
        <p>{script.about[language]}</p>
        <ul className="practice-advice">
          {script.advice.map((advice) => (
            <li key={advice.en}>{advice[language]}</li>
          ))}
        </ul>
      </div>
      <Button kind={suggested ? 'primary' : 'secondary'} isDisabled={!start} onPress={() => start?.()}>
        {t('practice.start')}
        <span className="only-read">: {title}</span>
      </Button>
    </Card>
  );
}

function Rows({ practices, person = false }: { practices: readonly PracticeSummary[]; person?: boolean }) {
  const { t } = useTranslation();
  return (
    <ul>
      {practices.map((practice) => (
        <li key={practice.callId}>
          <Link to="/practice/$callId" params={{ callId: practice.callId }} className="list-row">
            <span className="list-row-main">
              <strong>{practice.title}</strong>
              <span className="quiet" style={{ display: 'block' }}>
                <Ago at={practice.startedAt} />
                {person ? ` · ${practice.person.name}` : ''}
              </span>
            </span>
            <span className="list-row-facts">
              <Tag>{languageLabel(practice.language)}</Tag>
              {practice.endedAt === null ? <Tag tone="accent">{t('practice.goes-on')}</Tag> : null}
              {!person && practice.shared ? <Tag>{t('practice.is-shared')}</Tag> : null}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

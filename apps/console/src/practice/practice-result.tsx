import { type PracticeFinding, practiceMoments, practiceResult } from '@ringdown/call-flow/practice-result';
import type { PracticeDetail } from '@ringdown/protocol/practice-http';
import { Button, buttonClass } from '@ringdown/ui/button';
import { Card, SkeletonRows } from '@ringdown/ui/card';
import { Switch } from '@ringdown/ui/choice';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import { Link, useParams } from '@tanstack/react-router';
import { CircleCheck, Sprout, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureWords } from '../shell/failure-words.ts';
import { languageLabel } from '../shell/label-words.ts';
import { clockTime, dayAndTime } from '../shell/time-words.ts';
import { momentWords } from './practice-words.ts';
import { useNoteFacts, usePracticeDetail, useRemovePractice, useSharePractice } from './use-practice.ts';
import '../calls/timeline.css';
import './practice.css';

/** What went well in a practice call and what to try next. */
export function PracticeResult() {
  const { t } = useTranslation();
  const { callId } = useParams({ from: '/practice/$callId' });
  const detail = usePracticeDetail(callId);
  return (
    <div className="page">
      {detail.isPending ? <SkeletonRows rows={6} label={t('list.loading')} /> : null}
      {detail.isError ? (
        <Notice tone="warning" live="alert">
          {failureWords(detail.error, t)}
        </Notice>
      ) : null}
      {detail.data ? <Result practice={detail.data} /> : null}
    </div>
  );
}

function Result({ practice }: { practice: PracticeDetail }) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [practice.callId]);
  const wasTalk = practice.events.some(({ type }) => type === 'MemberJoined');
  return (
    <>
      <div className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {practice.title}
          </h1>
          <p className="row">
            <Tag tone="accent">{t('practice.mark')}</Tag>
            <Tag>{languageLabel(practice.language)}</Tag>
            <span className="quiet">
              {practice.mine
                ? dayAndTime(practice.startedAt)
                : `${practice.person.name} · ${dayAndTime(practice.startedAt)}`}
            </span>
          </p>
        </div>
        <Link to="/practice" className={buttonClass(practice.mine ? 'primary' : 'secondary')}>
          {t(practice.mine ? 'practice.again' : 'practice.back')}
        </Link>
      </div>
      <Ending practice={practice} wasTalk={wasTalk} />
      {wasTalk ? <Findings practice={practice} /> : null}
      {wasTalk ? <Moments practice={practice} /> : null}
      {practice.mine ? <Mine practice={practice} /> : null}
    </>
  );
}

/** Why there is little or nothing to look at. */
function Ending({ practice, wasTalk }: { practice: PracticeDetail; wasTalk: boolean }) {
  const { t } = useTranslation();
  const reason = practice.termination?.reason;
  if (reason === undefined) return <Notice live="polite">{t('practice.still-going')}</Notice>;
  if (reason === 'practice-without-voice' || reason === 'gateway-lost' || reason === 'stream-never-came') {
    return <Notice tone="warning">{t(`practice.ended.${reason}`)}</Notice>;
  }
  if (!wasTalk || reason === 'practice-not-taken') return <Notice>{t('practice.ended.not-taken')}</Notice>;
  return null;
}

function Findings({ practice }: { practice: PracticeDetail }) {
  const { t } = useTranslation();
  const note = useNoteFacts(practice);
  if (note === undefined) return <SkeletonRows rows={4} label={t('list.loading')} />;
  const found = practiceResult(practice, practice.events, {
    note,
    followUps: practice.followUps,
    wrappedUp: practice.wrappedUp,
  });
  const [well, next, unknown] = (['well', 'try-next', 'unknown'] as const).map((outcome) =>
    found.filter((finding) => finding.outcome === outcome),
  );
  return (
    <>
      <Card title={t('practice.well', { count: well?.length ?? 0 })} padded>
        {well && well.length > 0 ? <FindingList findings={well} outcome="well" /> : <p>{t('practice.well-none')}</p>}
      </Card>
      <Card title={t('practice.next')} padded>
        {next && next.length > 0 ? (
          <FindingList findings={next} outcome="try-next" />
        ) : (
          <p>{t('practice.next-none')}</p>
        )}
      </Card>
      {unknown && unknown.length > 0 ? <p className="quiet small">{t('practice.unknown')}</p> : null}
    </>
  );
}

function FindingList({ findings, outcome }: { findings: readonly PracticeFinding[]; outcome: 'well' | 'try-next' }) {
  const { t } = useTranslation();
  const Icon = outcome === 'well' ? CircleCheck : Sprout;
  return (
    <ul className={`practice-findings practice-${outcome}`}>
      {findings.map(({ check, measured }) => (
        <li key={check.check}>
          <Icon size={20} aria-hidden />
          <span>
            {t(`practice.check.${check.check}.${outcome}`, { ...check })}
            {measured === null ? null : (
              <span className="quiet small practice-measured">
                {t(`practice.measured.${unitOf(check.check)}`, { count: measured })}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

const unitOf = (check: PracticeFinding['check']['check']): 'seconds' | 'percent' | 'times' => {
  if (check === 'let-finish') return 'percent';
  return check === 'encouraged' ? 'times' : 'seconds';
};

function Moments({ practice }: { practice: PracticeDetail }) {
  const { t } = useTranslation();
  return (
    <Card title={t('practice.moments')} padded>
      <ol className="timeline">
        {practiceMoments(practice.events).map((moment, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- what has happened keeps its place
          <li key={index} className="timeline-row">
            <time className="quiet" dateTime={new Date(moment.at).toISOString()}>
              +{clockTime(Math.max(0, moment.at - practice.arrivedAt))}
            </time>
            <span className="timeline-mark" aria-hidden="true" />
            <p>{momentWords(moment, t)}</p>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** Whose it is decides who sees it and whether it stays. */
function Mine({ practice }: { practice: PracticeDetail }) {
  const { t } = useTranslation();
  const share = useSharePractice(practice.callId);
  const remove = useRemovePractice(practice.callId);
  const [asked, setAsked] = useState(false);
  const failure = share.error ?? remove.error;
  return (
    <Card title={t('practice.yours')} padded>
      <div className="stack">
        <Switch label={t('practice.share')} on={practice.shared} onChange={(shared) => share.mutate(shared)} />
        <p className="quiet small">{t('practice.share-means')}</p>
        {failure ? (
          <Notice tone="warning" live="alert">
            {failureWords(failure, t)}
          </Notice>
        ) : null}
        {asked ? (
          <Notice
            tone="warning"
            live="polite"
            action={
              <div className="row">
                <Button kind="danger" isPending={remove.isPending} onPress={() => remove.mutate()}>
                  {t('practice.remove-now')}
                </Button>
                <Button onPress={() => setAsked(false)}>{t('practice.keep')}</Button>
              </div>
            }
          >
            {t('practice.remove-means')}
          </Notice>
        ) : (
          <Button icon={<Trash2 size={16} aria-hidden />} onPress={() => setAsked(true)}>
            {t('practice.remove')}
          </Button>
        )}
      </div>
    </Card>
  );
}

import { Link, useNavigate } from '@tanstack/react-router';
import type { SupervisionMode } from '@ringdown/protocol/call-events';
import type { Floor, FloorPerson } from '@ringdown/protocol/floor';
import { Button, buttonClass } from '@ringdown/ui/button';
import { Blank, Card, SkeletonRows } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import { Ear, Monitor, Users } from 'lucide-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AskedCallBacks } from '../call-backs/asked-call-backs.tsx';
import { RefusalNotice } from '../active-call/refusal-notice.tsx';
import { RestFailure } from '../server/rest.ts';
import { useFloor } from '../server/floor-lists.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { Timer } from '../shell/moving-time.tsx';
import { percent } from '../shell/number-words.ts';
import { RescueCountdown } from '../shell/reconnecting.tsx';
import { PersonState } from '../team/person-state.tsx';
import { Figures, ServiceLevel } from './figures.tsx';
import './supervise.css';

type Who = 'here' | 'in-call' | 'everybody';

/** V: how the day goes and who does what; from here a supervisor joins a call. */
export function Supervise() {
  const { t } = useTranslation();
  const floor = useFloor();
  return (
    <div className="page page-wide">
      <div className="page-head">
        <h1>{t('supervise.title')}</h1>
        <Link to="/wallboard" className={buttonClass('secondary')}>
          <Monitor size={16} aria-hidden />
          <span>{t('supervise.full-screen')}</span>
        </Link>
      </div>
      <RefusalNotice of={['supervise']} />
      <AskedCallBacks />
      {floor.data ? (
        <FloorView floor={floor.data} />
      ) : floor.isPending ? (
        <SkeletonRows rows={6} label={t('list.loading')} />
      ) : (
        <Notice
          tone="warning"
          title={t(floor.error instanceof RestFailure && floor.error.status === 403 ? 'list.refused' : 'list.failed')}
          action={<Button onPress={() => void floor.refetch()}>{t('list.again')}</Button>}
        >
          {failureWords(floor.error, t)}
        </Notice>
      )}
    </div>
  );
}

const atWork = (person: FloorPerson) => person.state !== 'offline';

function FloorView({ floor }: { floor: Floor }) {
  const { t } = useTranslation();
  const [who, setWho] = useState<Who>('here');
  const people = floor.people.filter((person) =>
    who === 'everybody' ? true : who === 'in-call' ? person.call !== null : atWork(person),
  );
  return (
    <>
      <Card padded>
        <Figures figures={floor.all} goal={floor.goal} />
      </Card>
      {floor.hotlines.length > 1 ? <Hotlines floor={floor} /> : null}
      <Card
        title={t('supervise.people')}
        action={
          <Segments
            label={t('supervise.who')}
            value={who}
            onChange={setWho}
            choices={(['here', 'in-call', 'everybody'] as const).map((id) => ({ id, name: t(`supervise.${id}`) }))}
          />
        }
      >
        {people.length === 0 ? (
          <Blank icon={<Users size={28} aria-hidden />} title={t('supervise.empty-title')}>
            {t('supervise.empty')}
          </Blank>
        ) : (
          <ul className="floor-grid">
            {people.map((person) => (
              <li key={person.operatorId} className="floor-person">
                <Person person={person} />
              </li>
            ))}
          </ul>
        )}
      </Card>
    </>
  );
}

function Hotlines({ floor }: { floor: Floor }) {
  const { t } = useTranslation();
  return (
    <Card title={t('supervise.today')}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div className="floor-scroll" role="region" aria-label={t('supervise.today')} tabIndex={0}>
        <table className="floor-table">
          <thead>
            <tr>
              <th scope="col">{t('floor.hotline')}</th>
              <th scope="col">{t('floor.waiting')}</th>
              <th scope="col">{t('floor.longest')}</th>
              <th scope="col">{t('floor.available')}</th>
              <th scope="col">{t('floor.answered')}</th>
              <th scope="col">{t('floor.in-time')}</th>
              <th scope="col">{t('floor.abandoned')}</th>
              <th scope="col">{t('floor.unanswered')}</th>
            </tr>
          </thead>
          <tbody>
            {floor.hotlines.map((line) => (
              <tr key={line.hotlineId}>
                <th scope="row">{line.name}</th>
                <td>{line.waiting}</td>
                <td>{line.longestSince === null ? t('floor.none') : <Timer since={line.longestSince} />}</td>
                <td>{line.available}</td>
                <td>{line.answered}</td>
                <td>
                  <ServiceLevel figures={line} goal={line.goal} />{' '}
                  <span className="quiet">
                    {t('floor.goal-short', {
                      seconds: line.goal.thresholdMs / 1_000,
                      goal: percent(line.goal.percent / 100),
                    })}
                  </span>
                </td>
                <td>{line.abandoned}</td>
                <td>{line.unanswered}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

/** Of 200 people a few change at a time: the others, which are the same objects as before, aren't drawn anew. */
const Person = memo(function Person({ person }: { person: FloorPerson }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { attention } = useServices();
  const { desk, line, account } = useWork();
  const { busy } = useFollowed(desk);
  const mine = useFollowed(line).snapshot?.presence.state;
  const { call, operatorId, name, misses } = person;
  const may = call && operatorId !== account.me.operatorId && mine !== 'on-call' && mine !== 'ringing';
  const join = (mode: SupervisionMode) => {
    if (!call) return;
    attention.sound.wake();
    void desk.supervise(call.callId, mode).then((joined) => (joined ? navigate({ to: '/' }) : undefined));
  };
  return (
    <>
      <div className="row-apart">
        <strong>{name}</strong>
        {misses > 0 ? <Tag tone="warning">{t('supervise.misses', { count: misses })}</Tag> : null}
      </div>
      <PersonState person={person} />
      {call ? (
        <div className="row-apart">
          <p className="quiet">
            {call.practice ? <Tag tone="accent">{t('practice.mark')}</Tag> : null} {call.hotlineName} ·{' '}
            {t(`phase.${call.phase}`)} · <Timer since={call.since} />
          </p>
          {call.rescueAt === null ? null : <RescueCountdown at={call.rescueAt} />}
        </div>
      ) : null}
      {call ? (
        <div className="row" role="group" aria-label={`${t('supervise.do')}: ${name}`}>
          {(['listen', 'whisper', 'barge'] as const).map((mode) => (
            <Button
              key={mode}
              kind={mode === 'listen' ? 'secondary' : 'quiet'}
              {...(mode === 'listen' ? { icon: <Ear size={16} aria-hidden /> } : {})}
              isDisabled={!may}
              isPending={busy === 'supervise'}
              onPress={() => join(mode)}
            >
              {t(`supervise.${mode}`)}
            </Button>
          ))}
        </div>
      ) : null}
    </>
  );
});

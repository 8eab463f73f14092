import type { SupervisionMode } from '@ringdown/protocol/call-events';
import type { CallPerson, CallView } from '@ringdown/protocol/console';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import type { TFunction } from 'i18next';
import { Ear, Megaphone, Phone, PhoneForwarded, UserMinus, UserRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFollowed, useWork } from '../services.tsx';
import { othersOn, roleIn } from './others.ts';
import './people.css';

const MODES: readonly SupervisionMode[] = ['listen', 'whisper', 'barge'];

/** `within` a sentence who has no name is written small. */
export function usePersonName(): (person: CallPerson | undefined, within?: 'within') => string {
  const { t } = useTranslation();
  return (person, within) => {
    if (person?.name) return person.name;
    if (person?.on === 'outside-phone') return t(within ? 'on-call.outside-within' : 'on-call.outside');
    return t(within ? 'ask-in.someone-within' : 'ask-in.someone');
  };
}

/** Everybody on the call beside the caller and me. Somebody who supervises is always named (V). */
export function OnTheCall({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { desk } = useWork();
  const { busy } = useFollowed(desk);
  const nameOf = usePersonName();
  const people = othersOn(call);
  const role = roleIn(call);
  if (people.length === 0 && role === 'volunteer') return null;
  // The first who could be responsible: the one the server would choose.
  const successor = people.find(
    ({ role: part, operatorId, state }) => part === 'guest' && operatorId && state === 'live',
  );
  // Nobody of ours stays then: only where the hotline allows it, and only when there is nobody to hand over to.
  const outside =
    successor || (call.outsideMs ?? null) === null
      ? undefined
      : people.find(({ role: part, on, state }) => part === 'guest' && on === 'outside-phone' && state === 'live');
  const holder = nameOf(people.find((person) => person.role === 'volunteer'));
  return (
    <Card title={t('on-call.title')}>
      {role === 'volunteer' ? null : (
        <div className="card-padded stack-close">
          <p>{t(`on-call.mine.${role}`, { name: holder })}</p>
          {role === 'supervisor' ? <Supervising call={call} /> : null}
        </div>
      )}
      <ul>
        {people.map((person) => (
          <li key={person.legId} className="list-row person-row">
            <PersonIcon person={person} />
            <span className="list-row-main">
              <strong>{said(person, nameOf(person), t)}</strong>
              <span className="quiet" style={{ display: 'block' }}>
                {t(`on-call.role.${person.role}`)} · {t(`on-call.state.${partOf(person)}`)}
                {person.on === 'own-phone' ? ` · ${t('on-call.own-phone')}` : null}
              </span>
            </span>
            {person.role === 'supervisor' && person.mode ? (
              <Tag tone="warning">{t(`supervise.${person.mode}`)}</Tag>
            ) : null}
            {role === 'volunteer' && person.role === 'guest' ? (
              <Button
                kind="quiet"
                icon={<UserMinus size={16} aria-hidden />}
                isPending={busy === 'remove-leg'}
                onPress={() => void desk.removeLeg(call, person.legId)}
              >
                {t('on-call.remove')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {role === 'volunteer' && outside ? (
        <div className="card-padded stack-close">
          <div>
            <Button
              icon={<PhoneForwarded size={16} aria-hidden />}
              isPending={busy === 'complete-transfer'}
              onPress={() => void desk.ofCall('complete-transfer', call)}
            >
              {t('on-call.leave-outside')}
            </Button>
          </div>
          <p className="quiet">{t('ask-in.leaves', { count: Math.round((call.outsideMs ?? 0) / 60_000) })}</p>
        </div>
      ) : null}
      {role === 'volunteer' && successor ? (
        <div className="card-padded">
          <Button
            icon={<PhoneForwarded size={16} aria-hidden />}
            isPending={busy === 'complete-transfer'}
            onPress={() => void desk.ofCall('complete-transfer', call)}
          >
            {t('on-call.hand-over', { name: nameOf(successor) })}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

const partOf = ({ mode, muted, state }: CallPerson) =>
  mode === 'listen' && state === 'live' ? 'hearing' : muted ? 'muted' : state;

const said = (person: CallPerson, name: string, t: TFunction): string =>
  person.role === 'supervisor' && person.mode ? t(`on-call.mode.${person.mode}`, { name }) : name;

function PersonIcon({ person }: { person: CallPerson }) {
  if (person.mode === 'listen') return <Ear size={20} aria-hidden />;
  if (person.role === 'supervisor') return <Megaphone size={20} aria-hidden />;
  return person.on === 'console' ? <UserRound size={20} aria-hidden /> : <Phone size={20} aria-hidden />;
}

function Supervising({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { desk } = useWork();
  const { busy } = useFollowed(desk);
  const mode = call.mode ?? 'listen';
  return (
    <>
      <div className="row">
        <Segments
          label={t('supervise.how')}
          value={mode}
          onChange={(chosen) => void desk.changeSupervision(call, chosen)}
          choices={MODES.map((id) => ({ id, name: t(`supervise.${id}`) }))}
        />
        <Button isPending={busy === 'take-over'} onPress={() => void desk.ofCall('take-over', call)}>
          {t('supervise.take-over')}
        </Button>
      </div>
      <p className="quiet">{t(`supervise.${mode}-means`)}</p>
      <Notice>{t('supervise.shown')}</Notice>
    </>
  );
}

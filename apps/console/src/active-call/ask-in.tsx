import type { InvitationMode } from '@ringdown/protocol/call-events';
import type { CallView, Invite } from '@ringdown/protocol/console';
import type { Colleagues } from '@ringdown/protocol/floor';
import { Button } from '@ringdown/ui/button';
import { Blank, Card, SkeletonRows } from '@ringdown/ui/card';
import { Segments, Switch } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Phone, PhoneForwarded, Users, X } from 'lucide-react';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { AskForCallBack } from '../call-backs/ask-for-call-back.tsx';
import { useColleagues } from '../server/floor-lists.ts';
import { useFollowed, useWork } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { PersonState } from '../team/person-state.tsx';
import { RefusalNotice } from './refusal-notice.tsx';
import './people.css';

const HOW: readonly InvitationMode[] = ['warm', 'blind', 'three-way'];
const WHOM = ['person', 'hotline', 'number', 'later'] as const;
type Whom = (typeof WHOM)[number];
/** From here on a list is quicker searched than read. */
const NARROW_FROM = 7;

interface AskInProps {
  readonly call: CallView;
  /** Told who was asked, for the words when nothing comes of it. */
  readonly asked: (name: string) => void;
  readonly close: () => void;
}

/** X2, X3: hand the call over, or talk together. In the flow of the call, so that nothing of it is covered. */
export function AskIn({ call, asked, close }: AskInProps) {
  const { t } = useTranslation();
  const { desk } = useWork();
  const { busy } = useFollowed(desk);
  const [how, setHow] = useState<InvitationMode>('warm');
  const [whom, setWhom] = useState<Whom>('person');
  const mayLeave = (call.outsideMs ?? null) !== null;
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.querySelector<HTMLElement>('input:checked')?.focus(), []);
  const ask = (target: Invite['target'], name: string) => {
    if (busy === 'invite') return;
    asked(name);
    void desk.invite(call, how, target).then((rings) => (rings ? close() : undefined));
  };
  return (
    <div ref={panel}>
      <Card
        title={t('ask-in.title')}
        action={
          <Button kind="quiet" icon={<X size={18} aria-hidden />} shortcut="Esc" onPress={close}>
            {t('close')}
          </Button>
        }
      >
        <div className="card-padded stack">
          {whom === 'later' ? null : (
            <div className="stack-close">
              <Segments
                label={t('ask-in.how')}
                value={how}
                onChange={setHow}
                choices={HOW.filter((id) => whom !== 'number' || mayLeave || id !== 'blind').map((id) => ({
                  id,
                  name: t(`ask-in.${id}`),
                }))}
              />
              <p className="quiet">{t(`ask-in.${how}-means`)}</p>
            </div>
          )}
          <Segments
            label={t('ask-in.whom')}
            value={whom}
            onChange={(chosen) => {
              setWhom(chosen);
              // Where the hotline leaves no call with an outside number, a volunteer stays.
              if (chosen === 'number' && !mayLeave && how === 'blind') setHow('warm');
            }}
            // Nobody is to be called back after practice.
            choices={WHOM.filter((id) => id !== 'later' || !call.practice).map((id) => ({
              id,
              name: t(`ask-in.${id}`),
            }))}
          />
          <RefusalNotice of={['invite']} />
          {whom === 'later' ? (
            <AskForCallBack call={call} close={close} />
          ) : whom === 'number' ? (
            <OutsideNumber ask={ask} leavesForMs={how === 'three-way' ? null : (call.outsideMs ?? null)} />
          ) : (
            <Reachable whom={whom} ask={ask} />
          )}
        </div>
      </Card>
    </div>
  );
}

type Ask = (target: Invite['target'], name: string) => void;

function Reachable({ whom, ask }: { whom: 'person' | 'hotline'; ask: Ask }) {
  const { t } = useTranslation();
  const colleagues = useColleagues();
  if (colleagues.data) {
    return whom === 'person' ? (
      <People people={colleagues.data.people} ask={ask} />
    ) : (
      <ul className="asked-list" tabIndex={0} aria-label={t('ask-in.hotline')}>
        {colleagues.data.hotlines.map(({ hotlineId, name, available }) => (
          <li key={hotlineId} className="list-row">
            <span className="list-row-main">
              <strong>{name}</strong>
              <span className="quiet" style={{ display: 'block' }}>
                {t('ask-in.free', { count: available })}
              </span>
            </span>
            <AskButton
              name={name}
              isDisabled={available === 0}
              onPress={() => ask({ kind: 'hotline', hotlineId }, name)}
            />
          </li>
        ))}
      </ul>
    );
  }
  if (colleagues.isPending) return <SkeletonRows rows={4} label={t('list.loading')} />;
  return (
    <Notice tone="warning" action={<Button onPress={() => void colleagues.refetch()}>{t('list.again')}</Button>}>
      {failureWords(colleagues.error, t)}
    </Notice>
  );
}

function People({ people, ask }: { people: Colleagues['people']; ask: Ask }) {
  const { t } = useTranslation();
  const { me } = useWork().account;
  const [typed, setTyped] = useState('');
  const others = people.filter(({ operatorId }) => operatorId !== me.operatorId);
  const free = ({ state, reachable }: Colleagues['people'][number]) => state === 'available' && reachable;
  const found = others
    .filter(({ name }) => name.toLocaleLowerCase().includes(typed.trim().toLocaleLowerCase()))
    .toSorted((a, b) => Number(free(b)) - Number(free(a)));
  if (others.length === 0) {
    return (
      <Blank icon={<Users size={28} aria-hidden />} title={t('ask-in.nobody-title')}>
        {t('ask-in.nobody')}
      </Blank>
    );
  }
  return (
    <div className="stack-close">
      {others.length >= NARROW_FROM ? <Field label={t('ask-in.narrow')} value={typed} onChange={setTyped} /> : null}
      {found.length === 0 ? <p className="quiet">{t('ask-in.no-match')}</p> : null}
      <ul className="asked-list" tabIndex={0} aria-label={t('ask-in.person')}>
        {found.map((person) => (
          <li key={person.operatorId} className="list-row">
            <span className="list-row-main">
              <strong>{person.name}</strong>
              <span className="quiet" style={{ display: 'block' }}>
                {t(`role.${person.role}`)}
              </span>
            </span>
            <PersonState person={person} />
            <AskButton
              name={person.name}
              isDisabled={!free(person)}
              onPress={() => ask({ kind: 'operator', operatorId: person.operatorId }, person.name)}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

function AskButton({ name, isDisabled, onPress }: { name: string; isDisabled: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  const { busy } = useFollowed(useWork().desk);
  return (
    <Button
      icon={<PhoneForwarded size={16} aria-hidden />}
      isDisabled={isDisabled}
      isPending={busy === 'invite'}
      onPress={onPress}
    >
      <span aria-hidden="true">{t('ask-in.ask')}</span>
      <span className="only-read">{t('ask-in.ask-name', { name })}</span>
    </Button>
  );
}

function OutsideNumber({ ask, leavesForMs }: { ask: Ask; leavesForMs: number | null }) {
  const { t } = useTranslation();
  const { busy } = useFollowed(useWork().desk);
  const [number, setNumber] = useState('');
  const [confirm, setConfirm] = useState(true);
  const dial = (event: FormEvent) => {
    event.preventDefault();
    if (number.trim() !== '') ask({ kind: 'number', number: number.trim(), confirm }, t('on-call.outside'));
  };
  return (
    <form className="stack-close" onSubmit={dial}>
      <Field
        label={t('ask-in.phone')}
        hint={t('ask-in.phone-hint')}
        type="tel"
        inputMode="tel"
        autoComplete="off"
        maxLength={40}
        value={number}
        onChange={setNumber}
      />
      <div>
        <Switch label={t('ask-in.confirm')} on={confirm} onChange={setConfirm} />
        <p className="quiet small">{t('ask-in.confirm-hint')}</p>
      </div>
      {leavesForMs === null ? null : (
        <p className="quiet">{t('ask-in.leaves', { count: Math.round(leavesForMs / 60_000) })}</p>
      )}
      <div>
        <Button
          type="submit"
          icon={<Phone size={16} aria-hidden />}
          isDisabled={number.trim() === ''}
          isPending={busy === 'invite'}
        >
          {t('ask-in.dial')}
        </Button>
      </div>
    </form>
  );
}

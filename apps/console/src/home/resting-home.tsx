import { Link } from '@tanstack/react-router';
import type { BreakReason, OperatorSnapshot } from '@ringdown/protocol/console';
import { Button, buttonClass } from '@ringdown/ui/button';
import { Blank, Card } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Notice } from '@ringdown/ui/notice';
import { Coffee, GraduationCap, Headphones, Phone, PhoneIncoming, Power } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { CallRow } from '../my-calls/call-row.tsx';
import { RefusalNotice } from '../active-call/refusal-notice.tsx';
import { useMyCalls } from '../server/lists.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { Listed } from '../shell/listed.tsx';
import { Timer, useNow, useServerNow } from '../shell/moving-time.tsx';
import { shownState } from '../shell/state-words.tsx';
import { DialInState } from './dial-in-state.tsx';
import { QueueCard } from './queue-card.tsx';
import { ExampleWelcome } from './example-welcome.tsx';
import './home.css';

const BREAKS: readonly BreakReason[] = ['rest', 'meal', 'debrief', 'other'];
/** After this long a headset has been unplugged, or a browser updated, often enough. */
const CHECK_AGAIN_MS = 7 * 86_400_000;
const LONG_BREAK_MS = 15 * 60_000;

export function RestingHome({ snapshot }: { snapshot: OperatorSnapshot }) {
  const { t } = useTranslation();
  const myCalls = useMyCalls();
  // While a call rings, nothing beside it asks for a decision.
  const ringing = snapshot.offer !== null;
  return (
    <div className="page">
      {ringing ? null : (
        <>
          <ExampleWelcome />
          <Card padded>
            {snapshot.dialIn ? <DialInState dialIn={snapshot.dialIn} /> : <MyState snapshot={snapshot} />}
          </Card>
          <SoundNudge />
          <PracticeNudge fresh={myCalls.data?.length === 0} />
        </>
      )}
      <QueueCard snapshot={snapshot} />
      <Card
        title={t('my-calls.recent')}
        action={
          <Link to="/my-calls" className={buttonClass('quiet')}>
            {t('my-calls.all')}
          </Link>
        }
      >
        <Listed
          query={myCalls}
          empty={
            <Blank icon={<Phone size={28} aria-hidden />} title={t('my-calls.empty-title')}>
              {t('my-calls.empty')}
            </Blank>
          }
        >
          {(calls) => (
            <ul>
              {calls.slice(0, 5).map((call) => (
                <li key={call.callId}>
                  <CallRow call={call} />
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Card>
    </div>
  );
}

function MyState({ snapshot }: { snapshot: OperatorSnapshot }) {
  const { t } = useTranslation();
  const { presence } = snapshot;
  const { desk, line } = useWork();
  const { attention } = useServices();
  const { busy } = useFollowed(desk);
  const shown = shownState(presence, useFollowed(line).link);
  const { state, reason } = presence;
  const chosen = state === 'available' || state === 'offline' || state === 'break' ? state : null;
  const choose = (to: 'available' | 'break' | 'offline') => {
    // A click is what lets the browser ring later.
    attention.sound.wake();
    void desk.setPresence(to === 'break' ? { state: to, reason: 'rest' } : { state: to });
  };
  return (
    <div className="my-state">
      <div className="my-state-words">
        <h1>
          <span className={`state state-${shown}`}>
            <span className="state-mark" aria-hidden="true" />
            {t(`my-state.${shown}`)}
          </span>
        </h1>
        {shown === 'out-of-reach' ? null : (
          <span className="quiet spoken">
            <Timer since={presence.since} />
          </span>
        )}
      </div>
      <p className="quiet">
        {reason === 'missed-calls' ? t('my-state.missed-calls-why') : t(`my-state.${shown}-means`)}
      </p>
      {reason === 'missed-calls' ? (
        <Notice
          tone="warning"
          live="polite"
          action={
            <Button kind="primary" onPress={() => choose('available')}>
              {t('my-state.back')}
            </Button>
          }
        >
          {t('my-state.missed-calls')}
        </Notice>
      ) : null}
      <Segments
        label={t('my-state.choose')}
        value={chosen}
        onChange={choose}
        choices={[
          { id: 'available', name: t('state.available'), icon: <PhoneIncoming size={16} aria-hidden /> },
          { id: 'break', name: t('state.break'), icon: <Coffee size={16} aria-hidden /> },
          { id: 'offline', name: t('state.offline'), icon: <Power size={16} aria-hidden /> },
        ]}
      />
      {state === 'break' && reason !== 'missed-calls' && reason !== null ? (
        <Segments
          label={t('my-state.break-reason')}
          value={reason}
          choices={BREAKS.map((id) => ({ id, name: t(`break.${id}`) }))}
          onChange={(id) => void desk.setPresence({ state: 'break', reason: id })}
        />
      ) : null}
      {state === 'break' && reason !== 'missed-calls' ? <LongBreak since={presence.since} /> : null}
      {busy === 'set-presence' ? (
        <p className="only-read" role="status">
          {t('my-state.changing')}
        </p>
      ) : null}
      <RefusalNotice of={['set-presence', 'accept-offer']} />
    </div>
  );
}

/** A warning, never an end. Without a count: a screen reader would say it anew each minute. */
function LongBreak({ since }: { since: number }) {
  const { t } = useTranslation();
  if (useServerNow(5_000) - since < LONG_BREAK_MS) return null;
  return (
    <Notice tone="warning" icon={<Coffee size={20} aria-hidden />} title={t('my-state.long-break-title')} live="polite">
      {t('my-state.long-break')}
    </Notice>
  );
}

function SoundNudge() {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { soundCheckedAt } = useFollowed(preferences);
  const now = useNow(60_000);
  if (soundCheckedAt !== null && now - soundCheckedAt < CHECK_AGAIN_MS) return null;
  return (
    <Notice
      icon={<Headphones size={20} aria-hidden />}
      action={
        <Link to="/sound-check" className={buttonClass('secondary')}>
          {t('sound-check.open')}
        </Link>
      }
      title={t('sound-check.nudge-title')}
    >
      {t(soundCheckedAt === null ? 'sound-check.nudge' : 'sound-check.nudge-again')}
    </Notice>
  );
}

/** Until the first call: nobody need begin with a person in need. */
function PracticeNudge({ fresh }: { fresh: boolean }) {
  const { t } = useTranslation();
  if (!fresh) return null;
  return (
    <Notice
      icon={<GraduationCap size={20} aria-hidden />}
      action={
        <Link to="/practice" className={buttonClass('secondary')}>
          {t('practice.nudge-open')}
        </Link>
      }
      title={t('practice.nudge-title')}
    >
      {t('practice.nudge')}
    </Notice>
  );
}

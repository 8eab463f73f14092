import type { CallView } from '@ringdown/protocol/console';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Level } from '@ringdown/ui/level';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import { Monitor, PhoneOutgoing } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SendFromCall } from '../dispatch/send-somebody.tsx';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { ContextPane } from '../shell/context-pane.tsx';
import { Timer } from '../shell/moving-time.tsx';
import { RESCUE_AFTER_MS, RescueCountdown } from '../shell/reconnecting.tsx';
import { languageLabel } from '../shell/label-words.ts';
import { spokenDuration } from '../shell/time-words.ts';
import { ContactCard } from '../context/contact-card.tsx';
import { NotePane } from '../notes/note-pane.tsx';
import { TeamChat } from '../team/team-chat.tsx';
import type { DeskState } from './call-desk.ts';
import type { CallMediaSnapshot } from './call-media.ts';
import { AskIn } from './ask-in.tsx';
import { Invitation, InvitationFailed } from './invitation.tsx';
import { LegFacts } from './leg-facts.tsx';
import { OnTheCall } from './on-the-call.tsx';
import { othersWhoTalk } from './others.ts';
import { RefusalNotice } from './refusal-notice.tsx';
import './call.css';

export function CallScreen({ call, place }: { call: CallView; place: DeskState['place'] }) {
  const { t } = useTranslation();
  const { desk, account } = useWork();
  const { attention, preferences } = useServices();
  const media = useFollowed(desk.media);
  const heading = useRef<HTMLHeadingElement>(null);
  const here = place === 'here';
  // A guest from another hotline has no key to this one's conversation.
  const member = account.me.hotlines.some(({ hotlineId }) => hotlineId === call.hotlineId);
  useEffect(() => heading.current?.focus(), [call.callId]);
  const connected = call.connectedAt !== null;
  useEffect(() => {
    if (connected && here) attention.sound.connected(preferences.getSnapshot().ringVolume);
  }, [attention, preferences, connected, here]);
  return (
    <div className="call">
      <div className="call-middle">
        <div className="call-head">
          <div>
            <h1 ref={heading} tabIndex={-1}>
              {t('call.title', { hotline: call.hotlineName })}
            </h1>
            <div className="row">
              <span className="spoken">{t(`phase.${call.phase}`)}</span>
              <Tag>{languageLabel(call.language)}</Tag>
              <Tag>{t('caller.earlier', { count: call.earlierCalls })}</Tag>
              {call.test ? <Tag tone="accent">{t('call.test')}</Tag> : null}
            </div>
          </div>
          <p className={connected ? 'call-timer' : 'call-timer is-word'} role="timer" aria-label={t('call.timer')}>
            {call.connectedAt === null ? t('call.connecting') : <Timer since={call.connectedAt} />}
          </p>
        </div>
        <LegFacts call={call} media={media} here={here} />
        <CallTroubles call={call} place={place} media={media} />
        <CallPanels call={call} />
        <OnTheCall call={call} />
        {here ? <Levels call={call} media={media} /> : null}
        <NotePane callId={call.callId} hotlineId={call.hotlineId} />
      </div>
      <ContextPane part="call">
        <Card title={t('call.facts')} padded>
          <dl className="facts">
            <dt>{t('call.waited')}</dt>
            <dd>{t('call.waited-value', { time: waited(call) })}</dd>
            <dt>{t('call.digits')}</dt>
            <dd>{call.digitsReceived === '' ? '–' : call.digitsReceived}</dd>
            <dt>{t('call.key')}</dt>
            <dd>{media.keyIndex ?? '–'}</dd>
          </dl>
        </Card>
      </ContextPane>
      <ContextPane part="caller">
        <ContactCard callId={call.callId} hotlineId={call.hotlineId} />
      </ContextPane>
      {member ? (
        <ContextPane part="team">
          <Card title={t('team.title')}>
            <TeamChat hotlineId={call.hotlineId} />
          </Card>
        </ContextPane>
      ) : null}
    </div>
  );
}

const OF_PEOPLE = [
  'supervise',
  'cancel-invitation',
  'complete-transfer',
  'join-consultation',
  'leave-call',
  'remove-leg',
  'change-supervision',
  'take-over',
] as const;

/** What was opened beside the call, and who is being asked into it. */
function CallPanels({ call }: { call: CallView }) {
  const { desk } = useWork();
  const panel = useFollowed(desk.panel);
  const [asked, setAsked] = useState<string | null>(null);
  const close = () => desk.panel.set('none');
  useEffect(() => {
    // What was closed had the focus: it goes on at the head of the call, not at the top of the page.
    if (panel === 'none' && document.activeElement === document.body)
      document.querySelector<HTMLElement>('.call-head h1')?.focus();
  }, [panel]);
  const invitation = call.invitation?.mine ? call.invitation : null;
  return (
    <>
      <InvitationFailed call={call} asked={asked} />
      {invitation ? <Invitation call={call} invitation={invitation} /> : null}
      {panel === 'ask-in' && !call.invitation ? <AskIn call={call} asked={setAsked} close={close} /> : null}
      {panel === 'dispatch' ? <SendFromCall call={call} close={close} /> : null}
    </>
  );
}

const waited = (call: CallView) => spokenDuration(call.acceptedAt - call.arrivedAt);

/** What is wrong with the call's sound and what to do about it. Takes its place in the flow: nothing is covered. */
function CallTroubles({ call, place, media }: { call: CallView; place: DeskState['place']; media: CallMediaSnapshot }) {
  const { t } = useTranslation();
  const { desk } = useWork();
  return (
    <div className="stack-close">
      {place === 'elsewhere' ? (
        <Notice
          tone="accent"
          icon={<Monitor size={20} aria-hidden />}
          title={t(call.connectionId ? 'call.elsewhere-title' : 'call.on-phone-title')}
          action={<Button onPress={() => void desk.moveHere(call)}>{t('call.move-here')}</Button>}
        >
          {t(call.connectionId ? 'call.elsewhere' : 'call.on-phone')}
        </Notice>
      ) : null}
      {call.callingBack ? (
        <Notice icon={<PhoneOutgoing size={20} aria-hidden />} title={t('call.calling-back-title')} live="polite">
          {t('call.calling-back')}
        </Notice>
      ) : null}
      {place === 'moving-here' ? (
        <Notice title={t('call.moving-title')} live="polite">
          {t('call.moving')}
        </Notice>
      ) : null}
      {place === 'here' && (call.phase === 'reconnecting' || media.phase === 'reconnecting') ? (
        <Notice
          tone="warning"
          title={t('call.reconnecting-title')}
          live="polite"
          action={call.phase === 'reconnecting' ? <RescueCountdown at={call.phaseSince + RESCUE_AFTER_MS} /> : null}
        >
          {t('call.reconnecting')}
        </Notice>
      ) : null}
      {place === 'here' && media.playback === 'blocked' ? (
        <Notice
          tone="warning"
          title={t('call.blocked-title')}
          live="alert"
          action={
            <Button kind="primary" onPress={() => void desk.startPlayback()}>
              {t('call.unblock')}
            </Button>
          }
        >
          {t('call.blocked')}
        </Notice>
      ) : null}
      {place === 'here' && (media.microphone === 'denied' || media.microphone === 'missing') ? (
        <Notice tone="danger" title={t(`microphone.${media.microphone}-title`)} live="alert">
          {t(`microphone.${media.microphone}`)}
        </Notice>
      ) : null}
      {place === 'here' && media.phase === 'failed' ? (
        <Notice
          tone="danger"
          title={t('call.failed-title')}
          live="alert"
          action={<Button onPress={() => location.reload()}>{t('banner.reload')}</Button>}
        >
          {t('call.failed')}
        </Notice>
      ) : null}
      <RefusalNotice
        of={['set-hold', 'set-mute', 'send-digits', 'hang-up', 'rejoin-call', 'accept-offer', ...OF_PEOPLE]}
      />
    </div>
  );
}

function Levels({ call, media }: { call: CallView; media: CallMediaSnapshot }) {
  const { t } = useTranslation();
  if (call.mode === 'listen') return <Heard media={media} />;
  const mine = call.muted ? 'level.muted' : media.sending ? 'level.sending' : 'level.not-sending';
  // On hold there may be a colleague to talk to.
  const among = call.held && othersWhoTalk(call).length > 0;
  const alone = call.held && !among;
  return (
    <div className="levels" role="group" aria-label={t('level.title')}>
      <div className="level-line">
        <span>
          {t(
            among ? 'level.among' : alone ? 'level.held' : media.receiving ? 'level.receiving' : 'level.not-receiving',
          )}
        </span>
        <Level value={media.inLevel} />
      </div>
      <div className="level-line">
        <span>{t(among && !call.muted ? 'level.among-me' : alone ? 'level.held-me' : mine)}</span>
        <Level value={call.muted || alone ? 0 : media.outLevel} />
      </div>
    </div>
  );
}

/** Who listens in sends nothing, and needs no bar for it. */
function Heard({ media }: { media: CallMediaSnapshot }) {
  const { t } = useTranslation();
  return (
    <div className="levels" role="group" aria-label={t('level.title')}>
      <div className="level-line">
        <span>{t(media.receiving ? 'level.receiving-all' : 'level.not-receiving')}</span>
        <Level value={media.inLevel} />
      </div>
    </div>
  );
}

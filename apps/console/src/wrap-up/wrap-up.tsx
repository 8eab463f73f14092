import type { TerminationReason } from '@ringdown/protocol/call-events';
import type { WrapUpView } from '@ringdown/protocol/console';
import { Button } from '@ringdown/ui/button';
import { Tag } from '@ringdown/ui/tag';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ContactCard } from '../context/contact-card.tsx';
import { RefusalNotice } from '../active-call/refusal-notice.tsx';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { ContextPane } from '../shell/context-pane.tsx';
import { useServerNow } from '../shell/moving-time.tsx';
import { clockTime } from '../shell/time-words.ts';
import { missingFields } from '../notes/intake-answers.ts';
import { NotePane, useIntakeForm } from '../notes/note-pane.tsx';
import { Notice } from '@ringdown/ui/notice';

const endingWords = (reason: TerminationReason | undefined) => {
  if (!reason) return 'wrap-up.handed-over';
  return reason === 'volunteer-hung-up' ? 'wrap-up.you-ended' : (`termination.${reason}` as const);
};

/** After the call: time to write, then back by itself. */
export function WrapUp({ wrapUp }: { wrapUp: WrapUpView }) {
  const { t } = useTranslation();
  const { desk, notes } = useWork();
  const { busy } = useFollowed(desk);
  const { attention, preferences } = useServices();
  const heading = useRef<HTMLHeadingElement>(null);
  const now = useServerNow();
  const reason = wrapUp.termination?.reason;
  useEffect(() => {
    heading.current?.focus();
    return () => attention.sound.wrapUpOver(preferences.getSnapshot().ringVolume);
  }, [attention, preferences, wrapUp.callId]);
  const { words } = useFollowed(notes);
  const form = useIntakeForm(wrapUp.hotlineId, words.formVersion);
  const missing = form ? missingFields(form.definition, words.answers).length : 0;
  const [asked, setAsked] = useState(false);
  const finish = async (anyway: boolean) => {
    if (missing > 0 && !anyway) return setAsked(true);
    await notes.save();
    await desk.finishWrapUp(wrapUp.callId);
  };
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {t('wrap-up.title')}
          </h1>
          <p className="quiet">
            {wrapUp.practice ? <Tag tone="accent">{t('practice.mark')}</Tag> : null} {t(endingWords(reason))} ·{' '}
            {wrapUp.hotlineName}
          </p>
        </div>
        <div className="row">
          <span className="spoken" role="timer">
            {t('wrap-up.left', { time: clockTime(wrapUp.endsAt - now) })}
          </span>
          <Button kind="primary" size="large" isPending={busy === 'finish-wrap-up'} onPress={() => void finish(false)}>
            {t(wrapUp.practice ? 'practice.see' : 'wrap-up.finish')}
          </Button>
        </div>
      </div>
      <RefusalNotice of={['finish-wrap-up']} />
      {asked && missing > 0 ? (
        <Notice
          tone="warning"
          live="polite"
          title={t('wrap-up.missing-title', { count: missing })}
          action={<Button onPress={() => void finish(true)}>{t('wrap-up.finish-anyway')}</Button>}
        >
          {t('wrap-up.missing')}
        </Notice>
      ) : null}
      <NotePane callId={wrapUp.callId} hotlineId={wrapUp.hotlineId} markMissing={asked} />
      <ContextPane part="caller">
        <ContactCard callId={wrapUp.callId} hotlineId={wrapUp.hotlineId} />
      </ContextPane>
      <p className="quiet small">{t(wrapUp.practice ? 'practice.wrap-up-means' : 'wrap-up.means')}</p>
    </div>
  );
}

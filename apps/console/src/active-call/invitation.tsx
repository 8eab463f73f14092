import type { CallView, InvitationView } from '@ringdown/protocol/console';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { ArrowLeft, PhoneForwarded, UserPlus, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RingLeft } from '../ringing/ring-left.tsx';
import { useFollowed, useWork } from '../services.tsx';
import { useActions } from '../shell/commands.tsx';
import { useServerNow } from '../shell/moving-time.tsx';
import { usePersonName } from './on-the-call.tsx';
import './people.css';

/** Somebody is being asked in by me, or talks with me while the caller waits: what happens, and the ways on. */
export function Invitation({ call, invitation }: { call: CallView; invitation: InvitationView }) {
  const { t } = useTranslation();
  const { desk } = useWork();
  const { busy } = useFollowed(desk);
  const now = useServerNow(500);
  const person = call.people?.find(({ legId }) => legId === invitation.legId);
  const nameOf = usePersonName();
  const name = nameOf(person, 'within');
  const { mode, state } = invitation;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The button that had the focus is gone with the state before.
    const { activeElement } = document;
    if (activeElement === document.body || activeElement?.matches('.call-head h1')) heading.current?.focus();
  }, [state]);
  const cancel = busy === 'cancel-invitation' ? undefined : () => void desk.ofCall('cancel-invitation', call);
  useActions({ cancel });
  if (state === 'talking') {
    return (
      <section className="asking" aria-label={t('ask-in.talking', { name })}>
        <div className="asking-what" role="status">
          <h2 ref={heading} tabIndex={-1}>
            {t('ask-in.talking', { name })}
          </h2>
          <p>{t('ask-in.talking-means')}</p>
        </div>
        <div className="asking-actions">
          {person?.on === 'outside-phone' && (call.outsideMs ?? null) === null ? null : (
            <Button
              kind="primary"
              icon={<PhoneForwarded size={18} aria-hidden />}
              isPending={busy === 'complete-transfer'}
              onPress={() => void desk.ofCall('complete-transfer', call)}
            >
              {t('ask-in.complete')}
            </Button>
          )}
          <Button
            icon={<UserPlus size={18} aria-hidden />}
            isPending={busy === 'join-consultation'}
            onPress={() => void desk.ofCall('join-consultation', call)}
          >
            {t('ask-in.join')}
          </Button>
          <Button
            icon={<ArrowLeft size={18} aria-hidden />}
            shortcut="Esc"
            isDisabled={!cancel}
            onPress={() => cancel?.()}
          >
            {t('ask-in.back')}
          </Button>
        </div>
      </section>
    );
  }
  const leftMs = Math.max(0, invitation.since + invitation.timeoutMs - now);
  const title = state === 'ringing' ? t('ask-in.ringing', { name }) : t('ask-in.connecting', { name: nameOf(person) });
  return (
    <section className="asking" aria-label={title}>
      {state === 'ringing' ? (
        <RingLeft
          leftMs={leftMs}
          wholeMs={invitation.timeoutMs}
          label={t('ask-in.left', { count: Math.ceil(leftMs / 1000) })}
        />
      ) : null}
      <div className="asking-what" role="status">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <p>{t(`ask-in.ringing-${mode}`, { name })}</p>
      </div>
      <div className="asking-actions">
        <Button icon={<X size={18} aria-hidden />} shortcut="Esc" isDisabled={!cancel} onPress={() => cancel?.()}>
          {t('ask-in.cancel')}
        </Button>
      </div>
    </section>
  );
}

/** Old news needs no notice. */
const NEWS_MS = 120_000;

/** Why nobody came; the call is still with whoever asked. */
export function InvitationFailed({ call, asked }: { call: CallView; asked: string | null }) {
  const { t } = useTranslation();
  const now = useServerNow(5_000);
  const [seenAt, setSeenAt] = useState<number | null>(null);
  const failed = call.invitationFailed;
  if (!failed || call.invitation || failed.at === seenAt || now - failed.at > NEWS_MS) return null;
  return (
    <Notice
      tone="warning"
      live="alert"
      action={
        <Button kind="quiet" onPress={() => setSeenAt(failed.at)}>
          {t('close')}
        </Button>
      }
    >
      {t(`ask-in.failed.${failed.reason}`, { name: asked ?? t('ask-in.someone') })}
    </Notice>
  );
}

import type { OperatorSnapshot } from '@ringdown/protocol/console';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { WifiOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { useNow, useServerNow } from './moving-time.tsx';

/** L6: after this long without its volunteer the server gives the caller to somebody else. */
export const RESCUE_AFTER_MS = 30_000;

/** While the server isn't reached. In a call it says how long the server waits before it gives the call to another. */
export function Reconnecting({ inCall }: { inCall: boolean }) {
  const { t } = useTranslation();
  const { now } = useServices();
  // Drawn the moment the line is lost.
  const [lostAt] = useState(now);
  const left = Math.ceil((lostAt + RESCUE_AFTER_MS - useNow()) / 1_000);
  return (
    <Notice
      tone="warning"
      icon={<WifiOff size={20} aria-hidden />}
      title={t('banner.reconnecting-title')}
      live="polite"
      action={
        inCall && left > 0 ? (
          <span className="countdown" role="timer" aria-label={t('banner.rescue-left', { count: left })}>
            {left}
          </span>
        ) : null
      }
    >
      {!inCall ? t('banner.reconnecting') : left > 0 ? t('banner.reconnecting-in-call') : t('banner.rescued-by-now')}
    </Notice>
  );
}

/** Counts down to the rescue while the sound of a call is lost and the server is reached. */
export function RescueCountdown({ at }: { at: number }) {
  const { t } = useTranslation();
  const left = Math.ceil((at - useServerNow()) / 1_000);
  if (left <= 0) return null;
  return (
    <span className="countdown" role="timer" aria-label={t('banner.rescue-left', { count: left })}>
      {left}
    </span>
  );
}

/** Whether a call went away while it was reconnecting: somebody else has it. A call that ended leaves a write-up. */
export function wasRescued(before: OperatorSnapshot | null, wasCutOff: boolean, after: OperatorSnapshot): boolean {
  const call = before?.call;
  if (!call || after.call?.callId === call.callId || after.wrapUp?.callId === call.callId) return false;
  return wasCutOff || call.phase === 'reconnecting';
}

/** Says once that the call which was lost here was given to someone else. */
export function RescuedNotice({ snapshot, cutOff }: { snapshot: OperatorSnapshot | null; cutOff: boolean }) {
  const { t } = useTranslation();
  const [rescued, setRescued] = useState(false);
  const before = useRef<OperatorSnapshot | null>(null);
  const wasCutOff = useRef(false);
  useEffect(() => {
    if (cutOff) wasCutOff.current = true;
    if (!snapshot || snapshot === before.current) return;
    if (wasRescued(before.current, wasCutOff.current, snapshot)) setRescued(true);
    else if (snapshot.call) setRescued(false);
    before.current = snapshot;
    // The first snapshot after the reconnection tells; later ones are about something else.
    if (!cutOff) wasCutOff.current = false;
  }, [snapshot, cutOff]);
  if (!rescued) return null;
  return (
    <Notice
      tone="accent"
      title={t('banner.rescued-title')}
      live="alert"
      action={<Button onPress={() => setRescued(false)}>{t('banner.rescued-dismiss')}</Button>}
    >
      {t('banner.rescued')}
    </Notice>
  );
}

import { withWords } from '../catalogue/translate.ts';
import { useFollowed, useWork } from '../services.tsx';
import { RestingHome } from './resting-home.tsx';
import { SkeletonRows } from '@ringdown/ui/card';
import type { OperatorSnapshot } from '@ringdown/protocol/console';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

const loadCall = () => withWords(import('../active-call/call-screen.tsx'));
const loadWrapUp = () => withWords(import('../wrap-up/wrap-up.tsx'));
const CallScreen = lazy(async () => ({ default: (await loadCall()).CallScreen }));
const WrapUp = lazy(async () => ({ default: (await loadWrapUp()).WrapUp }));

/** The one place for whatever my state is: resting, in a call, writing up. Ringing rises above it. */
export function Home() {
  const { t } = useTranslation();
  const { line, desk, notes } = useWork();
  const { snapshot } = useFollowed(line);
  const { place } = useFollowed(desk);
  const state = snapshot?.presence.state;
  useAfterPractice(snapshot);
  useEffect(() => {
    // Who is about to be rung at has the screens of a call before the call: nothing is fetched between answer and hello.
    if (state === 'available' || state === 'ringing')
      void Promise.allSettled([loadCall(), loadWrapUp(), notes.prepare()]);
  }, [state, notes]);
  const loading = (
    <div className="page">
      <SkeletonRows rows={5} label={t('gate.loading')} />
    </div>
  );
  if (!snapshot) return loading;
  if (!snapshot.call && !snapshot.wrapUp) return <RestingHome snapshot={snapshot} />;
  return (
    <Suspense fallback={loading}>
      {snapshot.call ? <CallScreen call={snapshot.call} place={place} /> : null}
      {!snapshot.call && snapshot.wrapUp ? <WrapUp wrapUp={snapshot.wrapUp} /> : null}
    </Suspense>
  );
}

/** However a practice call ends, what comes next is how it went. */
function useAfterPractice(snapshot: OperatorSnapshot | null): void {
  const navigate = useNavigate();
  const practised = useRef<string | null>(null);
  useEffect(() => {
    if (!snapshot) return;
    const current = snapshot.call ?? snapshot.wrapUp ?? snapshot.offer;
    if (current) {
      practised.current = current.practice ? current.callId : null;
      return;
    }
    const callId = practised.current;
    practised.current = null;
    if (callId !== null) void navigate({ to: '/practice/$callId', params: { callId } });
  }, [snapshot, navigate]);
}

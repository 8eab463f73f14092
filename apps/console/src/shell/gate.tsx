import { Outlet, useLocation } from '@tanstack/react-router';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { withWords } from '../catalogue/translate.ts';
import { inWizard } from '../first-run/progress.ts';
import { startWork, useFollowed, useServices, WorkContext, type Work } from '../services.tsx';
import type { OpenAccount } from '../sign-in/account.ts';
import { Unlock } from '../sign-in/unlock.tsx';
import { Plain } from './plain.tsx';
import { Shell } from './shell.tsx';

const SignIn = lazy(async () => ({ default: (await withWords(import('../sign-in/sign-in.tsx'))).SignIn }));
const WaitingForOwner = lazy(async () => ({
  default: (await withWords(import('../sign-in/waiting-for-owner.tsx'))).WaitingForOwner,
}));
const Wizard = lazy(async () => ({ default: (await withWords(import('../first-run/wizard.tsx'))).Wizard }));
const Join = lazy(async () => ({ default: (await withWords(import('../sign-in/join.tsx'))).Join }));

/** Which of the console's worlds a person is in: setting up, joining, signing in, waiting, or at work. */
export function Gate() {
  const { t } = useTranslation();
  const { account, firstRun } = useServices();
  const state = useFollowed(account);
  const progress = useFollowed(firstRun);
  const { pathname } = useLocation();
  useEffect(() => {
    void account.load();
  }, [account]);

  if (state.step === 'loading') return <Loading />;
  if (state.step === 'unreachable') {
    return (
      <Plain title={t('gate.unreachable-title')}>
        <Notice
          tone="warning"
          live="polite"
          action={<Button onPress={() => void account.load()}>{t('list.again')}</Button>}
        >
          {t('gate.unreachable')}
        </Notice>
      </Plain>
    );
  }
  if (state.step === 'other-admin') {
    return (
      <Plain title={t('gate.other-admin-title')}>
        <Notice tone="danger" live="alert">
          {t('gate.other-admin', { organisation: state.me.organisation.name })}
        </Notice>
      </Plain>
    );
  }
  const wizard = inWizard(progress);
  if (state.step === 'first-run' || (state.step === 'open' && (wizard || state.setup.state === 'no-hotline'))) {
    return (
      <Suspense fallback={<Loading />}>
        <AtWork account={state.step === 'open' ? state : null}>
          <Wizard />
        </AtWork>
      </Suspense>
    );
  }
  if (pathname === '/join' && state.step !== 'open') {
    return (
      <Suspense fallback={<Loading />}>
        <Join />
      </Suspense>
    );
  }
  if (state.step === 'signed-out') {
    return (
      <Suspense fallback={<Loading />}>
        <SignIn deviceKey={state.deviceKey} />
      </Suspense>
    );
  }
  if (state.step === 'locked') return <Unlock me={state.me} />;
  if (!state.me.inRoster && state.me.role !== 'owner') {
    return (
      <Suspense fallback={<Loading />}>
        <WaitingForOwner me={state.me} />
      </Suspense>
    );
  }
  if (pathname === '/wallboard') {
    return (
      <AtWork account={state}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </AtWork>
    );
  }
  return (
    <AtWork account={state}>
      <Shell>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </Shell>
    </AtWork>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <p className="plain-loading" role="status">
      {t('gate.loading')}
    </p>
  );
}

/** Starts the live line and what hangs on it once for each account, and gives it to the screens. */
function AtWork({ account, children }: { account: OpenAccount | null; children: ReactNode }) {
  const services = useServices();
  const [work, setWork] = useState<Work | null>(null);
  // The account is replaced by each refresh; the line stays as long as the same person stays in the roster.
  // During the set-up it is the wizard that signs the first roster; an owner without one later has a keeper to do it.
  const allowed = account && (account.me.inRoster || (account.me.role === 'owner' && account.setup.state === 'done'));
  const who = allowed ? `${account.me.operatorId} ${account.me.inRoster}` : null;
  useEffect(() => {
    if (who === null || account === null) return;
    const started = startWork(services, account);
    setWork(started.work);
    return () => {
      started.stop();
      setWork(null);
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- see `who`
  }, [services, who]);
  const current = work && account ? { ...work, account } : null;
  if (who !== null && !current) return <Loading />;
  return <WorkContext value={current}>{children}</WorkContext>;
}

import { Link } from '@tanstack/react-router';
import { SkeletonRows } from '@ringdown/ui/card';
import { buttonClass } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { ArrowLeft } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useFloor } from '../server/floor-lists.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { timeOfDay } from '../shell/time-words.ts';
import { Figures, ServiceLevel } from './figures.tsx';
import './supervise.css';

/** A bright wall at night tires the room; whoever chose light for themselves keeps it. */
function useDark(): void {
  const { theme } = useFollowed(useServices().preferences);
  useEffect(() => {
    if (theme === 'light') return;
    const page = document.documentElement.dataset;
    const former = page['theme'];
    page['theme'] = 'dark';
    return () => {
      if (former === undefined) delete page['theme'];
      else page['theme'] = former;
    };
  }, [theme]);
}

/** V: for a screen on the wall. Dark, nothing to touch, readable from five metres. */
export function Wallboard() {
  const { t } = useTranslation();
  const { account, line } = useWork();
  const floor = useFloor();
  const { link } = useFollowed(line);
  useDark();
  return (
    <main className="wallboard">
      <header className="wallboard-head">
        <h1>{account.me.organisation.name}</h1>
        <Link to="/supervise" className={buttonClass('quiet')}>
          <ArrowLeft size={18} aria-hidden />
          <span>{t('supervise.title')}</span>
        </Link>
      </header>
      {link === 'connected' ? null : (
        <Notice tone="warning" live="polite">
          {t('floor.stale', { time: timeOfDay(floor.dataUpdatedAt) })}
        </Notice>
      )}
      {floor.data ? (
        <>
          <Figures figures={floor.data.all} goal={floor.data.goal} />
          {floor.data.hotlines.length > 1 ? (
            <div className="wallboard-lines">
              {floor.data.hotlines.slice(0, 8).map((hotline) => (
                <section key={hotline.hotlineId} aria-label={hotline.name}>
                  <h2>{hotline.name}</h2>
                  <p>
                    {t('waiting.count', { count: hotline.waiting })} · {t('ask-in.free', { count: hotline.available })}
                    {hotline.serviceLevel === null ? null : (
                      <>
                        {' · '}
                        <ServiceLevel figures={hotline} goal={hotline.goal} />
                      </>
                    )}
                  </p>
                </section>
              ))}
            </div>
          ) : null}
        </>
      ) : floor.isPending ? (
        <SkeletonRows rows={3} label={t('list.loading')} />
      ) : (
        <Notice tone="warning" title={t('list.failed')}>
          {failureWords(floor.error, t)}
        </Notice>
      )}
    </main>
  );
}

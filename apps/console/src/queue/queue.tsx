import type { WaitingCall } from '@ringdown/protocol/floor';
import type { HotlineId } from '@ringdown/protocol/ids';
import { Button } from '@ringdown/ui/button';
import { Blank, Card } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Hourglass, PhoneIncoming } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { AskedCallBacks } from '../call-backs/asked-call-backs.tsx';
import { RefusalNotice } from '../active-call/refusal-notice.tsx';
import { useWaiting } from '../server/floor-lists.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { Listed } from '../shell/listed.tsx';
import { compareWaiting } from './rows.ts';
import { WaitingList } from './waiting-list.tsx';
import './queue.css';

/** X9, Q11: who waits, in which order, and why nobody is asked. */
export function Queue() {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { queueView: view } = useFollowed(preferences);
  const waiting = useWaiting();
  const several = new Set(waiting.data?.map(({ hotlineId }) => hotlineId)).size > 1;
  return (
    <div className="page page-wide">
      <div className="page-head">
        <h1>{t('waiting.title')}</h1>
        {several ? (
          <Segments
            label={t('waiting.view')}
            value={view}
            onChange={(chosen) => preferences.change({ queueView: chosen })}
            choices={(['unified', 'split'] as const).map((id) => ({ id, name: t(`waiting.${id}`) }))}
          />
        ) : null}
        <TakeNext hotlineId={null} label={t('waiting.take-next')} none={waiting.data?.length === 0} />
      </div>
      <RefusalNotice of={['take-next', 'assign', 'set-priority']} />
      <AskedCallBacks />
      <Listed
        query={waiting}
        empty={
          <Card>
            <Blank icon={<Hourglass size={28} aria-hidden />} title={t('waiting.empty-title')}>
              {t('waiting.empty')}
            </Blank>
          </Card>
        }
      >
        {(calls) => (view === 'split' && several ? <Split calls={calls} /> : <Unified calls={calls} />)}
      </Listed>
    </div>
  );
}

function Unified({ calls }: { calls: readonly WaitingCall[] }) {
  const { t } = useTranslation();
  const sorted = useMemo(() => calls.toSorted(compareWaiting), [calls]);
  return (
    <Card title={t('waiting.count', { count: calls.length })}>
      <WaitingList calls={sorted} hotline label={t('waiting.list')} />
    </Card>
  );
}

function Split({ calls }: { calls: readonly WaitingCall[] }) {
  const { t } = useTranslation();
  const hotlines = new Map<HotlineId, WaitingCall[]>();
  for (const call of calls) hotlines.set(call.hotlineId, [...(hotlines.get(call.hotlineId) ?? []), call]);
  return (
    <div className="queue-split">
      {[...hotlines].map(([hotlineId, line]) => {
        const hotline = line[0]?.hotlineName ?? '';
        return (
          <Card
            key={hotlineId}
            title={`${hotline} · ${t('waiting.count', { count: line.length })}`}
            action={<TakeNext hotlineId={hotlineId} label={t('waiting.take-next-of', { hotline })} none={false} />}
          >
            <WaitingList calls={line} hotline={false} label={`${t('waiting.list')}: ${hotline}`} />
          </Card>
        );
      })}
    </div>
  );
}

function TakeNext({ hotlineId, label, none }: { hotlineId: HotlineId | null; label: string; none: boolean }) {
  const { attention } = useServices();
  const { desk, line } = useWork();
  const { busy } = useFollowed(desk);
  const state = useFollowed(line).snapshot?.presence.state;
  return (
    <Button
      icon={<PhoneIncoming size={16} aria-hidden />}
      isDisabled={none || state === 'on-call' || state === 'ringing' || state === undefined}
      isPending={busy === 'take-next'}
      onPress={() => {
        attention.sound.wake();
        void desk.takeNext(hotlineId);
      }}
    >
      {label}
    </Button>
  );
}

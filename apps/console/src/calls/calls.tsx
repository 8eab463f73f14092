import { Blank, Card, SkeletonRows } from '@ringdown/ui/card';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { Segments } from '@ringdown/ui/choice';
import { Select } from '@ringdown/ui/select';
import type { CallSummary } from '@ringdown/protocol/http';
import { PhoneCall } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CallRow } from '../my-calls/call-row.tsx';
import { useCalls, useHotlines } from '../server/lists.ts';
import { failureWords } from '../shell/failure-words.ts';

type Which = 'all' | 'live' | 'unanswered';
const EVERY = 'every';

const belongs = (call: CallSummary, which: Which): boolean => {
  switch (which) {
    case 'all':
      return true;
    case 'live':
      return call.endedAt === null;
    case 'unanswered':
      return call.endedAt !== null && call.operator === null;
  }
};

export function Calls() {
  const { t } = useTranslation();
  const hotlines = useHotlines();
  const [hotlineId, setHotlineId] = useState<string>(EVERY);
  const [which, setWhich] = useState<Which>('all');
  const calls = useCalls(hotlineId === EVERY ? null : hotlineId);
  const items = calls.data?.pages.flatMap((page) => page.calls).filter((call) => belongs(call, which));
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.calls')}</h1>
      </div>
      <div className="row">
        <Segments
          label={t('calls.which')}
          value={which}
          onChange={setWhich}
          choices={(['all', 'live', 'unanswered'] as const).map((id) => ({ id, name: t(`calls.${id}`) }))}
        />
        {hotlines.data && hotlines.data.length > 1 ? (
          <Select
            label={t('calls.hotline')}
            value={hotlineId}
            onChange={setHotlineId}
            choices={[
              { id: EVERY, name: t('calls.every-hotline') },
              ...hotlines.data.map((hotline) => ({ id: hotline.hotlineId as string, name: hotline.name })),
            ]}
          />
        ) : null}
      </div>
      <Card>
        {calls.isPending ? <SkeletonRows rows={6} label={t('list.loading')} /> : null}
        {calls.isError ? (
          <div className="card-padded">
            <Notice
              tone="warning"
              title={t('list.failed')}
              action={<Button onPress={() => void calls.refetch()}>{t('list.again')}</Button>}
            >
              {failureWords(calls.error, t)}
            </Notice>
          </div>
        ) : null}
        {items?.length === 0 ? (
          <Blank icon={<PhoneCall size={28} aria-hidden />} title={t(`calls.empty-${which}-title`)}>
            {t(`calls.empty-${which}`)}
          </Blank>
        ) : null}
        <ul>
          {items?.map((call) => (
            // Rows out of sight aren't laid out: 500 calls stay quick without a second list component.
            <li key={call.callId} style={{ contentVisibility: 'auto', containIntrinsicSize: 'auto 56px' }}>
              <CallRow call={call} person />
            </li>
          ))}
        </ul>
      </Card>
      {calls.hasNextPage ? (
        <div>
          <Button isPending={calls.isFetchingNextPage} onPress={() => void calls.fetchNextPage()}>
            {t('calls.more')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

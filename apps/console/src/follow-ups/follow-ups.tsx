import { Button } from '@ringdown/ui/button';
import { Blank, Card } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Select } from '@ringdown/ui/select';
import { ListChecks, ListPlus } from 'lucide-react';
import type { FollowUp } from '@ringdown/protocol/follow-ups';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFollowUps, useHotlines } from '../server/lists.ts';
import { Listed } from '../shell/listed.tsx';
import { FollowUpForm } from './follow-up-form.tsx';
import { FollowUpRow } from './follow-up-row.tsx';
import { useTitles } from './follow-up-titles.ts';
import { UnheardVoicemails } from './unheard-voicemails.tsx';
import '../notes/notes.css';

/** What is left to do after calls, the most urgent first. */
export function FollowUps() {
  const { t } = useTranslation();
  const [state, setState] = useState<'open' | 'done'>('open');
  const followUps = useFollowUps(state);
  const [adding, setAdding] = useState(false);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.follow-ups')}</h1>
        <div className="row">
          <Segments
            label={t('follow-up.show')}
            value={state}
            onChange={setState}
            choices={[
              { id: 'open', name: t('follow-up.open') },
              { id: 'done', name: t('follow-up.done') },
            ]}
          />
          {adding ? null : (
            <Button icon={<ListPlus size={16} aria-hidden />} onPress={() => setAdding(true)}>
              {t('follow-up.new')}
            </Button>
          )}
        </div>
      </div>
      {adding ? <NewFollowUp onDone={() => setAdding(false)} /> : null}
      {state === 'open' ? <UnheardVoicemails /> : null}
      <Card>
        <Listed
          query={followUps}
          empty={
            <Blank icon={<ListChecks size={28} aria-hidden />} title={t(`follow-up.empty-${state}-title`)}>
              {t(`follow-up.empty-${state}`)}
            </Blank>
          }
        >
          {(items) => <Rows followUps={items} />}
        </Listed>
      </Card>
      <p className="quiet small">{t('follow-up.sealed')}</p>
    </div>
  );
}

function Rows({ followUps }: { followUps: readonly FollowUp[] }) {
  const titles = useTitles(followUps);
  return (
    <ul>
      {followUps.map((followUp) => (
        <li key={followUp.followUpId}>
          <FollowUpRow followUp={followUp} title={titles.get(followUp.followUpId)} />
        </li>
      ))}
    </ul>
  );
}

function NewFollowUp({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const hotlines = useHotlines().data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const hotline = hotlines.find(({ hotlineId }) => hotlineId === chosen) ?? hotlines[0];
  if (!hotline) return null;
  return (
    <Card title={t('follow-up.new')} padded>
      <div className="stack">
        {hotlines.length > 1 ? (
          <Select
            label={t('follow-up.hotline')}
            value={hotline.hotlineId}
            onChange={setChosen}
            choices={hotlines.map(({ hotlineId, name }) => ({ id: hotlineId as string, name }))}
          />
        ) : null}
        <FollowUpForm key={hotline.hotlineId} hotline={hotline} callId={null} onDone={onDone} />
      </div>
    </Card>
  );
}

import type { HotlineId } from '@ringdown/protocol/ids';
import { Card } from '@ringdown/ui/card';
import { Select } from '@ringdown/ui/select';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWork } from '../services.tsx';
import { TeamChat } from './team-chat.tsx';

/** The team's own page; the same conversation stands beside a call. */
export function Team() {
  const { t } = useTranslation();
  const { hotlines } = useWork().account.me;
  const [chosen, setChosen] = useState<HotlineId | null>(null);
  const hotlineId = chosen ?? hotlines[0]?.hotlineId;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('team.title')}</h1>
        {hotlineId && hotlines.length > 1 ? (
          <Select
            label={t('team.hotline')}
            value={hotlineId}
            onChange={setChosen}
            choices={hotlines.map((hotline) => ({ id: hotline.hotlineId, name: hotline.name }))}
          />
        ) : null}
      </div>
      <Card>{hotlineId ? <TeamChat key={hotlineId} hotlineId={hotlineId} /> : null}</Card>
    </div>
  );
}

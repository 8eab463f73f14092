import type { CallId, HotlineId } from '@ringdown/protocol/ids';
import { Button } from '@ringdown/ui/button';
import { ListPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFollowUpsOfCall, useHotlines } from '../server/lists.ts';
import { FollowUpForm } from './follow-up-form.tsx';
import { FollowUpRow } from './follow-up-row.tsx';
import { useTitles } from './follow-up-titles.ts';
import '../notes/notes.css';

/** The follow-ups of one call, and room for another. */
export function FollowUpsOfCall({ callId, hotlineId }: { callId: CallId; hotlineId: HotlineId }) {
  const { t } = useTranslation();
  const followUps = useFollowUpsOfCall(callId).data ?? [];
  const titles = useTitles(followUps);
  const hotline = useHotlines().data?.find((each) => each.hotlineId === hotlineId);
  const [adding, setAdding] = useState(false);
  return (
    <section className="stack-close" aria-label={t('nav.follow-ups')}>
      {followUps.length > 0 ? (
        <ul>
          {followUps.map((followUp) => (
            <li key={followUp.followUpId}>
              <FollowUpRow followUp={followUp} title={titles.get(followUp.followUpId)} ofCall />
            </li>
          ))}
        </ul>
      ) : null}
      {adding && hotline ? (
        <FollowUpForm hotline={hotline} callId={callId} onDone={() => setAdding(false)} />
      ) : (
        <div className="row">
          <Button
            kind="quiet"
            icon={<ListPlus size={16} aria-hidden />}
            isDisabled={!hotline}
            onPress={() => setAdding(true)}
          >
            {t('follow-up.new')}
          </Button>
        </div>
      )}
    </section>
  );
}

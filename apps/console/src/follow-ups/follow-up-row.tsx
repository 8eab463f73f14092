import { FollowUp } from '@ringdown/protocol/follow-ups';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import { Check, Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { dayWords } from '../shell/time-words.ts';
import { useAction } from '../shell/use-action.ts';
import '../home/home.css';

/** Two facts decide: what, and by when. `title` undefined: still being opened; null: can't be opened here. */
export function FollowUpRow({
  followUp,
  title,
  ofCall = false,
}: {
  followUp: FollowUp;
  title: string | null | undefined;
  ofCall?: boolean;
}) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const queries = useQueryClient();
  const { followUpId, state, callId } = followUp;
  const move = useAction(async (to: 'open' | 'done') => {
    await rest.ask(FollowUp, `/api/follow-ups/${followUpId}`, { method: 'PATCH', json: { state: to } });
    await queries.invalidateQueries({ queryKey: ['follow-ups'] });
  });
  const words = title === undefined ? t('list.loading') : (title ?? t('follow-up.unreadable'));
  return (
    <div className="list-row">
      <span className="list-row-main">
        <strong>{words}</strong>
        <span className="quiet" style={{ display: 'block' }}>
          {followUp.assignee ? t('follow-up.for', { name: followUp.assignee.name }) : t('follow-up.for-anybody')}
          {ofCall ? null : ` · ${followUp.hotlineName}`}
          {callId && !ofCall ? (
            <>
              {' · '}
              <Link to="/calls/$callId" params={{ callId }}>
                {t('follow-up.call')}
              </Link>
            </>
          ) : null}
        </span>
      </span>
      <span className="list-row-facts">
        {state === 'done' ? <Tag>{t('follow-up.done')}</Tag> : <Due {...followUp} />}
        {state === 'open' ? (
          <Button icon={<Check size={16} aria-hidden />} isPending={move.busy} onPress={() => move.run('done')}>
            {t('follow-up.do')}
          </Button>
        ) : (
          <Button
            kind="quiet"
            icon={<Undo2 size={16} aria-hidden />}
            isPending={move.busy}
            onPress={() => move.run('open')}
          >
            {t('follow-up.undo')}
          </Button>
        )}
      </span>
      {move.failure === undefined ? null : <Notice tone="danger">{move.failure}</Notice>}
    </div>
  );
}

export function Due({ due, dueOn }: Pick<FollowUp, 'due' | 'dueOn'>) {
  const { t } = useTranslation();
  if (dueOn === null) return null;
  const day = dayWords(dueOn);
  if (due === 'overdue') return <Tag tone="danger">{t('follow-up.overdue', { day })}</Tag>;
  if (due === 'today') return <Tag tone="warning">{t('follow-up.today')}</Tag>;
  return <Tag>{t('follow-up.due', { day })}</Tag>;
}

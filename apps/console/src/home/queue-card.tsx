import type { OperatorSnapshot } from '@ringdown/protocol/console';
import { Card } from '@ringdown/ui/card';
import { useTranslation } from 'react-i18next';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { Timer } from '../shell/moving-time.tsx';

/** Who waits: all hotlines of this person as one queue, or each for itself, as they have chosen (X9). */
export function QueueCard({ snapshot }: { snapshot: OperatorSnapshot }) {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { queueView } = useFollowed(preferences);
  const { queue, phoneLineUp } = snapshot;
  const split = queueView === 'split' && queue.byHotline.length > 1;
  return (
    <Card title={t('queue.title')} padded>
      <div className="stack">
        {split ? (
          <Split queue={queue} />
        ) : (
          <dl className="queue-picture">
            <div className="queue-fact">
              <dt>{t('queue.waiting-word')}</dt>
              <dd>{queue.waiting}</dd>
            </div>
            <div className="queue-fact">
              <dt>{t('queue.longest-word')}</dt>
              <dd>{queue.longestSince === null ? '–' : <Timer since={queue.longestSince} />}</dd>
            </div>
            <div className="queue-fact">
              <dt>{t('queue.line-word')}</dt>
              <dd>{t(phoneLineUp ? 'queue.line-up' : 'queue.line-down')}</dd>
            </div>
          </dl>
        )}
      </div>
    </Card>
  );
}

function Split({ queue }: { queue: OperatorSnapshot['queue'] }) {
  const { t } = useTranslation();
  const { hotlines } = useWork().account.me;
  const nameOf = (id: string) => hotlines.find(({ hotlineId }) => hotlineId === id)?.name ?? '…';
  return (
    <table className="queue-lines">
      <thead>
        <tr>
          <th scope="col">{t('queue-view.hotline')}</th>
          <th scope="col">{t('queue.waiting-word')}</th>
          <th scope="col">{t('queue.longest-word')}</th>
        </tr>
      </thead>
      <tbody>
        {queue.byHotline.map(({ hotlineId, waiting, longestSince }) => (
          <tr key={hotlineId}>
            <th scope="row">{nameOf(hotlineId)}</th>
            <td>{waiting}</td>
            <td>{longestSince === null ? '–' : <Timer since={longestSince} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import type { CallId, HotlineId } from '@ringdown/protocol/ids';
import type { EarlierCall } from '@ringdown/protocol/notes';
import { useQuery } from '@tanstack/react-query';
import { Card, SkeletonRows } from '@ringdown/ui/card';
import { useTranslation } from 'react-i18next';
import { useIntakeForm } from '../notes/note-pane.tsx';
import { openNotes } from '../notes/open-notes.ts';
import { OpenedNote } from '../notes/opened-note.tsx';
import { useEarlierCalls, useHotlines } from '../server/lists.ts';
import { useWork } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { Ago } from '../shell/moving-time.tsx';
import { spokenDuration } from '../shell/time-words.ts';
import '../home/home.css';

/**
 * X5: what is known of whoever is on the line. The server finds earlier calls by the keyed hash of the number; what was
 * written about them is opened here. Shown on the ring and in the call.
 */
export function ContactCard({ callId, hotlineId }: { callId: CallId; hotlineId: HotlineId }) {
  const { t } = useTranslation();
  const earlier = useEarlierCalls(callId);
  // While it rings: the note of the call then has its questions from the first moment.
  useIntakeForm(hotlineId, null);
  return (
    <Card title={t('contact.title')} padded>
      {earlier.isPending ? <SkeletonRows rows={2} label={t('list.loading')} /> : null}
      {earlier.isError ? <p className="quiet">{failureWords(earlier.error, t)}</p> : null}
      {earlier.data?.length === 0 ? <p className="quiet">{t('contact.first')}</p> : null}
      {earlier.data && earlier.data.length > 0 ? (
        <ol className="stack">
          {earlier.data.map((call) => (
            <li key={call.callId}>
              <OneEarlier call={call} hotlineId={hotlineId} />
            </li>
          ))}
        </ol>
      ) : null}
    </Card>
  );
}

function OneEarlier({ call, hotlineId }: { call: EarlierCall; hotlineId: HotlineId }) {
  const { t } = useTranslation();
  const { vaults } = useWork();
  const hotline = useHotlines().data?.find((each) => each.hotlineId === hotlineId);
  const written = call.changes.length + call.notes.length > 0;
  const opened = useQuery({
    queryKey: ['opened-notes', call.callId, call.changes.at(-1)?.seq, call.notes.map(({ revision }) => revision)],
    enabled: hotline !== undefined && written,
    retry: false,
    // Plaintext stays in memory no longer than it is looked at.
    gcTime: 0,
    queryFn: async () => {
      if (!hotline) throw new Error('No hotline to open the note with');
      return openNotes(vaults, hotline, call);
    },
  });
  return (
    <article className="stack-close">
      <p className="quiet">
        <Ago at={call.arrivedAt} /> · {call.operator?.name ?? t('call.nobody')}
        {call.talkedMs === null || !call.operator ? null : ` · ${spokenDuration(call.talkedMs)}`}
      </p>
      {call.termination ? <p className="small">{t(`termination.${call.termination.reason}`)}</p> : null}
      {opened.data ? <OpenedNote opened={opened.data} hotlineId={hotlineId} /> : null}
      {opened.isError ? <p className="quiet">{t('note.unreadable')}</p> : null}
    </article>
  );
}

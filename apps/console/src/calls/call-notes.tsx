import type { CallDetail } from '@ringdown/protocol/http';
import { NoteChanges } from '@ringdown/protocol/notes';
import { useQuery } from '@tanstack/react-query';
import { Card, SkeletonRows } from '@ringdown/ui/card';
import { useTranslation } from 'react-i18next';
import { openNotes } from '../notes/open-notes.ts';
import { OpenedNote } from '../notes/opened-note.tsx';
import { useHotlines, useNotes } from '../server/lists.ts';
import { useServices, useWork } from '../services.tsx';

/** The notes of a call, opened in this browser with the hotline's vault key. */
export function CallNotes({ call }: { call: CallDetail }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { vaults } = useWork();
  const { callId, hotlineId, arrivedAt } = call;
  const notes = useNotes(callId);
  const shared = useQuery({
    queryKey: ['notes', callId, 'changes'],
    queryFn: () => rest.ask(NoteChanges, `/api/calls/${callId}/note-changes`),
  });
  const hotline = useHotlines().data?.find((each) => each.hotlineId === hotlineId);
  const written = (notes.data?.length ?? 0) + (shared.data?.changes.length ?? 0) > 0;
  const opened = useQuery({
    queryKey: ['opened-notes', callId, shared.data?.changes.at(-1)?.seq, notes.data?.map(({ revision }) => revision)],
    enabled: hotline !== undefined && notes.data !== undefined && shared.data !== undefined && written,
    retry: false,
    // Plaintext stays in memory no longer than it is looked at.
    gcTime: 0,
    queryFn: async () => {
      if (!hotline || !notes.data || !shared.data) throw new Error('Nothing to open yet');
      return openNotes(vaults, hotline, { callId, hotlineId, arrivedAt, ...shared.data, notes: notes.data });
    },
  });
  if (!written) return null;
  return (
    <Card title={t('detail.notes')} padded>
      {opened.isPending ? <SkeletonRows rows={1} label={t('list.loading')} /> : null}
      {opened.isError ? <p className="quiet">{t('note.unreadable')}</p> : null}
      {opened.data ? <OpenedNote opened={opened.data} hotlineId={hotlineId} /> : null}
    </Card>
  );
}

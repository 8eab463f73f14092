import {
  PracticeDetail,
  PracticeOverview,
  PracticeStarted,
  type StartPractice,
} from '@ringdown/protocol/practice-http';
import { NoteChanges } from '@ringdown/protocol/notes';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useIntakeForm } from '../notes/note-pane.tsx';
import { openNotes } from '../notes/open-notes.ts';
import { useHotlines } from '../server/lists.ts';
import { useServices, useWork } from '../services.tsx';

export function usePracticeOverview() {
  const { rest } = useServices();
  return useQuery({ queryKey: ['practice', 'all'], queryFn: () => rest.ask(PracticeOverview, '/api/practice') });
}

export function usePracticeDetail(callId: string) {
  const { rest } = useServices();
  return useQuery({
    queryKey: ['practice', callId],
    // The wrap-up may have ended this very moment.
    staleTime: 0,
    queryFn: () => rest.ask(PracticeDetail, `/api/practice/${callId}`),
  });
}

/** Rings at once; home is where it is answered. */
export function useStartPractice() {
  const { rest, attention } = useServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (wish: StartPractice) => {
      attention.sound.wake();
      return rest.ask(PracticeStarted, '/api/practice', { method: 'POST', json: wish });
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['practice'] });
      void navigate({ to: '/' });
    },
  });
}

export function useSharePractice(callId: string) {
  const { rest } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (shared: boolean) => rest.tell(`/api/practice/${callId}/sharing`, { method: 'PUT', json: { shared } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['practice'] }),
  });
}

export function useRemovePractice(callId: string) {
  const { rest } = useServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => rest.tell(`/api/practice/${callId}`, { method: 'DELETE' }),
    onSuccess: async () => {
      await navigate({ to: '/practice' });
      void queries.invalidateQueries({ queryKey: ['practice'] });
      void queries.invalidateQueries({ queryKey: ['calls'] });
    },
  });
}

/** What was noted, as far as this browser has the key to it: only whether, never the words. Undefined while it is opened. */
export function useNoteFacts({ callId, hotlineId, arrivedAt }: PracticeDetail) {
  const { rest } = useServices();
  const { vaults } = useWork();
  const hotlines = useHotlines();
  const form = useIntakeForm(hotlineId, null);
  const hotline = hotlines.data?.find((each) => each.hotlineId === hotlineId);
  const facts = useQuery({
    queryKey: ['practice', callId, 'note'],
    enabled: hotline !== undefined,
    retry: false,
    staleTime: 0,
    queryFn: async () => {
      if (!hotline) return null;
      const sealed = await rest.ask(NoteChanges, `/api/calls/${callId}/note-changes`);
      const { words, unreadable } = await openNotes(vaults, hotline, {
        callId,
        hotlineId,
        arrivedAt,
        notes: [],
        ...sealed,
      });
      if (unreadable) return null;
      return {
        written: words !== null && (words.text.trim() !== '' || Object.keys(words.answers).length > 0),
        category: words?.category != null,
        priority: words?.priority != null,
      };
    },
  });
  const waiting = hotlines.isPending || (hotline !== undefined && facts.isPending);
  if (waiting) return undefined;
  if (!facts.data) return null;
  const canChoose = form === undefined || form.definition.categories.length > 0;
  return { ...facts.data, category: canChoose ? facts.data.category : null };
}

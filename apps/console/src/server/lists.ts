import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  AdminLogLine,
  CallDetail,
  CallList,
  GatewayInfo,
  Hotline,
  Invite,
  Member,
  Note,
  Voicemail,
} from '@ringdown/protocol/http';
import { AskedCallBack } from '@ringdown/protocol/call-backs';
import { FollowUp, Person } from '@ringdown/protocol/follow-ups';
import { EarlierCall } from '@ringdown/protocol/notes';
import { z } from 'zod';
import { useServices } from '../services.tsx';

/** The first part of a key is the topic by which the server says that a list has changed. */
function useList<Item extends z.ZodType>(topic: string, item: Item, path: string) {
  const { rest } = useServices();
  const schema = z.array(item);
  return useQuery({ queryKey: [topic, path], queryFn: () => rest.ask(schema, path) });
}

export const useHotlines = () => useList('hotlines', Hotline, '/api/hotlines');
export const useMembers = () => useList('members', Member, '/api/members');
export const useInvites = () => useList('members', Invite, '/api/invites');
export const useGateways = () => useList('gateways', GatewayInfo, '/api/gateways');
export const useVoicemails = () => useList('voicemails', Voicemail, '/api/voicemails');
export const useAdminLog = () => useList('calls', AdminLogLine, '/api/admin-log');
export const useNotes = (callId: string) => useList('notes', Note, `/api/calls/${callId}/notes`);

export const usePeople = (hotlineId: string) => useList('members', Person, `/api/hotlines/${hotlineId}/people`);
export const useFollowUps = (state: 'open' | 'done') =>
  useList('follow-ups', FollowUp, `/api/follow-ups?state=${state}`);
export const useFollowUpsOfCall = (callId: string) =>
  useList('follow-ups', FollowUp, `/api/follow-ups?callId=${callId}`);
export const useCallBacks = (state: 'open' | 'over') =>
  useList('call-backs', AskedCallBack, `/api/call-backs?state=${state}`);
export const useEarlierCalls = (callId: string) => useList('notes', EarlierCall, `/api/calls/${callId}/earlier`);

export function useMyCalls() {
  const { rest } = useServices();
  return useQuery({
    queryKey: ['calls', 'mine'],
    queryFn: async () => (await rest.ask(CallList, '/api/calls/mine')).calls,
  });
}

export function useCalls(hotlineId: string | null) {
  const { rest } = useServices();
  return useInfiniteQuery({
    queryKey: ['calls', 'all', hotlineId],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => {
      const search = new URLSearchParams({ limit: '50' });
      if (pageParam !== null) search.set('before', pageParam);
      if (hotlineId !== null) search.set('hotlineId', hotlineId);
      return rest.ask(CallList, `/api/calls?${search}`);
    },
    getNextPageParam: ({ next }) => next,
  });
}

export function useCall(callId: string) {
  const { rest } = useServices();
  return useQuery({ queryKey: ['calls', callId], queryFn: () => rest.ask(CallDetail, `/api/calls/${callId}`) });
}

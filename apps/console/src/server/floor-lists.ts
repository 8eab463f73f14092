import { useQuery } from '@tanstack/react-query';
import { Colleagues, Floor, WaitingCall } from '@ringdown/protocol/floor';
import { Hotline } from '@ringdown/protocol/http';
import type { HotlineId } from '@ringdown/protocol/ids';
import { Dispatch, TeamMessages } from '@ringdown/protocol/team';
import { z } from 'zod';
import { useServices } from '../services.tsx';

/** The first part of each key is what `floor-changes.ts` and the topics ask for anew. */
function useFloorList<Schema extends z.ZodType>(
  key: readonly string[],
  schema: Schema,
  path: string,
  { compared } = { compared: true },
) {
  const { rest } = useServices();
  return useQuery({ queryKey: key, queryFn: () => rest.ask(schema, path), staleTime: 0, structuralSharing: compared });
}

const Waiting = z.array(WaitingCall);
const Dispatches = z.array(Dispatch);

/** Comparing hundreds of rows with those before costs more than drawing the few that are in sight. */
export const useWaiting = () => useFloorList(['floor', 'queue'], Waiting, '/api/queue', { compared: false });
export const useColleagues = () => useFloorList(['floor', 'colleagues'], Colleagues, '/api/colleagues');
/** All people are in sight: those who are the same objects as before aren't drawn anew. */
export const useFloor = () => useFloorList(['floor', 'all'], Floor, '/api/floor');
export const useDispatches = () => useFloorList(['dispatch'], Dispatches, '/api/dispatches');
export const useTeamMessages = (hotlineId: HotlineId) =>
  useFloorList(['team', hotlineId], TeamMessages, `/api/hotlines/${hotlineId}/team-messages`);

export function useHotline(hotlineId: HotlineId) {
  const { rest } = useServices();
  return useQuery({
    queryKey: ['hotlines', hotlineId],
    queryFn: () => rest.ask(Hotline, `/api/hotlines/${hotlineId}`),
  });
}

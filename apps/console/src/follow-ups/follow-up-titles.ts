import type { FollowUp } from '@ringdown/protocol/follow-ups';
import { useQuery } from '@tanstack/react-query';
import { useHotlines } from '../server/lists.ts';
import { useWork } from '../services.tsx';
import { openTitle } from './sealed-title.ts';

/** By id; null: it can't be opened here. */
export function useTitles(followUps: readonly FollowUp[]): ReadonlyMap<string, string | null> {
  const { vaults } = useWork();
  const hotlines = useHotlines().data;
  const { data } = useQuery({
    queryKey: ['opened-titles', followUps.map(({ followUpId, sealedTitle }) => followUpId + sealedTitle.slice(-16))],
    enabled: hotlines !== undefined,
    // Plaintext stays in memory no longer than it is looked at.
    gcTime: 0,
    queryFn: async () =>
      new Map(
        await Promise.all(
          followUps.map(async (followUp): Promise<[string, string | null]> => {
            const hotline = hotlines?.find(({ hotlineId }) => hotlineId === followUp.hotlineId);
            const title = hotline ? await openTitle(vaults, hotline, followUp).catch(() => null) : null;
            return [followUp.followUpId, title];
          }),
        ),
      ),
  });
  return data ?? new Map();
}

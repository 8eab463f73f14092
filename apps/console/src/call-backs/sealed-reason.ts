import { base64ToBytes, bytesToUtf8 } from '@ringdown/crypto/bytes';
import type { AskedCallBack } from '@ringdown/protocol/call-backs';
import type { Hotline } from '@ringdown/protocol/http';
import type { AskedCallBackId } from '@ringdown/protocol/ids';
import { useQuery } from '@tanstack/react-query';
import { padWords } from '../follow-ups/sealed-title.ts';
import type { Vaults } from '../hotline-settings/vaults.ts';
import { useHotlines } from '../server/lists.ts';
import { useWork } from '../services.tsx';

export const REASON_LIMIT = 1_000;

export const sealReason = (
  vaults: Vaults,
  hotline: Hotline,
  callBackId: AskedCallBackId,
  reason: string,
): Promise<string> => vaults.sealBytes(hotline, padWords(reason), { purpose: 'call-back', itemId: callBackId });

const openReason = async (
  vaults: Vaults,
  hotline: Hotline,
  { callBackId, sealedReason }: AskedCallBack,
): Promise<string> => {
  const context = { purpose: 'call-back', itemId: callBackId } as const;
  return bytesToUtf8(await vaults.openBytes(hotline, base64ToBytes(sealedReason), context)).trimEnd();
};

/** By id; null: it can't be opened here. */
export function useReasons(callBacks: readonly AskedCallBack[]): ReadonlyMap<string, string | null> {
  const { vaults } = useWork();
  const hotlines = useHotlines().data;
  const { data } = useQuery({
    queryKey: ['opened-reasons', callBacks.map(({ callBackId }) => callBackId)],
    enabled: hotlines !== undefined && callBacks.length > 0,
    // Plaintext stays in memory no longer than it is looked at.
    gcTime: 0,
    queryFn: async () =>
      new Map(
        await Promise.all(
          callBacks.map(async (callBack): Promise<[string, string | null]> => {
            const hotline = hotlines?.find(({ hotlineId }) => hotlineId === callBack.hotlineId);
            const reason = hotline ? await openReason(vaults, hotline, callBack).catch(() => null) : null;
            return [callBack.callBackId, reason];
          }),
        ),
      ),
  });
  return data ?? new Map();
}

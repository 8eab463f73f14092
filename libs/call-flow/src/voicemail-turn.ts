import type { OperatorId } from '@ringdown/protocol/ids';

/**
 * Who on shift gets the next voicemail: whoever has the fewest unheard ones. Null when nobody is on shift or the hotline
 * has no rota: then it is everybody's.
 */
export function voicemailTurn(
  onShift: ReadonlySet<OperatorId> | 'everyone',
  unheard: ReadonlyMap<OperatorId, number>,
): OperatorId | null {
  if (onShift === 'everyone') return null;
  const byLoad = [...onShift].toSorted(
    (a, b) => (unheard.get(a) ?? 0) - (unheard.get(b) ?? 0) || (a < b ? -1 : Number(a > b)),
  );
  return byLoad[0] ?? null;
}

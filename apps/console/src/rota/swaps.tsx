import type { OperatorId } from '@ringdown/protocol/ids';
import type { RotaView, Swap } from '@ringdown/protocol/rota';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-action.ts';
import { nameIn, shortDay } from './rota-words.ts';
import type { RotaChanges } from './use-rota.ts';

const SHOWN = 20;

interface SwapsProps {
  readonly view: RotaView;
  readonly changes: RotaChanges;
  readonly me: OperatorId;
}

/** Offers that are open, and what became of the others. */
export function Swaps({ view, changes, me }: SwapsProps) {
  const { t } = useTranslation();
  const settle = useAction(changes.settleSwap);
  const hours = ({ shiftId }: Pick<Swap, 'shiftId'>) => {
    const shift = view.rota.shifts.find((each) => each.shiftId === shiftId);
    return shift ? `${shift.from}–${shift.to}` : '';
  };
  const serves = view.people.some(({ operatorId }) => operatorId === me);
  const mayTake = (swap: Swap) => serves && swap.from !== me && (swap.to === null || swap.to === me);
  return (
    <Card title={t('rota.swaps')}>
      {settle.failure === undefined ? null : <Notice tone="danger">{settle.failure}</Notice>}
      {view.swaps.length === 0 ? <p className="quiet rota-none">{t('rota.no-swaps')}</p> : null}
      <ul>
        {view.swaps.slice(0, SHOWN).map((swap) => (
          <li key={swap.swapId} className="list-row">
            <span className="list-row-main">
              <strong>
                {shortDay(swap.date)} {hours(swap)}
              </strong>
              <span className="quiet rota-line">
                {t(swap.to ? 'rota.swap-to' : 'rota.swap-open', {
                  from: nameIn(view, swap.from),
                  to: nameIn(view, swap.to),
                })}
                {swap.inReturn
                  ? ` · ${t('rota.swap-return', { day: shortDay(swap.inReturn.date), hours: hours(swap.inReturn) })}`
                  : null}
              </span>
            </span>
            {swap.state === 'offered' ? (
              <>
                {mayTake(swap) ? (
                  <Button isPending={settle.busy} onPress={() => settle.run(swap.swapId, 'take')}>
                    {t('rota.take')}
                  </Button>
                ) : null}
                {swap.from === me || view.mayEdit ? (
                  <Button kind="quiet" isPending={settle.busy} onPress={() => settle.run(swap.swapId, 'withdraw')}>
                    {t('rota.withdraw')}
                  </Button>
                ) : null}
              </>
            ) : (
              <Tag tone={swap.state === 'taken' ? 'live' : 'plain'}>
                {t(`rota.swap-${swap.state}`, { name: nameIn(view, swap.takenBy) })}
              </Tag>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

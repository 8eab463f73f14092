import { addDays } from '@ringdown/call-flow/wall-time';
import type { RotaView } from '@ringdown/protocol/rota';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { ArrowLeftRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-action.ts';
import { type Evening, eveningsBetween } from './evenings.ts';
import { nameIn, shortDay } from './rota-words.ts';
import type { RotaChanges } from './use-rota.ts';

const ANYBODY = 'anybody';
const NOTHING = 'nothing';
const WEEKS_AHEAD = 42;

interface SwapOfferProps {
  readonly view: RotaView;
  readonly evening: Evening;
  readonly changes: RotaChanges;
  readonly onDone: () => void;
}

/** One's own evening, offered to anybody or somebody, perhaps for an evening of theirs. Who takes it consents by that. */
export function SwapOffer({ view, evening, changes, onDone }: SwapOfferProps) {
  const { t } = useTranslation();
  const [to, setTo] = useState<string>(ANYBODY);
  const [wanted, setWanted] = useState<string>(NOTHING);
  const others = view.people.filter(({ operatorId }) => operatorId !== evening.operatorId);
  const theirs = eveningsBetween(view.rota, evening.date, addDays(evening.date, WEEKS_AHEAD)).filter(
    (each) => each.operatorId !== evening.operatorId && (to === ANYBODY || each.operatorId === to),
  );
  const offer = useAction(async () => {
    const chosen = theirs.find((each) => `${each.shift.shiftId} ${each.date}` === wanted);
    await changes.offerSwap({
      shiftId: evening.shift.shiftId,
      date: evening.date,
      to: to === ANYBODY ? null : to,
      inReturn: chosen ? { shiftId: chosen.shift.shiftId, date: chosen.date } : null,
    });
    onDone();
  });
  return (
    <section className="stack rota-form" aria-label={t('rota.offer-title')}>
      <h3>{t('rota.offer-title')}</h3>
      <Select
        label={t('rota.offer-to')}
        value={to}
        onChange={(id) => {
          setTo(id);
          setWanted(NOTHING);
        }}
        choices={[
          { id: ANYBODY, name: t('rota.offer-anybody') },
          ...others.map(({ operatorId, name }) => ({ id: operatorId as string, name })),
        ]}
      />
      <Select
        label={t('rota.offer-return')}
        value={wanted}
        onChange={setWanted}
        choices={[
          { id: NOTHING, name: t('rota.offer-nothing') },
          ...theirs.map((each) => ({
            id: `${each.shift.shiftId} ${each.date}`,
            name: `${shortDay(each.date)} ${each.shift.from}–${each.shift.to} · ${nameIn(view, each.operatorId)}`,
          })),
        ]}
      />
      {offer.failure === undefined ? null : <Notice tone="danger">{offer.failure}</Notice>}
      <div>
        <Button icon={<ArrowLeftRight size={16} aria-hidden />} isPending={offer.busy} onPress={() => offer.run()}>
          {t('rota.offer')}
        </Button>
      </div>
    </section>
  );
}

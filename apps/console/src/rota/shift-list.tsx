import { addDays } from '@ringdown/call-flow/wall-time';
import type { LocalDate, RotaView } from '@ringdown/protocol/rota';
import { Button } from '@ringdown/ui/button';
import { Tag } from '@ringdown/ui/tag';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Evening, eveningsBetween } from './evenings.ts';
import { dayWords, nameIn, shortDay } from './rota-words.ts';

const DAYS = 7;

interface ShiftListProps {
  readonly view: RotaView;
  readonly today: LocalDate;
  readonly onEvening: (evening: Evening) => void;
}

/** The same rota without a pointer: a week of days, each shift a button. */
export function ShiftList({ view, today, onEvening }: ShiftListProps) {
  const { t } = useTranslation();
  const [from, setFrom] = useState(today);
  const days = Array.from({ length: DAYS }, (_, n) => addDays(from, n));
  const evenings = eveningsBetween(view.rota, from, addDays(from, DAYS - 1));
  return (
    <div className="rota-list">
      <div className="row rota-list-head">
        <Button kind="quiet" icon={<ChevronLeft size={18} aria-hidden />} onPress={() => setFrom(addDays(from, -DAYS))}>
          {t('rota.week-before')}
        </Button>
        <Button kind="quiet" icon={<ChevronRight size={18} aria-hidden />} onPress={() => setFrom(addDays(from, DAYS))}>
          {t('rota.week-after')}
        </Button>
        <span role="status" className="quiet">
          {shortDay(from)} – {shortDay(addDays(from, DAYS - 1))}
        </span>
      </div>
      {days.map((date) => (
        <section key={date} aria-label={dayWords(date)} className="rota-day">
          <h3 aria-hidden="true">{dayWords(date)}</h3>
          {evenings.some((each) => each.date === date) ? (
            <ul>
              {evenings
                .filter((each) => each.date === date)
                .map((each) => (
                  <li key={each.shift.shiftId}>
                    <button type="button" className="list-row rota-row" onClick={() => onEvening(each)}>
                      <span className="rota-time">
                        {each.shift.from}–{each.shift.to}
                      </span>
                      <span className="list-row-main">{nameIn(view, each.operatorId)}</span>
                      {each.covered ? (
                        <Tag tone="accent">{t('rota.covers', { name: nameIn(view, each.shift.operatorId) })}</Tag>
                      ) : null}
                      {each.leftOut ? <Tag tone="warning">{t('rota.left-out')}</Tag> : null}
                    </button>
                  </li>
                ))}
            </ul>
          ) : (
            <p className="quiet rota-none">{t('rota.nobody-that-day')}</p>
          )}
        </section>
      ))}
    </div>
  );
}

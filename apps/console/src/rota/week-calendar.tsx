import 'temporal-polyfill/global';
import FullCalendar from '@fullcalendar/react';
import interaction from '@fullcalendar/react/interaction';
import classicTheme from '@fullcalendar/react/themes/classic';
import timeGrid from '@fullcalendar/react/timegrid';
import '@fullcalendar/react/skeleton.css';
import '@fullcalendar/react/themes/classic/theme.css';
import '@fullcalendar/react/themes/classic/palette.css';
import { addDays } from '@ringdown/call-flow/wall-time';
import type { LocalDate, RotaView, WallTime } from '@ringdown/protocol/rota';
import i18next from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Evening, eveningsBetween } from './evenings.ts';
import { hueOf, nameIn } from './rota-words.ts';
import './rota.css';

export interface Slot {
  readonly date: LocalDate;
  readonly from: WallTime;
  readonly to: WallTime;
}

interface WeekCalendarProps {
  readonly view: RotaView;
  readonly today: LocalDate;
  readonly onSlot: (slot: Slot) => void;
  readonly onEvening: (evening: Evening) => void;
  readonly onMoved: (evening: Evening, slot: Slot) => void;
}

/** The calendar draws the hotline's own clocks: it is told times as if they were UTC, and so gives them back. */
const slotOf = (start: Date, end: Date): Slot => ({
  date: start.toISOString().slice(0, 10) as LocalDate,
  from: start.toISOString().slice(11, 16) as WallTime,
  to: end.toISOString().slice(11, 16) as WallTime,
});

const DAY_MS = 86_400_000;

export function WeekCalendar({ view, today, onSlot, onEvening, onMoved }: WeekCalendarProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState({ from: today, to: addDays(today, 7) });
  const evenings = eveningsBetween(view.rota, addDays(shown.from, -1), shown.to);
  const find = (id: string) => evenings.find((each) => `${each.shift.shiftId} ${each.date}` === id);
  const moved = (info: { event: { id: string; start: Date | null; end: Date | null }; revert: () => void }) => {
    const evening = find(info.event.id);
    const { start, end } = info.event;
    // The calendar goes back until the change is saved: what it shows is what is true.
    info.revert();
    if (!evening || !start || !end || end.getTime() - start.getTime() > DAY_MS) return;
    onMoved(evening, slotOf(start, end));
  };
  return (
    <div className="rota-calendar">
      <FullCalendar
        plugins={[timeGrid, interaction, classicTheme]}
        initialView="timeGridWeek"
        initialDate={today}
        timeZone="UTC"
        now={() => `${today}T00:00:00Z`}
        locale={i18next.resolvedLanguage ?? 'en'}
        direction={document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr'}
        firstDay={1}
        allDaySlot={false}
        height="auto"
        slotDuration="01:00:00"
        snapDuration="00:15:00"
        eventTimeFormat={{ hour: '2-digit', minute: '2-digit', hour12: false }}
        slotHeaderFormat={{ hour: '2-digit', minute: '2-digit', hour12: false }}
        dayHeaderFormat={{ weekday: 'short', day: 'numeric', month: 'short' }}
        headerToolbar={{ start: 'title', center: '', end: 'today prev,next' }}
        buttons={{
          today: { text: t('rota.this-week') },
          prev: { hint: t('rota.week-before') },
          next: { hint: t('rota.week-after') },
        }}
        editable={view.mayEdit}
        selectable={view.mayEdit}
        selectMirror
        eventInteractive
        nextDayThreshold="00:00:00"
        select={({ start, end }) => {
          if (end.getTime() - start.getTime() <= DAY_MS) onSlot(slotOf(start, end));
        }}
        eventClick={({ event }) => {
          const evening = find(event.id);
          if (evening) onEvening(evening);
        }}
        eventDrop={moved}
        eventResize={moved}
        datesSet={({ start, end }) =>
          setShown({
            from: start.toISOString().slice(0, 10) as LocalDate,
            to: end.toISOString().slice(0, 10) as LocalDate,
          })
        }
        events={evenings.map((each) => ({
          id: `${each.shift.shiftId} ${each.date}`,
          title: nameIn(view, each.operatorId),
          start: `${each.start}:00Z`,
          end: `${each.end}:00Z`,
          className: 'rota-event',
          color: `light-dark(hsl(${hueOf(view, each.operatorId)} 45% 88%), hsl(${hueOf(view, each.operatorId)} 35% 24%))`,
          contrastColor: 'var(--text)',
        }))}
      />
    </div>
  );
}

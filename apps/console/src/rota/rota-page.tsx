import { localDateOf } from '@ringdown/call-flow/wall-time';
import type { Hotline } from '@ringdown/protocol/http';
import { HotlineId } from '@ringdown/protocol/ids';
import type { RotaView, WallTime } from '@ringdown/protocol/rota';
import { Button } from '@ringdown/ui/button';
import { Blank, Card, SkeletonRows } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { CalendarDays, DoorClosed, List, Plus } from 'lucide-react';
import { lazy, Suspense, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useHotlines } from '../server/lists.ts';
import { useWork } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { Listed } from '../shell/listed.tsx';
import { zoneName } from '../shell/time-words.ts';
import { useAction } from '../shell/use-action.ts';
import { CalendarFile } from './calendar-file.tsx';
import type { Evening } from './evenings.ts';
import { Holidays } from './holidays.tsx';
import { ShiftDialog } from './shift-dialog.tsx';
import { ShiftList } from './shift-list.tsx';
import { Swaps } from './swaps.tsx';
import { type RotaChanges, useRota, useRotaChanges } from './use-rota.ts';
import type { Slot } from './week-calendar.tsx';
import { WhatIfCard } from './what-if-card.tsx';
import './rota.css';

/** Only who looks at the calendar loads it. */
const WeekCalendar = lazy(async () => ({ default: (await import('./week-calendar.tsx')).WeekCalendar }));

const narrow = '(max-width: 719px)';
const useNarrow = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      const query = matchMedia(narrow);
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => matchMedia(narrow).matches,
  );

export function RotaPage() {
  const { t } = useTranslation();
  const hotlines = useHotlines();
  const [chosen, setChosen] = useState<string>();
  return (
    <div className="page rota">
      <h1>{t('nav.rota')}</h1>
      <Listed
        query={hotlines}
        empty={
          <Blank icon={<CalendarDays size={28} aria-hidden />} title={t('rota.no-hotline-title')}>
            {t('rota.no-hotline')}
          </Blank>
        }
      >
        {(items) => {
          const hotline = items.find((each) => each.hotlineId === chosen) ?? items[0];
          return (
            <>
              {items.length > 1 && hotline ? (
                <Select
                  label={t('rota.hotline')}
                  value={hotline.hotlineId}
                  onChange={setChosen}
                  choices={items.map(({ hotlineId, name }) => ({ id: hotlineId as string, name }))}
                />
              ) : null}
              {hotline ? <RotaOf key={hotline.hotlineId} hotline={hotline} /> : null}
            </>
          );
        }}
      </Listed>
    </div>
  );
}

function RotaOf({ hotline }: { hotline: Hotline }) {
  const { t } = useTranslation();
  const query = useRota(HotlineId.parse(hotline.hotlineId));
  const changes = useRotaChanges(HotlineId.parse(hotline.hotlineId));
  if (query.isPending) return <SkeletonRows label={t('list.loading')} />;
  if (!query.data) {
    return (
      <Notice
        tone="warning"
        title={t('list.failed')}
        action={<Button onPress={() => void query.refetch()}>{t('list.again')}</Button>}
      >
        <p>{failureWords(query.error, t)}</p>
      </Notice>
    );
  }
  return <RotaThere view={query.data} changes={changes} />;
}

type Open = { readonly evening: Evening | null; readonly slot: Slot };

function RotaThere({ view, changes }: { view: RotaView; changes: RotaChanges }) {
  const { t } = useTranslation();
  const { me } = useWork().account;
  const isNarrow = useNarrow();
  const [shape, setShape] = useState<'calendar' | 'list'>();
  const [open, setOpen] = useState<Open | null>(null);
  const today = localDateOf(view.serverTime, view.rota.timeZone);
  const shown = shape ?? (isNarrow ? 'list' : 'calendar');
  const openEvening = (evening: Evening) =>
    setOpen({ evening, slot: { date: evening.date, from: evening.shift.from, to: evening.shift.to } });
  return (
    <>
      <Opening view={view} changes={changes} />
      <div className="row rota-tools">
        <Segments
          label={t('rota.shape')}
          value={shown}
          onChange={setShape}
          choices={[
            { id: 'calendar', name: t('rota.calendar'), icon: <CalendarDays size={16} aria-hidden /> },
            { id: 'list', name: t('rota.list'), icon: <List size={16} aria-hidden /> },
          ]}
        />
        {view.mayEdit ? (
          <Button
            kind="primary"
            icon={<Plus size={16} aria-hidden />}
            onPress={() =>
              setOpen({ evening: null, slot: { date: today, from: '18:00' as WallTime, to: '22:00' as WallTime } })
            }
          >
            {t('rota.add')}
          </Button>
        ) : null}
        <span className="quiet">{t('rota.zone', { zone: zoneName(view.rota.timeZone) })}</span>
      </div>
      {view.rota.shifts.length === 0 ? (
        <Notice tone="accent" title={t('rota.empty-title')}>
          {t('rota.empty')}
        </Notice>
      ) : null}
      <Card>
        {shown === 'list' ? (
          <ShiftList view={view} today={today} onEvening={openEvening} />
        ) : (
          <Suspense fallback={<SkeletonRows rows={8} label={t('list.loading')} />}>
            <WeekCalendar
              view={view}
              today={today}
              onEvening={openEvening}
              onSlot={(slot) => setOpen({ evening: null, slot })}
              onMoved={(evening, slot) => setOpen({ evening, slot })}
            />
          </Suspense>
        )}
      </Card>
      <div className="rota-cards">
        <WhatIfCard view={view} today={today} />
        <div className="stack">
          <Swaps view={view} changes={changes} me={me.operatorId} />
          <Holidays view={view} changes={changes} />
          <CalendarFile view={view} changes={changes} />
        </div>
      </div>
      {open ? (
        <ShiftDialog
          key={`${open.evening?.shift.shiftId} ${open.slot.date} ${open.slot.from}`}
          view={view}
          {...open}
          changes={changes}
          me={me.operatorId}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </>
  );
}

/** Closing at once asks nothing: it can be undone where it is said. */
function Opening({ view, changes }: { view: RotaView; changes: RotaChanges }) {
  const { t } = useTranslation();
  const set = useAction(changes.setEmergency);
  const { emergency } = view.rota;
  const inForce = emergency && (emergency.until === null || emergency.until > view.serverTime) ? emergency : null;
  const failure = set.failure === undefined ? null : <Notice tone="danger">{set.failure}</Notice>;
  if (inForce) {
    return (
      <>
        <Notice
          tone="warning"
          live="polite"
          title={t(`rota.emergency-${inForce.state}`)}
          action={
            view.mayEdit ? (
              <Button isPending={set.busy} onPress={() => set.run(null)}>
                {t('rota.undo')}
              </Button>
            ) : null
          }
        >
          {t(`rota.emergency-${inForce.state}-detail`)}
        </Notice>
        {failure}
      </>
    );
  }
  if (!view.mayEdit) return null;
  return (
    <div className="row">
      <Button
        icon={<DoorClosed size={16} aria-hidden />}
        isPending={set.busy}
        onPress={() => set.run({ state: 'closed', until: null })}
      >
        {t('rota.close-now')}
      </Button>
      <Button kind="quiet" isPending={set.busy} onPress={() => set.run({ state: 'open', until: null })}>
        {t('rota.open-now')}
      </Button>
      {failure}
    </div>
  );
}

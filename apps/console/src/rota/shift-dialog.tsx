import { findOverlap } from '@ringdown/call-flow/rota';
import type { OperatorId } from '@ringdown/protocol/ids';
import { LocalDate, type RotaView, Shift, type ShiftId, WallTime } from '@ringdown/protocol/rota';
import { Button } from '@ringdown/ui/button';
import { Segments } from '@ringdown/ui/choice';
import { Dialog } from '@ringdown/ui/dialog';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { CalendarX, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-action.ts';
import { type Evening, moveSeries } from './evenings.ts';
import { nameIn, shortDay } from './rota-words.ts';
import { SwapOffer } from './swap-offer.tsx';
import type { RotaChanges } from './use-rota.ts';
import type { Slot } from './week-calendar.tsx';

interface ShiftDialogProps {
  readonly view: RotaView;
  /** Null: a new shift. */
  readonly evening: Evening | null;
  /** Where it was dragged to or drawn. */
  readonly slot: Slot;
  readonly changes: RotaChanges;
  readonly me: OperatorId;
  readonly onClose: () => void;
}

const RHYTHMS = ['0', '1', '2', '3', '4'] as const;
type Rhythm = (typeof RHYTHMS)[number];
const rhythmOf = (weeks: number): Rhythm => RHYTHMS.find((each) => each === String(weeks)) ?? '1';

/** Which of the fields can't be right, before the server is asked. */
function useDraft({ view, evening, slot }: ShiftDialogProps) {
  const [person, setPerson] = useState<string>(evening?.shift.operatorId ?? view.people[0]?.operatorId ?? '');
  const [date, setDate] = useState<string>(slot.date);
  const [from, setFrom] = useState<string>(slot.from);
  const [to, setTo] = useState<string>(slot.to);
  const [rhythm, setRhythm] = useState<Rhythm>(rhythmOf(evening?.shift.everyWeeks ?? 0));
  const [until, setUntil] = useState<string>(evening?.shift.until ?? '');
  const [scope, setScope] = useState<'one' | 'all'>('one');
  const weekly = evening !== null && evening.shift.everyWeeks > 0;
  const single = scope === 'one' && weekly;

  /** The shift as it would be saved; null while something is missing. */
  const shift = (): Shift | null => {
    const [day, begin, end] = [LocalDate.safeParse(date), WallTime.safeParse(from), WallTime.safeParse(to)];
    const last = until === '' ? null : LocalDate.safeParse(until);
    if (!day.success || !begin.success || !end.success || (last && !last.success)) return null;
    const hours = { from: begin.data, to: end.data };
    if (evening && weekly && !single) {
      const series = moveSeries(evening.shift, evening.date, day.data, hours);
      const everyWeeks = Number(rhythm) || 1;
      return Shift.parse({ ...series, operatorId: person, everyWeeks, until: last?.data ?? null });
    }
    const everyWeeks = single ? 0 : Number(rhythm);
    return Shift.parse({
      ...hours,
      shiftId: evening && !single ? evening.shift.shiftId : crypto.randomUUID(),
      operatorId: person,
      date: day.data,
      everyWeeks,
      until: everyWeeks > 0 ? (last?.data ?? null) : null,
      except: [],
    });
  };
  const fields = { person, setPerson, date, setDate, from, setFrom, to, setTo, rhythm, setRhythm, until, setUntil };
  return { ...fields, scope, setScope, weekly, single, shift };
}

function useOverlapWords(view: RotaView, evening: Evening | null) {
  const { t } = useTranslation();
  return (shift: Shift, single: boolean): string | undefined => {
    const rest = view.rota.shifts.filter((each) => each.shiftId !== evening?.shift.shiftId);
    const series = single && evening ? [{ ...evening.shift, except: [...evening.shift.except, evening.date] }] : [];
    const overlap = findOverlap({ ...view.rota, shifts: [...rest, ...series, shift] }, [shift.operatorId]);
    if (!overlap) return undefined;
    const otherId: ShiftId = overlap.shifts[0] === shift.shiftId ? overlap.shifts[1] : overlap.shifts[0];
    const other = view.rota.shifts.find((each) => each.shiftId === otherId);
    return t('rota.overlap', {
      name: nameIn(view, shift.operatorId),
      from: other?.from ?? '',
      to: other?.to ?? '',
      day: shortDay(overlap.date),
    });
  };
}

export function ShiftDialog(props: ShiftDialogProps) {
  const { view, evening, changes, me, onClose } = props;
  const { t } = useTranslation();
  const draft = useDraft(props);
  const overlapWords = useOverlapWords(view, evening);
  const [wrong, setWrong] = useState<string>();
  const save = useAction(async (shift: Shift) => {
    const { revision } = view.rota;
    if (!evening) await changes.addShift(revision, shift);
    else if (draft.single) await changes.moveEvening(revision, evening.shift, evening.date, shift);
    else await changes.saveShift(revision, shift);
    onClose();
  });
  const remove = useAction(async (all: boolean) => {
    if (evening) await changes.removeShift(evening.shift, all ? undefined : evening.date);
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const shift = draft.shift();
    const words = shift ? overlapWords(shift, draft.single) : t('rota.incomplete');
    setWrong(words);
    if (shift && words === undefined) save.run(shift);
  };
  const failure = wrong ?? save.failure ?? remove.failure;
  const title = evening ? t('rota.shift-of', { name: nameIn(view, evening.operatorId) }) : t('rota.add');
  return (
    <Dialog title={title} closeWord={t('close')} open onClose={onClose}>
      {view.mayEdit ? (
        <form className="stack rota-form" onSubmit={submit} noValidate>
          {draft.weekly ? (
            <Segments
              label={t('rota.change-what')}
              value={draft.scope}
              onChange={draft.setScope}
              choices={[
                { id: 'one', name: t('rota.only-this') },
                { id: 'all', name: t('rota.whole-series') },
              ]}
            />
          ) : null}
          <ShiftFields draft={draft} view={view} />
          {failure === undefined ? null : (
            <Notice tone="danger" live="alert">
              {failure}
            </Notice>
          )}
          <div className="row">
            <Button kind="primary" type="submit" isPending={save.busy}>
              {t('save')}
            </Button>
            {draft.weekly ? (
              <Button
                icon={<CalendarX size={16} aria-hidden />}
                onPress={() => remove.run(false)}
                isPending={remove.busy}
              >
                {t('rota.remove-evening')}
              </Button>
            ) : null}
            {evening ? (
              <Button icon={<Trash2 size={16} aria-hidden />} onPress={() => remove.run(true)} isPending={remove.busy}>
                {t(draft.weekly ? 'rota.remove-series' : 'rota.remove')}
              </Button>
            ) : null}
          </div>
        </form>
      ) : (
        <p className="rota-form">
          {shortDay(props.slot.date)} · {props.slot.from}–{props.slot.to}
        </p>
      )}
      {evening && evening.operatorId === me && evening.startsAt > view.serverTime ? (
        <SwapOffer view={view} evening={evening} changes={changes} onDone={onClose} />
      ) : null}
    </Dialog>
  );
}

function ShiftFields({ draft, view }: { draft: ReturnType<typeof useDraft>; view: RotaView }) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t('rota.person')}
        value={draft.person}
        onChange={draft.setPerson}
        choices={view.people.map(({ operatorId, name }) => ({ id: operatorId as string, name }))}
      />
      <Field label={t('rota.day')} type="date" value={draft.date} onChange={draft.setDate} required />
      <div className="row rota-hours">
        <Field label={t('rota.from')} type="time" value={draft.from} onChange={draft.setFrom} required />
        <Field
          label={t('rota.to')}
          type="time"
          value={draft.to}
          onChange={draft.setTo}
          required
          hint={draft.to !== '' && draft.to <= draft.from ? t('rota.next-day') : undefined}
        />
      </div>
      {draft.single ? null : (
        <Select
          label={t('rota.repeat')}
          value={draft.rhythm}
          onChange={draft.setRhythm}
          choices={RHYTHMS.filter((each) => !draft.weekly || each !== '0').map((id) => ({
            id,
            name: t(`rota.every-${id}`),
          }))}
        />
      )}
      {draft.single || draft.rhythm === '0' ? null : (
        <Field
          label={t('rota.until')}
          type="date"
          value={draft.until}
          onChange={draft.setUntil}
          hint={t('rota.until-hint')}
        />
      )}
    </>
  );
}

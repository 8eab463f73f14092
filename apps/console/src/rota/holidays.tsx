import { Holiday, type RotaView } from '@ringdown/protocol/rota';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-action.ts';
import { shortDay } from './rota-words.ts';
import type { RotaChanges } from './use-rota.ts';

export function Holidays({ view, changes }: { view: RotaView; changes: RotaChanges }) {
  const { t } = useTranslation();
  const remove = useAction(changes.removeHoliday);
  const { holidays } = view.rota;
  return (
    <Card title={t('rota.holidays')} padded>
      <div className="stack">
        {holidays.length === 0 ? <p className="quiet">{t('rota.no-holidays')}</p> : null}
        {holidays.length > 0 ? (
          <ul>
            {holidays.map((holiday) => (
              <li key={holiday.holidayId} className="row">
                <span className="list-row-main">
                  <strong>{holiday.name}</strong>
                  <span className="quiet rota-line">
                    {shortDay(holiday.from)}
                    {holiday.to === holiday.from ? '' : ` – ${shortDay(holiday.to)}`} ·{' '}
                    {t(`rota.effect-${holiday.effect}`)}
                  </span>
                </span>
                {view.mayEdit ? (
                  <Button
                    kind="quiet"
                    icon={<Trash2 size={16} aria-hidden />}
                    isPending={remove.busy}
                    onPress={() => remove.run(holiday.holidayId)}
                  >
                    {t('rota.remove')}
                    <span className="only-read"> {holiday.name}</span>
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        ) : null}
        {remove.failure === undefined ? null : <Notice tone="danger">{remove.failure}</Notice>}
        {view.mayEdit ? <HolidayForm changes={changes} /> : null}
      </div>
    </Card>
  );
}

function HolidayForm({ changes }: { changes: RotaChanges }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [effect, setEffect] = useState<Holiday['effect']>('closed');
  const [incomplete, setIncomplete] = useState(false);
  const save = useAction(async (holiday: Holiday) => {
    await changes.saveHoliday(holiday);
    setName('');
    setFrom('');
    setTo('');
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const holiday = Holiday.safeParse({ holidayId: crypto.randomUUID(), name, from, to: to || from, effect });
    setIncomplete(!holiday.success);
    if (holiday.success) save.run(holiday.data);
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Field label={t('rota.holiday-name')} value={name} onChange={setName} maxLength={80} />
      <div className="row rota-hours">
        <Field label={t('rota.first-day')} type="date" value={from} onChange={setFrom} />
        <Field label={t('rota.last-day')} type="date" value={to} onChange={setTo} />
      </div>
      <Select
        label={t('rota.effect')}
        value={effect}
        onChange={setEffect}
        choices={[
          { id: 'closed', name: t('rota.effect-closed') },
          { id: 'one-off-only', name: t('rota.effect-one-off-only') },
        ]}
      />
      {incomplete || save.failure !== undefined ? (
        <Notice tone="danger" live="alert">
          {incomplete ? t('rota.incomplete') : save.failure}
        </Notice>
      ) : null}
      <div>
        <Button type="submit" isPending={save.busy}>
          {t('rota.add-holiday')}
        </Button>
      </div>
    </form>
  );
}

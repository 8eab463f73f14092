import type { OpeningHours } from '@ringdown/protocol/http';
import { Choices, Switch } from '@ringdown/ui/choice';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import './hours-field.css';

type Weekly = Extract<OpeningHours, { kind: 'weekly' }>;
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const OFFICE: Weekly['periods'] = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '17:00' }));

/** 1970-01-05 was a Monday. */
const weekdayName = (weekday: number) =>
  new Intl.DateTimeFormat(i18next.resolvedLanguage ?? 'en', { weekday: 'long', timeZone: 'UTC' }).format(
    Date.UTC(1970, 0, 4 + weekday),
  );

/** One period a day here; what others set up with more periods is kept and shown by its first. */
export function HoursField({ value, onChange }: { value: OpeningHours; onChange: (value: OpeningHours) => void }) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <Choices
        label={t('hours.label')}
        value={value.kind}
        onChange={(kind) => onChange(kind === 'always' ? { kind } : { kind, periods: OFFICE })}
        choices={[
          { id: 'always', name: t('hours.always') },
          { id: 'weekly', name: t('hours.weekly'), detail: t('hours.weekly-detail') },
        ]}
      />
      {value.kind === 'weekly' ? (
        <div className="stack-close">
          {WEEKDAYS.map((weekday) => (
            <Day key={weekday} weekday={weekday} value={value} onChange={onChange} />
          ))}
        </div>
      ) : null}
    </div>
  );
}

function Day({ weekday, value, onChange }: { weekday: number; value: Weekly; onChange: (value: Weekly) => void }) {
  const { t } = useTranslation();
  const name = weekdayName(weekday);
  const period = value.periods.find((each) => each.weekday === weekday);
  const others = value.periods.filter((each) => each.weekday !== weekday);
  const put = (changed: Weekly['periods'][number] | null) =>
    onChange({
      kind: 'weekly',
      periods: [...others, ...(changed ? [changed] : [])].toSorted((a, b) => a.weekday - b.weekday),
    });
  return (
    <div className="period">
      <Switch
        label={name}
        on={period !== undefined}
        onChange={(on) => put(on ? { weekday, from: '09:00', to: '17:00' } : null)}
      />
      {period ? (
        <span className="row">
          <input
            type="time"
            aria-label={t('hours.from', { day: name })}
            value={period.from}
            onChange={({ target }) => put({ ...period, from: target.value || period.from })}
          />
          –
          <input
            type="time"
            aria-label={t('hours.to', { day: name })}
            value={period.to}
            onChange={({ target }) => put({ ...period, to: target.value || period.to })}
          />
          {period.to <= period.from ? <span className="quiet small">{t('hours.past-midnight')}</span> : null}
        </span>
      ) : (
        <span className="quiet">{t('hours.closed')}</span>
      )}
    </div>
  );
}

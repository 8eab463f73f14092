import { type CalendarDate, parseDate } from '@internationalized/date';
import { CalendarDays, ChevronLeft, ChevronRight } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { DateInput, DateSegment } from 'react-aria-components/DateField';
import { DateRangePicker } from 'react-aria-components/DateRangePicker';
import { Dialog } from 'react-aria-components/Dialog';
import { FieldError } from 'react-aria-components/FieldError';
import { Group } from 'react-aria-components/Group';
import { Heading } from 'react-aria-components/Heading';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { Label } from 'react-aria-components/Label';
import { Popover } from 'react-aria-components/Popover';
import { CalendarCell, CalendarGrid, RangeCalendar } from 'react-aria-components/RangeCalendar';
import './field.css';
import './select.css';
import './date-range.css';

interface DateRangeProps {
  readonly label: string;
  /** Of the interface: the order of day and month, the first day of a week, the calendar's own words. */
  readonly language: string;
  /** `2026-03-29`, both included. */
  readonly from: string;
  readonly to: string;
  readonly latest?: string;
  readonly onChange: (range: { from: string; to: string }) => void;
  readonly error?: string | undefined;
}

/** Two days, typed or picked from a calendar. */
export function DateRange({ label, language, from, to, latest, onChange, error }: DateRangeProps) {
  return (
    <I18nProvider locale={language}>
      <DateRangePicker<CalendarDate>
        className="field"
        value={{ start: parseDate(from), end: parseDate(to) }}
        onChange={(range) => range && onChange({ from: range.start.toString(), to: range.end.toString() })}
        {...(latest === undefined ? {} : { maxValue: parseDate(latest) })}
        isInvalid={error !== undefined}
      >
        <Label className="field-label">{label}</Label>
        <Group className="date-range">
          <DateInput slot="start" className="date-range-day">
            {(segment) => <DateSegment segment={segment} className="date-range-segment" />}
          </DateInput>
          <span aria-hidden="true">–</span>
          <DateInput slot="end" className="date-range-day">
            {(segment) => <DateSegment segment={segment} className="date-range-segment" />}
          </DateInput>
          <Button className="date-range-open">
            <CalendarDays size={18} aria-hidden />
          </Button>
        </Group>
        {error === undefined ? null : <FieldError className="field-error">{error}</FieldError>}
        <Popover className="popover">
          <Dialog className="date-range-dialog">
            <RangeCalendar>
              <header className="date-range-head">
                <Button slot="previous" className="date-range-turn">
                  <ChevronLeft size={18} aria-hidden />
                </Button>
                <Heading />
                <Button slot="next" className="date-range-turn">
                  <ChevronRight size={18} aria-hidden />
                </Button>
              </header>
              <CalendarGrid>{(date) => <CalendarCell date={date} className="date-range-cell" />}</CalendarGrid>
            </RangeCalendar>
          </Dialog>
        </Popover>
      </DateRangePicker>
    </I18nProvider>
  );
}

import type { Report, ReportRow } from '@ringdown/protocol/reports';
import i18next, { type TFunction } from 'i18next';
import { languageLabel } from '../shell/label-words.ts';
import { clockTime } from '../shell/time-words.ts';

const language = () => i18next.resolvedLanguage ?? 'en';

/** A row's name: an hour of the clock, a day, a language, a hotline. */
export function rowName(report: Report, { key }: Pick<ReportRow, 'key'>, t: TFunction): string {
  switch (report.by) {
    case 'hour':
      return new Intl.DateTimeFormat(language(), { hour: 'numeric', timeZone: 'UTC' }).format(
        Date.UTC(2000, 0, 1, Number(key)),
      );
    case 'day':
      return new Intl.DateTimeFormat(language(), {
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        timeZone: 'UTC',
      }).format(Date.parse(key));
    case 'language':
      return key === 'und' ? t('reports.no-language') : languageLabel(key);
    case 'hotline':
      return report.hotlines.find(({ hotlineId }) => hotlineId === key)?.name ?? key;
  }
}

export const duration = (ms: number | null, none: string): string => (ms === null ? none : clockTime(ms));

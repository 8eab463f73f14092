import type { Report, ReportRow } from '@ringdown/protocol/reports';
import { stringify } from 'csv-stringify/sync';

/** RFC 4180, for spreadsheets: a field that one would take for a formula (a hotline may be named `=…`) is quoted as text. */
export function reportCsv(report: Report): string {
  const names = new Map<string, string>(report.hotlines.map(({ hotlineId, name }) => [hotlineId, name]));
  const nameOf = ({ key }: ReportRow): string => {
    if (report.by === 'hotline') return names.get(key) ?? key;
    return report.by === 'hour' ? `${key.padStart(2, '0')}:00` : key;
  };
  const seconds = (ms: number | null): string => (ms === null ? '' : (ms / 1_000).toFixed(1));
  const share = (value: number | null): string => (value === null ? '' : value.toFixed(4));
  const lines = report.rows.map((row) => [
    nameOf(row),
    row.calls,
    row.answered,
    row.answeredInTime,
    row.abandoned,
    row.abandonedAtOnce,
    row.unanswered,
    share(row.serviceLevel),
    share(row.serviceLevelWithShort),
    share(row.abandonment),
    seconds(row.speedOfAnswerMs),
    seconds(row.longestWaitMs),
    seconds(row.handleTimeMs),
  ]);
  return stringify(lines, {
    header: true,
    columns: [
      report.by,
      'calls',
      'answered',
      'answered_in_time',
      'abandoned',
      'abandoned_at_once',
      'unanswered',
      'service_level',
      'service_level_with_short',
      'abandonment',
      'speed_of_answer_s',
      'longest_wait_s',
      'handle_time_s',
    ],
    record_delimiter: 'windows',
    escape_formulas: true,
    bom: true,
  });
}

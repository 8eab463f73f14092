import { NO_CALLS } from '@ringdown/call-flow/figures';
import { Report } from '@ringdown/protocol/reports';
import { describe, expect, it } from 'vitest';
import { reportCsv } from './report-csv.ts';
import { toFigures } from './reports.service.ts';

const HOTLINE = '00000000-0000-4000-8000-000000000001';
const sums = {
  ...NO_CALLS,
  calls: 3,
  answered: 2,
  answeredInTime: 1,
  abandoned: 1,
  answerMs: 30_400,
  longestMs: 25_000,
};
const report = (by: 'hotline' | 'hour', key: string, name = 'Line') =>
  Report.parse({
    by,
    from: '2026-03-29',
    to: '2026-03-29',
    asOf: 1,
    hotlines: [{ hotlineId: HOTLINE, name, timeZone: 'UTC', goal: { thresholdMs: 20_000, percent: 80 } }],
    goal: null,
    total: toFigures(sums),
    rows: [{ key, ...toFigures(sums) }],
  });

describe('a report as CSV', () => {
  it('has one line a row after the heading, ended by CRLF (RFC 4180), with a byte order mark for spreadsheets', () => {
    expect(reportCsv(report('hour', '7'))).toBe(
      '\uFEFFhour,calls,answered,answered_in_time,abandoned,abandoned_at_once,unanswered,service_level,service_level_with_short,' +
        'abandonment,speed_of_answer_s,longest_wait_s,handle_time_s\r\n' +
        '07:00,3,2,1,1,0,0,0.3333,0.3333,0.3333,15.2,25.0,\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('a hotline named %j can’t become a formula', (name) => {
    const [, line = ''] = reportCsv(report('hotline', HOTLINE, name)).split('\r\n');
    expect(line).toMatch(/^"?'/);
    expect(line).toContain(name);
  });

  it('a name with a comma, a quote and a line break stays one field', () => {
    expect(reportCsv(report('hotline', HOTLINE, 'Jail, "North"\nwing'))).toContain('\r\n"Jail, ""North""\nwing",3,');
  });
});

import type { Report, ReportFigures } from '@ringdown/protocol/reports';
import { useTranslation } from 'react-i18next';
import { percent, wholeNumber } from '../shell/number-words.ts';
import { ServiceLevel } from '../supervise/figures.tsx';
import { duration, rowName } from './report-words.ts';

/** Every figure of the chart and those that it has no room for. */
export function ReportTable({ report }: { report: Report }) {
  const { t } = useTranslation();
  const goalOf = (key: string) =>
    report.by === 'hotline' ? (report.hotlines.find(({ hotlineId }) => hotlineId === key)?.goal ?? null) : report.goal;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className="floor-scroll" role="region" aria-label={t('reports.table')} tabIndex={0}>
      <table className="floor-table">
        <thead>
          <tr>
            <th scope="col">{t(`reports.by-${report.by}`)}</th>
            <th scope="col">{t('reports.calls')}</th>
            <th scope="col">{t('reports.answered')}</th>
            <th scope="col">{t('floor.in-time')}</th>
            <th scope="col">{t('reports.abandoned')}</th>
            <th scope="col">{t('reports.at-once')}</th>
            <th scope="col">{t('reports.unanswered')}</th>
            <th scope="col">{t('reports.speed-of-answer')}</th>
            <th scope="col">{t('reports.longest-wait')}</th>
            <th scope="col">{t('reports.handle-time')}</th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{rowName(report, row, t)}</th>
              <Cells figures={row} goal={goalOf(row.key)} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('reports.total')}</th>
            <Cells figures={report.total} goal={report.goal} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Cells({ figures, goal }: { figures: ReportFigures; goal: Report['goal'] }) {
  const { t } = useTranslation();
  const none = t('floor.none');
  const { abandonment } = figures;
  return (
    <>
      <td>{wholeNumber(figures.calls)}</td>
      <td>{wholeNumber(figures.answered)}</td>
      <td>
        <ServiceLevel figures={figures} goal={goal} />
      </td>
      <td>
        {wholeNumber(figures.abandoned)}
        {abandonment ? <span className="quiet"> ({percent(abandonment)})</span> : null}
      </td>
      <td>{wholeNumber(figures.abandonedAtOnce)}</td>
      <td>{wholeNumber(figures.unanswered)}</td>
      <td>{duration(figures.speedOfAnswerMs, none)}</td>
      <td>{duration(figures.longestWaitMs, none)}</td>
      <td>{duration(figures.handleTimeMs, none)}</td>
    </>
  );
}

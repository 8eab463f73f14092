import { MAX_REPORT_DAYS, type Report, ReportBy, ReportPeriod, ReportQuery } from '@ringdown/protocol/reports';
import { Button, buttonClass } from '@ringdown/ui/button';
import { Blank, Card, SkeletonRows } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { DateRange } from '@ringdown/ui/date-range';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { ChartColumn, Download } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHotlines } from '../server/lists.ts';
import { RestFailure } from '../server/rest.ts';
import { useServices } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { percent, wholeNumber } from '../shell/number-words.ts';
import { dayWords, zoneName } from '../shell/time-words.ts';
import { Figure, ServiceLevel } from '../supervise/figures.tsx';
import { ReportTable } from './report-table.tsx';
import { duration } from './report-words.ts';
import { type ReportChoice, useReport } from './use-report.ts';
import '../supervise/supervise.css';
import './reports.css';

/** The library of charts is fetched when there is something to draw. */
const ReportChart = lazy(async () => ({ default: (await import('./report-chart.tsx')).ReportChart }));
const EVERY = 'every';
const DAY_MS = 86_400_000;

const dayBefore = (now: number, days: number) => new Date(now - days * DAY_MS).toISOString().slice(0, 10);

/** A4: how the hotlines did over days, by the same figures as the wallboard's. */
export function Reports() {
  const { t, i18n } = useTranslation();
  const { now } = useServices();
  const [choice, setChoice] = useState<ReportChoice>(() => ({
    period: 'today',
    by: 'hour',
    hotlineId: null,
    days: { from: dayBefore(now(), 13), to: dayBefore(now(), 0) },
  }));
  const possible = choice.period !== 'custom' || ReportQuery.safeParse(asked(choice)).success;
  const { query, csvPath } = useReport(choice, possible);
  const choose = (change: Partial<ReportChoice>) => setChoice({ ...choice, ...change });
  return (
    <div className="page page-wide">
      <div className="page-head">
        <h1>{t('nav.reports')}</h1>
        <a className={buttonClass('secondary')} href={csvPath} download>
          <Download size={16} aria-hidden />
          <span>{t('reports.csv')}</span>
        </a>
      </div>
      <div className="report-choice">
        <Select
          label={t('reports.period')}
          value={choice.period}
          onChange={(period) => choose({ period, by: usualBy(period, choice.by) })}
          choices={ReportPeriod.options.map((id) => ({ id, name: t(`reports.period-${id}`) }))}
        />
        {choice.period === 'custom' ? (
          <DateRange
            label={t('reports.days')}
            language={i18n.resolvedLanguage ?? 'en'}
            {...choice.days}
            onChange={(days) => choose({ days })}
            error={possible ? undefined : t('reports.too-long', { count: MAX_REPORT_DAYS })}
          />
        ) : null}
        <HotlineChoice value={choice.hotlineId} onChange={(hotlineId) => choose({ hotlineId })} />
        <Segments
          label={t('reports.by')}
          value={choice.by}
          onChange={(by) => choose({ by })}
          choices={ReportBy.options.map((id) => ({ id, name: t(`reports.by-${id}`) }))}
        />
      </div>
      {query.data ? (
        <ReportView report={query.data} />
      ) : query.isPending ? (
        <SkeletonRows rows={8} label={t('list.loading')} />
      ) : null}
      {query.error && possible ? (
        <Notice
          tone="warning"
          title={t(query.error instanceof RestFailure && query.error.status === 403 ? 'list.refused' : 'list.failed')}
          action={<Button onPress={() => void query.refetch()}>{t('list.again')}</Button>}
        >
          {failureWords(query.error, t)}
        </Notice>
      ) : null}
    </div>
  );
}

const asked = ({ period, by, days }: ReportChoice) => ({ period, by, ...days });

/** One day is looked at by its hours, several by days; what was chosen beside these stays. */
const usualBy = (period: ReportPeriod, by: ReportBy): ReportBy => {
  if (by === 'language' || by === 'hotline') return by;
  return period === 'today' || period === 'yesterday' ? 'hour' : 'day';
};

function HotlineChoice({ value, onChange }: { value: string | null; onChange: (value: string | null) => void }) {
  const { t } = useTranslation();
  const hotlines = useHotlines();
  if (!hotlines.data || hotlines.data.length < 2) return null;
  return (
    <Select
      label={t('reports.by-hotline')}
      value={value ?? EVERY}
      onChange={(id) => onChange(id === EVERY ? null : id)}
      choices={[
        { id: EVERY, name: t('calls.every-hotline') },
        ...hotlines.data.map(({ hotlineId, name }) => ({ id: hotlineId as string, name })),
      ]}
    />
  );
}

function ReportView({ report }: { report: Report }) {
  const { t } = useTranslation();
  const { total, goal } = report;
  const none = t('floor.none');
  const zones = [...new Set(report.hotlines.map(({ timeZone }) => zoneName(timeZone)))].join(', ');
  const span = report.from === report.to ? dayWords(report.from) : `${dayWords(report.from)} – ${dayWords(report.to)}`;
  return (
    <>
      <p className="quiet">
        {span} · {t('rota.zone', { zone: zones })}
      </p>
      {total.calls === 0 ? (
        <Card>
          <Blank icon={<ChartColumn size={28} aria-hidden />} title={t('reports.empty-title')}>
            {t('reports.empty')}
          </Blank>
        </Card>
      ) : (
        <>
          <Card padded>
            <dl className="figures">
              <Figure name={t('reports.calls')}>{wholeNumber(total.calls)}</Figure>
              <Figure
                name={
                  goal
                    ? t('floor.service-level', {
                        seconds: goal.thresholdMs / 1_000,
                        goal: percent(goal.percent / 100),
                      })
                    : t('floor.in-time')
                }
              >
                <ServiceLevel figures={total} goal={goal} />
              </Figure>
              <Figure name={t('reports.abandonment')}>
                {total.abandonment === null ? none : percent(total.abandonment)}
              </Figure>
              <Figure name={t('reports.speed-of-answer')}>{duration(total.speedOfAnswerMs, none)}</Figure>
              <Figure name={t('reports.handle-time')}>{duration(total.handleTimeMs, none)}</Figure>
            </dl>
          </Card>
          <Card title={t('reports.chart')} padded>
            <Suspense fallback={<div className="report-chart-space" aria-hidden="true" />}>
              <ReportChart report={report} />
            </Suspense>
          </Card>
          <Card title={t('reports.table')}>
            <ReportTable report={report} />
          </Card>
        </>
      )}
    </>
  );
}

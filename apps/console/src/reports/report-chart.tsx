import type { Report } from '@ringdown/protocol/reports';
import { useTranslation } from 'react-i18next';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { percent, wholeNumber } from '../shell/number-words.ts';
import { rowName } from './report-words.ts';

const PARTS = ['answered', 'abandoned', 'unanswered'] as const;
const COLOUR = { answered: 'var(--accent)', abandoned: 'var(--waiting)', unanswered: 'var(--line-strong)' } as const;
const AXIS = { stroke: 'var(--line-strong)', tick: { fill: 'var(--text-quiet)', fontSize: 12 } } as const;
const TOOLTIP = {
  cursor: { fill: 'var(--hover)' },
  contentStyle: { background: 'var(--raised)', border: '1px solid var(--line)', borderRadius: 6, color: 'var(--text)' },
  itemStyle: { color: 'var(--text)' },
  isAnimationActive: false,
} as const;

/** The table beside it says the same in numbers: for whoever doesn't see it, the picture is named and left out. */
export function ReportChart({ report }: { report: Report }) {
  const { t } = useTranslation();
  const rtl = document.documentElement.dir === 'rtl';
  const rows = report.rows.map((row) => ({ ...row, name: rowName(report, row, t) }));
  const inTurn = report.by === 'hour' || report.by === 'day';
  const { goal } = report;
  return (
    <>
      <figure role="img" aria-label={t('reports.chart-about', { count: report.total.calls })}>
        <ul className="report-legend" aria-hidden="true">
          {PARTS.map((part) => (
            <li key={part}>
              <span className="report-swatch" style={{ background: COLOUR[part] }} />
              {t(`reports.${part}`)}
            </li>
          ))}
        </ul>
        <ResponsiveContainer width="100%" height={inTurn ? 260 : Math.max(120, 44 * rows.length + 40)}>
          <BarChart
            data={rows}
            layout={inTurn ? 'horizontal' : 'vertical'}
            accessibilityLayer={false}
            barCategoryGap="20%"
          >
            <CartesianGrid stroke="var(--line)" vertical={!inTurn} horizontal={inTurn} />
            {inTurn ? (
              <>
                <XAxis dataKey="name" {...AXIS} reversed={rtl} tickLine={false} minTickGap={16} />
                <YAxis
                  {...AXIS}
                  orientation={rtl ? 'right' : 'left'}
                  allowDecimals={false}
                  axisLine={false}
                  tickLine={false}
                  width={40}
                />
              </>
            ) : (
              <>
                <XAxis type="number" {...AXIS} reversed={rtl} allowDecimals={false} tickLine={false} />
                <YAxis
                  type="category"
                  dataKey="name"
                  {...AXIS}
                  orientation={rtl ? 'right' : 'left'}
                  tickLine={false}
                  width={120}
                />
              </>
            )}
            <Tooltip {...TOOLTIP} formatter={(value) => wholeNumber(Number(value))} />
            {PARTS.map((part) => (
              <Bar
                key={part}
                dataKey={part}
                name={t(`reports.${part}`)}
                stackId="calls"
                fill={COLOUR[part]}
                stroke="var(--raised)"
                strokeWidth={1}
                isAnimationActive={false}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </figure>
      {inTurn ? (
        <figure role="img" aria-label={t('reports.level-about')}>
          <figcaption className="report-legend" aria-hidden="true">
            {goal
              ? t('floor.service-level', { seconds: goal.thresholdMs / 1_000, goal: percent(goal.percent / 100) })
              : t('floor.in-time')}
          </figcaption>
          <ResponsiveContainer width="100%" height={160}>
            <LineChart data={rows} accessibilityLayer={false}>
              <CartesianGrid stroke="var(--line)" vertical={false} />
              <XAxis dataKey="name" {...AXIS} reversed={rtl} tickLine={false} minTickGap={16} />
              <YAxis
                {...AXIS}
                orientation={rtl ? 'right' : 'left'}
                domain={[0, 1]}
                ticks={[0, 0.5, 1]}
                tickFormatter={percent}
                axisLine={false}
                tickLine={false}
                width={40}
              />
              {goal ? <ReferenceLine y={goal.percent / 100} stroke="var(--text-quiet)" strokeDasharray="4 4" /> : null}
              <Tooltip {...TOOLTIP} formatter={(value) => percent(Number(value))} />
              <Line
                dataKey="serviceLevel"
                name={t('floor.in-time')}
                stroke="var(--accent)"
                strokeWidth={2}
                dot={{ r: 3, fill: 'var(--accent)' }}
                isAnimationActive={false}
              />
            </LineChart>
          </ResponsiveContainer>
        </figure>
      ) : null}
    </>
  );
}

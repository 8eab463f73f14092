import type { FloorFigures } from '@ringdown/protocol/floor';
import type { ServiceGoal } from '@ringdown/protocol/reports';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Timer } from '../shell/moving-time.tsx';
import { percent } from '../shell/number-words.ts';

/** The figures of the floor; docs/glossary.md says what each counts. */
export function Figures({ figures, goal }: { figures: FloorFigures; goal: ServiceGoal | null }) {
  const { t } = useTranslation();
  const { longestSince } = figures;
  const words = goal && { seconds: goal.thresholdMs / 1_000, goal: percent(goal.percent / 100) };
  return (
    <dl className="figures">
      <Figure name={t('floor.waiting')}>{figures.waiting}</Figure>
      <Figure name={t('floor.longest')}>
        {longestSince === null ? t('floor.none') : <Timer since={longestSince} />}
      </Figure>
      <Figure name={t('floor.available')}>{figures.available}</Figure>
      <Figure name={words ? t('floor.service-level', words) : t('floor.in-time')}>
        <ServiceLevel figures={figures} goal={goal} />
      </Figure>
      <Figure name={t('floor.answered')}>{figures.answered}</Figure>
      <Figure name={t('floor.abandoned')}>{figures.abandoned}</Figure>
    </dl>
  );
}

/** Beside its goal: below it with a mark as well as a colour. */
export function ServiceLevel({
  figures: { serviceLevel },
  goal,
}: {
  figures: Pick<FloorFigures, 'serviceLevel'>;
  goal: ServiceGoal | null;
}) {
  const { t } = useTranslation();
  if (serviceLevel === null) return t('floor.none');
  if (!goal || serviceLevel * 100 >= goal.percent) return percent(serviceLevel);
  return (
    <span className="below-goal">
      {percent(serviceLevel)}
      <TriangleAlert className="below-goal-mark" aria-hidden />
      <span className="only-read">{t('floor.below-goal')}</span>
    </span>
  );
}

export function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

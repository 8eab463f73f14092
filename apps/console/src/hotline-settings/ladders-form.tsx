import type { Hotline } from '@ringdown/protocol/http';
import { LadderNumber } from '@ringdown/protocol/http';
import type { LadderCause } from '@ringdown/protocol/ladder';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Switch } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useServices } from '../services.tsx';
import { spokenDuration } from '../shell/time-words.ts';
import { useAction } from '../shell/use-action.ts';
import { useMovedRow } from '../shell/use-moved-row.ts';
import {
  boundOf,
  CAUSES,
  changeStep,
  type DraftPlan,
  type DraftStep,
  faultOf,
  freeHotlines,
  MAX_STEPS,
  moveStep,
  newStep,
  type OnStep,
  removeStep,
  sourcesOf,
  toDraft,
  toLadders,
} from './ladder-draft.ts';
import { SaveLine, useSave } from './save-line.tsx';
import './ladders.css';

const useLadderNumbers = ({ hotlineId }: Hotline) => {
  const { rest } = useServices();
  return useQuery({
    queryKey: ['ladder-numbers', hotlineId],
    queryFn: () => rest.ask(z.array(LadderNumber), `/api/hotlines/${hotlineId}/ladder-numbers`),
  });
};

interface Known {
  readonly hotline: Hotline;
  readonly hotlines: readonly Hotline[];
}

/** Q7: what callers get in the place of a person, in this order. */
export function LaddersForm({ hotline, hotlines }: Known) {
  const { t, i18n } = useTranslation();
  const save = useSave(hotline);
  const [draft, setDraft] = useState(() => toDraft(hotline.settings.ladders));
  const ladders = toLadders(draft);
  const fault = faultOf(hotline, hotlines, ladders);
  const sources = sourcesOf(hotline, hotlines);
  const words = new Intl.ListFormat(i18n.resolvedLanguage ?? 'en');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!fault) save.run({ settings: { ladders } });
  };
  return (
    <Card title={t('ladder.title')} padded>
      <form className="stack" onSubmit={submit}>
        <p className="quiet">{t('ladder.lead')}</p>
        {sources.length > 0 ? <p>{t('ladder.sources', { hotlines: words.format(sources) })}</p> : null}
        {CAUSES.map((cause) => (
          <Plan
            key={cause}
            cause={cause}
            hotline={hotline}
            hotlines={hotlines}
            plan={draft[cause]}
            onChange={(plan) => setDraft((now) => ({ ...now, [cause]: plan(now[cause]) }))}
          />
        ))}
        {fault ? (
          <Notice tone="danger" title={t(`ladder.${fault.fault}`)} live="polite">
            <span className="ladder-path">{fault.path.join(' → ')}</span>
          </Notice>
        ) : (
          <Bound hotline={hotline} hotlines={hotlines} ladders={ladders} />
        )}
        <SaveLine save={save} ready={fault === null} />
      </form>
    </Card>
  );
}

function Bound({ hotline, hotlines, ladders }: Known & { readonly ladders: ReturnType<typeof toLadders> }) {
  const { t } = useTranslation();
  const bound = boundOf(hotline, hotlines, ladders);
  return (
    <p role="status">
      {t('ladder.bound', {
        wait: spokenDuration(bound.untilAnswerOrLadderMs),
        end: spokenDuration(bound.untilEndMs),
      })}
    </p>
  );
}

interface PlanProps extends Known {
  readonly cause: LadderCause;
  readonly plan: DraftPlan;
  readonly onChange: (change: (plan: DraftPlan) => DraftPlan) => void;
}

function Plan({ cause, hotline, hotlines, plan, onChange }: PlanProps) {
  const { t } = useTranslation();
  const [said, setSaid] = useState('');
  const words = useStepWords(hotline, hotlines);
  const move = (step: DraftStep, by: -1 | 1) => {
    const next = moveStep(plan, step.key, by);
    onChange(() => next);
    const number = next.steps.findIndex(({ key }) => key === step.key) + 1;
    setSaid(t('ladder.moved', { step: words(step.step), number, count: next.steps.length }));
  };
  const remove = (step: DraftStep) => {
    onChange((now) => removeStep(now, step.key));
    setSaid(t('ladder.removed', { step: words(step.step) }));
  };
  return (
    <fieldset className="ladder-plan">
      <legend>{t(`ladder.${cause}`)}</legend>
      {plan.steps.length === 0 ? null : (
        <ol className="stack">
          {plan.steps.map((step, at) => (
            <li key={step.key}>
              <Step
                hotline={hotline}
                hotlines={hotlines}
                plan={plan}
                step={step}
                at={at}
                onChange={(changed) => onChange((now) => changeStep(now, step.key, changed))}
                onMove={(by) => move(step, by)}
                onRemove={() => remove(step)}
              />
            </li>
          ))}
        </ol>
      )}
      <p role="status" className="quiet small ladder-said">
        {said}
      </p>
      <AddStep
        hotline={hotline}
        hotlines={hotlines}
        plan={plan}
        onAdd={(step) => onChange((now) => ({ ...now, steps: [...now.steps, newStep(step)] }))}
      />
      <Select
        label={t(plan.steps.length === 0 ? 'ladder.at-once' : 'ladder.at-last')}
        value={plan.ending}
        onChange={(ending) => onChange((now) => ({ ...now, ending }))}
        choices={(['voicemail', 'message'] as const).map((id) => ({ id, name: t(`ladder.${id}`) }))}
      />
    </fieldset>
  );
}

/** One step in one line, for what is said of it. */
const useStepWords = (hotline: Hotline, hotlines: readonly Hotline[]) => {
  const { t } = useTranslation();
  const numbers = useLadderNumbers(hotline);
  return (step: OnStep): string => {
    switch (step.step) {
      case 'other-hotline':
        return t('ladder.to-hotline', {
          hotline: hotlines.find(({ hotlineId }) => hotlineId === step.hotlineId)?.name ?? t('ladder.gone'),
        });
      case 'outside-number':
        return t('ladder.to-number', {
          number: numbers.data?.find(({ numberId }) => numberId === step.numberId)?.masked ?? '•••',
        });
      case 'call-back':
        return t('ladder.call-back');
    }
  };
};

interface StepProps extends Known {
  readonly plan: DraftPlan;
  readonly step: DraftStep;
  readonly at: number;
  readonly onChange: (step: OnStep) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

function Step({ hotline, hotlines, plan, step: { step }, at, onChange, onMove, onRemove }: StepProps) {
  const { t } = useTranslation();
  const words = useStepWords(hotline, hotlines)(step);
  const { row, move } = useMovedRow<HTMLDivElement>(at, 'ladder-moves', onMove);
  return (
    <div ref={row} className="ladder-step">
      <span className="ladder-number" aria-hidden="true">
        {at + 1}
      </span>
      <div className="ladder-what">
        {step.step === 'other-hotline' ? (
          <Select
            label={t('ladder.other-hotline')}
            value={step.hotlineId}
            onChange={(hotlineId) => onChange({ ...step, hotlineId })}
            choices={freeHotlines(plan, hotlines, hotline.hotlineId, step.hotlineId).map((each) => ({
              id: each.hotlineId,
              name: each.name,
            }))}
          />
        ) : (
          <p>{words}</p>
        )}
        {step.step === 'outside-number' ? (
          <Switch
            label={t('ladder.confirm')}
            on={step.confirm}
            onChange={(confirm) => onChange({ ...step, confirm })}
          />
        ) : null}
        {step.step === 'call-back' ? <p className="quiet small">{t('ladder.call-back-hint')}</p> : null}
      </div>
      <div className="row ladder-moves">
        <Button kind="quiet" icon={<ArrowUp size={16} aria-hidden />} isDisabled={at === 0} onPress={() => move(-1)}>
          {t('ladder.up')}
          <span className="only-read">{` ${words}`}</span>
        </Button>
        <Button
          kind="quiet"
          icon={<ArrowDown size={16} aria-hidden />}
          isDisabled={at === plan.steps.length - 1}
          onPress={() => move(1)}
        >
          {t('ladder.down')}
          <span className="only-read">{` ${words}`}</span>
        </Button>
        <Button kind="quiet" icon={<Trash2 size={16} aria-hidden />} onPress={onRemove}>
          {t('ladder.remove')}
          <span className="only-read">{` ${words}`}</span>
        </Button>
      </div>
    </div>
  );
}

interface AddStepProps extends Known {
  readonly plan: DraftPlan;
  readonly onAdd: (step: OnStep) => void;
}

function AddStep({ hotline, hotlines, plan, onAdd }: AddStepProps) {
  const { t } = useTranslation();
  const [typing, setTyping] = useState(false);
  const [free] = freeHotlines(plan, hotlines, hotline.hotlineId);
  if (plan.steps.length >= MAX_STEPS) return <p className="quiet small">{t('ladder.enough')}</p>;
  return (
    <>
      <div className="row">
        {free ? (
          <Button
            kind="quiet"
            icon={<Plus size={16} aria-hidden />}
            onPress={() => onAdd({ step: 'other-hotline', hotlineId: free.hotlineId })}
          >
            {t('ladder.other-hotline')}
          </Button>
        ) : null}
        <Button
          kind="quiet"
          icon={<Plus size={16} aria-hidden />}
          aria-pressed={typing}
          onPress={() => setTyping(!typing)}
        >
          {t('ladder.outside-number')}
        </Button>
        {plan.steps.some(({ step }) => step.step === 'call-back') ? null : (
          <Button kind="quiet" icon={<Plus size={16} aria-hidden />} onPress={() => onAdd({ step: 'call-back' })}>
            {t('ladder.call-back')}
          </Button>
        )}
      </div>
      {typing ? (
        <NumberLine
          hotline={hotline}
          onKnown={(numberId) => {
            setTyping(false);
            onAdd({ step: 'outside-number', numberId, confirm: true });
          }}
        />
      ) : null}
    </>
  );
}

/** The number goes to the server at once and is shown masked from then on. Not a form: it stands within one. */
function NumberLine({
  hotline,
  onKnown,
}: {
  readonly hotline: Hotline;
  readonly onKnown: (numberId: LadderNumber['numberId']) => void;
}) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const queries = useQueryClient();
  const [number, setNumber] = useState('');
  const keep = useAction(async () => {
    const path = `/api/hotlines/${hotline.hotlineId}/ladder-numbers`;
    const { numberId } = await rest.ask(LadderNumber, path, { method: 'POST', json: { number } });
    await queries.invalidateQueries({ queryKey: ['ladder-numbers', hotline.hotlineId] });
    onKnown(numberId);
  });
  return (
    <div className="ladder-add-number">
      <Field
        label={t('ladder.number')}
        hint={t('ladder.number-hint')}
        type="tel"
        value={number}
        onChange={setNumber}
        maxLength={40}
        error={keep.failure}
      />
      <Button isPending={keep.busy} isDisabled={number.trim() === ''} onPress={() => keep.run()}>
        {t('ladder.add-number')}
      </Button>
    </div>
  );
}

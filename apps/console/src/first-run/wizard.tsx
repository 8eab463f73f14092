import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFollowed, useServices } from '../services.tsx';
import { Plain } from '../shell/plain.tsx';
import { GreetingStep } from './greeting-step.tsx';
import { HotlineStep } from './hotline-step.tsx';
import { NumberStep } from './number-step.tsx';
import { OwnerStep } from './owner-step.tsx';
import { inWizard, WIZARD_STEPS, type FirstRunStep, type WizardStep } from './progress.ts';
import { TestCallStep } from './test-call-step.tsx';
import { VolunteersStep } from './volunteers-step.tsx';
import './wizard.css';

/** A1: from nothing to a hotline that has taken a call. Every step but the first two can be skipped and done later. */
export function Wizard() {
  const { t } = useTranslation();
  const { account, firstRun } = useServices();
  const state = useFollowed(account);
  const progress = useFollowed(firstRun);
  const step = stepOf(state.step, state.step === 'open' ? state.setup.state : 'no-owner', progress);
  return (
    <Plain wide title={t(`wizard.${step}.title`)} lead={t(`wizard.${step}.lead`)} above={<Steps at={step} />}>
      {step === 'owner' ? <OwnerStep /> : null}
      {step === 'hotline' ? <HotlineStep /> : null}
      {step === 'number' ? <NumberStep /> : null}
      {step === 'greeting' ? <GreetingStep /> : null}
      {step === 'volunteers' ? <VolunteersStep /> : null}
      {step === 'test-call' ? <TestCallStep /> : null}
    </Plain>
  );
}

/** The server's truth wins over what this tab remembers. */
function stepOf(account: string, setup: string, progress: FirstRunStep | null): WizardStep {
  if (account !== 'open') return 'owner';
  if (setup === 'no-hotline') return 'hotline';
  return !inWizard(progress) || progress === 'owner' || progress === 'hotline' ? 'number' : progress;
}

function Steps({ at }: { at: WizardStep }) {
  const { t } = useTranslation();
  const now = WIZARD_STEPS.indexOf(at);
  return (
    <ol className="steps" aria-label={t('wizard.steps')}>
      {WIZARD_STEPS.map((step, index) => (
        <li key={step} {...(step === at ? { 'aria-current': 'step' as const } : {})}>
          {index < now ? <Check size={14} aria-label={t('wizard.done')} /> : <span>{index + 1}</span>}
          {t(`wizard.${step}.name`)}
        </li>
      ))}
    </ol>
  );
}

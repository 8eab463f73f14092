import { Card } from '@ringdown/ui/card';
import { useTranslation } from 'react-i18next';
import { GreetingForm } from '../hotline-settings/greeting-form.tsx';
import { useHotlines } from '../server/lists.ts';
import { useServices } from '../services.tsx';
import { Listed } from '../shell/listed.tsx';

export function GreetingStep() {
  const { t } = useTranslation();
  const { firstRun } = useServices();
  const hotlines = useHotlines();
  return (
    <Card padded>
      <Listed query={hotlines} empty={null}>
        {([hotline]) =>
          hotline ? (
            <GreetingForm hotline={hotline} step saveWord={t('wizard.next')} onDone={() => firstRun.go('volunteers')} />
          ) : null
        }
      </Listed>
    </Card>
  );
}

import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { useTranslation } from 'react-i18next';
import { NumberForm } from '../hotline-settings/number-form.tsx';
import { useHotlines } from '../server/lists.ts';
import { useServices } from '../services.tsx';
import { Listed } from '../shell/listed.tsx';

export function NumberStep() {
  const { t } = useTranslation();
  const { firstRun } = useServices();
  const hotlines = useHotlines();
  return (
    <>
      <Card padded>
        <Listed query={hotlines} empty={null}>
          {([hotline]) => (hotline ? <NumberForm hotline={hotline} onDone={() => firstRun.go('greeting')} /> : null)}
        </Listed>
      </Card>
      <Later onLater={() => firstRun.go('greeting')} text={t('wizard.number.later')} />
    </>
  );
}

/** Leaves a step for another day. */
export function Later({ onLater, text }: { onLater: () => void; text: string }) {
  return (
    <div>
      <Button kind="quiet" onPress={onLater}>
        {text}
      </Button>
    </div>
  );
}

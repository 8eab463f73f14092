import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { useTranslation } from 'react-i18next';
import { InviteForm } from '../members/invite-form.tsx';
import { useHotlines } from '../server/lists.ts';
import { useServices } from '../services.tsx';
import { Listed } from '../shell/listed.tsx';

export function VolunteersStep() {
  const { t } = useTranslation();
  const { firstRun } = useServices();
  const hotlines = useHotlines();
  return (
    <>
      <Card padded>
        <Listed query={hotlines} empty={null}>
          {(items) => <InviteForm hotlines={items} />}
        </Listed>
      </Card>
      <div>
        <Button kind="primary" size="large" onPress={() => firstRun.go('test-call')}>
          {t('wizard.next')}
        </Button>
      </div>
    </>
  );
}

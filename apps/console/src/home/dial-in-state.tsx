import type { OperatorSnapshot } from '@ringdown/protocol/console';
import { Button } from '@ringdown/ui/button';
import { useTranslation } from 'react-i18next';
import { RefusalNotice } from '../active-call/refusal-notice.tsx';
import { useFollowed, useWork } from '../services.tsx';
import { Timer } from '../shell/moving-time.tsx';

/** On a call by a phone that dialled in: nothing of it is heard here, and it can be ended from here. */
export function DialInState({ dialIn }: { dialIn: NonNullable<OperatorSnapshot['dialIn']> }) {
  const { t } = useTranslation();
  const { desk } = useWork();
  const { busy } = useFollowed(desk);
  return (
    <div className="my-state">
      <div className="my-state-words">
        <h1>
          <span className="state state-on-call">
            <span className="state-mark" aria-hidden="true" />
            {t('dial-in.on-call')}
          </span>
        </h1>
        <span className="quiet spoken">
          <Timer since={dialIn.since} />
        </span>
      </div>
      <p className="quiet">
        {t(dialIn.talking ? 'dial-in.on-call-talking' : 'dial-in.on-call-choosing', { hotline: dialIn.hotlineName })}
      </p>
      <div className="row">
        <Button kind="danger" isPending={busy === 'hang-up'} onPress={() => void desk.hangUp(dialIn)}>
          {t('dial-in.end')}
        </Button>
      </div>
      <RefusalNotice of={['hang-up']} />
    </div>
  );
}

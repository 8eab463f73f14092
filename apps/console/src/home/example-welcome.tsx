import { Button, buttonClass } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Notice } from '@ringdown/ui/notice';
import { ExternalLink, PhoneCall } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useHotlines } from '../server/lists.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';

/** After the one-click example: makes the person available and says how to ring the number. */
export function ExampleWelcome() {
  const { firstRun } = useServices();
  const progress = useFollowed(firstRun);
  return progress === 'example' || progress === 'example-ready' ? <Welcome fresh={progress === 'example'} /> : null;
}

function Welcome({ fresh }: { fresh: boolean }) {
  const { t } = useTranslation();
  const { rest, firstRun } = useServices();
  const { desk, line, account } = useWork();
  const { snapshot } = useFollowed(line);
  const hotlines = useHotlines();
  const hotline = hotlines.data?.find(({ numbers }) => numbers.some(({ carrier }) => carrier === 'simulator'));
  const number = hotline?.numbers[0]?.e164;
  const call = useAction(async () => {
    if (hotline) await rest.tell(`/api/hotlines/${hotline.hotlineId}/test-call`, { method: 'POST' });
  });
  const state = snapshot?.presence.state;
  useEffect(() => {
    if (!fresh || state === undefined) return;
    // Once only: who goes offline later meant it.
    firstRun.go('example-ready');
    if (state === 'offline') void desk.setPresence({ state: 'available' });
  }, [desk, firstRun, fresh, state]);
  const { simulatorUrl } = account.setup;
  return (
    <Card title={t('example.title')} padded>
      <div className="stack">
        <p>{t('example.text')}</p>
        {number === undefined ? null : <p className="number">{number}</p>}
        <div className="row">
          <Button
            kind="primary"
            icon={<PhoneCall size={18} aria-hidden />}
            onPress={() => call.run()}
            isPending={call.busy}
            isDisabled={!hotline}
          >
            {t('test-call.make')}
          </Button>
          {simulatorUrl === null ? null : (
            <a className={buttonClass('secondary')} href={simulatorUrl} target="_blank" rel="noreferrer">
              <ExternalLink size={16} aria-hidden />
              {t('test-call.phones')}
            </a>
          )}
          <Button kind="quiet" onPress={() => firstRun.go(null)}>
            {t('example.dismiss')}
          </Button>
        </div>
        {call.failure === undefined ? null : (
          <Notice tone="danger" live="alert">
            {call.failure}
          </Notice>
        )}
      </div>
    </Card>
  );
}

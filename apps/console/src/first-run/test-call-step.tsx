import { Button, buttonClass } from '@ringdown/ui/button';
import { Blank, Card } from '@ringdown/ui/card';
import { Notice } from '@ringdown/ui/notice';
import { ExternalLink, PhoneCall, PhoneOff } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { RingingHere } from '../ringing/ringing-here.tsx';
import { useHotlines } from '../server/lists.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';
import '../home/home.css';

/** Waits for the ring live; answering it ends the wizard in the call. */
export function TestCallStep() {
  const { t } = useTranslation();
  const { rest, firstRun, attention } = useServices();
  const { desk, line, account } = useWork();
  const { snapshot } = useFollowed(line);
  const hotline = useHotlines().data?.[0];
  const number = hotline?.numbers[0];
  const call = useAction(async () => {
    attention.sound.wake();
    if (snapshot?.presence.state !== 'available') await desk.setPresence({ state: 'available' });
    if (hotline) await rest.tell(`/api/hotlines/${hotline.hotlineId}/test-call`, { method: 'POST' });
  });
  const inCall = snapshot?.call != null;
  useEffect(() => {
    if (inCall) firstRun.go(null);
  }, [firstRun, inCall]);
  const { simulatorUrl } = account.setup;
  const finish = (
    <Button size="large" onPress={() => firstRun.go(null)}>
      {t('wizard.finish')}
    </Button>
  );
  if (!number) {
    return (
      <>
        <Card>
          <Blank icon={<PhoneOff size={28} aria-hidden />} title={t('test-call.no-number-title')}>
            {t('test-call.no-number')}
          </Blank>
        </Card>
        <div>{finish}</div>
      </>
    );
  }
  return (
    <>
      <RingingHere />
      <Card padded>
        <div className="stack">
          <div>
            <p className="quiet">{t('test-call.number')}</p>
            <p className="number">{number.e164}</p>
          </div>
          <p>{t(number.carrier === 'simulator' ? 'test-call.how-simulated' : 'test-call.how-real')}</p>
          {number.carrier === 'simulator' ? (
            <div className="row">
              <Button
                kind={snapshot?.offer ? 'secondary' : 'primary'}
                size="large"
                icon={<PhoneCall size={18} aria-hidden />}
                isPending={call.busy}
                onPress={() => call.run()}
              >
                {t('test-call.make')}
              </Button>
              {simulatorUrl === null ? null : (
                <a className={buttonClass('secondary')} href={simulatorUrl} target="_blank" rel="noreferrer">
                  <ExternalLink size={16} aria-hidden />
                  {t('test-call.phones')}
                </a>
              )}
            </div>
          ) : (
            <div>
              <Button
                kind="primary"
                size="large"
                onPress={() => {
                  attention.sound.wake();
                  void desk.setPresence({ state: 'available' });
                }}
              >
                {t('test-call.available')}
              </Button>
            </div>
          )}
          <p className="quiet" role="status">
            {t(snapshot?.presence.state === 'available' ? 'test-call.waiting' : 'test-call.not-waiting')}
          </p>
          {call.failure === undefined ? null : (
            <Notice tone="danger" live="alert">
              {call.failure}
            </Notice>
          )}
        </div>
      </Card>
      <div>{finish}</div>
    </>
  );
}

import { useLocation } from '@tanstack/react-router';
import { Button } from '@ringdown/ui/button';
import { Dialog } from '@ringdown/ui/dialog';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { KeyRound, Phone, Radio, UserPlus } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { RosterKeeper } from '../members/roster-keeper.ts';
import { ShiftReminderNotice } from '../rota/shift-reminder.tsx';
import { CallBacksWait } from '../call-backs/call-backs-wait.tsx';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { Reconnecting, RescuedNotice } from './reconnecting.tsx';
import { useAction } from './use-action.ts';

/** What is wrong or waits for this person, in the flow above the page. During a call only what concerns the call. */
export function Banners() {
  const { t } = useTranslation();
  const { line, account, keeper } = useWork();
  const { link, refusal, snapshot } = useFollowed(line);
  const { pathname } = useLocation();
  const inCall = snapshot?.call != null;
  const cutOff = link === 'reconnecting' || (link === 'connecting' && snapshot !== null);
  // Housekeeping waits while a call rings, is on, or is being written up.
  const resting = !inCall && !snapshot?.offer && !snapshot?.wrapUp;
  return (
    <div className="banners">
      {cutOff ? <Reconnecting inCall={inCall} /> : null}
      <RescuedNotice snapshot={snapshot} cutOff={cutOff} />
      {link === 'refused' ? (
        <Notice
          tone="danger"
          title={t('banner.refused-title')}
          live="alert"
          action={<Button onPress={() => location.reload()}>{t('banner.reload')}</Button>}
        >
          {t(refusal === 'newer-server' ? 'banner.newer-server' : 'banner.refused')}
        </Notice>
      ) : null}
      {snapshot && !snapshot.phoneLineUp && !inCall ? (
        <Notice tone="warning" icon={<Phone size={20} aria-hidden />} title={t('banner.line-down-title')} live="polite">
          {t('banner.line-down')}
        </Notice>
      ) : null}
      <ShiftReminderNotice />
      {resting && pathname !== '/supervise' && pathname !== '/queue' ? <CallBacksWait /> : null}
      {resting && keeper ? <KeeperBanners keeper={keeper} /> : null}
      {resting && pathname === '/' && account.keyKind === 'open' ? <ProtectKey /> : null}
    </div>
  );
}

function KeeperBanners({ keeper }: { keeper: RosterKeeper }) {
  const { t } = useTranslation();
  const { waitingMembers, waitingGateways, failure } = useFollowed(keeper);
  return (
    <>
      {waitingGateways.map(({ publicKey }) => (
        <Notice
          key={publicKey}
          tone="accent"
          icon={<Radio size={20} aria-hidden />}
          title={t('banner.gateway-title')}
          action={<Button onPress={() => void keeper.confirm(publicKey)}>{t('banner.allow')}</Button>}
        >
          {t('banner.gateway')}
        </Notice>
      ))}
      {waitingMembers.map(({ publicKey, name, role }) => (
        <Notice
          key={publicKey}
          tone="accent"
          icon={<UserPlus size={20} aria-hidden />}
          title={t('banner.member-title', { name })}
          action={<Button onPress={() => void keeper.confirm(publicKey)}>{t('banner.add')}</Button>}
        >
          {t('banner.member', { role: t(`role.${role}`) })}
        </Notice>
      ))}
      {failure === null ? null : (
        <Notice
          tone="warning"
          title={t('banner.roster-title')}
          action={<Button onPress={() => void keeper.check()}>{t('list.again')}</Button>}
        >
          {t('banner.roster', { reason: failure })}
        </Notice>
      )}
    </>
  );
}

function ProtectKey() {
  const { t } = useTranslation();
  const { account } = useServices();
  const [open, setOpen] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const protect = useAction(async () => {
    await account.protectKey(passphrase);
    setOpen(false);
  });
  const mismatch = again !== '' && again !== passphrase;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (passphrase.length >= 8 && again === passphrase) protect.run();
  };
  return (
    <>
      <Notice
        icon={<KeyRound size={20} aria-hidden />}
        title={t('protect.title')}
        action={<Button onPress={() => setOpen(true)}>{t('protect.open')}</Button>}
      >
        {t('protect.text')}
      </Notice>
      <Dialog title={t('protect.dialog')} closeWord={t('close')} open={open} onClose={() => setOpen(false)}>
        <form className="stack" onSubmit={submit}>
          <p className="quiet">{t('protect.how')}</p>
          <Field
            label={t('key.passphrase-new')}
            hint={t('protect.length')}
            type="password"
            autoComplete="new-password"
            value={passphrase}
            onChange={setPassphrase}
            autoFocus
          />
          <Field
            label={t('key.again')}
            type="password"
            autoComplete="new-password"
            value={again}
            onChange={setAgain}
            error={mismatch ? t('key.mismatch') : protect.failure}
          />
          <Button
            kind="primary"
            type="submit"
            isPending={protect.busy}
            isDisabled={passphrase.length < 8 || again !== passphrase}
          >
            {t('protect.save')}
          </Button>
        </form>
      </Dialog>
    </>
  );
}

import type { Me } from '@ringdown/protocol/http';
import { toNpub } from '@ringdown/crypto/local-key';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { Hourglass } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { Plain } from '../shell/plain.tsx';
import { useAction } from '../shell/use-action.ts';

const LOOK_EVERY_MS = 3_000;

/** Accepted an invite, but not yet named in a roster that the owner has signed. */
export function WaitingForOwner({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { account } = useServices();
  const signOut = useAction(() => account.signOut());
  useEffect(() => {
    const timer = setInterval(() => void account.refresh(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [account]);
  return (
    <Plain
      title={t('waiting-for-owner.title')}
      lead={t('waiting-for-owner.lead', { organisation: me.organisation.name })}
    >
      <Notice icon={<Hourglass size={20} aria-hidden />} live="polite">
        {t('waiting-for-owner.what')}
      </Notice>
      <div className="stack-close">
        <p className="quiet small">{t('waiting-for-owner.key')}</p>
        <p className="mono small" style={{ wordBreak: 'break-all' }}>
          {toNpub(me.publicKey)}
        </p>
      </div>
      <Button kind="quiet" onPress={() => signOut.run()}>
        {t('account.sign-out')}
      </Button>
    </Plain>
  );
}

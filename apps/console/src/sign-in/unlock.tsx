import type { Me } from '@ringdown/protocol/http';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { Plain } from '../shell/plain.tsx';
import { useAction } from '../shell/use-action.ts';

/** The lock screen names nobody: whoever walks past learns nothing. */
export function Unlock({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { account } = useServices();
  const [passphrase, setPassphrase] = useState('');
  const unlock = useAction(() => account.unlock(passphrase));
  const signOut = useAction(() => account.signOut());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    unlock.run();
  };
  return (
    <Plain title={t('unlock.title')} lead={t('unlock.lead', { organisation: me.organisation.name })}>
      <Card padded>
        <form className="stack" onSubmit={submit}>
          <Field
            label={t('sign-in.passphrase')}
            type="password"
            autoComplete="current-password"
            value={passphrase}
            onChange={(value) => {
              setPassphrase(value);
              unlock.clear();
            }}
            error={unlock.failure}
            autoFocus
            required
          />
          <Button kind="primary" size="large" wide type="submit" isPending={unlock.busy}>
            {t('unlock.unlock')}
          </Button>
        </form>
      </Card>
      <Button kind="quiet" onPress={() => signOut.run()} isPending={signOut.busy}>
        {t('account.sign-out')}
      </Button>
    </Plain>
  );
}

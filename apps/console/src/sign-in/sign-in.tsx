import { openLocalKey, parseNsec } from '@ringdown/crypto/local-key';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { KeyRound, Puzzle } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { Plain } from '../shell/plain.tsx';
import { useAction } from '../shell/use-action.ts';
import type { DeviceKey } from './device-store.ts';

/** One of three ways in: the key on this device, an extension, or a key brought as text. */
export function SignIn({ deviceKey }: { deviceKey: DeviceKey['kind'] | null }) {
  const { t } = useTranslation();
  const { account } = useServices();
  const [bringing, setBringing] = useState(deviceKey === null);
  const extension = useAction(() => account.signInWithExtension());
  return (
    <Plain title={t('sign-in.title')} lead={t('sign-in.lead')}>
      {deviceKey === 'open' || deviceKey === 'sealed' ? <WithDeviceKey sealed={deviceKey === 'sealed'} /> : null}
      <Way
        icon={<Puzzle size={20} aria-hidden />}
        title={t('sign-in.extension-title')}
        text={t('sign-in.extension-text')}
        failure={extension.failure}
      >
        <Button wide onPress={() => extension.run()} isPending={extension.busy}>
          {t('sign-in.extension')}
        </Button>
      </Way>
      {bringing ? (
        <BringKey />
      ) : (
        <Button kind="quiet" onPress={() => setBringing(true)}>
          {t('sign-in.other-key')}
        </Button>
      )}
      <p className="quiet small">{t('sign-in.no-key')}</p>
    </Plain>
  );
}

interface WayProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly failure: string | undefined;
  readonly children: ReactNode;
}

function Way({ icon, title, text, failure, children }: WayProps) {
  return (
    <Card padded>
      <div className="stack">
        <div className="row" style={{ flexWrap: 'nowrap', alignItems: 'start' }}>
          {icon}
          <div>
            <h3>{title}</h3>
            <p className="quiet">{text}</p>
          </div>
        </div>
        {children}
        {failure === undefined ? null : (
          <Notice tone="danger" live="alert">
            {failure}
          </Notice>
        )}
      </div>
    </Card>
  );
}

function WithDeviceKey({ sealed }: { sealed: boolean }) {
  const { t } = useTranslation();
  const { account } = useServices();
  const [passphrase, setPassphrase] = useState('');
  const action = useAction(() => account.signInWithDeviceKey(passphrase));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.run();
  };
  return (
    <Way
      icon={<KeyRound size={20} aria-hidden />}
      title={t('sign-in.device-title')}
      text={t(sealed ? 'sign-in.device-sealed' : 'sign-in.device-open')}
      failure={action.failure}
    >
      <form className="stack" onSubmit={submit}>
        {sealed ? (
          <Field
            label={t('sign-in.passphrase')}
            type="password"
            autoComplete="current-password"
            value={passphrase}
            onChange={setPassphrase}
            autoFocus
            required
          />
        ) : null}
        <Button kind="primary" size="large" wide type="submit" isPending={action.busy}>
          {t('sign-in.sign-in')}
        </Button>
      </form>
    </Way>
  );
}

function BringKey() {
  const { t } = useTranslation();
  const { account } = useServices();
  const [text, setText] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const sealed = text.trim().startsWith('ncryptsec1');
  const action = useAction(async () => {
    const secretKey = sealed ? openLocalKey(text.trim(), passphrase) : parseNsec(text);
    await account.signInWithSecretKey(secretKey, passphrase === '' ? null : passphrase);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.run();
  };
  return (
    <Way
      icon={<KeyRound size={20} aria-hidden />}
      title={t('sign-in.bring-title')}
      text={t('sign-in.bring-text')}
      failure={action.failure}
    >
      <form className="stack" onSubmit={submit}>
        <Field
          label={t('sign-in.key')}
          hint={t('sign-in.key-hint')}
          type="password"
          autoComplete="off"
          value={text}
          onChange={setText}
          required
        />
        <Field
          label={t(sealed ? 'sign-in.passphrase' : 'sign-in.new-passphrase')}
          hint={sealed ? undefined : t('sign-in.new-passphrase-hint')}
          type="password"
          autoComplete={sealed ? 'current-password' : 'new-password'}
          value={passphrase}
          onChange={setPassphrase}
        />
        <Button wide type="submit" isPending={action.busy}>
          {t('sign-in.bring')}
        </Button>
      </form>
    </Way>
  );
}

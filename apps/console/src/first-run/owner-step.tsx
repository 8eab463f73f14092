import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Sparkles } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFollowed, useServices } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';
import { KeyChoiceFields, type KeyWish } from '../sign-in/key-choice.tsx';
import { createOwner, setUpExample } from './set-up.ts';

/** The launcher prints the set-up link with the code in its fragment, which browsers don't send. */
const codeOf = (fragment: string) => /[#&]setup=([^&]+)/.exec(fragment)?.[1];

export function OwnerStep() {
  const { t } = useTranslation();
  const services = useServices();
  const { account, firstRun } = services;
  const state = useFollowed(account);
  const [name, setName] = useState('');
  const [organisationName, setOrganisationName] = useState('');
  const [code, setCode] = useState(() => codeOf(location.hash) ?? '');
  const [key, setKey] = useState<KeyWish>({ kind: 'device', passphrase: '', again: '' });
  const codeNeeded = state.step === 'first-run' && state.setup.codeNeeded;
  const withCode = code === '' ? {} : { code };

  const example = useAction(async () => {
    services.attention.sound.wake();
    await setUpExample(services, {
      ownerName: t('example.owner'),
      organisationName: t('example.organisation'),
      hotlineName: t('example.hotline'),
      ...withCode,
    });
    firstRun.go('example');
    await account.refresh();
  });
  const create = useAction(async () => {
    const choice = key.kind === 'extension' ? key : ({ kind: 'device', passphrase: key.passphrase || null } as const);
    firstRun.go('hotline');
    await createOwner(services, { name, organisationName, ...withCode }, choice);
    await account.load();
  });
  const mismatch = key.kind === 'device' && key.again !== '' && key.passphrase !== key.again;
  const keyReady = key.kind === 'extension' || key.passphrase === key.again;
  const ready = name.trim() !== '' && organisationName.trim() !== '' && keyReady;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) create.run();
  };
  return (
    <>
      {codeNeeded ? (
        <Field label={t('wizard.owner.code')} hint={t('wizard.owner.code-hint')} value={code} onChange={setCode} />
      ) : null}
      <Card padded>
        <div className="row-apart">
          <div className="grow" style={{ flexBasis: 260 }}>
            <h2>{t('wizard.owner.example-title')}</h2>
            <p className="quiet">{t('wizard.owner.example-text')}</p>
          </div>
          <Button
            kind="primary"
            size="large"
            icon={<Sparkles size={18} aria-hidden />}
            onPress={() => example.run()}
            isPending={example.busy}
          >
            {t(example.busy ? 'wizard.owner.example-busy' : 'wizard.owner.example')}
          </Button>
        </div>
        {example.failure === undefined ? null : (
          <Notice tone="danger" live="alert">
            {example.failure}
          </Notice>
        )}
      </Card>
      <Card title={t('wizard.owner.own')} padded>
        <form className="stack" onSubmit={submit}>
          <Field
            label={t('wizard.owner.organisation')}
            value={organisationName}
            onChange={setOrganisationName}
            maxLength={80}
            autoComplete="organization"
            required
          />
          <Field
            label={t('wizard.owner.name-label')}
            hint={t('join.name-hint')}
            value={name}
            onChange={setName}
            maxLength={60}
            autoComplete="nickname"
            required
          />
          <KeyChoiceFields value={key} onChange={setKey} mismatch={mismatch} />
          {create.failure === undefined ? null : (
            <Notice tone="danger" live="alert">
              {create.failure}
            </Notice>
          )}
          <div>
            <Button size="large" type="submit" isDisabled={!ready} isPending={create.busy}>
              {t('wizard.owner.create')}
            </Button>
          </div>
        </form>
      </Card>
    </>
  );
}

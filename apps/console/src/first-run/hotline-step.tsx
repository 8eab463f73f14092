import type { OpeningHours } from '@ringdown/protocol/http';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { HoursField } from '../hotline-settings/hours-field.tsx';
import { LanguageField, ownTimeZone, TimeZoneField } from '../hotline-settings/place-fields.tsx';
import { useFollowed, useServices } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';
import { createHotline, signFirstRoster } from './set-up.ts';

export function HotlineStep() {
  const { t } = useTranslation();
  const services = useServices();
  const { account, firstRun } = services;
  const state = useFollowed(account);
  const [name, setName] = useState('');
  const [language, setLanguage] = useState('en');
  const [timeZone, setTimeZone] = useState(ownTimeZone);
  const [hours, setHours] = useState<OpeningHours>({ kind: 'always' });
  const create = useAction(async () => {
    if (state.step !== 'open') return;
    firstRun.go('number');
    if (!state.me.inRoster) await signFirstRoster(services, state.signer);
    await createHotline(services, state.signer, { name, language, timeZone, hours });
    await account.refresh();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') create.run();
  };
  return (
    <Card padded>
      <form className="stack" onSubmit={submit}>
        <Field
          label={t('hotline.name')}
          hint={t('hotline.name-hint')}
          value={name}
          onChange={setName}
          maxLength={80}
          autoFocus
          required
        />
        <LanguageField value={language} onChange={setLanguage} />
        <TimeZoneField value={timeZone} onChange={setTimeZone} />
        <HoursField value={hours} onChange={setHours} />
        {create.failure === undefined ? null : (
          <Notice tone="danger" live="alert">
            {create.failure}
          </Notice>
        )}
        <div>
          <Button kind="primary" size="large" type="submit" isDisabled={name.trim() === ''} isPending={create.busy}>
            {t('wizard.hotline.create')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

import type { OpeningHours } from '@ringdown/protocol/http';
import { Button } from '@ringdown/ui/button';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-action.ts';
import type { HotlineWish } from './create-hotline.ts';
import { HoursField } from './hours-field.tsx';
import { LanguageField, ownTimeZone, TimeZoneField } from './place-fields.tsx';

/** What a hotline can't be made without; everything else has a default and is changed later. */
export function HotlineForm({ create }: { create: (wish: HotlineWish) => Promise<void> }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [language, setLanguage] = useState('en');
  const [timeZone, setTimeZone] = useState(ownTimeZone);
  const [hours, setHours] = useState<OpeningHours>({ kind: 'always' });
  const making = useAction(() => create({ name: name.trim(), language, timeZone, hours }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') making.run();
  };
  return (
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
      {making.failure === undefined ? null : (
        <Notice tone="danger" live="alert">
          {making.failure}
        </Notice>
      )}
      <div>
        <Button kind="primary" size="large" type="submit" isDisabled={name.trim() === ''} isPending={making.busy}>
          {t('hotline.make')}
        </Button>
      </div>
    </form>
  );
}

import { Choices } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { useTranslation } from 'react-i18next';

export type KeyWish =
  | { readonly kind: 'device'; readonly passphrase: string; readonly again: string }
  | { readonly kind: 'extension' };

interface KeyChoiceProps {
  readonly value: KeyWish;
  readonly onChange: (value: KeyWish) => void;
  readonly mismatch: boolean;
}

/** Where a new person's key shall live. A passphrase may come later; the console reminds of it until then. */
export function KeyChoiceFields({ value, onChange, mismatch }: KeyChoiceProps) {
  const { t } = useTranslation();
  return (
    <>
      <Choices
        label={t('key.label')}
        value={value.kind}
        onChange={(kind) => onChange(kind === 'device' ? { kind, passphrase: '', again: '' } : { kind })}
        choices={[
          { id: 'device', name: t('key.device'), detail: t('key.device-detail') },
          { id: 'extension', name: t('key.extension'), detail: t('key.extension-detail') },
        ]}
      />
      {value.kind === 'device' ? (
        <>
          <Field
            label={t('key.passphrase')}
            hint={t('key.passphrase-hint')}
            type="password"
            autoComplete="new-password"
            value={value.passphrase}
            onChange={(passphrase) => onChange({ ...value, passphrase })}
          />
          {value.passphrase === '' ? null : (
            <Field
              label={t('key.again')}
              type="password"
              autoComplete="new-password"
              value={value.again}
              onChange={(again) => onChange({ ...value, again })}
              error={mismatch ? t('key.mismatch') : undefined}
            />
          )}
        </>
      ) : null}
    </>
  );
}

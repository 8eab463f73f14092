import { DialInAccess, isWeakPin, Pin } from '@ringdown/protocol/dial-in';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { dayAndTime } from '../shell/time-words.ts';
import { useAction } from '../shell/use-action.ts';
import './dial-in.css';

const KEY = ['dial-in'];
const PATH = '/api/me/dial-in';

/** Code and PIN with which a hotline's ordinary number knows this person. The PIN goes in and is never shown again. */
export function DialInCard() {
  const { t } = useTranslation();
  const { rest } = useServices();
  const queries = useQueryClient();
  const access = useQuery({ queryKey: KEY, queryFn: () => rest.ask(DialInAccess, PATH) });
  const [pin, setPin] = useState('');
  const [saved, setSaved] = useState(false);
  const changed = () => {
    setPin('');
    return queries.invalidateQueries({ queryKey: KEY });
  };
  const save = useAction(async () => {
    await rest.ask(DialInAccess, PATH, { method: 'PUT', json: { pin } });
    await changed();
    setSaved(true);
  });
  const forget = useAction(async () => {
    setSaved(false);
    await rest.tell(PATH, { method: 'DELETE' });
    await changed();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.run();
  };
  const isPin = Pin.safeParse(pin).success;
  const weak = isPin && isWeakPin(pin);
  const failure = save.failure ?? forget.failure;
  return (
    <Card title={t('dial-in.title')} padded>
      <div className="stack">
        <p className="quiet">{t('dial-in.text')}</p>
        {access.data?.code ? <KnownCode access={access.data} code={access.data.code} /> : null}
        <form className="stack" onSubmit={submit}>
          <Field
            label={t(access.data?.code ? 'dial-in.other-pin' : 'dial-in.pin')}
            hint={t('dial-in.hint')}
            error={weak ? t('dial-in.weak') : undefined}
            type="password"
            inputMode="numeric"
            autoComplete="off"
            value={pin}
            onChange={(text) => {
              setSaved(false);
              setPin(text);
            }}
            maxLength={6}
          />
          <div className="row">
            <Button type="submit" isPending={save.busy} isDisabled={!isPin || weak}>
              {t('save')}
            </Button>
            {access.data?.code ? (
              <Button kind="quiet" isPending={forget.busy} onPress={() => forget.run()}>
                {t('dial-in.forget')}
              </Button>
            ) : null}
          </div>
        </form>
        {saved ? (
          <Notice tone="success" live="polite">
            {t('dial-in.saved')}
          </Notice>
        ) : null}
        {failure === undefined ? null : <Notice tone="danger">{failure}</Notice>}
      </div>
    </Card>
  );
}

function KnownCode({ access, code }: { access: DialInAccess; code: string }) {
  const { t } = useTranslation();
  return (
    <>
      {access.lockedUntil === null ? null : (
        <Notice tone="warning" title={t('dial-in.locked-title')} live="polite">
          {t('dial-in.locked', { time: dayAndTime(access.lockedUntil) })}
        </Notice>
      )}
      {access.lockedUntil === null && access.wrongTries > 0 ? (
        <Notice tone="warning">{t('dial-in.wrong-tries', { count: access.wrongTries })}</Notice>
      ) : null}
      <p>
        {t('dial-in.code')} <strong>{code}</strong>
      </p>
      <ol className="dial-in-steps">
        <li>
          {access.numbers.length === 0
            ? t('dial-in.no-number')
            : t('dial-in.step-call', {
                numbers: access.numbers.map(({ hotlineName, number }) => `${hotlineName} ${number}`).join(', '),
              })}
        </li>
        <li>{t('dial-in.step-keys', { code })}</li>
        <li>{t('dial-in.step-choose')}</li>
      </ol>
    </>
  );
}

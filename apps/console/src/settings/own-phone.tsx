import { OwnPhone } from '@ringdown/protocol/http';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Switch } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';

const KEY = ['own-phone'];
const PATH = '/api/me/phone';

/** Calls on the person's own phone. The number goes in and is never shown again. */
export function OwnPhoneCard() {
  const { t } = useTranslation();
  const { rest } = useServices();
  const queries = useQueryClient();
  const phone = useQuery({ queryKey: KEY, queryFn: () => rest.ask(OwnPhone, PATH) });
  const [number, setNumber] = useState('');
  const changed = () => {
    setNumber('');
    return queries.invalidateQueries({ queryKey: KEY });
  };
  const save = useAction(async (json: { number?: string; rings: boolean }) => {
    await rest.ask(OwnPhone, PATH, { method: 'PUT', json });
    await changed();
  });
  const forget = useAction(async () => {
    await rest.tell(PATH, { method: 'DELETE' });
    await changed();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.run({ number, rings: true });
  };
  const failure = save.failure ?? forget.failure;
  const known = phone.data?.known ?? false;
  return (
    <Card title={t('own-phone.title')} padded>
      <div className="stack">
        <p className="quiet">{t('own-phone.text')}</p>
        {known ? (
          <>
            <Switch
              label={t('own-phone.rings')}
              on={phone.data?.rings ?? false}
              onChange={(rings) => save.run({ rings })}
            />
            <div className="row">
              <Button kind="quiet" isPending={forget.busy} onPress={() => forget.run()}>
                {t('own-phone.forget')}
              </Button>
            </div>
          </>
        ) : null}
        <form className="stack" onSubmit={submit}>
          <Field
            label={t(known ? 'own-phone.other-number' : 'own-phone.number')}
            hint={t('own-phone.hint')}
            type="tel"
            inputMode="tel"
            autoComplete="tel"
            value={number}
            onChange={setNumber}
            maxLength={40}
          />
          <div className="row">
            <Button type="submit" isPending={save.busy} isDisabled={number.trim() === ''}>
              {t('save')}
            </Button>
          </div>
        </form>
        {failure === undefined ? null : <Notice tone="danger">{failure}</Notice>}
      </div>
    </Card>
  );
}

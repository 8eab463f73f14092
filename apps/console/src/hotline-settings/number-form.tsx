import { AddTwilioNumber, PhoneNumber, type Hotline } from '@ringdown/protocol/http';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { Choices } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { addSimulatedNumber } from '../first-run/set-up.ts';
import { useServices } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';

/** A number of the simulator by one click, or one of a Twilio account. */
export function NumberForm({ hotline, onDone }: { hotline: Hotline; onDone: (number: PhoneNumber) => void }) {
  const { t } = useTranslation();
  const services = useServices();
  const queries = useQueryClient();
  const [kind, setKind] = useState<'simulator' | 'twilio'>('simulator');
  const [accountSid, setAccountSid] = useState('');
  const [authToken, setAuthToken] = useState('');
  const [e164, setE164] = useState('');
  const { hotlineId } = hotline;
  const typed = {
    hotlineId,
    accountSid: accountSid.trim(),
    authToken: authToken.trim(),
    e164: e164.replace(/[\s().-]/g, ''),
  };
  const wish = AddTwilioNumber.safeParse(typed);
  const wrong = new Set(wish.success ? [] : wish.error.issues.map(({ path }) => path[0]));
  const add = useAction(async () => {
    const number =
      kind === 'simulator'
        ? await addSimulatedNumber(services, hotlineId)
        : await services.rest.ask(PhoneNumber, '/api/numbers/twilio', {
            method: 'POST',
            json: AddTwilioNumber.parse(typed),
            timeoutMs: 30_000,
          });
    await queries.invalidateQueries({ queryKey: ['hotlines'] });
    onDone(number);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (kind === 'simulator' || wish.success) add.run();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Choices
        label={t('number.label')}
        value={kind}
        onChange={setKind}
        choices={[
          { id: 'simulator', name: t('number.simulator'), detail: t('number.simulator-detail') },
          { id: 'twilio', name: t('number.twilio'), detail: t('number.twilio-detail') },
        ]}
      />
      {kind === 'twilio' ? (
        <>
          <Field
            label={t('number.sid')}
            hint={t('number.sid-hint')}
            value={accountSid}
            onChange={setAccountSid}
            autoComplete="off"
            spellCheck={false}
            error={accountSid !== '' && wrong.has('accountSid') ? t('number.sid-wrong') : undefined}
          />
          <Field
            label={t('number.token')}
            hint={t('number.token-hint')}
            type="password"
            value={authToken}
            onChange={setAuthToken}
            autoComplete="off"
          />
          <Field
            label={t('number.e164')}
            hint={t('number.e164-hint')}
            type="tel"
            inputMode="tel"
            value={e164}
            onChange={setE164}
            autoComplete="off"
            error={e164 !== '' && wrong.has('e164') ? t('number.e164-wrong') : undefined}
          />
        </>
      ) : null}
      {add.failure === undefined ? null : (
        <Notice tone="danger" live="alert">
          {add.failure}
        </Notice>
      )}
      <div>
        <Button
          kind="primary"
          size="large"
          type="submit"
          isPending={add.busy}
          isDisabled={kind === 'twilio' && !wish.success}
        >
          {t(kind === 'simulator' ? 'number.add-simulated' : 'number.add-twilio')}
        </Button>
      </div>
    </form>
  );
}

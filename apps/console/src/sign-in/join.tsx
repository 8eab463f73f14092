import { AcceptInvite, InviteOffer, Me } from '@ringdown/protocol/http';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button } from '@ringdown/ui/button';
import { Card, SkeletonRows } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { Plain } from '../shell/plain.tsx';
import { useAction } from '../shell/use-action.ts';
import { parseJoinLink } from './join-link.ts';
import { KeyChoiceFields, type KeyWish } from './key-choice.tsx';

export function Join() {
  const { t } = useTranslation();
  const { rest } = useServices();
  const [link] = useState(() => parseJoinLink(location.hash));
  const offer = useQuery({
    queryKey: ['join', link?.token],
    enabled: link !== null,
    retry: false,
    queryFn: () => rest.ask(InviteOffer, '/api/invites/look-up', { method: 'POST', json: { token: link?.token } }),
  });
  if (!link) {
    return (
      <Plain title={t('join.broken-title')}>
        <Notice tone="warning">{t('join.broken')}</Notice>
      </Plain>
    );
  }
  if (offer.isPending) {
    return (
      <Plain title={t('join.title')}>
        <SkeletonRows rows={3} label={t('list.loading')} />
      </Plain>
    );
  }
  if (offer.isError) {
    return (
      <Plain title={t('join.over-title')}>
        <Notice tone="warning">{failureWords(offer.error, t)}</Notice>
      </Plain>
    );
  }
  if (offer.data.adminPublicKey !== link.adminPublicKey) {
    return (
      <Plain title={t('join.mismatch-title')}>
        <Notice tone="danger" live="alert">
          {t('join.mismatch')}
        </Notice>
      </Plain>
    );
  }
  return <JoinForm offer={offer.data} token={link.token} />;
}

function JoinForm({ offer, token }: { offer: InviteOffer; token: string }) {
  const { t } = useTranslation();
  const { account, rest, pin } = useServices();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [key, setKey] = useState<KeyWish>({ kind: 'device', passphrase: '', again: '' });
  const join = useAction(async () => {
    const made = key.kind === 'device' ? await account.makeKey() : null;
    const signer = made?.signer ?? (await account.extensionSigner());
    const { authorization, challenge } = await account.prove(signer, '/api/invites/accept');
    const json = AcceptInvite.parse({ challenge, token, name });
    if (made && key.kind === 'device') await account.keepKey(made.secretKey, key.passphrase || null);
    else await account.keepExtension(await signer.getPublicKey());
    await rest.ask(Me, '/api/invites/accept', { method: 'POST', json, authorization });
    pin.pin(offer.adminPublicKey);
    await navigate({ to: '/' });
    await account.load();
  });
  const mismatch = key.kind === 'device' && key.again !== '' && key.passphrase !== key.again;
  const ready = name.trim() !== '' && (key.kind === 'extension' || key.passphrase === key.again);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) join.run();
  };
  return (
    <Plain
      title={t('join.to', { hotline: offer.hotlineName })}
      lead={t('join.lead', { organisation: offer.organisationName, role: t(`role.${offer.role}`) })}
    >
      <Card padded>
        <form className="stack" onSubmit={submit}>
          <Field
            label={t('join.name')}
            hint={t('join.name-hint')}
            value={name}
            onChange={setName}
            maxLength={60}
            autoComplete="nickname"
            autoFocus
            required
          />
          <KeyChoiceFields value={key} onChange={setKey} mismatch={mismatch} />
          {join.failure === undefined ? null : (
            <Notice tone="danger" live="alert">
              {join.failure}
            </Notice>
          )}
          <Button kind="primary" size="large" wide type="submit" isDisabled={!ready} isPending={join.busy}>
            {t('join.join')}
          </Button>
        </form>
      </Card>
    </Plain>
  );
}

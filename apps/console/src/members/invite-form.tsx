import { CreateInvite, InviteCreated, type Hotline, type Role } from '@ringdown/protocol/http';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { Link as LinkIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices, useWork } from '../services.tsx';
import { asLabel } from '../shell/label-words.ts';
import { CopyLine } from '../shell/copy-line.tsx';
import { useAction } from '../shell/use-action.ts';

type Invitable = Exclude<Role, 'owner'>;

/** One link for one person. The token is in the fragment and shown once. */
export function InviteForm({ hotlines }: { hotlines: readonly Hotline[] }) {
  const { t } = useTranslation();
  const { rest, ledger, origin } = useServices();
  const { me } = useWork().account;
  const queries = useQueryClient();
  const [hotlineId, setHotlineId] = useState(hotlines[0]?.hotlineId ?? '');
  const [role, setRole] = useState<Invitable>('volunteer');
  const [links, setLinks] = useState<readonly string[]>([]);
  const make = useAction(async () => {
    const json = CreateInvite.parse({ hotlineId, role });
    const invite = await rest.ask(InviteCreated, '/api/invites', { method: 'POST', json });
    if (me.role === 'owner') ledger.made(invite);
    setLinks([`${origin}/join#${invite.token}.${me.organisation.adminPublicKey}`, ...links]);
    await queries.invalidateQueries({ queryKey: ['members'] });
  });
  return (
    <div className="stack">
      {hotlines.length > 1 ? (
        <Select
          label={t('invite.hotline')}
          value={hotlineId}
          onChange={setHotlineId}
          choices={hotlines.map((hotline) => ({ id: hotline.hotlineId, name: hotline.name }))}
        />
      ) : null}
      <Select
        label={t('invite.role')}
        value={role}
        onChange={setRole}
        choices={(['volunteer', 'supervisor', 'admin'] as const).map((id) => ({ id, name: asLabel(t(`role.${id}`)) }))}
      />
      <div>
        <Button icon={<LinkIcon size={16} aria-hidden />} isPending={make.busy} onPress={() => make.run()}>
          {t('invite.make')}
        </Button>
      </div>
      {make.failure === undefined ? null : (
        <Notice tone="danger" live="alert">
          {make.failure}
        </Notice>
      )}
      {links.length > 0 ? <p className="quiet">{t('invite.once')}</p> : null}
      <ul className="stack-close">
        {links.map((link) => (
          <li key={link}>
            <CopyLine text={link} />
          </li>
        ))}
      </ul>
    </div>
  );
}

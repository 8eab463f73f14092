import type { GatewayInfo, Invite, Member } from '@ringdown/protocol/http';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { Blank, Card } from '@ringdown/ui/card';
import { Dialog } from '@ringdown/ui/dialog';
import { Tag } from '@ringdown/ui/tag';
import { Link as LinkIcon, Radio, Users } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGateways, useHotlines, useInvites, useMembers } from '../server/lists.ts';
import { useServices, useWork } from '../services.tsx';
import { asLabel } from '../shell/label-words.ts';
import { Listed } from '../shell/listed.tsx';
import { Ago } from '../shell/moving-time.tsx';
import { useAction } from '../shell/use-action.ts';
import { InviteForm } from './invite-form.tsx';
import { ServiceForm } from './service-form.tsx';
import '../home/home.css';

export function Members() {
  const { t } = useTranslation();
  const members = useMembers();
  const invites = useInvites();
  const gateways = useGateways();
  const hotlines = useHotlines();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.members')}</h1>
      </div>
      <Card title={t('members.people')}>
        <Listed query={members} empty={null}>
          {(items) => (
            <ul>
              {items.map((member) => (
                <li key={member.operatorId}>
                  <MemberRow member={member} />
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Card>
      <Card title={t('invite.title')} padded>
        {hotlines.data ? <InviteForm hotlines={hotlines.data} /> : null}
      </Card>
      <Card title={t('invite.list')}>
        <Listed
          query={invites}
          empty={
            <Blank icon={<LinkIcon size={28} aria-hidden />} title={t('invite.empty-title')}>
              {t('invite.empty')}
            </Blank>
          }
        >
          {(items) => (
            <ul>
              {items.map((invite) => (
                <li key={invite.inviteId}>
                  <InviteRow invite={invite} />
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Card>
      <Card title={t('gateways.title')}>
        <Listed
          query={gateways}
          empty={
            <Blank icon={<Radio size={28} aria-hidden />} title={t('gateways.empty-title')}>
              {t('gateways.empty')}
            </Blank>
          }
        >
          {(items) => (
            <ul>
              {items.map((gateway) => (
                <li key={gateway.gatewayId}>
                  <GatewayRow gateway={gateway} />
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Card>
    </div>
  );
}

function MemberRow({ member }: { member: Member }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { keeper, account } = useWork();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [serving, setServing] = useState(false);
  const hotlines = useHotlines();
  const serves = hotlines.data
    ?.filter(({ hotlineId }) => member.hotlineIds.includes(hotlineId))
    .map(({ name }) => name)
    .join(', ');
  const remove = useAction(async () => {
    await rest.tell(`/api/members/${member.operatorId}`, { method: 'DELETE' });
    await keeper?.check();
    await queries.invalidateQueries({ queryKey: ['members'] });
    setAsking(false);
  });
  const me = member.operatorId === account.me.operatorId;
  return (
    <div className="list-row">
      <Users size={18} aria-hidden />
      <span className="list-row-main">
        <strong>{member.name}</strong> {me ? <span className="quiet">{t('members.me')}</span> : null}
        <span className="quiet" style={{ display: 'block' }}>
          {t(`role.${member.role}`)} · {t('members.joined')} <Ago at={member.joinedAt} />
          {(hotlines.data?.length ?? 0) > 1 ? ` · ${serves || t('members.serves-none')}` : ''}
        </span>
      </span>
      <span className="list-row-facts">
        {member.inRoster ? (
          <Tag tone="live">{t('members.in-roster')}</Tag>
        ) : (
          <Tag tone="warning">{t('members.waiting')}</Tag>
        )}
        {!member.inRoster && keeper ? (
          <Button onPress={() => void keeper.confirm(member.publicKey)}>{t('banner.add')}</Button>
        ) : null}
        <Button kind="quiet" onPress={() => setServing(true)}>
          {t('service.edit')}
        </Button>
        {me || member.role === 'owner' ? null : (
          <Button kind="quiet" onPress={() => setAsking(true)}>
            {t('members.remove')}
          </Button>
        )}
      </span>
      <Dialog
        title={t('service.title', { name: member.name })}
        closeWord={t('close')}
        open={serving}
        onClose={() => setServing(false)}
      >
        <ServiceForm member={member} hotlines={hotlines.data ?? []} onDone={() => setServing(false)} />
      </Dialog>
      <Dialog
        title={t('members.remove-title', { name: member.name })}
        closeWord={t('close')}
        open={asking}
        onClose={() => setAsking(false)}
      >
        <div className="stack">
          <p>{t('members.remove-text')}</p>
          {remove.failure === undefined ? null : <p role="alert">{remove.failure}</p>}
          <Button kind="danger" isPending={remove.busy} onPress={() => remove.run()}>
            {t('members.remove-do', { name: member.name })}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}

function InviteRow({ invite }: { invite: Invite }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const queries = useQueryClient();
  const withdraw = useAction(async () => {
    await rest.tell(`/api/invites/${invite.inviteId}`, { method: 'DELETE' });
    await queries.invalidateQueries({ queryKey: ['members'] });
  });
  return (
    <div className="list-row">
      <span className="list-row-main">
        {asLabel(t(`role.${invite.role}`))}
        <span className="quiet" style={{ display: 'block' }}>
          {t('invite.made')} <Ago at={invite.createdAt} />
          {invite.state === 'open' ? (
            <>
              {' · '}
              {t('invite.expires')} <Ago at={invite.expiresAt} />
            </>
          ) : null}
        </span>
      </span>
      <span className="list-row-facts">
        <Tag tone={invite.state === 'open' ? 'accent' : 'plain'}>{t(`invite.${invite.state}`)}</Tag>
        {invite.state === 'open' ? (
          <Button kind="quiet" isPending={withdraw.busy} onPress={() => withdraw.run()}>
            {t('invite.withdraw')}
          </Button>
        ) : null}
      </span>
    </div>
  );
}

function GatewayRow({ gateway }: { gateway: GatewayInfo }) {
  const { t } = useTranslation();
  const { keeper } = useWork();
  return (
    <div className="list-row">
      <Radio size={18} aria-hidden />
      <span className="list-row-main">
        <strong className="mono">{gateway.publicKey.slice(0, 12)}</strong>
        <span className="quiet" style={{ display: 'block' }}>
          {t('gateways.seen')} <Ago at={gateway.lastSeenAt} /> · {t('gateways.calls', { count: gateway.calls })}
        </span>
      </span>
      <span className="list-row-facts">
        <Tag tone={gateway.up ? 'live' : 'warning'}>{t(gateway.up ? 'gateways.up' : 'gateways.down')}</Tag>
        {gateway.inRoster ? (
          <Tag tone="live">{t('members.in-roster')}</Tag>
        ) : keeper ? (
          <Button onPress={() => void keeper.confirm(gateway.publicKey)}>{t('banner.allow')}</Button>
        ) : (
          <Tag tone="warning">{t('members.waiting')}</Tag>
        )}
      </span>
    </div>
  );
}

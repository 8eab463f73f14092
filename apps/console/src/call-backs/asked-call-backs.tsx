import { AskedCallBack } from '@ringdown/protocol/call-backs';
import type { Priority } from '@ringdown/protocol/call-events';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Notice } from '@ringdown/ui/notice';
import { Tag, type TagTone } from '@ringdown/ui/tag';
import type { TFunction } from 'i18next';
import { Check, Hand, PhoneOutgoing, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RefusalNotice } from '../active-call/refusal-notice.tsx';
import { useCallBacks } from '../server/lists.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { Ago, useServerNow } from '../shell/moving-time.tsx';
import { useAction } from '../shell/use-action.ts';
import { sortCallBacks } from './order.ts';
import { useReasons } from './sealed-reason.ts';
import '../home/home.css';

const TONES: Record<Priority, TagTone> = { urgent: 'danger', high: 'warning', medium: 'plain', low: 'plain' };
const leads = (role: string): boolean => role !== 'volunteer';

/** X3: whom volunteers asked a supervisor to call back. Nothing at all while there is none. */
export function AskedCallBacks() {
  const { t } = useTranslation();
  const { me } = useWork().account;
  const [show, setShow] = useState<'open' | 'over'>('open');
  const open = useCallBacks('open');
  const shown = useCallBacks(show).data ?? [];
  const reasons = useReasons(shown);
  if (!leads(me.role) || (open.data?.length ?? 0) === 0) return null;
  const rows = show === 'open' ? sortCallBacks(shown) : shown;
  return (
    <>
      <RefusalNotice of={['place-call-back']} />
      <Card
        title={t('call-back.title', { count: open.data?.length ?? 0 })}
        action={
          <Segments
            label={t('call-back.show')}
            value={show}
            onChange={setShow}
            choices={(['open', 'over'] as const).map((id) => ({ id, name: t(`call-back.${id}`) }))}
          />
        }
      >
        <ul>
          {rows.map((callBack) => (
            <li key={callBack.callBackId}>
              <CallBackRow callBack={callBack} reason={reasons.get(callBack.callBackId)} />
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}

/** `reason` undefined: still being opened; null: can't be opened here. */
function CallBackRow({ callBack, reason }: { callBack: AskedCallBack; reason: string | null | undefined }) {
  const { t } = useTranslation();
  const { state, priority, askedBy, askedAt, hotlineName, callId } = callBack;
  return (
    <div className="list-row">
      <span className="list-row-main">
        <strong dir="auto">{reason === undefined ? t('list.loading') : (reason ?? t('call-back.unreadable'))}</strong>
        <span className="quiet" style={{ display: 'block' }}>
          {t('call-back.by', { name: askedBy.name })} · <Ago at={askedAt} /> · {hotlineName}
          {' · '}
          <Link to="/calls/$callId" params={{ callId }}>
            {t('follow-up.call')}
          </Link>
        </span>
      </span>
      <span className="list-row-facts">
        <Tag tone={TONES[priority]}>{t(`waiting.level.${priority}`)}</Tag>
        <Tag>{stateWords(callBack, t)}</Tag>
        {state === 'asked' || state === 'claimed' ? <WaysOn callBack={callBack} /> : null}
      </span>
    </div>
  );
}

const stateWords = ({ state, claimedBy, attempts, attemptsAllowed }: AskedCallBack, t: TFunction): string => {
  const words = t(`call-back.state.${state}`, { name: claimedBy?.name ?? '' });
  return attempts === 0 ? words : `${words} · ${t('call-back.tries', { count: attempts, allowed: attemptsAllowed })}`;
};

function WaysOn({ callBack }: { callBack: AskedCallBack }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { account } = useWork();
  const queries = useQueryClient();
  const { callBackId, claimedBy } = callBack;
  const move = useAction(async (step: 'claim' | 'release' | 'close', json: object = {}) => {
    try {
      await rest.ask(AskedCallBack, `/api/call-backs/${callBackId}/${step}`, { method: 'POST', json });
    } finally {
      // Also when somebody else was quicker: then the list says who.
      await queries.invalidateQueries({ queryKey: ['call-backs'] });
    }
  });
  const mine = claimedBy?.operatorId === account.me.operatorId;
  if (claimedBy && !mine) return null;
  return (
    <>
      {mine ? (
        <>
          <CallNow callBack={callBack} />
          <Button
            icon={<Check size={16} aria-hidden />}
            isPending={move.busy}
            onPress={() => move.run('close', { as: 'done' })}
          >
            {t('call-back.done')}
          </Button>
          <Button
            kind="quiet"
            icon={<Undo2 size={16} aria-hidden />}
            isPending={move.busy}
            onPress={() => move.run('release')}
          >
            {t('call-back.release')}
          </Button>
        </>
      ) : (
        <Button icon={<Hand size={16} aria-hidden />} isPending={move.busy} onPress={() => move.run('claim')}>
          {t('call-back.claim')}
        </Button>
      )}
      {move.failure === undefined ? null : (
        <Notice tone="danger" live="alert">
          {move.failure}
        </Notice>
      )}
    </>
  );
}

/** The call opens on this page at once; the caller is dialled then. */
function CallNow({ callBack: { callBackId, notBefore } }: { callBack: AskedCallBack }) {
  const { t } = useTranslation();
  const { attention } = useServices();
  const { desk, line } = useWork();
  const navigate = useNavigate();
  const { busy } = useFollowed(desk);
  const state = useFollowed(line).snapshot?.presence.state;
  const now = useServerNow(1_000);
  const waitS = Math.ceil(((notBefore ?? 0) - now) / 1_000);
  return (
    <Button
      kind="primary"
      icon={<PhoneOutgoing size={16} aria-hidden />}
      isDisabled={waitS > 0 || state === 'on-call' || state === 'ringing' || state === 'wrap-up' || state === undefined}
      isPending={busy === 'place-call-back'}
      onPress={() => {
        attention.sound.wake();
        void desk.placeCallBack(callBackId).then((placed) => (placed ? navigate({ to: '/' }) : undefined));
      }}
    >
      {waitS > 0 ? t('call-back.again-in', { count: Math.ceil(waitS / 60) }) : t('call-back.call')}
    </Button>
  );
}

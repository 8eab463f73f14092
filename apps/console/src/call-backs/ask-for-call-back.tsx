import { AskedCallBack } from '@ringdown/protocol/call-backs';
import type { Priority } from '@ringdown/protocol/call-events';
import type { CallView } from '@ringdown/protocol/console';
import type { Hotline } from '@ringdown/protocol/http';
import { AskedCallBackId } from '@ringdown/protocol/ids';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { SkeletonRows } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { PhoneOutgoing } from 'lucide-react';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useHotline } from '../server/floor-lists.ts';
import { useServices, useWork } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';
import { REASON_LIMIT, sealReason } from './sealed-reason.ts';

const PRIORITIES: readonly Priority[] = ['urgent', 'high', 'medium', 'low'];

/** X3: no supervisor is free now; one calls the caller back. The call itself goes on as it is. */
export function AskForCallBack({ call, close }: { call: CallView; close: () => void }) {
  const { t } = useTranslation();
  const hotline = useHotline(call.hotlineId).data;
  if (!hotline) return <SkeletonRows rows={2} label={t('list.loading')} />;
  return <AskForm call={call} hotline={hotline} close={close} />;
}

function AskForm({ call, hotline, close }: { call: CallView; hotline: Hotline; close: () => void }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { vaults } = useWork();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [priority, setPriority] = useState<Priority>('medium');
  const [asked, setAsked] = useState(false);
  // The same id at a second try: an answer that got lost asks for nothing twice.
  const id = useRef(AskedCallBackId.parse(crypto.randomUUID()));
  const ask = useAction(async () => {
    const json = {
      callBackId: id.current,
      callId: call.callId,
      priority,
      sealedReason: await sealReason(vaults, hotline, id.current, reason),
    };
    await rest.ask(AskedCallBack, '/api/call-backs', { method: 'POST', json });
    await queries.invalidateQueries({ queryKey: ['call-backs'] });
    setAsked(true);
  });
  const tooLong = reason.length > REASON_LIMIT;
  const ready = reason.trim() !== '' && !tooLong;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !ask.busy) ask.run();
  };
  if (asked) {
    return (
      <Notice live="polite" title={t('call-back.asked-title')} action={<Button onPress={close}>{t('close')}</Button>}>
        {t('call-back.asked')}
      </Notice>
    );
  }
  return (
    <form className="stack-close" onSubmit={submit}>
      <p className="quiet">{t('call-back.means')}</p>
      <Field
        label={t('call-back.reason')}
        hint={t('call-back.reason-hint')}
        rows={3}
        value={reason}
        onChange={setReason}
        error={tooLong ? t('team.too-long') : undefined}
        required
      />
      <Select
        label={t('call-back.priority')}
        value={priority}
        onChange={setPriority}
        choices={PRIORITIES.map((each) => ({ id: each, name: t(`waiting.level.${each}`) }))}
      />
      {ask.failure === undefined ? null : (
        <Notice tone="danger" live="alert">
          {ask.failure}
        </Notice>
      )}
      <div>
        <Button type="submit" icon={<PhoneOutgoing size={16} aria-hidden />} isDisabled={!ready} isPending={ask.busy}>
          {t('call-back.ask')}
        </Button>
      </div>
    </form>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import type { CallView } from '@ringdown/protocol/console';
import type { Hotline } from '@ringdown/protocol/http';
import { type CallId, type HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { Dispatch, DispatchId } from '@ringdown/protocol/team';
import { Button } from '@ringdown/ui/button';
import { Card, SkeletonRows } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Combo } from '@ringdown/ui/select';
import { Send, X } from 'lucide-react';
import { useCallback, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useColleagues, useHotline } from '../server/floor-lists.ts';
import { useServices, useWork } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';
import { sealWords } from '../team/team-words.ts';

const LONGEST = 2_000;

/** D in a call: somebody goes there for the caller. */
export function SendFromCall({ call, close }: { call: CallView; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Card
      title={t('dispatch.new')}
      action={
        <Button kind="quiet" icon={<X size={18} aria-hidden />} shortcut="Esc" onPress={close}>
          {t('close')}
        </Button>
      }
      padded
    >
      <SendSomebody hotlineId={call.hotlineId} callId={call.callId} sent={close} />
    </Card>
  );
}

interface SendSomebodyProps {
  readonly hotlineId: HotlineId;
  readonly callId: CallId | null;
  readonly sent: () => void;
}

export function SendSomebody({ hotlineId, callId, sent }: SendSomebodyProps) {
  const { t } = useTranslation();
  const colleagues = useColleagues();
  const hotline = useHotline(hotlineId);
  if (!colleagues.data || !hotline.data) return <SkeletonRows rows={2} label={t('list.loading')} />;
  const members = colleagues.data.people.filter(({ hotlineIds }) => hotlineIds.includes(hotlineId));
  const choices = members.map((person) => ({ id: person.operatorId as string, name: person.name }));
  return <SendForm hotline={hotline.data} callId={callId} choices={choices} sent={sent} />;
}

interface SendFormProps {
  readonly hotline: Hotline;
  readonly callId: CallId | null;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  readonly sent: () => void;
}

function SendForm({ hotline, callId, choices, sent }: SendFormProps) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { vaults, account } = useWork();
  const queries = useQueryClient();
  const [whom, setWhom] = useState('');
  const [text, setText] = useState('');
  const send = useAction(
    useCallback(
      async (operatorId: OperatorId, words: string) => {
        const dispatchId = DispatchId.parse(crypto.randomUUID());
        const place = { purpose: 'dispatch', itemId: dispatchId, authorId: account.me.operatorId } as const;
        const sealed = await sealWords(vaults, hotline, words, place);
        const { hotlineId } = hotline;
        const json = { dispatchId, hotlineId, callId, operatorId, sealed };
        await rest.ask(Dispatch, '/api/dispatches', { method: 'POST', json });
        await queries.invalidateQueries({ queryKey: ['dispatch'] });
        sent();
      },
      [account, callId, hotline, queries, rest, sent, vaults],
    ),
  );
  const person = OperatorId.safeParse(whom);
  const tooLong = text.length > LONGEST;
  const ready = person.success && text.trim() !== '' && !tooLong;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (person.success && ready && !send.busy) send.run(person.data, text.trim());
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Combo label={t('dispatch.whom')} choices={choices} value={whom} onChange={setWhom} />
      <Field
        label={t('dispatch.what')}
        hint={t('dispatch.what-hint')}
        rows={3}
        value={text}
        onChange={setText}
        error={tooLong ? t('team.too-long') : send.failure}
      />
      <div>
        <Button type="submit" icon={<Send size={16} aria-hidden />} isDisabled={!ready} isPending={send.busy}>
          {t('dispatch.send')}
        </Button>
      </div>
    </form>
  );
}

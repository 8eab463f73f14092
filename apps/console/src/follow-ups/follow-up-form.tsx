import { FollowUp } from '@ringdown/protocol/follow-ups';
import type { Hotline } from '@ringdown/protocol/http';
import { FollowUpId, OperatorId, type CallId } from '@ringdown/protocol/ids';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { usePeople } from '../server/lists.ts';
import { useServices, useWork } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';
import { sealTitle, TITLE_LIMIT } from './sealed-title.ts';

const ANYBODY = '-';

/** What is left to do, by when and by whom. What it is, is sealed before it is sent. */
export function FollowUpForm({
  hotline,
  callId,
  onDone,
}: {
  hotline: Hotline;
  callId: CallId | null;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { vaults } = useWork();
  const queries = useQueryClient();
  const people = usePeople(hotline.hotlineId).data ?? [];
  const [title, setTitle] = useState('');
  const [dueOn, setDueOn] = useState('');
  const [assignee, setAssignee] = useState(ANYBODY);
  // The same id at a second try: an answer that got lost makes no second follow-up.
  const id = useRef(FollowUpId.parse(crypto.randomUUID()));
  const add = useAction(async () => {
    const json = {
      followUpId: id.current,
      hotlineId: hotline.hotlineId,
      callId,
      sealedTitle: await sealTitle(vaults, hotline, id.current, title),
      dueOn: dueOn === '' ? null : dueOn,
      assigneeId: assignee === ANYBODY ? null : OperatorId.parse(assignee),
    };
    await rest.ask(FollowUp, '/api/follow-ups', { method: 'POST', json });
    await queries.invalidateQueries({ queryKey: ['follow-ups'] });
    onDone();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() !== '' && !add.busy) add.run();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field
        label={t('follow-up.what')}
        hint={t('follow-up.what-hint')}
        value={title}
        onChange={setTitle}
        maxLength={TITLE_LIMIT}
        required
        autoFocus
      />
      <div className="note-facts">
        <Field label={t('follow-up.by')} type="date" value={dueOn} onChange={setDueOn} />
        <Select
          label={t('follow-up.who')}
          value={assignee}
          onChange={setAssignee}
          choices={[
            { id: ANYBODY, name: t('follow-up.anybody') },
            ...people.map(({ operatorId, name }) => ({ id: operatorId as string, name })),
          ]}
        />
      </div>
      {add.failure === undefined ? null : <Notice tone="danger">{add.failure}</Notice>}
      <div className="row">
        <Button type="submit" isPending={add.busy} isDisabled={title.trim() === ''}>
          {t('follow-up.add')}
        </Button>
        <Button kind="quiet" onPress={onDone}>
          {t('follow-up.cancel')}
        </Button>
      </div>
    </form>
  );
}

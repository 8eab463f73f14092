import { useQueryClient } from '@tanstack/react-query';
import { DISPATCH_STEPS, Dispatch, type DispatchState } from '@ringdown/protocol/team';
import { Button } from '@ringdown/ui/button';
import { Blank, Card } from '@ringdown/ui/card';
import type { HotlineId } from '@ringdown/protocol/ids';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { Tag, type TagTone } from '@ringdown/ui/tag';
import { Footprints, Send, X } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDispatches } from '../server/floor-lists.ts';
import { useServices, useWork } from '../services.tsx';
import { Listed } from '../shell/listed.tsx';
import { Ago } from '../shell/moving-time.tsx';
import { useAction } from '../shell/use-action.ts';
import { SealedWords } from '../team/sealed-words.tsx';
import { SendSomebody } from './send-somebody.tsx';

const TONES: Record<DispatchState, TagTone> = {
  sent: 'warning',
  accepted: 'accent',
  'on-the-way': 'accent',
  there: 'live',
  done: 'plain',
  cancelled: 'plain',
};

/** X6: whom the hotline has sent where, and how far they are. */
export function DispatchBoard() {
  const { t } = useTranslation();
  const { me } = useWork().account;
  const [open, setOpen] = useState(false);
  const dispatches = useDispatches();
  const close = useCallback(() => setOpen(false), []);
  const [chosen, setChosen] = useState<HotlineId | null>(null);
  const hotlineId = chosen ?? me.hotlines[0]?.hotlineId;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('dispatch.title')}</h1>
        {hotlineId && !open ? (
          <Button icon={<Send size={16} aria-hidden />} onPress={() => setOpen(true)}>
            {t('dispatch.new')}
          </Button>
        ) : null}
      </div>
      <p className="quiet">{t('dispatch.lead')}</p>
      {hotlineId && open ? (
        <Card
          title={t('dispatch.new')}
          padded
          action={
            <Button kind="quiet" icon={<X size={18} aria-hidden />} onPress={close}>
              {t('close')}
            </Button>
          }
        >
          <div className="stack">
            {me.hotlines.length > 1 ? (
              <Select
                label={t('team.hotline')}
                value={hotlineId}
                onChange={setChosen}
                choices={me.hotlines.map((hotline) => ({ id: hotline.hotlineId, name: hotline.name }))}
              />
            ) : null}
            <SendSomebody key={hotlineId} hotlineId={hotlineId} callId={null} sent={close} />
          </div>
        </Card>
      ) : null}
      <Card>
        <Listed
          query={dispatches}
          empty={
            <Blank icon={<Footprints size={28} aria-hidden />} title={t('dispatch.empty-title')}>
              {t('dispatch.empty')}
            </Blank>
          }
        >
          {(items) => (
            <ul>
              {items.map((dispatch) => (
                <li key={dispatch.dispatchId} className="list-row" style={{ contentVisibility: 'auto' }}>
                  <DispatchRow dispatch={dispatch} />
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Card>
    </div>
  );
}

function DispatchRow({ dispatch }: { dispatch: Dispatch }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const queries = useQueryClient();
  const { me } = useWork().account;
  const { dispatchId, person, sentBy, state } = dispatch;
  const move = useAction(
    useCallback(
      async (next: DispatchState) => {
        try {
          await rest.ask(Dispatch, `/api/dispatches/${dispatchId}`, { method: 'PATCH', json: { state: next } });
        } finally {
          await queries.invalidateQueries({ queryKey: ['dispatch'] });
        }
      },
      [dispatchId, queries, rest],
    ),
  );
  const mine = person.operatorId === me.operatorId;
  const next = DISPATCH_STEPS[state][0];
  return (
    <>
      <div className="list-row-main stack-close">
        <div className="row">
          <strong>{mine ? t('dispatch.me') : person.name}</strong>
          <Tag tone={TONES[state]}>{t(`dispatch.state.${state}`)}</Tag>
          <span className="quiet">
            <Ago at={dispatch.movedAt} /> · {dispatch.hotlineName} · {t('dispatch.by', { name: sentBy.name })}
          </span>
        </div>
        <SealedWords
          purpose="dispatch"
          hotlineId={dispatch.hotlineId}
          itemId={dispatchId}
          authorId={sentBy.operatorId}
          sealed={dispatch.sealed}
          unreadable={t('dispatch.unreadable')}
        />
        {move.failure === undefined ? null : (
          <Notice tone="warning" live="alert">
            {move.failure}
          </Notice>
        )}
      </div>
      {next && next !== 'sent' ? (
        <div className="row">
          <Button isPending={move.busy} onPress={() => move.run(next)}>
            {t(`dispatch.step.${next}`)}
          </Button>
          <Button kind="quiet" isPending={move.busy} onPress={() => move.run('cancelled')}>
            {t('dispatch.step.cancelled')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

import { RevealedNumber, type CallDetail as Detail } from '@ringdown/protocol/http';
import { Link, useParams } from '@tanstack/react-router';
import { Button } from '@ringdown/ui/button';
import { Card, SkeletonRows } from '@ringdown/ui/card';
import { Dialog } from '@ringdown/ui/dialog';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { ArrowLeft, Eye } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCall } from '../server/lists.ts';
import { useServices, useWork } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { exactTime, spokenDuration } from '../shell/time-words.ts';
import { useAction } from '../shell/use-action.ts';
import { CallNotes } from './call-notes.tsx';
import { Timeline } from './timeline.tsx';
import '../active-call/call.css';

export function CallDetail() {
  const { t } = useTranslation();
  const { callId } = useParams({ from: '/calls/$callId' });
  const call = useCall(callId);
  const { role } = useWork().account.me;
  return (
    <div className="page">
      <Link to={role === 'volunteer' ? '/my-calls' : '/calls'} className="row">
        <ArrowLeft size={16} aria-hidden />
        {t(role === 'volunteer' ? 'nav.my-calls' : 'nav.calls')}
      </Link>
      {call.isPending ? <SkeletonRows rows={6} label={t('list.loading')} /> : null}
      {call.isError ? (
        <Notice
          tone="warning"
          title={t('list.failed')}
          action={<Button onPress={() => void call.refetch()}>{t('list.again')}</Button>}
        >
          {failureWords(call.error, t)}
        </Notice>
      ) : null}
      {call.data ? <Known call={call.data} /> : null}
    </div>
  );
}

function Known({ call }: { call: Detail }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="page-head">
        <h1>{call.termination ? t(`termination.${call.termination.reason}`) : t(`phase.${call.phase}`)}</h1>
      </div>
      <Card padded>
        <dl className="facts">
          <dt>{t('detail.hotline')}</dt>
          <dd>{call.hotlineName}</dd>
          <dt>{t('detail.arrived')}</dt>
          <dd>{exactTime(call.arrivedAt)}</dd>
          <dt>{t('detail.caller')}</dt>
          <dd>
            <Caller call={call} />
          </dd>
          <dt>{t('detail.person')}</dt>
          <dd>{call.operator?.name ?? t('call.nobody')}</dd>
          <dt>{t('detail.waited')}</dt>
          <dd>{spokenDuration(call.waitedMs)}</dd>
          <dt>{t('detail.talked')}</dt>
          <dd>{call.talkedMs === null ? '–' : spokenDuration(call.talkedMs)}</dd>
          {call.termination ? (
            <>
              <dt>{t('detail.whose')}</dt>
              <dd>{t(`result.${call.termination.result}`)}</dd>
            </>
          ) : null}
        </dl>
      </Card>
      <CallNotes call={call} />
      <Card title={t('detail.timeline')}>
        <Timeline call={call} />
      </Card>
    </>
  );
}

/** A5, principle 5: masked, shown for a reason, and the reason is kept. */
function Caller({ call }: { call: Detail }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  // As the api decides it: only who leads a hotline may see whole numbers.
  const mayReveal = useWork().account.me.role !== 'volunteer';
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [number, setNumber] = useState<string | null>();
  const reveal = useAction(async () => {
    const path = `/api/calls/${call.callId}/number`;
    const answer = await rest.ask(RevealedNumber, path, { method: 'POST', json: { reason } });
    setNumber(answer.number);
    setAsking(false);
  });
  const shown = number === undefined ? call.callerMasked || undefined : (number ?? undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length >= 5) reveal.run();
  };
  return (
    <span className="row">
      {shown === undefined ? (
        t(number === null ? 'detail.withheld' : 'call.withheld')
      ) : (
        <span className="masked-number">{shown}</span>
      )}
      {mayReveal && number === undefined && call.callerMasked !== '' ? (
        <Button kind="quiet" icon={<Eye size={16} aria-hidden />} onPress={() => setAsking(true)}>
          {t('detail.reveal')}
        </Button>
      ) : null}
      <Dialog title={t('detail.reveal-title')} closeWord={t('close')} open={asking} onClose={() => setAsking(false)}>
        <form className="stack" onSubmit={submit}>
          <p>{t('detail.reveal-text')}</p>
          <Field
            label={t('detail.reveal-reason')}
            value={reason}
            onChange={setReason}
            maxLength={300}
            error={reveal.failure}
            autoFocus
          />
          <Button kind="primary" type="submit" isPending={reveal.busy} isDisabled={reason.trim().length < 5}>
            {t('detail.reveal-do')}
          </Button>
        </form>
      </Dialog>
    </span>
  );
}

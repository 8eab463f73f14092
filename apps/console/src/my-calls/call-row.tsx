import type { CallSummary } from '@ringdown/protocol/http';
import { Link } from '@tanstack/react-router';
import { Tag } from '@ringdown/ui/tag';
import { NotebookPen, Voicemail } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Ago } from '../shell/moving-time.tsx';
import { spokenDuration } from '../shell/time-words.ts';
import '../home/home.css';

/** Two facts decide: when, and how it ended. */
export function CallRow({ call, person = false }: { call: CallSummary; person?: boolean }) {
  const { t } = useTranslation();
  return (
    <Link to={call.test ? '/practice/$callId' : '/calls/$callId'} params={{ callId: call.callId }} className="list-row">
      <span className="list-row-main">
        <strong>{call.termination ? t(`termination.${call.termination.reason}`) : t(`phase.${call.phase}`)}</strong>
        <span className="quiet" style={{ display: 'block' }}>
          <Ago at={call.arrivedAt} /> · {call.hotlineName} ·{' '}
          {call.test ? (
            t('practice.scripted-caller')
          ) : call.callerMasked ? (
            <span className="masked-number">{call.callerMasked}</span>
          ) : (
            t('call.withheld')
          )}
        </span>
      </span>
      <span className="list-row-facts">
        {call.test ? <Tag tone="accent">{t('call.test')}</Tag> : null}
        {call.hasNote ? <Tag icon={<NotebookPen size={14} aria-hidden />}>{t('call.note')}</Tag> : null}
        {call.hasVoicemail ? <Tag icon={<Voicemail size={14} aria-hidden />}>{t('call.voicemail')}</Tag> : null}
        {person ? <span>{call.operator?.name ?? t('call.nobody')}</span> : null}
        <span>
          {call.talkedMs === null && (call.phase === 'dial-in' || call.termination?.reason.startsWith('dial-in'))
            ? t('call.not-connected')
            : call.talkedMs === null
              ? t('call.waited-short', { time: spokenDuration(call.waitedMs) })
              : t('call.talked-short', { time: spokenDuration(call.talkedMs) })}
        </span>
      </span>
    </Link>
  );
}

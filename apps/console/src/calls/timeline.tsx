import { explainEvent } from '@ringdown/call-flow/explain';
import type { CallDetail } from '@ringdown/protocol/http';
import { useTranslation } from 'react-i18next';
import { useHotlines } from '../server/lists.ts';
import { clockTime, exactTime, timeOfDay } from '../shell/time-words.ts';
import './timeline.css';

/** P6: everything that happened to the call and why, in the words of the engine that decided it. */
export function Timeline({ call }: { call: CallDetail }) {
  const { t, i18n } = useTranslation();
  const hotlines = useHotlines();
  const names = {
    personName: (operatorId: string) => call.people[operatorId] ?? t('call.former-member'),
    hotlineName: (id: string) => hotlines.data?.find(({ hotlineId }) => hotlineId === id)?.name,
  };
  return (
    <ol className="timeline">
      {call.events.map(({ seq, event }) => {
        const { text, details } = explainEvent(event, names, i18n.language);
        return (
          <li key={seq} className="timeline-row">
            <time className="quiet" dateTime={new Date(event.at).toISOString()} title={exactTime(event.at)}>
              {timeOfDay(event.at)}
              <span className="small" style={{ display: 'block' }}>
                +{clockTime(event.at - call.arrivedAt)}
              </span>
            </time>
            <span className="timeline-mark" aria-hidden="true" />
            <div>
              <p>{text}</p>
              {details.map((detail) => (
                <p key={detail} className="timeline-detail small">
                  {detail}
                </p>
              ))}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

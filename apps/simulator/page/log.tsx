import { useState } from 'react';
import type { LogEntry } from '../src/event-log.ts';

const kinds: Readonly<Record<LogEntry['kind'], string>> = {
  call: 'Call',
  webhook: 'Webhook',
  callback: 'Callback',
  twiml: 'Document',
  stream: 'Stream',
  rest: 'API',
  warning: 'Warning',
  fault: 'Fault',
};
const SHOWN = 300;

/** What happened, newest first. */
export function Log({ entries, onClear }: { entries: readonly LogEntry[]; onClear: () => void }) {
  const [kind, setKind] = useState('all');
  const [words, setWords] = useState('');
  const [callSid, setCallSid] = useState<string | null>(null);
  const wanted = words.toLowerCase();
  const shown = entries
    .filter(
      (entry) =>
        (kind === 'all' || entry.kind === kind) &&
        (callSid === null || entry.callSid === callSid) &&
        (wanted === '' || `${entry.text} ${entry.callSid ?? ''} ${entry.detail ?? ''}`.toLowerCase().includes(wanted)),
    )
    .slice(-SHOWN)
    .reverse();

  return (
    <section className="log" aria-labelledby="log-title">
      <header className="row-apart">
        <h2 id="log-title">What happened</h2>
        <div className="row">
          <select
            aria-label="Kind of entry"
            data-testid="log-kind"
            value={kind}
            onChange={(event) => setKind(event.target.value)}
          >
            <option value="all">Everything</option>
            {Object.entries(kinds).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
          <input
            type="search"
            aria-label="Words to look for"
            placeholder="Look for words"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          {callSid !== null && (
            <button type="button" className="plain" onClick={() => setCallSid(null)}>
              Show all calls
            </button>
          )}
          <button type="button" className="plain" onClick={onClear}>
            Clear
          </button>
        </div>
      </header>
      {shown.length === 0 ? (
        <p className="empty">Nothing yet. Call a number, and every request and document of the call is written here.</p>
      ) : (
        <ol data-testid="log">
          {shown.map((entry, index) => (
            <Entry key={`${entry.at} ${shown.length - index}`} entry={entry} onCall={setCallSid} />
          ))}
        </ol>
      )}
    </section>
  );
}

/** Local time with milliseconds. */
function clockTime(at: number): string {
  const date = new Date(at);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function Entry({ entry, onCall }: { entry: LogEntry; onCall: (callSid: string) => void }) {
  const { at, callSid, kind, text, status, ms, detail } = entry;
  const figures = [status, ms === undefined ? undefined : `${ms} ms`].filter((each) => each !== undefined).join(' · ');
  return (
    <li data-kind={kind}>
      <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
      <span className="kind">{kinds[kind]}</span>
      <div className="what">
        {detail === undefined || detail === '' ? (
          text
        ) : (
          <details>
            <summary>{text}</summary>
            <pre tabIndex={0}>{detail}</pre>
          </details>
        )}
      </div>
      <span className="figures">{figures}</span>
      {callSid === null ? (
        <span />
      ) : (
        <button type="button" className="sid" title="Show this call only" onClick={() => onCall(callSid)}>
          {callSid.slice(0, 8)}
        </button>
      )}
    </li>
  );
}

import { useEffect, useId, useState, useSyncExternalStore } from 'react';
import type { PhoneAudio } from '../src/control-api.ts';
import { PhoneLine, type CallView } from './phone-line.ts';
import { SoundChoice } from './sound-choice.tsx';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

export function Phone({ id, numbers }: { id: number; numbers: readonly { number: string; name: string }[] }) {
  const [line] = useState(() => new PhoneLine(id));
  useEffect(() => {
    line.open();
    return () => line.close();
  }, [line]);
  const { connected, call, refusal } = useSyncExternalStore(line.watch, () => line.view);
  const [from, setFrom] = useState(`+1500555${String(7000 + id)}`);
  const [withheld, setWithheld] = useState(false);
  const [to, setTo] = useState('');
  const [audio, setAudio] = useState<PhoneAudio>({ tone: 700 });
  const [loud, setLoud] = useState(true);
  const ids = useId();
  const dialled = to === '' ? (numbers[0]?.number ?? '') : to;
  const inCall = call !== null && call.endedAt === null;
  const isRung = inCall && call.direction === 'outbound-api' && call.answeredAt === null;
  useEffect(() => line.listenAt(from), [line, from]);
  useSpokenCaptions(call, loud && inCall);

  const changeAudio = (next: PhoneAudio): void => {
    setAudio(next);
    if (inCall) void line.speak(next);
  };

  return (
    <section className="phone" data-testid={`phone-${id}`} aria-labelledby={`${ids}-title`}>
      <header className="row-apart">
        <h2 id={`${ids}-title`}>Phone {id}</h2>
        <CallStatus call={call} connected={connected} />
      </header>

      <div className="fields">
        <label>
          <span>Your number</span>
          <input
            data-testid="from"
            value={withheld ? 'Withheld' : from}
            disabled={withheld || inCall}
            inputMode="tel"
            onChange={(event) => setFrom(event.target.value)}
          />
        </label>
        <label>
          <span>Number to call</span>
          <input
            data-testid="to"
            list={`${ids}-numbers`}
            value={dialled}
            disabled={inCall}
            inputMode="tel"
            placeholder="No number exists yet"
            onChange={(event) => setTo(event.target.value)}
          />
        </label>
        <datalist id={`${ids}-numbers`}>
          {numbers.map(({ number, name }) => (
            <option key={number} value={number} label={name === number ? number : name} />
          ))}
        </datalist>
        <label className="check">
          <input
            type="checkbox"
            data-testid="withhold"
            checked={withheld}
            disabled={inCall}
            onChange={(event) => setWithheld(event.target.checked)}
          />
          Withhold the number
        </label>
      </div>

      {isRung ? (
        <div className="row-apart" data-testid="incoming">
          <button type="button" className="big call" data-testid="answer" onClick={() => void line.answer(audio)}>
            Answer {call.from}
          </button>
          <button type="button" className="big end" data-testid="decline" onClick={() => line.decline()}>
            Decline
          </button>
        </div>
      ) : inCall ? (
        <button type="button" className="big end" data-testid="hang-up" onClick={() => line.hangUp()}>
          Hang up
        </button>
      ) : (
        <button
          type="button"
          className="big call"
          data-testid="call"
          disabled={!connected || dialled === ''}
          onClick={() => void line.dial({ from: withheld ? undefined : from, to: dialled, audio })}
        >
          Call
        </button>
      )}
      {refusal !== null && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}

      <SoundChoice audio={audio} onChange={changeAudio} />
      <Meter label="You" levelDb={inCall ? call.saidDb : -120} testId="said-db" />
      <Meter label="Line" levelDb={inCall ? call.heard.levelDb : -120} testId="heard-db" />
      <Heard call={inCall ? call : null} />
      <label className="check">
        <input
          type="checkbox"
          checked={loud}
          onChange={(event) => {
            setLoud(event.target.checked);
            line.loud = event.target.checked;
          }}
        />
        Let me hear the line
      </label>

      <div className="keypad" role="group" aria-label={`Keypad of phone ${id}`}>
        {KEYS.map((key) => (
          <button type="button" key={key} data-testid={`key-${key}`} disabled={!inCall} onClick={() => line.press(key)}>
            {key}
          </button>
        ))}
      </div>
      <button
        type="button"
        className="plain"
        data-testid="cut-stream"
        disabled={!call?.streaming}
        onClick={() => line.cutStream()}
      >
        Cut the stream
      </button>
    </section>
  );
}

function CallStatus({ call, connected }: { call: CallView | null; connected: boolean }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <p
      className="status"
      data-testid="status"
      data-status={call?.status ?? 'idle'}
      data-call-sid={call?.callSid ?? ''}
      aria-live="polite"
    >
      {connected ? statusWords(call) : 'The simulator is away'}
    </p>
  );
}

function statusWords(call: CallView | null): string {
  if (call === null) return 'Ready';
  if (call.status === 'ringing') return 'Ringing…';
  if (call.status === 'in-progress') return `In a call ${clock(Date.now() - (call.answeredAt ?? Date.now()))}`;
  const words: Record<string, string> = {
    completed: 'Call ended',
    busy: 'Busy',
    'no-answer': 'Not answered',
    failed: 'Could not be connected',
    canceled: 'Ended before an answer',
  };
  return words[call.status] ?? call.status;
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** -60 dB is an empty bar, 0 dB a full one. */
function Meter({ label, levelDb, testId }: { label: string; levelDb: number; testId: string }) {
  const share = Math.max(0, Math.min(1, (levelDb + 60) / 60));
  const words = levelDb < -60 ? 'quiet' : `${Math.round(levelDb)} dB`;
  return (
    <div className="meter">
      <span>{label}</span>
      <span
        className="bar"
        role="meter"
        aria-label={`Level: ${label}`}
        aria-valuemin={-60}
        aria-valuemax={0}
        aria-valuenow={Math.round(Math.max(-60, levelDb))}
        aria-valuetext={words}
      >
        <span style={{ inlineSize: `${share * 100}%` }} />
      </span>
      <span className="reading" data-testid={testId} data-db={levelDb.toFixed(1)}>
        {words}
      </span>
    </div>
  );
}

function Heard({ call }: { call: CallView | null }) {
  const hz = call ? Math.round(call.heard.hz) : 0;
  const caption = call?.captions.at(-1);
  return (
    <div className="heard">
      <p data-testid="heard-hz" data-hz={hz} data-share={call?.heard.share.toFixed(2) ?? '0'}>
        {hz === 0 ? 'Nothing to hear' : `Strongest tone: ${hz} Hz`}
      </p>
      <p data-testid="caption" className="spoken" lang={caption?.language} aria-live="polite">
        {caption ? `“${caption.text}”` : ''}
      </p>
    </div>
  );
}

/** Says the carrier's spoken sentences aloud where the browser has a voice. */
function useSpokenCaptions(call: CallView | null, aloud: boolean): void {
  const caption = call?.captions.at(-1);
  const key = caption === undefined ? null : `${call?.callSid} ${caption.at}`;
  useEffect(() => {
    if (key === null || !aloud || caption === undefined || !('speechSynthesis' in window)) return;
    const utterance = new SpeechSynthesisUtterance(caption.text);
    utterance.lang = caption.language;
    speechSynthesis.speak(utterance);
    return () => speechSynthesis.cancel();
    // A caption is spoken once, when it is new.
  }, [key, aloud]);
}

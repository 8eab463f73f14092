import { useId, useState } from 'react';
import type { PhoneAudio } from '../src/control-api.ts';

type Kind = 'tone' | 'microphone' | 'wav' | 'silence';

/** What the person at the phone says. */
export function SoundChoice({ audio, onChange }: { audio: PhoneAudio; onChange: (audio: PhoneAudio) => void }) {
  const [kind, setKind] = useState<Kind>('tone');
  const [hz, setHz] = useState(700);
  const id = useId();

  const choose = (next: Kind): void => {
    setKind(next);
    if (next === 'tone') onChange({ tone: hz });
    else if (next === 'microphone') onChange({ microphone: true });
    else if (next === 'silence' || !('wav' in audio)) onChange({ silence: true });
  };

  return (
    <div className="fields">
      <label>
        <span>You say</span>
        <select data-testid="sound" value={kind} onChange={(event) => choose(asKind(event.target.value))}>
          <option value="tone">Test tone</option>
          <option value="microphone">My microphone</option>
          <option value="wav">A WAV file</option>
          <option value="silence">Nothing</option>
        </select>
      </label>
      {kind === 'tone' && (
        <label>
          <span>Pitch in Hz</span>
          <input
            data-testid="tone-hz"
            type="number"
            min={50}
            max={3900}
            value={hz}
            onChange={(event) => {
              const value = event.target.valueAsNumber;
              setHz(value);
              if (Number.isInteger(value) && value >= 50 && value <= 3900) onChange({ tone: value });
            }}
          />
        </label>
      )}
      {kind === 'wav' && (
        <label htmlFor={`${id}-file`}>
          <span>File</span>
          <input
            id={`${id}-file`}
            data-testid="wav"
            type="file"
            accept="audio/wav,.wav"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) void toBase64(file).then((wav) => onChange({ wav }));
            }}
          />
        </label>
      )}
    </div>
  );
}

function asKind(value: string): Kind {
  return value === 'microphone' || value === 'wav' || value === 'silence' ? value : 'tone';
}

async function toBase64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  // In pieces: a call with a million arguments fails.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

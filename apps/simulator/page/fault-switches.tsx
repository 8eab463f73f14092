import type { Faults, SomeFaults } from '../src/faults.ts';

const switches: readonly { key: keyof Faults; label: string; on: SomeFaults; off: SomeFaults }[] = [
  {
    key: 'duplicateWebhook',
    label: 'Webhooks arrive twice',
    on: { duplicateWebhook: true },
    off: { duplicateWebhook: false },
  },
  { key: 'lateWebhookMs', label: 'Webhooks come 3 s late', on: { lateWebhookMs: 3000 }, off: { lateWebhookMs: 0 } },
  {
    key: 'wrongSignature',
    label: 'Signed for another URL',
    on: { wrongSignature: 'wrong-url' },
    off: { wrongSignature: 'off' },
  },
  {
    key: 'cutStreamAfterMs',
    label: 'Streams break after 5 s',
    on: { cutStreamAfterMs: 5000 },
    off: { cutStreamAfterMs: 0 },
  },
  { key: 'slowApiMs', label: 'The API takes 4 s', on: { slowApiMs: 4000 }, off: { slowApiMs: 0 } },
  { key: 'lostCallback', label: 'Callbacks are lost', on: { lostCallback: true }, off: { lostCallback: false } },
  {
    key: 'shuffledCallbacks',
    label: 'Callbacks come out of order',
    on: { shuffledCallbacks: true },
    off: { shuffledCallbacks: false },
  },
  { key: 'retryAll', label: 'First answers are lost, asked again', on: { retryAll: true }, off: { retryAll: false } },
  {
    key: 'absentRecording',
    label: 'Recordings are lost',
    on: { absentRecording: true },
    off: { absentRecording: false },
  },
];

export function FaultSwitches({ faults, onChange }: { faults: Faults | null; onChange: (faults: SomeFaults) => void }) {
  const active = faults ? switches.filter(({ key }) => isOn(faults, key)).length : 0;
  return (
    <details className="faults">
      <summary>
        Things that go wrong{' '}
        <span className="quiet">{active === 0 ? 'none switched on' : `${active} switched on`}</span>
      </summary>
      <p className="quiet">For calls that start from now on. The API's slowness counts at once.</p>
      <div className="switches">
        {switches.map(({ key, label, on, off }) => (
          <label className="check" key={key}>
            <input
              type="checkbox"
              data-testid={`fault-${key}`}
              disabled={faults === null}
              checked={faults !== null && isOn(faults, key)}
              onChange={(event) => onChange(event.target.checked ? on : off)}
            />
            {label}
          </label>
        ))}
      </div>
    </details>
  );
}

function isOn(faults: Faults, key: keyof Faults): boolean {
  const value = faults[key];
  return value !== false && value !== 0 && value !== 'off';
}

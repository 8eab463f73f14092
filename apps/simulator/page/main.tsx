import { StrictMode, useEffect, useState, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import { FaultSwitches } from './fault-switches.tsx';
import { Log } from './log.tsx';
import { Phone } from './phone.tsx';
import { WatchLine } from './watch-line.ts';
import './page.css';

const MOST_PHONES = 6;
const line = new WatchLine();

function Page() {
  useEffect(() => {
    line.open();
    return () => line.close();
  }, []);
  const { entries, faults, numbers } = useSyncExternalStore(line.watch, () => line.view);
  const [phones, setPhones] = useState(2);
  return (
    <>
      <header className="top">
        <h1>Simulated phones</h1>
        <p className="quiet">
          {numbers.length === 0
            ? 'No number exists yet. Add a simulated number to a hotline, then call it from here.'
            : 'A carrier on this machine. Nothing here reaches a real phone.'}
        </p>
      </header>
      <main>
        <div className="phones">
          {Array.from({ length: phones }, (_, index) => (
            <Phone key={index} id={index + 1} numbers={numbers} />
          ))}
        </div>
        {phones < MOST_PHONES && (
          <button type="button" className="plain" data-testid="add-phone" onClick={() => setPhones(phones + 1)}>
            Add a phone
          </button>
        )}
        <FaultSwitches faults={faults} onChange={(change) => line.setFaults(change)} />
        <Log entries={entries} onClear={() => line.clear()} />
      </main>
    </>
  );
}

const root = document.querySelector('#page');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}

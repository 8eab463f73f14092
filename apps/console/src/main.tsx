import '@ringdown/ui/tokens.css';
import '@ringdown/ui/base.css';
import type { Nip07Extension } from '@ringdown/crypto/signer';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { t } from 'i18next';
import { BrowserPageConnection } from './active-call/page-connection.ts';
import { App } from './app.tsx';
import { loadCatalogue, pickLanguage } from './catalogue/translate.ts';
import { FirstRunProgress } from './first-run/progress.ts';
import { InviteLedger } from './members/invite-ledger.ts';
import { Attention } from './ringing/attention.ts';
import { makeRouter } from './routes.tsx';
import { SocketLine } from './server/live-line.ts';
import { makeQueries } from './server/queries.ts';
import { Rest } from './server/rest.ts';
import { ServerClock } from './server/server-clock.ts';
import type { ConsoleServices } from './services.tsx';
import { Account } from './sign-in/account.ts';
import { BrowserAdminPin } from './sign-in/admin-pin.ts';
import { keys } from './sign-in/device-signer.ts';
import { BrowserDeviceStore } from './sign-in/device-store.ts';
import { Preferences } from './sound-check/preferences.ts';

declare global {
  interface Window {
    nostr?: Nip07Extension;
  }
}

/** Extensions put `window.nostr` in some time after the page has started. */
async function findExtension(): Promise<Nip07Extension | undefined> {
  for (let tries = 0; tries < 10 && !window.nostr; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  return window.nostr;
}

const preferences = new Preferences(localStorage);

function makeServices(): ConsoleServices {
  const clock = new ServerClock(() => Date.now());
  const { now } = clock;
  const rest = new Rest(clock.learning((path, init) => fetch(path, init)));
  const device = new BrowserDeviceStore();
  const pin = new BrowserAdminPin(localStorage);
  const page = new BrowserPageConnection();
  return {
    rest,
    device,
    pin,
    page,
    now,
    origin: location.origin,
    queries: makeQueries(),
    account: new Account({ rest, device, pin, origin: location.origin, now, findExtension }),
    ledger: new InviteLedger(localStorage),
    preferences,
    firstRun: new FirstRunProgress(sessionStorage),
    attention: new Attention(t('product')),
    openLine: () => new SocketLine(page.connectionId, now),
    // With what a call's group is signed with: nothing is fetched between the ring and hello.
    loadMedia: async () => {
      const [{ createConsoleLeg }] = await Promise.all([import('./active-call/media/console-leg.ts'), keys()]);
      return createConsoleLeg;
    },
  };
}

async function start(container: HTMLElement): Promise<void> {
  await loadCatalogue(preferences.getSnapshot().language ?? pickLanguage(navigator.languages));
  if (import.meta.env.MODE !== 'production' && location.pathname === '/stories') {
    const { drawStory } = await import('./stories/draw-story.tsx');
    await drawStory(container);
    return;
  }
  createRoot(container).render(
    <StrictMode>
      <App services={makeServices()} router={makeRouter()} />
    </StrictMode>,
  );
  if (import.meta.env.PROD) void navigator.serviceWorker?.register('/sw.js');
}

const container = document.getElementById('console');
if (!container) throw new Error('The page has no place for the console');
void start(container);

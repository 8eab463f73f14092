import { sealLocalKey, publicKeyOf } from '@ringdown/crypto/local-key';
import { createMemoryHistory } from '@tanstack/react-router';
import { t } from 'i18next';
import { createRoot } from 'react-dom/client';
import { App } from '../app.tsx';
import { INTERFACE_LANGUAGES, speak } from '../catalogue/translate.ts';
import { FirstRunProgress } from '../first-run/progress.ts';
import { InviteLedger } from '../members/invite-ledger.ts';
import { Attention } from '../ringing/attention.ts';
import { makeRouter } from '../routes.tsx';
import { makeQueries } from '../server/queries.ts';
import { Rest } from '../server/rest.ts';
import type { ConsoleServices } from '../services.tsx';
import { Account } from '../sign-in/account.ts';
import { BrowserAdminPin } from '../sign-in/admin-pin.ts';
import type { DeviceKey } from '../sign-in/device-store.ts';
import { Preferences } from '../sound-check/preferences.ts';
import { changeOften, changingAnswers } from './changing.ts';
import { aSnapshot, liveMedia, NOW } from './fixtures.ts';
import { fetchOf, MemoryDeviceStore, MemoryStorage, onlyPage, stillLine, stillMedia } from './stand-ins.ts';
import { STORIES, usualAnswers } from './stories.ts';
import type { Story } from './story.ts';
import { SECRET_KEY } from './story-key.ts';

/** 2^8: a story has nothing to protect and shall be quick. */
const LOG_N = 8;

function keyOf(kind: Story['key'] = 'open'): DeviceKey | null {
  const publicKey = publicKeyOf(SECRET_KEY);
  if (kind === 'none') return null;
  if (kind === 'open') return { kind, publicKey, secretKey: SECRET_KEY };
  return { kind, publicKey, sealed: sealLocalKey(SECRET_KEY, 'story', LOG_N) };
}

function servicesOf(story: Story, changing: boolean): ConsoleServices {
  const publicKey = publicKeyOf(SECRET_KEY);
  const storage = new MemoryStorage();
  const answers = { ...usualAnswers(publicKey), ...story.answers?.(publicKey) };
  const rest = new Rest(fetchOf(changing ? changingAnswers(answers) : answers));
  const device = new MemoryDeviceStore(keyOf(story.key));
  const pin = new BrowserAdminPin(storage);
  const now = () => NOW;
  const preferences = new Preferences(storage);
  if (story.checked) preferences.change({ soundCheckedAt: NOW });
  if (story.queueView) preferences.change({ queueView: story.queueView });
  const firstRun = new FirstRunProgress(storage);
  firstRun.go(story.progress ?? null);
  const snapshot = story.snapshot === undefined ? aSnapshot() : story.snapshot;
  return {
    rest,
    device,
    pin,
    now,
    preferences,
    firstRun,
    page: onlyPage,
    origin: location.origin,
    queries: makeQueries(),
    account: new Account({ rest, device, pin, origin: location.origin, now, findExtension: async () => undefined }),
    ledger: new InviteLedger(storage),
    attention: new Attention(t('product')),
    openLine: () => stillLine({ link: story.link ?? 'connected', refusal: null, snapshot, clockAheadMs: 0 }),
    loadMedia: async () => () => stillMedia(story.media ?? liveMedia),
  };
}

const isStory = (name: string | null): name is keyof typeof STORIES => name !== null && Object.hasOwn(STORIES, name);

/** Once the call's keys listen. */
function pressInCall(container: HTMLElement, key: string): void {
  const watch = new MutationObserver(() => {
    if (!container.querySelector('.callbar')) return;
    watch.disconnect();
    setTimeout(() => document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));
  });
  watch.observe(container, { childList: true, subtree: true });
}

/** Once the panel is open: the third of whom can be asked is an outside number, the last a supervisor's call-back. */
function pickIn(container: HTMLElement, whom: 'number' | 'later'): void {
  const watch = new MutationObserver(() => {
    const choices = [...container.querySelectorAll('.call-middle [role="radiogroup"]')]
      .at(1)
      ?.querySelectorAll('input');
    const choice = choices?.[whom === 'number' ? 2 : 3];
    if (!choice) return;
    watch.disconnect();
    choice.click();
  });
  watch.observe(container, { childList: true, subtree: true });
}

/** `/stories?story=<name>` draws one; without a name, links to all. Development only. */
export async function drawStory(container: HTMLElement): Promise<void> {
  const search = new URLSearchParams(location.search);
  const name = search.get('story');
  const language = INTERFACE_LANGUAGES.find((each) => each === search.get('language'));
  if (language !== undefined) await speak(language);
  if (!isStory(name)) {
    createRoot(container).render(
      <main className="page">
        <h1>Stories</h1>
        <ul>
          {Object.keys(STORIES).map((each) => (
            <li key={each}>
              <a href={`?story=${each}`}>{each}</a>
            </li>
          ))}
        </ul>
      </main>,
    );
    return;
  }
  const story: Story = STORIES[name];
  const history = createMemoryHistory({ initialEntries: [story.path ?? '/'] });
  const changing = search.has('changing');
  const services = servicesOf(story, changing);
  if (changing) changeOften(services.queries);
  createRoot(container).render(<App services={services} router={makeRouter(history)} />);
  if (story.press) pressInCall(container, story.press);
  if (story.pick) pickIn(container, story.pick);
}

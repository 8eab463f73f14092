// Small on purpose: brings the console's tab to the front on a notification, and opens the console without a network so
// that it can say itself that it has none. Calls, notes and answers of the server are never kept here.
const CACHE = 'ringdown-shell-1';

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const files = await (await fetch('/shell.json', { cache: 'no-store' })).json();
      await (await caches.open(CACHE)).addAll(files);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (/^\/(api|socket\.io|health|carriers)(\/|$)/.test(url.pathname)) return;
  event.respondWith(fromNetwork(event.request));
});

async function fromNetwork(request) {
  const cache = await caches.open(CACHE);
  const page = request.mode === 'navigate';
  try {
    const response = await fetch(request);
    // File names carry a hash of their content; the page itself is stored under its one name.
    if (response.ok && (page || new URL(request.url).pathname.startsWith('/assets/'))) {
      await cache.put(page ? '/' : request, response.clone());
    }
    return response;
  } catch (error) {
    // Vary: Origin would make scripts miss.
    const kept = await cache.match(page ? '/' : request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

// A page that rings says so; whether anybody is looking at a page of ours, only the worker knows. The notification names
// the hotline, never the caller.
const TAG = 'ringdown-call';

self.addEventListener('message', (event) => {
  const { data, source } = event;
  if (data?.kind === 'ring') event.waitUntil(ring(data, source?.id));
  if (data?.kind === 'quiet') event.waitUntil(quiet(data.offerId));
});

async function ring({ offerId, title, body, answer, notNow }, clientId) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.some((page) => page.focused)) return;
  await self.registration.showNotification(title, {
    body,
    tag: TAG,
    icon: '/icon.svg',
    requireInteraction: true,
    data: { offerId, clientId },
    actions: [
      { action: 'answer', title: answer },
      { action: 'not-now', title: notNow },
    ],
  });
}

async function quiet(offerId) {
  for (const notification of await self.registration.getNotifications({ tag: TAG })) {
    if (notification.data?.offerId === offerId) notification.close();
  }
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(choose(event.action, event.notification.data ?? {}));
});

async function choose(choice, { offerId, clientId }) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  // The page that rings has connected ahead; if it's gone, any other can answer.
  const page = pages.find(({ id }) => id === clientId) ?? pages[0];
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a page of our own scope; clients take no origin
  if (choice !== '') page?.postMessage({ kind: 'ring-choice', offerId, choice });
  if (choice === 'not-now') return;
  // The answer counts even where the browser doesn't let a page come to the front.
  await (page ? page.focus() : self.clients.openWindow('/')).catch(() => undefined);
}

import { type Browser, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { ProductUnderTest, type SimulatedCall } from '../product/product-under-test.ts';
import { hears, leaveMicrophonePlain, listenIn } from './listening-page.ts';

const CALLER = '+15005557401';
const OWN_PHONE = '+15005557402';
const CALLER_HZ = 700;
const DESK_HZ = 1234;
const OWN_PHONE_HZ = 1500;

interface ListedCall {
  callSid: string;
  to: string;
  status: string;
}

test.describe.configure({ mode: 'serial' });

test.describe('phones that the hotline dials', () => {
  let product: ProductUnderTest;
  let browser: Browser;
  let desk: Page;
  let number = '';

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    product = await ProductUnderTest.start();
    browser = await launchBrowser({ microphoneWav: toneFile(DESK_HZ) });
    const context = await browser.newContext({ permissions: ['microphone', 'notifications'] });
    await listenIn(context);
    await leaveMicrophonePlain(context);
    desk = await context.newPage();
  });

  test.afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const simulator = async <T>(path: string, body?: unknown): Promise<T> => {
    const sending = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${product.simulator}/simulator/${path}`, body === undefined ? {} : sending);
    if (!answer.ok) throw new Error(`The simulator refused: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  /** As this page's person, with its session. */
  const ask = (method: string, path: string, body?: unknown) =>
    desk.evaluate(
      async ([verb, address, text]) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(address, { method: verb, headers, ...(text === null ? {} : { body: text }) });
        return { status: answer.status, body: (await answer.text()) || 'null' };
      },
      [method, path, body === undefined ? null : JSON.stringify(body)] as const,
    );
  const goOffline = async () => {
    await desk.goto(product.client.origin);
    await desk.locator('.segment', { hasText: 'Offline' }).click();
    await expect(desk.getByRole('heading', { name: 'You are offline' })).toBeVisible();
  };
  const dial = async () =>
    (await simulator<{ callSid: string }>('calls', { to: number, from: CALLER, audio: { tone: CALLER_HZ } })).callSid;
  const phone = (callSid: string) => simulator<SimulatedCall>(`calls/${callSid}`);
  const rings = async (to: string, known: readonly string[] = []): Promise<string> => {
    let found: ListedCall | undefined;
    await expect
      .poll(
        async () => {
          const calls = await simulator<ListedCall[]>('calls');
          found = calls.find((call) => call.to === to && call.status === 'ringing' && !known.includes(call.callSid));
          return found?.status;
        },
        { timeout: 30_000 },
      )
      .toBe('ringing');
    return found?.callSid ?? '';
  };
  const phoneHears = (callSid: string, hz: number) =>
    expect
      .poll(
        async () => {
          const { heard } = await phone(callSid);
          return heard.share > 0.5 ? Math.round(heard.hz / 20) * 20 : 0;
        },
        { timeout: 20_000 },
      )
      .toBe(Math.round(hz / 20) * 20);
  const isOver = (callSid: string) =>
    expect.poll(async () => (await phone(callSid)).status, { timeout: 20_000 }).toBe('completed');

  test('the example hotline stands, and offers a call-back', async () => {
    await desk.goto(product.client.origin);
    await desk.getByRole('button', { name: 'Start with the example hotline' }).click();
    await expect(desk.getByRole('heading', { name: 'You are available' })).toBeVisible({ timeout: 20_000 });
    [{ number }] = await simulator<[{ number: string }]>('numbers');
    const [hotline] = JSON.parse((await ask('GET', '/api/hotlines')).body) as [{ hotlineId: string }];
    const changed = await ask('PATCH', `/api/hotlines/${hotline.hotlineId}`, {
      settings: { callBack: true, nobodyWaitS: 120 },
    });
    expect(changed.status).toBe(200);
    await goOffline();
  });

  test('who presses 1 while waiting hangs up, keeps the place, is called back and talks with the volunteer', async () => {
    const first = await dial();
    await expect.poll(async () => (await phone(first)).streaming, { timeout: 15_000 }).toBe(true);
    // Once it is promised in words the caller may hang up: the queue counts them still.
    await simulator(`calls/${first}/digits`, { digits: '1' });
    const waiting = async () =>
      (JSON.parse((await ask('GET', '/api/calls?limit=1')).body) as { calls: { phase: string }[] }).calls[0]?.phase;
    await expect.poll(waiting, { timeout: 15_000 }).toBe('queued');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await simulator(`calls/${first}/hang-up`, {});
    await isOver(first);
    expect(await waiting()).toBe('queued');
    await simulator('destinations', { number: CALLER, does: 'ring', audio: { tone: CALLER_HZ } });
    // Available is seen for a moment at most: it rings at once.
    await desk.locator('.segment', { hasText: 'Available' }).click();
    await desk.getByRole('button', { name: /^Answer/ }).click({ timeout: 20_000 });
    const second = await rings(CALLER, [first]);
    await simulator(`calls/${second}/answer`, {});
    await expect.poll(async () => (await phone(second)).streaming, { timeout: 15_000 }).toBe(true);
    await simulator(`calls/${second}/digits`, { digits: '1' });
    await phoneHears(second, DESK_HZ);
    await expect
      .poll(
        async () => {
          const heard = await hears(desk);
          return heard.level > 0.01 ? Math.round(heard.hz / 20) * 20 : 0;
        },
        { timeout: 20_000 },
      )
      .toBe(CALLER_HZ);
    await simulator(`calls/${second}/hang-up`, {});
    await expect(desk.getByRole('heading', { name: 'Write up the call' })).toBeVisible({ timeout: 15_000 });
    await desk.getByRole('button', { name: /Done/ }).click();
    await expect(desk.getByRole('heading', { name: 'You are available' })).toBeVisible();
  });

  test('with the console closed a volunteer’s own phone rings; 1 connects it with the caller', async () => {
    expect((await ask('PUT', '/api/me/phone', { number: OWN_PHONE, rings: true })).status).toBe(200);
    await simulator('destinations', { number: OWN_PHONE, does: 'ring', audio: { tone: OWN_PHONE_HZ } });
    await desk.goto('about:blank');
    const caller = await dial();
    const own = await rings(OWN_PHONE);
    await simulator(`calls/${own}/answer`, {});
    await expect.poll(async () => (await phone(own)).streaming, { timeout: 15_000 }).toBe(true);
    await simulator(`calls/${own}/digits`, { digits: '1' });
    await phoneHears(caller, OWN_PHONE_HZ);
    await phoneHears(own, CALLER_HZ);
    await simulator(`calls/${own}/hang-up`, {});
    await isOver(caller);
  });
});

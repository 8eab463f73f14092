import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { type SimulatedCall, ProductUnderTest } from '../product/product-under-test.ts';
import { extensionOf } from './extension.ts';
import { hears, listenIn } from './listening-page.ts';
import { toneFile } from '@ringdown/testing/tone-file';

const CALLER_HZ = 700;
const OWNER_HZ = 1234;
const VOLUNTEER_HZ = 1500;
const AUDIBLE = 0.01;
const CALLER = '+15550104477';
const PASSPHRASE = 'copper lantern river moss';

test.describe.configure({ mode: 'serial' });

test.describe('what else happens on a shift', () => {
  let product: ProductUnderTest;
  let ownerBrowser: Browser;
  let volunteerBrowser: Browser;
  let volunteerContext: BrowserContext;
  let owner: Page;
  let volunteer: Page;
  let number = '';

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    product = await ProductUnderTest.start();
    ownerBrowser = await launchBrowser({ microphoneWav: toneFile(OWNER_HZ) });
    volunteerBrowser = await launchBrowser({ microphoneWav: toneFile(VOLUNTEER_HZ) });
    const ownerContext = await ownerBrowser.newContext({ permissions: ['microphone', 'notifications'] });
    volunteerContext = await volunteerBrowser.newContext({
      permissions: ['microphone', 'notifications'],
      colorScheme: 'dark',
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    });
    await listenIn(ownerContext);
    await listenIn(volunteerContext);
    owner = await ownerContext.newPage();
    volunteer = await volunteerContext.newPage();
  });

  test.afterAll(async () => {
    await ownerBrowser?.close();
    await volunteerBrowser?.close();
    await product?.stop();
  });

  const noSeriousFinding = async (page: Page): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    expect(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
  };

  /** One screen in light, dark and phone width, each looked at by axe and wide enough for what is in it. */
  const pictures = async (page: Page, name: string): Promise<void> => {
    const usual = page.viewportSize();
    for (const [mode, colorScheme, width] of [
      ['light', 'light', 1280],
      ['dark', 'dark', 1280],
      ['390', 'light', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
      await page.screenshot({ path: `test-results/pictures/${name}-${mode}.png` });
      await noSeriousFinding(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
    if (usual) await page.setViewportSize(usual);
  };

  const simulator = async (path: string, body?: unknown): Promise<unknown> => {
    const sending = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${product.simulator}/simulator/${path}`, body === undefined ? {} : sending);
    if (!answer.ok) throw new Error(`The simulator refused: ${await answer.text()}`);
    return answer.json();
  };

  const dial = async (audio: unknown): Promise<string> =>
    ((await simulator('calls', { to: number, from: CALLER, audio })) as { callSid: string }).callSid;

  const phone = async (callSid: string) => (await simulator(`calls/${callSid}`)) as SimulatedCall;

  const go = (page: Page, path: string) => page.goto(`${product.client.origin}${path}`);

  const becomes = async (page: Page, state: 'Available' | 'Offline') => {
    await go(page, '/');
    await page.locator('.segment', { hasText: state }).click();
    await expect(page.getByRole('heading', { name: `You are ${state.toLowerCase()}` })).toBeVisible();
  };

  const comesOutOf = (page: Page, hz: number, timeout = 15_000) =>
    expect
      .poll(
        async () => {
          const heard = await hears(page);
          return heard.level > AUDIBLE ? Math.round(heard.hz / 20) * 20 : 0;
        },
        { timeout },
      )
      .toBe(Math.round(hz / 20) * 20);

  const hotlinePage = async () => {
    await go(owner, '/hotlines');
    await owner.getByRole('link', { name: /Example hotline/ }).click();
  };

  const inviteLink = async (): Promise<string> => {
    await go(owner, '/members');
    await owner.getByRole('button', { name: 'Make an invite link' }).click();
    return (await owner.locator('.copy-line code').first().textContent()) ?? '';
  };

  test('the example hotline stands', async () => {
    await go(owner, '/');
    const start = owner.getByRole('button', { name: 'Start with the example hotline' });
    await expect(start).toBeVisible();
    await pictures(owner, 'wizard');
    await start.click();
    await expect(owner.getByRole('heading', { name: 'You are available' })).toBeVisible({ timeout: 20_000 });
    await expect(owner.locator('.number')).toBeVisible();
    [{ number }] = (await simulator('numbers')) as [{ number: string }];
    await pictures(owner, 'home');
  });

  test('nobody is there: the caller leaves a voicemail that only a member’s browser opens', async () => {
    await becomes(owner, 'Offline');
    await hotlinePage();
    await owner.getByLabel('A caller waits when nobody is there (seconds)').fill('3');
    const rules = owner.locator('form').filter({ hasText: 'A caller waits when nobody is there' });
    await rules.getByRole('button', { name: 'Save' }).click();
    await expect(rules.getByText('Saved')).toBeVisible();
    const callSid = await dial({ silence: true });
    await expect
      .poll(async () => (await owner.request.get(`${product.client.origin}/api/calls?limit=1`)).json(), {
        timeout: 20_000,
      })
      .toMatchObject({ calls: [{ phase: 'voicemail' }] });
    // The prompt asks for a message; the beep, 400 ms of 1000 Hz, ends it.
    await expect
      .poll(
        async () => {
          const { hz, share } = (await phone(callSid)).heard;
          return share > 0.6 && Math.abs(hz - 1000) < 20;
        },
        { timeout: 20_000, intervals: [60] },
      )
      .toBe(true);
    await simulator(`calls/${callSid}/audio`, { tone: CALLER_HZ });
    await owner.waitForTimeout(2_500);
    await simulator(`calls/${callSid}/digits`, { digits: '#' });
    await expect.poll(async () => (await phone(callSid)).status, { timeout: 15_000 }).toBe('completed');

    await go(owner, '/voicemails');
    await expect(owner.getByText('New', { exact: true })).toBeVisible();
    await pictures(owner, 'voicemails');
    await owner.getByRole('button', { name: 'Listen' }).click();
    await owner.locator('audio').evaluate((audio) => {
      const { overheard } = window as unknown as { overheard: MediaStream[] };
      overheard.push((audio as HTMLAudioElement & { captureStream(): MediaStream }).captureStream());
    });
    await comesOutOf(owner, CALLER_HZ, 5_000);
    await expect(owner.getByText('Heard', { exact: true })).toBeVisible({ timeout: 10_000 });
  });

  test('a greeting that was recorded in the browser is what the next caller hears first', async () => {
    await hotlinePage();
    await owner.getByText('Your own voice').click();
    await owner.getByRole('button', { name: 'Record' }).click();
    await expect(owner.getByText('Recording …')).toBeVisible();
    await owner.waitForTimeout(2_500);
    await owner.getByRole('button', { name: 'Stop' }).click();
    await expect(owner.getByLabel('Your recording')).toBeVisible();
    const greeting = owner.locator('section').filter({ has: owner.getByRole('heading', { name: 'Greeting' }) });
    await greeting.getByRole('button', { name: 'Save' }).click();
    await expect(greeting.getByText('Saved', { exact: true })).toBeVisible();
    const callSid = await dial({ silence: true });
    // The ear looks at a whole second, which must be nearly all tone within the first two of the call.
    await expect
      .poll(
        async () => {
          const { hz, share } = (await phone(callSid)).heard;
          return share > 0.6 && Math.abs(hz - OWNER_HZ) < 20;
        },
        { timeout: 2_500, intervals: [60] },
      )
      .toBe(true);
    await product.phoneDo(callSid, 'hang-up');
    await hotlinePage();
    await owner.getByText('The standard greeting').click();
    await greeting.getByRole('button', { name: 'Save' }).click();
    await expect(greeting.getByText('Saved', { exact: true })).toBeVisible();
  });

  test('a number is shown for a reason, and the reason stands in the activity log', async () => {
    await go(owner, '/calls');
    await owner.locator('a.list-row').first().click();
    await expect(owner.getByText(CALLER)).toHaveCount(0);
    await owner.getByRole('button', { name: 'Show number' }).click();
    const confirm = owner.getByRole('button', { name: 'Show the number' });
    await expect(confirm).toBeDisabled();
    await owner.getByLabel('Reason').fill('Promised to call back');
    await confirm.click();
    await expect(owner.getByText(CALLER)).toBeVisible();
    await go(owner, '/log');
    await expect(owner.getByText("A caller's number was shown")).toBeVisible();
    await expect(owner.getByText('Promised to call back')).toBeVisible();
  });

  test('a volunteer joins by a link on a small dark screen', async () => {
    await volunteer.goto(await inviteLink());
    await volunteer.getByLabel('Your name here').fill('Robin');
    await volunteer.screenshot({ path: 'test-results/pictures/join-390-dark.png' });
    await noSeriousFinding(volunteer);
    await volunteer.getByRole('button', { name: 'Join' }).click();
    await expect(volunteer.getByRole('heading', { name: 'You are offline' })).toBeVisible({ timeout: 15_000 });
    await becomes(volunteer, 'Available');
    await volunteer.screenshot({ path: 'test-results/pictures/home-390-dark.png' });
    await noSeriousFinding(volunteer);
  });

  test('the volunteer takes a call and moves it to another tab within 5 s', async () => {
    const callSid = await dial({ tone: CALLER_HZ });
    const answer = volunteer.getByRole('button', { name: /^Answer/ });
    await expect(answer).toBeVisible({ timeout: 15_000 });
    await pictures(volunteer, 'ringing');
    await answer.click();
    await comesOutOf(volunteer, CALLER_HZ);
    await pictures(volunteer, 'call');
    const secondTab = await volunteerContext.newPage();
    await go(secondTab, '/');
    await expect(secondTab.getByText('This call is in another tab')).toBeVisible();
    await secondTab.screenshot({ path: 'test-results/pictures/call-elsewhere-390-dark.png' });
    await secondTab.getByRole('button', { name: 'Move the call here' }).click();
    const moved = Date.now();
    await comesOutOf(secondTab, CALLER_HZ, 10_000);
    expect(Date.now() - moved).toBeLessThan(5_000);
    await product.phoneHears(callSid, VOLUNTEER_HZ);
    await expect.poll(async () => (await hears(volunteer)).level, { timeout: 5_000 }).toBeLessThan(AUDIBLE);
    await secondTab.keyboard.press('e');
    await expect(secondTab.getByRole('heading', { name: 'Write up the call' })).toBeVisible();
    await secondTab.getByRole('textbox').first().fill('Asked for a lawyer. Call the brother back.');
    await expect(secondTab.getByText('Saved, sealed')).toBeVisible({ timeout: 10_000 });
    await pictures(secondTab, 'wrap-up');
    await secondTab.getByRole('button', { name: /Done/ }).click();
    await expect(secondTab.getByRole('heading', { name: 'You are available' })).toBeVisible();
    await secondTab.close();
  });

  test('a volunteer isn’t shown the number, and asking the api anyway is refused and logged', async () => {
    await go(volunteer, '/my-calls');
    await volunteer.locator('a.list-row').first().click();
    await expect(volunteer.getByText('The volunteer ended the call').first()).toBeVisible();
    await expect(volunteer.getByText(/•/).first()).toBeVisible();
    await expect(volunteer.getByRole('button', { name: 'Show number' })).toHaveCount(0);
    const callId = volunteer.url().split('/').at(-1) ?? '';
    const status = await volunteer.evaluate(
      async (path) =>
        (
          await fetch(path, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ reason: 'I am curious' }),
          })
        ).status,
      `/api/calls/${callId}/number`,
    );
    expect(status).toBe(403);
    await go(owner, '/log');
    await expect(owner.getByText("A caller's number was asked for and refused")).toBeVisible();
    await go(owner, `/calls/${callId}`);
    await expect(owner.getByText('Asked for a lawyer. Call the brother back.')).toBeVisible();
    await pictures(owner, 'timeline');
  });

  test('the phone page reads well', async () => {
    const page = await (await ownerBrowser.newContext()).newPage();
    await page.goto(product.simulator);
    await expect(page.getByTestId('to').first()).not.toHaveValue('');
    await pictures(page, 'phone');
  });

  test('a key is protected, locked, refused with the wrong passphrase and unlocked', async () => {
    await go(owner, '/');
    await owner.getByRole('button', { name: 'Set a passphrase' }).click();
    await owner.getByLabel('New passphrase').fill(PASSPHRASE);
    await owner.getByLabel('The same again').fill(PASSPHRASE);
    await owner.getByRole('button', { name: 'Seal my key' }).click();
    await expect(owner.getByText('Protect your key')).toHaveCount(0);
    await owner.getByRole('button', { name: 'Owner' }).click();
    await owner.getByRole('button', { name: 'Lock this screen' }).click();
    await expect(owner.getByRole('heading', { name: 'Locked' })).toBeVisible();
    await owner.getByLabel('Passphrase').fill('copper lantern river');
    await owner.getByRole('button', { name: 'Unlock' }).click();
    await expect(owner.getByText("That isn't the passphrase of this key.", { exact: false })).toBeVisible();
    await owner.getByLabel('Passphrase').fill(PASSPHRASE);
    await owner.getByRole('button', { name: 'Unlock' }).click();
    await expect(owner.getByRole('heading', { name: 'You are offline' })).toBeVisible({ timeout: 10_000 });
  });

  test('a signing extension joins, signs in again, and a stranger’s is refused in plain words', async () => {
    const context = await ownerBrowser.newContext();
    await extensionOf(context);
    const page = await context.newPage();
    await page.goto(await inviteLink());
    await page.getByLabel('Your name here').fill('Sam');
    await page.getByText('Use my signing extension').click();
    await page.getByRole('button', { name: 'Join' }).click();
    await expect(page.getByRole('heading', { name: 'You are offline' })).toBeVisible({ timeout: 15_000 });
    await page.getByRole('button', { name: 'Sam' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with the extension' }).click();
    await expect(page.getByRole('heading', { name: 'You are offline' })).toBeVisible({ timeout: 10_000 });
    await context.close();

    const strangers = await ownerBrowser.newContext();
    await extensionOf(strangers);
    const stranger = await strangers.newPage();
    await go(stranger, '/');
    await stranger.getByRole('button', { name: 'Sign in with the extension' }).click();
    await expect(stranger.getByText("This key isn't a member here.", { exact: false })).toBeVisible();
    await strangers.close();
  });

  test('a key that was backed up signs in again after the browser was wiped', async () => {
    await go(volunteer, '/');
    await volunteer.getByRole('button', { name: 'Robin' }).click();
    await volunteer.getByRole('button', { name: 'Your key' }).click();
    await expect(volunteer.getByText(/^npub1/)).toBeVisible();
    await expect(volunteer.getByText('Whoever has this text is you')).toBeVisible();
    await volunteer.screenshot({ path: 'test-results/pictures/key-390-dark.png' });
    await noSeriousFinding(volunteer);
    await volunteer.getByRole('button', { name: 'Show my key' }).click();
    const backUp = (await volunteer.getByText(/^nsec1/).textContent()) ?? '';
    await volunteer.getByRole('button', { name: 'Close' }).click();

    await volunteer.getByRole('button', { name: 'Robin' }).click();
    await volunteer.getByRole('button', { name: 'Wipe this browser' }).click();
    const dialog = volunteer.getByRole('dialog', { name: 'Wipe this browser?' });
    await expect(dialog).toBeVisible();
    await volunteer.screenshot({ path: 'test-results/pictures/wipe-390-dark.png' });
    await dialog.getByRole('button', { name: 'Wipe this browser' }).click();
    await expect(volunteer.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await expect(volunteer.getByText('The key on this device')).toHaveCount(0);
    expect(await volunteer.evaluate(() => localStorage.length)).toBe(0);

    await volunteer.getByLabel('Key', { exact: true }).fill(backUp);
    await volunteer.getByRole('button', { name: 'Sign in with this key' }).click();
    await expect(volunteer.getByText('Robin')).toBeVisible();
    await expect(volunteer.getByRole('heading', { name: /^You are/ })).toBeVisible({ timeout: 10_000 });
  });
});

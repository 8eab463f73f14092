import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { ProductUnderTest } from '../product/product-under-test.ts';
import { listenAtTheServer } from './eavesdropper.ts';
import { hears, listenIn } from './listening-page.ts';
import { toneFile } from '@ringdown/testing/tone-file';

const CALLER_HZ = 700;
const VOLUNTEER_HZ = 1234;
const AUDIBLE = 0.01;

test.describe.configure({ mode: 'serial' });

test.describe('from npm start to a call', () => {
  let product: ProductUnderTest;
  let volunteerBrowser: Browser;
  let callerBrowser: Browser;
  let desk: Page;
  let phone: Page;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    product = await ProductUnderTest.start();
    volunteerBrowser = await launchBrowser({ microphoneWav: toneFile(VOLUNTEER_HZ) });
    callerBrowser = await launchBrowser();
    const context = await volunteerBrowser.newContext({ permissions: ['microphone', 'notifications'] });
    await listenIn(context);
    desk = await context.newPage();
    phone = await (await callerBrowser.newContext()).newPage();
  });

  test.afterAll(async () => {
    await volunteerBrowser?.close();
    await callerBrowser?.close();
    await product?.stop();
  });

  const picture = (page: Page, name: string) => page.screenshot({ path: `test-results/pictures/${name}.png` });

  const noSeriousFinding = async (page: Page): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    expect(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
  };

  const phoneHears = (hz: number) =>
    expect
      .poll(async () => Number(await phone.getByTestId('heard-hz').first().getAttribute('data-hz')), {
        timeout: 15_000,
      })
      .toBeGreaterThan(hz - 20);

  const consoleHears = (hz: number, timeout = 15_000) =>
    expect
      .poll(
        async () => {
          const heard = await hears(desk);
          return heard.level > AUDIBLE && Math.abs(heard.hz - hz) < 10;
        },
        { timeout },
      )
      .toBe(true);

  const consoleHearsNothing = () =>
    expect.poll(async () => (await hears(desk)).level, { timeout: 10_000 }).toBeLessThan(AUDIBLE);

  test('the example hotline is set up by one click', async () => {
    await desk.goto(product.client.origin);
    await picture(desk, 'wizard');
    await noSeriousFinding(desk);
    await desk.getByRole('button', { name: 'Start with the example hotline' }).click();
    await expect(desk.getByText('Your example hotline is ready')).toBeVisible({ timeout: 20_000 });
    await expect(desk.getByText('You are available', { exact: true })).toBeVisible();
    await picture(desk, 'home');
    await noSeriousFinding(desk);
  });

  test('a simulated phone dials and the console rings', async () => {
    await phone.goto(product.simulator);
    await expect(phone.getByTestId('to').first()).not.toHaveValue('');
    await picture(phone, 'phone');
    await noSeriousFinding(phone);
    await phone.getByTestId('call').first().click();
    await expect(desk.getByRole('button', { name: /^Answer/ })).toBeVisible({ timeout: 10_000 });
    await picture(desk, 'ringing');
    await noSeriousFinding(desk);
  });

  test('both hear each other, and the console says what is encrypted', async () => {
    await desk.getByRole('button', { name: /^Answer/ }).click();
    await expect(desk.getByText('Gateway to you: encrypted, group verified')).toBeVisible({ timeout: 15_000 });
    await expect(desk.getByText('Phone network: not private')).toBeVisible();
    await consoleHears(CALLER_HZ);
    await phoneHears(VOLUNTEER_HZ);
    await picture(desk, 'call');
    await picture(phone, 'phone-in-call');
    await noSeriousFinding(desk);
  });

  test('hold swaps in music for the caller and silence for the volunteer', async () => {
    await desk.keyboard.press('h');
    await consoleHearsNothing();
    await expect
      .poll(
        async () =>
          Math.abs(Number(await phone.getByTestId('heard-hz').first().getAttribute('data-hz')) - VOLUNTEER_HZ),
        { timeout: 10_000 },
      )
      .toBeGreaterThan(30);
    await expect
      .poll(async () => Number(await phone.getByTestId('heard-db').first().getAttribute('data-db')), {
        timeout: 10_000,
      })
      .toBeGreaterThan(-50);
    await desk.keyboard.press('h');
    await consoleHears(CALLER_HZ);
    await phoneHears(VOLUNTEER_HZ);
  });

  test('mute silences the volunteer for the caller', async () => {
    await desk.keyboard.press('m');
    await expect
      .poll(async () => Number(await phone.getByTestId('heard-db').first().getAttribute('data-db')), {
        timeout: 10_000,
      })
      .toBeLessThan(-45);
    await desk.keyboard.press('m');
    await phoneHears(VOLUNTEER_HZ);
  });

  test('a reload in the call rejoins it within 5 s', async () => {
    await desk.reload();
    const reloaded = Date.now();
    await consoleHears(CALLER_HZ);
    expect(Date.now() - reloaded).toBeLessThan(5_000);
    await phoneHears(VOLUNTEER_HZ);
  });

  test('a third participant with a valid token and no key hears neither tone', async () => {
    const heard = await listenAtTheServer(product);
    expect(heard.frames).toBeGreaterThan(50);
    expect(heard.shareOf(CALLER_HZ)).toBeLessThan(0.05);
    expect(heard.shareOf(VOLUNTEER_HZ)).toBeLessThan(0.05);
  });

  test('the call ends, notes are sealed, and the timeline tells the whole story', async () => {
    await desk.keyboard.press('e');
    await expect(desk.getByText('Write up the call')).toBeVisible({ timeout: 10_000 });
    await desk.getByRole('textbox').first().fill('Asked for a lawyer. Call the brother back.');
    await expect(desk.getByText('Saved, sealed')).toBeVisible({ timeout: 15_000 });
    await picture(desk, 'wrap-up');
    await noSeriousFinding(desk);
    await expect
      .poll(() => phone.getByTestId('status').first().getAttribute('data-status'), { timeout: 10_000 })
      .toBe('completed');
    await desk
      .getByRole('button', { name: /available/ })
      .first()
      .click();
    await desk.goto(`${product.client.origin}/calls`);
    await picture(desk, 'calls');
    await desk
      .getByRole('link')
      .filter({ hasText: /Example hotline|•••/ })
      .first()
      .click();
    await expect(desk.getByText('The volunteer ended the call').first()).toBeVisible();
    await expect(desk.getByText(/Offered to/)).toBeVisible();
    await expect(desk.getByText('Asked for a lawyer. Call the brother back.')).toBeVisible();
    await picture(desk, 'timeline');
    await noSeriousFinding(desk);
  });
});

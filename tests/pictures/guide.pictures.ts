import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { ProductUnderTest } from '../product/product-under-test.ts';

/** `npm run pictures`: the guides' pictures, taken from the running product. They are looked at and committed. */
const FOLDER = 'docs/guides/pictures';
const CALLER = '+15005557301';

test.describe.configure({ mode: 'serial' });

test.describe('pictures for the guides', () => {
  let product: ProductUnderTest;
  let browser: Browser;
  let coordinator: Page;
  let volunteer: Page;
  let volunteerContext: BrowserContext;
  let number = '';

  const size = { width: 1280, height: 800 };

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    product = await ProductUnderTest.start();
    browser = await launchBrowser({ microphoneWav: toneFile(500) });
    const given = { viewport: size, colorScheme: 'light', reducedMotion: 'reduce' } as const;
    coordinator = await (
      await browser.newContext({ ...given, permissions: ['microphone', 'notifications'] })
    ).newPage();
    volunteerContext = await browser.newContext({ ...given, permissions: ['microphone', 'notifications'] });
    volunteer = await volunteerContext.newPage();
  });

  test.afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const go = (page: Page, path: string) => page.goto(`${product.client.origin}${path}`);
  /** The state of the network is one of the past once a page was still: what is drawn says when it is whole. */
  const settle = async (page: Page) => {
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await expect(page.locator('.bone, .note-bone, .report-chart-space')).toHaveCount(0, { timeout: 20_000 });
    await expect(page.getByText(/^(Loading|Opening …)$/)).toHaveCount(0, { timeout: 20_000 });
  };
  const take = async (page: Page, name: string) => {
    await settle(page);
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
  };
  const visit = async (page: Page, path: string, name: string) => {
    await go(page, path);
    await expect(page.locator('main h1, main h2').first()).toBeVisible({ timeout: 15_000 });
    await take(page, name);
  };
  const dial = (from = CALLER) =>
    fetch(`${product.simulator}/simulator/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: number, from, audio: { tone: 700 } }),
    }).then((answer) => answer.json() as Promise<{ callSid: string }>);
  const answers = async () => {
    const answer = volunteer.getByRole('button', { name: /^Answer/ });
    await expect(answer).toBeVisible({ timeout: 15_000 });
    await take(volunteer, 'ringing');
    await answer.click();
    await expect(volunteer.getByText('encrypted, group verified')).toBeVisible({ timeout: 15_000 });
  };
  const note = (words: string) => volunteer.getByLabel('What should the next volunteer know?').fill(words);
  const becomes = async (page: Page, state: 'Available' | 'Offline') => {
    await go(page, '/');
    await page.locator('.segment', { hasText: state }).click();
    await expect(page.getByRole('heading', { name: `You are ${state.toLowerCase()}` })).toBeVisible();
  };

  test('first run', async () => {
    await go(coordinator, '/');
    await expect(coordinator.getByRole('button', { name: 'Start with the example hotline' })).toBeVisible();
    await take(coordinator, 'first-run');
    await coordinator.getByRole('button', { name: 'Start with the example hotline' }).click();
    await expect(coordinator.getByRole('heading', { name: 'You are available' })).toBeVisible({ timeout: 20_000 });
    const numbers = await fetch(`${product.simulator}/simulator/numbers`);
    [{ number }] = (await numbers.json()) as [{ number: string }];
  });

  test('a volunteer joins', async () => {
    await go(coordinator, '/members');
    await coordinator.getByRole('button', { name: 'Make an invite link' }).click();
    await take(coordinator, 'invite');
    const link = (await coordinator.locator('.copy-line code').first().textContent()) ?? '';
    await volunteer.goto(link);
    await volunteer.getByLabel('Your name here').fill('Robin');
    await take(volunteer, 'join');
    await volunteer.getByRole('button', { name: 'Join' }).click();
    await expect(volunteer.getByRole('heading', { name: 'You are offline' })).toBeVisible({ timeout: 15_000 });
    await becomes(volunteer, 'Available');
    await take(volunteer, 'home');
    await visit(volunteer, '/sound-check', 'sound-check');
    await visit(volunteer, '/settings', 'settings');
    await volunteer.getByLabel('Text 1').fill('Wants a lawyer');
    await go(volunteer, '/');
  });

  test('a team at work', async () => {
    await becomes(coordinator, 'Offline');
    await go(coordinator, '/team');
    await coordinator
      .getByLabel('Write to the team')
      .fill('The county jail changed its visiting hours: 08:00 to 11:00.');
    await coordinator.getByRole('button', { name: 'Send' }).click();
    await go(volunteer, '/team');
    await volunteer.getByLabel('Write to the team').fill('Thank you. I am here until midnight.');
    await volunteer.getByRole('button', { name: 'Send' }).click();
    await expect(volunteer.getByText('Thank you. I am here until midnight.')).toBeVisible();
    await go(volunteer, '/');
    await dial();
    await answers();
    await note('Her name is Ana. Asked for a lawyer.');
    await volunteer.getByRole('button', { name: /^End/ }).click();
    await volunteer.getByRole('button', { name: /Done/ }).click();
    await expect(volunteer.getByRole('heading', { name: 'You are available' })).toBeVisible({ timeout: 15_000 });
    await go(coordinator, '/follow-ups');
    for (const words of ['Send Ana a lawyer', 'Ask the jail when visitors are let in']) {
      await coordinator.getByRole('button', { name: 'Add a follow-up' }).click();
      await coordinator.getByLabel('What is to be done?').fill(words);
      await coordinator.getByRole('button', { name: 'Add it' }).click();
      await expect(coordinator.getByText(words)).toBeVisible();
    }
    await go(coordinator, '/dispatch');
    await coordinator.getByRole('button', { name: 'Send someone' }).click();
    await coordinator.getByRole('combobox', { name: 'Whom' }).fill('Robin');
    await coordinator.getByRole('option', { name: 'Robin' }).click();
    await coordinator.getByLabel('What to do, and where').fill('Bail papers to the county jail, desk 3.');
    await coordinator.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(coordinator.getByText('Bail papers to the county jail, desk 3.')).toBeVisible();
  });

  test('a call', async () => {
    test.setTimeout(180_000);
    await dial();
    await answers();
    await volunteer.waitForTimeout(50_000);
    await note('Ana again. Her brother waits at the east gate and has the papers.');
    await expect(volunteer.getByText('Saved, sealed')).toBeVisible({ timeout: 15_000 });
    await volunteer.waitForTimeout(10_000);
    await take(volunteer, 'call');
    await becomes(coordinator, 'Available');
    // Keys act where nobody types.
    await volunteer.getByRole('heading', { name: 'Notes', exact: true }).click();
    await volunteer.keyboard.press('t');
    await expect(volunteer.getByRole('button', { name: /^Ask\b/ }).first()).toBeVisible();
    await take(volunteer, 'transfer');
    await volunteer.keyboard.press('Escape');
    await volunteer.keyboard.press('Control+k');
    const palette = volunteer.getByRole('heading', { name: 'What do you want to do?' });
    await expect(palette).toBeVisible();
    await take(volunteer, 'palette');
    await volunteer.keyboard.press('Escape');
    await expect(palette).toHaveCount(0);
  });

  test('supervision while the call goes on', async () => {
    await becomes(coordinator, 'Offline');
    await dial('+15005557302');
    await dial('+15005557303');
    await visit(coordinator, '/supervise', 'supervise');
    await visit(coordinator, '/queue', 'queue');
    await go(coordinator, '/wallboard');
    await take(coordinator, 'wallboard');
    await visit(coordinator, '/team', 'team');
    await visit(coordinator, '/dispatch', 'dispatch');
  });

  test('after the call', async () => {
    await volunteer.keyboard.press('e');
    await expect(volunteer.getByRole('heading', { name: 'Write up the call' })).toBeVisible({ timeout: 15_000 });
    await note('Ana again. Her brother waits at the east gate and has the papers. Call him back tomorrow.');
    await expect(volunteer.getByText('Saved, sealed')).toBeVisible({ timeout: 15_000 });
    await take(volunteer, 'wrap-up');
    await volunteer.getByRole('button', { name: /Done/ }).click();
  });

  test('running the hotline', async () => {
    await visit(coordinator, '/calls', 'calls');
    await coordinator.locator('a.list-row', { hasText: 'The volunteer ended' }).first().click();
    await expect(coordinator.getByText('Call him back tomorrow')).toBeVisible();
    await take(coordinator, 'timeline');
    await visit(coordinator, '/rota', 'rota');
    await visit(coordinator, '/follow-ups', 'follow-ups');
    await visit(coordinator, '/members', 'members');
    await go(coordinator, '/hotlines');
    await coordinator.getByRole('link', { name: /Example hotline/ }).click();
    await settle(coordinator);
    await take(coordinator, 'hotline-settings');
    // The page scrolls in its middle only.
    expect(await coordinator.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)).toBe(0);
    for (const [title, name] of [
      ['When nobody answers', 'plans'],
      ['Announcements and music', 'announcements'],
    ] as const) {
      await coordinator.getByRole('heading', { name: title, exact: true }).evaluate((heading: HTMLElement) => {
        // Below the bar that stays at the top.
        heading.style.scrollMarginTop = '90px';
        heading.scrollIntoView({ block: 'start' });
      });
      await take(coordinator, name);
    }
    await visit(coordinator, '/reports', 'reports');
  });

  test('practice', async () => {
    test.setTimeout(120_000);
    await becomes(coordinator, 'Offline');
    await visit(coordinator, '/practice', 'practice');
    await coordinator.getByRole('button', { name: /^Start.*Two minutes from a jail/ }).click();
    await expect(coordinator.getByRole('button', { name: /^Answer/ })).toBeVisible({ timeout: 30_000 });
    await coordinator.keyboard.press('a');
    await expect(coordinator.getByText('encrypted, group verified')).toBeVisible({ timeout: 30_000 });
    await coordinator.waitForTimeout(3_000);
    // The tone is a voice without a breath: muted, it lets the caller speak.
    await coordinator.keyboard.press('m');
    await coordinator.waitForTimeout(12_000);
    await coordinator.keyboard.press('e');
    await expect(coordinator.getByRole('heading', { name: 'Write up the call' })).toBeVisible({ timeout: 15_000 });
    await coordinator.getByRole('textbox').first().fill('Sam Rivera, county jail.');
    await coordinator.getByRole('button', { name: 'Done, see how it went' }).click();
    await expect(coordinator.getByText('You wrote a note.')).toBeVisible({ timeout: 15_000 });
    await settle(coordinator);
    await coordinator.screenshot({ path: `${FOLDER}/practice-result.png`, fullPage: true });
  });
});

import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { ProductUnderTest, type SimulatedCall } from '../product/product-under-test.ts';

const OWNER_HZ = 1234;

test.describe.configure({ mode: 'serial' });

test.describe('what callers hear, set in the console', () => {
  let product: ProductUnderTest;
  let browser: Browser;
  let owner: Page;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    product = await ProductUnderTest.start();
    browser = await launchBrowser({ microphoneWav: toneFile(OWNER_HZ) });
    owner = await (await browser.newContext({ permissions: ['microphone'] })).newPage();
  });

  test.afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const simulator = async (path: string, body?: unknown): Promise<unknown> => {
    const sending = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${product.simulator}/simulator/${path}`, body === undefined ? {} : sending);
    if (!answer.ok) throw new Error(`The simulator refused: ${await answer.text()}`);
    return answer.json();
  };
  const section = () => owner.getByRole('region', { name: 'Announcements and music' });
  const row = (name: string) => section().locator('.prompt-row').filter({ hasText: name });

  test('a prompt is recorded by keyboard, heard by the next caller, and taken back', async () => {
    await owner.goto(`${product.client.origin}/`);
    await owner.getByRole('button', { name: 'Start with the example hotline' }).click();
    await expect(owner.getByRole('heading', { name: 'You are available' })).toBeVisible({ timeout: 20_000 });
    await owner.goto(`${product.client.origin}/hotlines`);
    await owner.getByRole('link', { name: /Example hotline/ }).click();
    await expect(row('Privacy notice').getByText('Built-in', { exact: true })).toBeVisible();

    await row('Privacy notice').getByRole('button', { name: 'Change' }).press('Enter');
    const dialog = owner.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'A recording' }).press('Space');
    await dialog.getByRole('button', { name: 'Record', exact: true }).press('Enter');
    await expect(dialog.getByText('Recording …')).toBeVisible();
    await owner.waitForTimeout(4_000);
    await dialog.getByRole('button', { name: 'Stop' }).press('Enter');
    await expect(dialog.getByLabel('Your recording')).toBeVisible();
    const { violations } = await new AxeBuilder({ page: owner }).withTags(['wcag2a', 'wcag2aa']).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).press('Enter');
    await expect(row('Privacy notice').getByText('Recording', { exact: true })).toBeVisible();

    const [{ number }] = (await simulator('numbers')) as [{ number: string }];
    const { callSid } = (await simulator('calls', { to: number, audio: { silence: true } })) as { callSid: string };
    await expect
      .poll(
        async () => {
          const { hz, share } = ((await simulator(`calls/${callSid}`)) as SimulatedCall).heard;
          return share > 0.6 && Math.abs(hz - OWNER_HZ) < 20;
        },
        { timeout: 30_000, intervals: [60] },
      )
      .toBe(true);
    await simulator(`calls/${callSid}/hang-up`, {});

    await row('Privacy notice').getByRole('button', { name: 'Change' }).press('Enter');
    await dialog.getByRole('button', { name: 'Back to built-in' }).press('Enter');
    await expect(row('Privacy notice').getByText('Built-in', { exact: true })).toBeVisible();
  });

  test('a language without words is warned about until its line of the menu is there', async () => {
    await owner.getByRole('button', { name: /Another language/ }).click();
    await owner.getByRole('option', { name: 'Arabic' }).click();
    const form = owner.locator('form').filter({ hasText: 'Offer Arabic in a menu at the start' });
    await form.getByRole('button', { name: 'Save' }).click();
    await section().locator('.segment', { hasText: 'Arabic' }).click();
    await expect(section().getByText('No built-in words in Arabic')).toBeVisible();
    await expect(row('Line of the menu').getByText('Missing', { exact: true })).toBeVisible();
    await expect(
      section().getByText('Callers who speak Arabic hear English where something is missing.'),
    ).toBeVisible();
  });
});

import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { ProductUnderTest } from '../product/product-under-test.ts';

const CALLER = '+15550104478';

test.describe.configure({ mode: 'serial' });

test.describe('what is written about a call', () => {
  let product: ProductUnderTest;
  let browser: Browser;
  let context: BrowserContext;
  let desk: Page;
  let number = '';

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    product = await ProductUnderTest.start();
    browser = await launchBrowser();
    context = await browser.newContext({
      permissions: ['microphone', 'notifications'],
      viewport: { width: 1280, height: 900 },
    });
    context.setDefaultTimeout(15_000);
    desk = await context.newPage();
  });

  test.afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const noSeriousFinding = async (page: Page): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    expect(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
  };
  const picture = (name: string) => desk.screenshot({ path: `test-results/pictures/${name}.png`, fullPage: true });
  const go = (page: Page, path: string) => page.goto(`${product.client.origin}${path}`);
  const dial = async (): Promise<void> => {
    const answer = await fetch(`${product.simulator}/simulator/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: number, from: CALLER, audio: { silence: true } }),
    });
    if (!answer.ok) throw new Error(`The simulator refused: ${await answer.text()}`);
  };
  const noteIn = (page: Page) => page.getByRole('textbox', { name: 'What should the next volunteer know?' });
  const answerTheCall = async () => {
    await dial();
    await desk.getByRole('button', { name: /^Answer/ }).click({ timeout: 20_000 });
    await expect(noteIn(desk)).toBeVisible({ timeout: 15_000 });
  };

  test('an intake form is made by keyboard and pointer, with a condition, and tried in the preview', async () => {
    await go(desk, '/');
    await desk.getByRole('button', { name: 'Start with the example hotline' }).click();
    await expect(desk.getByText('Your example hotline is ready')).toBeVisible({ timeout: 20_000 });
    await go(desk, '/hotlines');
    const numbers = (await (await fetch(`${product.simulator}/simulator/numbers`)).json()) as { number: string }[];
    number = numbers[0]?.number ?? '';
    await desk.getByRole('link', { name: /Example hotline/ }).click();
    const add = desk.getByRole('button', { name: 'Add a question' });
    await add.click();
    const first = desk.getByRole('group', { name: /^Question 1/ });
    await first.getByRole('textbox', { name: 'Question', exact: true }).fill('Where is the person?');
    await add.click();
    const second = desk.getByRole('group', { name: /^Question 2/ });
    await second.getByRole('textbox', { name: 'Question', exact: true }).fill('Is somebody held?');
    await second.getByRole('button', { name: /Kind of answer/ }).click();
    await desk.getByRole('option', { name: 'Yes or no' }).click();
    await second.locator('.switch').click();
    await second.getByRole('button', { name: 'Move up' }).focus();
    await desk.keyboard.press('Enter');
    await expect(desk.getByText('“Is somebody held?” is now number 1 of 2')).toBeVisible();
    const where = desk.getByRole('group', { name: 'Question 2: Where is the person?' });
    await where.getByRole('button', { name: /Show/ }).click();
    await desk.getByRole('option', { name: 'If “Is somebody held?” is Yes' }).click();
    await desk.getByRole('button', { name: 'Preview' }).click();
    const preview = desk.getByRole('region', { name: 'Preview' });
    await expect(preview.getByRole('textbox')).toHaveCount(0);
    await preview.locator('.segment', { hasText: 'Yes' }).click();
    await expect(preview.getByRole('textbox', { name: 'Where is the person?' })).toBeVisible();
    await noSeriousFinding(desk);
    await picture('intake-form');
    const card = desk.getByRole('region', { name: 'Intake form' });
    await card.getByRole('button', { name: 'Save' }).click();
    await expect(card.getByText('Version 1')).toBeVisible();
    await go(desk, '/');
  });

  test('two pages write one note at once and each sees what the other writes', async () => {
    await answerTheCall();
    const other = await context.newPage();
    await go(other, '/');
    await expect(noteIn(other)).toBeVisible({ timeout: 15_000 });
    await Promise.all([
      noteIn(desk).pressSequentially('Her name is Ana. ', { delay: 15 }),
      noteIn(other).pressSequentially('The brother waits. ', { delay: 15 }),
    ]);
    for (const page of [desk, other]) {
      for (const letter of ['n', 'w']) {
        await expect
          .poll(async () => (await noteIn(page).inputValue()).split(letter).length - 1, { timeout: 15_000 })
          .toBe('Her name is Ana. The brother waits. '.split(letter).length - 1);
      }
    }
    await expect
      .poll(async () => (await noteIn(desk).inputValue()) === (await noteIn(other).inputValue()), { timeout: 15_000 })
      .toBe(true);
    await noteIn(desk).fill('Ana, taken at the lighthouse.');
    await expect(noteIn(other)).toHaveValue('Ana, taken at the lighthouse.', { timeout: 15_000 });
    await desk.locator('.note .segment', { hasText: 'Yes' }).click();
    await expect(other.getByRole('textbox', { name: 'Where is the person?' })).toBeVisible({ timeout: 15_000 });
    await other.close();
  });

  test('what was typed when the page broke off is there after the reload, and reaches the server', async () => {
    await context.route('**/note-changes', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await noteIn(desk).fill('Ana, taken at the lighthouse. Court on Monday.');
    await noteIn(desk).blur();
    await expect(desk.getByText('Kept on this device')).toBeVisible({ timeout: 15_000 });
    await desk.reload();
    await expect(desk.getByText('What you wrote before this page closed is here again.')).toBeVisible({
      timeout: 20_000,
    });
    await expect(noteIn(desk)).toHaveValue('Ana, taken at the lighthouse. Court on Monday.');
    await context.unroute('**/note-changes');
    await expect(desk.getByText('Saved, sealed')).toBeVisible({ timeout: 20_000 });
    await noSeriousFinding(desk);
    await picture('note-in-call');
  });

  test('a follow-up is added while writing up, and stands in the list until it is done', async () => {
    await desk.getByRole('button', { name: /^End/ }).click();
    await expect(desk.getByText('Write up the call')).toBeVisible({ timeout: 15_000 });
    await desk.getByRole('button', { name: 'Add a follow-up' }).click();
    await desk.getByRole('textbox', { name: 'What is to be done?' }).fill('Call the court');
    await desk.getByLabel('By when').fill('2020-03-01');
    await desk.getByRole('button', { name: 'Add it' }).click();
    await expect(desk.getByText('Call the court')).toBeVisible();
    await picture('wrap-up-note');
    await desk
      .getByRole('button', { name: /available/ })
      .first()
      .click();
    await go(desk, '/follow-ups');
    await expect(desk.getByText('Call the court')).toBeVisible();
    await expect(desk.getByText(/^Overdue since/)).toBeVisible();
    await noSeriousFinding(desk);
    await picture('follow-ups');
    await desk.getByRole('button', { name: 'Done', exact: true }).last().click();
    await expect(desk.getByText('Nothing left to do')).toBeVisible();
  });

  test('when the same caller rings again, what was written is beside the ring', async () => {
    await go(desk, '/');
    await desk.locator('.segment', { hasText: 'Available' }).click();
    await dial();
    await expect(desk.getByRole('button', { name: /^Answer/ })).toBeVisible({ timeout: 20_000 });
    const card = desk.getByRole('region', { name: 'Earlier calls' });
    await expect(card.getByText('Ana, taken at the lighthouse. Court on Monday.')).toBeVisible({ timeout: 15_000 });
    await expect(card.getByText('Is somebody held?')).toBeVisible();
    await noSeriousFinding(desk);
    await picture('ringing-known-caller');
    await desk.getByRole('button', { name: /^Not now/ }).click();
  });

  test('a search finds the note, and what is looked for never leaves the browser', async () => {
    await go(desk, '/search');
    await expect(desk.getByText('One note to search')).toBeVisible({ timeout: 15_000 });
    const sent: string[] = [];
    desk.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await desk.getByRole('textbox', { name: 'Words to look for' }).pressSequentially('lighthuse', { delay: 10 });
    await expect(desk.getByText('Ana, taken at the lighthouse. Court on Monday.')).toBeVisible();
    expect(sent.filter((text) => /lighth/i.test(text))).toEqual([]);
    await picture('search');
    await desk.getByRole('link', { name: /lighthouse/ }).click();
    await expect(desk.getByRole('region', { name: 'Notes' }).getByText('Court on Monday')).toBeVisible();
  });
});

import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { LocalVoice } from '@ringdown/platform/local-voice';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { ProductUnderTest } from '../product/product-under-test.ts';
import { hears, listenIn } from './listening-page.ts';

const AUDIBLE = 0.01;
/** Speaking the sentences, agreeing on keys and waiting for a turn, beside all else that runs. */
const WITHIN_MS = 40_000;

test.describe.configure({ mode: 'serial' });

test.describe('a new volunteer practises', () => {
  let product: ProductUnderTest;
  let browser: Browser;
  let desk: Page;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    test.skip((await new LocalVoice().voices()).length === 0, 'espeak-ng is not installed here');
    product = await ProductUnderTest.start();
    // A steady tone is somebody who speaks without a breath: muted, they are quiet.
    browser = await launchBrowser({ microphoneWav: toneFile(440) });
    const context = await browser.newContext({ permissions: ['microphone', 'notifications'] });
    await listenIn(context);
    desk = await context.newPage();
    await desk.goto(product.client.origin);
    await desk.getByRole('button', { name: 'Start with the example hotline' }).click();
    await expect(desk.getByText('Your example hotline is ready')).toBeVisible({ timeout: 30_000 });
  });

  test.afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const noSeriousFinding = async (): Promise<void> => {
    const { violations } = await new AxeBuilder({ page: desk }).withTags(['wcag2a', 'wcag2aa']).analyze();
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    expect(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
  };
  const picture = (name: string) => desk.screenshot({ path: `test-results/pictures/${name}.png`, fullPage: true });
  const hearsTheCaller = () =>
    expect.poll(async () => (await hears(desk)).level, { timeout: WITHIN_MS }).toBeGreaterThan(AUDIBLE);

  test('finds practice suggested before the first call, and starts a scripted caller who rings', async () => {
    await desk.getByRole('link', { name: 'Practise' }).click();
    await expect(desk.getByRole('heading', { name: 'Practice', exact: true })).toBeVisible();
    await picture('practice');
    await noSeriousFinding();
    await desk.getByRole('button', { name: /^Start.*Two minutes from a jail/ }).click();
    await expect(desk.getByRole('button', { name: /^Answer/ })).toBeVisible({ timeout: WITHIN_MS });
    await expect(desk.getByText('Practice', { exact: true }).last()).toBeVisible();
  });

  test('answers by key; the caller waits for their voice, speaks when they are quiet, and waits out a reload', async () => {
    await desk.keyboard.press('a');
    await expect(desk.getByText('Gateway to you: encrypted, group verified')).toBeVisible({ timeout: WITHIN_MS });
    await desk.keyboard.press('m');
    await hearsTheCaller();
    await desk.reload();
    await expect(desk.getByText('Gateway to you: encrypted, group verified')).toBeVisible({ timeout: WITHIN_MS });
    await hearsTheCaller();
    await picture('practice-call');
  });

  test('ends it by key, writes it up and sees what went well and what to try next', async () => {
    await desk.keyboard.press('e');
    await expect(desk.getByText('Write up the call')).toBeVisible({ timeout: WITHIN_MS });
    await desk.getByRole('textbox').first().fill('Sam Rivera, county jail, two minutes.');
    await desk.getByRole('button', { name: 'Done, see how it went' }).click();
    await expect(desk.getByRole('heading', { name: 'Two minutes from a jail' })).toBeVisible({ timeout: WITHIN_MS });
    await expect(desk.getByText('You wrote a note.')).toBeVisible({ timeout: WITHIN_MS });
    await expect(desk.getByText('Make a follow-up for what you promised.')).toBeVisible();
    // On a machine that stands still for a while the ring, and the whole script, may be over sooner than a hand is.
    await expect(desk.getByText(/^(You answered quickly|Answer within 10 seconds)/)).toBeVisible();
    await expect(desk.getByText(/^(You let them say goodbye|Stay until the caller)/)).toBeVisible();
    await expect(desk.getByText('You muted yourself.')).toBeVisible();
    await picture('practice-result');
    await noSeriousFinding();
  });
});

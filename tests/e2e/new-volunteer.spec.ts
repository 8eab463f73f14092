import { readFileSync } from 'node:fs';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { Stage } from './stage.ts';

const CALLER_HZ = 700;
const MICROPHONE_HZ = 1_500;
/** More than any screen here has: a focus that hasn't come by then is lost. */
const MOST_TABS = 80;

const SCREENS = [
  { name: 'light', colorScheme: 'light', width: 1280 },
  { name: 'dark', colorScheme: 'dark', width: 1280 },
  { name: '390', colorScheme: 'light', width: 390 },
  { name: '390-dark', colorScheme: 'dark', width: 390 },
] as const;

type Words = Record<string, unknown>;

/** The catalogue's words for a key such as `join.name`, so that the same way is gone in each language. */
const wordsOf = (language: 'en' | 'es') => {
  const files = ['opening', 'later'].map(
    (name) => JSON.parse(readFileSync(`apps/console/src/catalogue/${language}-${name}.json`, 'utf8')) as Words,
  );
  const findIn = (catalogue: Words, key: string) =>
    key.split('.').reduce<unknown>((part, name) => (part as Words | undefined)?.[name], catalogue);
  return (key: string): string => {
    const found = files.map((catalogue) => findIn(catalogue, key)).find((words) => words !== undefined);
    if (typeof found !== 'string') throw new Error(`There are no words for ${key}.`);
    return found;
  };
};

test.describe.configure({ mode: 'serial' });

test.describe('a new volunteer who never touches the mouse', () => {
  let stage: Stage;
  let browser: Browser;
  let owner: Page;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    stage = await Stage.build();
    browser = await launchBrowser({ microphoneWav: toneFile(MICROPHONE_HZ) });
    owner = await (await browser.newContext({ permissions: ['microphone', 'notifications'] })).newPage();
    // Pictures take longer than people do.
    await stage.founds(owner, { ringTimeoutS: 120, wrapUpS: 300 });
    await stage.becomes(owner, 'Offline');
  });

  test.afterAll(async () => {
    await browser?.close();
    await stage?.product.stop();
  });

  for (const [language, locale, person] of [
    ['es', 'es-MX', 'Lucía'],
    ['en', 'en-GB', 'June'],
  ] as const) {
    test(`joins, tries the sound, takes a call, writes it up and is there for the next, in ${locale}`, async () => {
      test.setTimeout(180_000);
      const words = wordsOf(language);
      const link = await stage.inviteLink(owner);
      const context = await browser.newContext({
        permissions: ['microphone', 'notifications'],
        locale,
        viewport: { width: 1280, height: 800 },
      });
      const page = await context.newPage();

      const look = async (screen: string): Promise<void> => {
        // The longer words are the Spanish ones: English is looked at dark and narrow only.
        for (const { name, colorScheme, width } of language === 'es' ? SCREENS : SCREENS.slice(-1)) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: 800 });
          await page.screenshot({ path: `test-results/pictures/new-${language}-${screen}-${name}.png` });
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        }
        // Dark and narrow, as the last one leaves it; then as it goes on.
        await stage.noSeriousFinding(page);
        await page.emulateMedia({ colorScheme: 'light' });
        await page.setViewportSize({ width: 1280, height: 800 });
      };
      /** Tab by tab, as a hand does it, and seen: what has the focus must show it. */
      const tabTo = async (role: 'button' | 'link' | 'textbox' | 'radio', name: string | RegExp): Promise<void> => {
        const wanted = page.getByRole(role, typeof name === 'string' ? { name, exact: true } : { name }).first();
        await expect(wanted).toBeAttached({ timeout: 20_000 });
        for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
          if (await wanted.evaluate((element) => element === document.activeElement)) return;
          await page.keyboard.press('Tab');
        }
        throw new Error(`The keyboard doesn't reach ${role} ${String(name)}.`);
      };
      const heading = (key: string) =>
        expect(page.getByRole('heading', { name: words(key), exact: true })).toBeVisible({ timeout: 20_000 });

      await page.goto(link);
      await expect(page.getByLabel(words('join.name'))).toBeFocused({ timeout: 20_000 });
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await look('join');
      await page.keyboard.type(person);
      await tabTo('textbox', words('key.passphrase'));
      await page.keyboard.type('copper lantern river moss');
      await tabTo('textbox', words('key.again'));
      await page.keyboard.type('copper lantern river moss');
      await page.keyboard.press('Enter');
      await heading('my-state.offline');
      await look('offline');

      await tabTo('link', words('sound-check.open'));
      await page.keyboard.press('Enter');
      await tabTo('button', words('sound-check.test-microphone'));
      await page.keyboard.press('Enter');
      await expect(page.getByText(words('sound-check.heard'))).toBeVisible({ timeout: 20_000 });
      await tabTo('button', words('sound-check.test-speaker'));
      await page.keyboard.press('Enter');
      await look('sound-check');

      await page.keyboard.press('F1');
      await tabTo('link', words('nav.home'));
      await page.keyboard.press('Enter');
      await heading('my-state.available');
      await look('available');

      const call = await stage.dial('+15550100950', { tone: CALLER_HZ });
      await expect(page.getByRole('button', { name: words('ringing.answer') })).toBeVisible({ timeout: 20_000 });
      await look('ringing');
      await page.keyboard.press('a');
      await expect(page.getByRole('timer', { name: words('call.timer') })).toContainText(/\d:\d\d/, {
        timeout: 20_000,
      });
      await stage.phoneHears(call, MICROPHONE_HZ);
      await look('call');
      await page.keyboard.press('F3');
      await expect(page.getByLabel(words('note.label'))).toBeFocused();
      await page.keyboard.type('Una nota: la espera su hermana.');
      await expect(page.getByText(words('note.saved'))).toBeVisible({ timeout: 20_000 });
      await page.keyboard.press('Tab');
      await tabTo('button', new RegExp(`^${words('call.end')}`));
      await page.keyboard.press('Enter');

      await heading('wrap-up.title');
      await look('wrap-up');
      await tabTo('button', words('wrap-up.finish'));
      await page.keyboard.press('Enter');
      await heading('my-state.available');
      await expect.poll(async () => (await stage.phone(call)).status, { timeout: 20_000 }).toBe('completed');

      const next = await stage.dial('+15550100951', { tone: CALLER_HZ });
      await expect(page.getByRole('button', { name: words('ringing.answer') })).toBeVisible({ timeout: 20_000 });
      await page.keyboard.press('a');
      await stage.phoneHears(next, MICROPHONE_HZ);
      await page.keyboard.press('e');
      await heading('wrap-up.title');
      await context.close();
    });
  }
});

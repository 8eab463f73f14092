import { type Browser, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { ProductUnderTest, type SimulatedCall } from '../product/product-under-test.ts';
import { leaveMicrophonePlain, listenIn, loudness, microphonesOpened } from './listening-page.ts';

const CALLER_HZ = 700;
const OWNER_HZ = 1_234;
const ANA_HZ = 1_900;
/** A tone that sounds has -40 dB or more; where there is none, what codecs and mixing leave stays under -90 dB. */
const AUDIBLE_DB = -70;

test.describe.configure({ mode: 'serial' });

test.describe('several people on one call', () => {
  let product: ProductUnderTest;
  let browsers: Browser[] = [];
  let owner: Page;
  let ana: Page;
  let callSid: string;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    product = await ProductUnderTest.start();
    const pages = await Promise.all(
      [OWNER_HZ, ANA_HZ].map(async (hz) => {
        const browser = await launchBrowser({ microphoneWav: toneFile(hz) });
        browsers.push(browser);
        const context = await browser.newContext({ permissions: ['microphone', 'notifications'] });
        await leaveMicrophonePlain(context);
        await listenIn(context);
        return context.newPage();
      }),
    );
    [owner, ana] = pages as [Page, Page];
  });

  test.afterAll(async () => {
    for (const browser of browsers) await browser.close();
    browsers = [];
    await product?.stop();
  });

  const picture = (page: Page, name: string) => page.screenshot({ path: `test-results/pictures/${name}.png` });
  const go = (page: Page, path: string) => page.goto(`${product.client.origin}${path}`);
  const simulator = async (path: string, body?: unknown): Promise<unknown> => {
    const sending = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${product.simulator}/simulator/${path}`, body === undefined ? {} : sending);
    if (!answer.ok) throw new Error(`The simulator refused: ${await answer.text()}`);
    return answer.json();
  };
  const phone = async () => ((await simulator(`calls/${callSid}`)) as SimulatedCall).heard;

  /** Which of the three tones come out of a page's speaker. */
  const comesOut = async (page: Page): Promise<number[]> => {
    const tones = [CALLER_HZ, OWNER_HZ, ANA_HZ];
    const levels = await loudness(page, tones);
    return tones.filter((_, index) => (levels[index] ?? -200) > AUDIBLE_DB);
  };
  const hears = (page: Page, tones: number[]) => expect.poll(() => comesOut(page), { timeout: 20_000 }).toEqual(tones);
  const callerHears = (hz: number) =>
    expect
      .poll(
        async () => {
          const heard = await phone();
          return heard.levelDb > -65 && heard.share > 0.6 ? Math.round(heard.hz / 20) * 20 : 0;
        },
        { timeout: 20_000 },
      )
      .toBe(Math.round(hz / 20) * 20);
  /** Looked at for a while: that somebody isn't heard is no fact of one moment. */
  const callerDoesNotHear = async (hz: number) => {
    for (let look = 0; look < 5; look += 1) {
      const heard = await phone();
      expect(heard.share > 0.3 && Math.abs(heard.hz - hz) < 20 && heard.levelDb > -80).toBe(false);
      await owner.waitForTimeout(400);
    }
  };
  /** Music: loud, and nobody's tone. */
  const callerHearsMusic = () =>
    expect
      .poll(
        async () => {
          const { hz, share, levelDb } = await phone();
          return levelDb > -50 && (share < 0.5 || (Math.abs(hz - OWNER_HZ) > 30 && Math.abs(hz - ANA_HZ) > 30));
        },
        { timeout: 20_000 },
      )
      .toBe(true);
  const becomesAvailable = async (page: Page) => {
    await go(page, '/');
    await page.locator('.segment', { hasText: 'Available' }).click();
    await expect(page.getByRole('heading', { name: 'You are available' })).toBeVisible();
  };
  const answer = async (page: Page, words: RegExp) => {
    await expect(page.getByRole('heading', { name: words })).toBeVisible({ timeout: 15_000 });
    await page.getByRole('button', { name: /^Answer/ }).click();
  };
  /** After a call there may be something to write up; then the next call may come. */
  const done = async (page: Page) => {
    const available = page.getByRole('heading', { name: 'You are available' });
    const writeUp = page.getByRole('button', { name: /Done/ });
    const choice = page.locator('.segment', { hasText: 'Available' });
    await expect(available.or(writeUp).or(choice).first()).toBeVisible({ timeout: 15_000 });
    if (await writeUp.isVisible()) await writeUp.click();
    else if (!(await available.isVisible())) await choice.click();
    await expect(available).toBeVisible();
  };
  const askIn = async (page: Page, how: 'Talk first' | 'Hand over' | 'Together', name: string) => {
    await page.keyboard.press('t');
    await page.locator('.segment', { hasText: how }).click();
    await page.getByRole('button', { name: `Ask ${name}` }).click();
    await expect(page.getByRole('heading', { name: `Ringing ${name}` })).toBeVisible();
  };

  test('two volunteers are there, and the first takes a call', async () => {
    await go(owner, '/');
    await owner.getByRole('button', { name: 'Start with the example hotline' }).click();
    await expect(owner.getByRole('heading', { name: 'You are available' })).toBeVisible({ timeout: 20_000 });
    const [{ number }] = (await simulator('numbers')) as [{ number: string }];
    await go(owner, '/members');
    await owner.getByRole('button', { name: 'Make an invite link' }).click();
    await ana.goto((await owner.locator('.copy-line code').first().textContent()) ?? '');
    await ana.getByLabel('Your name here').fill('Ana');
    await ana.getByRole('button', { name: 'Join' }).click();
    await expect(ana.getByRole('heading', { name: 'You are offline' })).toBeVisible({ timeout: 20_000 });
    await go(owner, '/');
    ({ callSid } = (await simulator('calls', { to: number, from: '+15550100777', audio: { tone: CALLER_HZ } })) as {
      callSid: string;
    });
    await answer(owner, /A call for/);
    await hears(owner, [CALLER_HZ]);
    await callerHears(OWNER_HZ);
    await becomesAvailable(ana);
  });

  test('warm: the two talk while the caller hears music, and neither of them', async () => {
    await askIn(owner, 'Talk first', 'Ana');
    await picture(owner, 'asking');
    await answer(ana, /wants to talk with you about a call/);
    await expect(owner.getByRole('heading', { name: 'You are talking with Ana' })).toBeVisible({ timeout: 15_000 });
    await hears(owner, [ANA_HZ]);
    await hears(ana, [OWNER_HZ]);
    await callerHearsMusic();
    await callerDoesNotHear(OWNER_HZ);
    await callerDoesNotHear(ANA_HZ);
    await picture(owner, 'consulting');
  });

  test('three-way: the caller comes in, all hear each other, nobody hears themselves', async () => {
    await owner.getByRole('button', { name: 'Bring the caller in' }).click();
    await hears(owner, [CALLER_HZ, ANA_HZ]);
    await hears(ana, [CALLER_HZ, OWNER_HZ]);
    await ana.keyboard.press('m');
    await callerHears(OWNER_HZ);
    await ana.keyboard.press('m');
    await owner.keyboard.press('m');
    await callerHears(ANA_HZ);
    await owner.keyboard.press('m');
    await picture(owner, 'three-way');
  });

  test('who leaves hears nothing of the call any more, and isn’t heard', async () => {
    await ana.keyboard.press('e');
    await hears(ana, []);
    await hears(owner, [CALLER_HZ]);
    await callerHears(OWNER_HZ);
    await done(ana);
  });

  test('the transfer is completed: the call is the other’s, the first writes up', async () => {
    await askIn(owner, 'Talk first', 'Ana');
    await answer(ana, /wants to talk with you about a call/);
    await owner.getByRole('button', { name: 'Complete the transfer' }).click();
    await hears(ana, [CALLER_HZ]);
    await callerHears(ANA_HZ);
    await hears(owner, []);
    await done(owner);
  });

  test('listening in is shown to the volunteer and heard by nobody', async () => {
    await go(owner, '/supervise');
    await owner.getByRole('group', { name: /Ana/ }).getByRole('button', { name: 'Listen' }).click();
    await expect(owner.getByText('You hear everybody. Nobody can hear you')).toBeVisible({ timeout: 15_000 });
    await expect(ana.getByText(/listens$/)).toBeVisible();
    await hears(owner, [CALLER_HZ, ANA_HZ]);
    await hears(ana, [CALLER_HZ]);
    await callerHears(ANA_HZ);
    expect(await microphonesOpened(owner)).toBe(0);
    await picture(owner, 'listening');
    await picture(ana, 'listened-to');
  });

  test('a whisper reaches the volunteer and not the caller', async () => {
    await owner.locator('.segment', { hasText: 'Whisper' }).click();
    await hears(ana, [CALLER_HZ, OWNER_HZ]);
    await ana.keyboard.press('m');
    await expect(ana.getByText('You are muted')).toBeVisible();
    await callerDoesNotHear(OWNER_HZ);
    await hears(ana, [CALLER_HZ, OWNER_HZ]);
  });

  test('taking part is heard by all', async () => {
    await owner.locator('.segment', { hasText: 'Take part' }).click();
    await callerHears(OWNER_HZ);
    await ana.keyboard.press('m');
    await owner.keyboard.press('e');
    await hears(owner, []);
    await callerHears(ANA_HZ);
  });

  test('blind: the call moves when the other is there', async () => {
    await done(owner);
    await askIn(ana, 'Hand over', 'Owner');
    await answer(owner, /asks you to take over a call/);
    await hears(owner, [CALLER_HZ]);
    await callerHears(OWNER_HZ);
    await expect(ana.getByRole('heading', { name: 'Write up the call' })).toBeVisible();
  });

  test('the team’s words are read by members and not by the server', async () => {
    await go(ana, '/team');
    await ana.getByLabel('Write to the team').fill('Who speaks Tagalog?');
    await ana.keyboard.press('Enter');
    await expect(ana.locator('.team-message', { hasText: 'Who speaks Tagalog?' })).toBeVisible({ timeout: 10_000 });
    await go(owner, '/team');
    await expect(owner.locator('.team-message', { hasText: 'Who speaks Tagalog?' })).toBeVisible({ timeout: 10_000 });
    expect(product.log).not.toContain('Tagalog');
    await owner.keyboard.press('e');
  });
});

import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, expect, type Page } from '@playwright/test';
import { ProductUnderTest, type SimulatedCall } from '../product/product-under-test.ts';
import { loudness } from './listening-page.ts';

/** A tone that sounds has -40 dB or more; where there is none, what codecs and mixing leave stays under -90 dB. */
const AUDIBLE_DB = -70;
/** Real sound between real servers on a machine that may stall. */
const SOUND_WITHIN_MS = 20_000;

export interface ListedCall {
  callId: string;
  phase: string;
}

/** The running product with people and phones around it, as several specs need them. */
export class Stage {
  readonly product: ProductUnderTest;
  number = '';
  hotlineId = '';

  constructor(product: ProductUnderTest) {
    this.product = product;
  }

  static async build(): Promise<Stage> {
    return new Stage(await ProductUnderTest.start());
  }

  go(page: Page, path: string) {
    return page.goto(`${this.product.client.origin}${path}`);
  }

  /** The first person: owner of the example hotline, without the time in which an empty line goes to voicemail. */
  async founds(page: Page, settings: Record<string, unknown> = {}): Promise<void> {
    await this.go(page, '/');
    await page.getByRole('button', { name: 'Start with the example hotline' }).click();
    await expect(page.getByRole('heading', { name: 'You are available' })).toBeVisible({ timeout: 20_000 });
    [{ number: this.number }] = await this.simulator<[{ number: string }]>('numbers');
    const [hotline] = await this.ask<[{ hotlineId: string }]>(page, 'GET', '/api/hotlines');
    this.hotlineId = hotline.hotlineId;
    await this.ask(page, 'PATCH', `/api/hotlines/${this.hotlineId}`, { settings: { nobodyWaitS: 600, ...settings } });
  }

  async inviteLink(owner: Page): Promise<string> {
    await this.go(owner, '/members');
    await owner.getByRole('button', { name: 'Make an invite link' }).click();
    return (await owner.locator('.copy-line code').first().textContent()) ?? '';
  }

  async joins(page: Page, link: string, name: string): Promise<void> {
    await page.goto(link);
    await page.getByLabel('Your name here').fill(name);
    await page.getByRole('button', { name: 'Join' }).click();
    await this.isIn(page, 'You are offline');
  }

  isIn(page: Page, heading: string | RegExp) {
    return expect(page.getByRole('heading', { name: heading })).toBeVisible({ timeout: 20_000 });
  }

  async becomes(page: Page, state: 'Available' | 'Offline'): Promise<void> {
    await this.go(page, '/');
    await page.locator('.segment', { hasText: state }).click();
    await this.isIn(page, `You are ${state.toLowerCase()}`);
  }

  async answers(page: Page, words: RegExp = /A call for/): Promise<void> {
    await this.isIn(page, words);
    await page.getByRole('button', { name: /^Answer/ }).click();
    await expect(page.getByText('Gateway to you: encrypted, group verified')).toBeVisible({ timeout: 20_000 });
  }

  /** As this page's person, with its session. */
  async ask<Answer>(page: Page, method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await page.context().request.fetch(`${this.product.client.origin}${path}`, {
      method,
      headers: { origin: this.product.client.origin },
      ...(body === undefined ? {} : { data: body }),
    });
    if (!answer.ok()) throw new Error(`${method} ${path} was refused: ${await answer.text()}`);
    return (await answer.json().catch(() => null)) as Answer;
  }

  async lastCall(page: Page): Promise<ListedCall> {
    const { calls } = await this.ask<{ calls: ListedCall[] }>(page, 'GET', '/api/calls?limit=1');
    if (!calls[0]) throw new Error('There is no call yet.');
    return calls[0];
  }

  async simulator<Answer>(path: string, body?: unknown): Promise<Answer> {
    const sending = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${this.product.simulator}/simulator/${path}`, body === undefined ? {} : sending);
    if (!answer.ok) throw new Error(`The simulator refused: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  async dial(from: string, audio: unknown): Promise<string> {
    return (await this.simulator<{ callSid: string }>('calls', { to: this.number, from, audio })).callSid;
  }

  phone(callSid: string): Promise<SimulatedCall> {
    return this.simulator<SimulatedCall>(`calls/${callSid}`);
  }

  async hangUp(callSid: string): Promise<void> {
    await this.simulator(`calls/${callSid}/hang-up`, {});
  }

  phoneHears(callSid: string, hz: number) {
    return expect
      .poll(
        async () => {
          const { heard } = await this.phone(callSid);
          return heard.levelDb > -65 && heard.share > 0.6 ? Math.round(heard.hz / 20) * 20 : 0;
        },
        { timeout: SOUND_WITHIN_MS },
      )
      .toBe(Math.round(hz / 20) * 20);
  }

  /** Music: loud, and nobody's tone. */
  phoneHearsMusic(callSid: string, voices: readonly number[]) {
    return expect
      .poll(
        async () => {
          const { hz, share, levelDb } = (await this.phone(callSid)).heard;
          return levelDb > -50 && (share < 0.5 || voices.every((voice) => Math.abs(hz - voice) > 30));
        },
        { timeout: SOUND_WITHIN_MS },
      )
      .toBe(true);
  }

  /** Of all these tones, exactly `audible` come out of a page's speaker. */
  hears(page: Page, audible: readonly number[], all: readonly number[]) {
    return expect
      .poll(
        async () => {
          const levels = await loudness(page, all);
          return all.filter((_, index) => (levels[index] ?? -200) > AUDIBLE_DB);
        },
        { timeout: SOUND_WITHIN_MS },
      )
      .toEqual(audible);
  }

  async noSeriousFinding(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze();
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    expect(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
  }
}

/** Makes every page of this context believe it is so much later (or earlier) than it is. */
export const setClockWrong = (context: BrowserContext, byMs: number): Promise<unknown> =>
  context.addInitScript((wrong) => {
    const Right = Date;
    class Wrong extends Right {
      constructor(...given: []) {
        if (given.length === 0) super(Right.now() + wrong);
        else super(...given);
      }
      static override now() {
        return Right.now() + wrong;
      }
    }
    Object.assign(globalThis, { Date: Wrong });
  }, byMs);

import { type Browser, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { leaveMicrophonePlain, listenIn } from './listening-page.ts';
import { Stage } from './stage.ts';

const CALLER = '+15005557501';
const LAWYER = '+15005557502';
const CALLER_HZ = 700;
const DESK_HZ = 1234;
/** Not a multiple of 100: what the phone network's coding leaves of 700 Hz lies there. */
const LAWYER_HZ = 1640;
const TONES = [CALLER_HZ, DESK_HZ, LAWYER_HZ];

interface DialledPhone {
  callSid: string;
  to: string;
  status: string;
}

test.describe.configure({ mode: 'serial' });

test.describe('outside numbers and call-backs by a supervisor, by ear', () => {
  let stage: Stage;
  let browser: Browser;
  let desk: Page;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    stage = await Stage.build();
    browser = await launchBrowser({ microphoneWav: toneFile(DESK_HZ) });
    const context = await browser.newContext({ permissions: ['microphone', 'notifications'] });
    await listenIn(context);
    await leaveMicrophonePlain(context);
    desk = await context.newPage();
    await stage.founds(desk);
    await stage.simulator('destinations', { number: CALLER, does: 'ring', audio: { tone: CALLER_HZ } });
    await stage.simulator('destinations', { number: LAWYER, does: 'ring', audio: { tone: LAWYER_HZ } });
  });

  test.afterAll(async () => {
    await browser?.close();
    await stage?.product.stop();
  });

  const talk = async (): Promise<string> => {
    const caller = await stage.dial(CALLER, { tone: CALLER_HZ });
    await stage.answers(desk);
    await stage.phoneHears(caller, DESK_HZ);
    return caller;
  };
  const rings = async (to: string): Promise<string> => {
    let callSid = '';
    await expect
      .poll(
        async () => {
          const calls = await stage.simulator<DialledPhone[]>('calls');
          callSid = calls.find((call) => call.to === to && call.status === 'ringing')?.callSid ?? '';
          return callSid;
        },
        { timeout: 30_000 },
      )
      .not.toBe('');
    return callSid;
  };
  /** Somebody picks it up, and presses 1 once asked. */
  const answered = async (callSid: string): Promise<void> => {
    await stage.simulator(`calls/${callSid}/answer`, {});
    await expect.poll(async () => (await stage.phone(callSid)).streaming, { timeout: 20_000 }).toBe(true);
    await stage.simulator(`calls/${callSid}/digits`, { digits: '1' });
  };
  const isOver = (callSid: string) =>
    expect.poll(async () => (await stage.phone(callSid)).status, { timeout: 30_000 }).toBe('completed');
  const writesUp = async (): Promise<void> => {
    await stage.isIn(desk, 'Write up the call');
    await desk.getByRole('button', { name: /Done/ }).click();
    await stage.isIn(desk, 'You are available');
  };

  test('a call is left with an outside number: the two phones hear each other, and the volunteer hears nothing more', async () => {
    const caller = await talk();
    await desk.keyboard.press('t');
    await desk.locator('.segment', { hasText: 'An outside number' }).click();
    await desk.locator('.segment', { hasText: 'Hand over' }).click();
    await expect(desk.getByText('for 60 minutes at most')).toBeVisible();
    await stage.noSeriousFinding(desk);
    await desk.getByLabel('Phone number').fill(LAWYER);
    await desk.getByRole('button', { name: 'Dial' }).click();
    const lawyer = await rings(LAWYER);
    await stage.phoneHearsMusic(caller, TONES);
    await answered(lawyer);
    await stage.phoneHears(caller, LAWYER_HZ);
    await stage.phoneHears(lawyer, CALLER_HZ);
    await writesUp();
    await stage.hears(desk, [], TONES);
    expect(await stage.lastCall(desk)).toMatchObject({ phase: 'outside' });
    await stage.hangUp(lawyer);
    // A farewell, then the caller's phone is hung up.
    await isOver(caller);
    expect(await stage.lastCall(desk)).toMatchObject({ termination: { reason: 'outside-hung-up' } });
  });

  test('a supervisor calls back for a volunteer: the caller hears them after 1, and nobody sees the number', async () => {
    const caller = await talk();
    await desk.keyboard.press('t');
    await desk.locator('.segment', { hasText: 'A supervisor, later' }).click();
    await desk.getByLabel('Why, and what for').fill('Wants somebody in charge.');
    await stage.noSeriousFinding(desk);
    await desk.getByRole('button', { name: 'Ask for a call-back' }).click();
    await expect(desk.getByText('A supervisor will call back')).toBeVisible();
    await stage.hangUp(caller);
    await writesUp();
    await desk.getByRole('link', { name: 'Look' }).click();
    await expect(desk.getByText('Wants somebody in charge.')).toBeVisible();
    await desk.getByRole('button', { name: 'Take it' }).click();
    await desk.getByRole('button', { name: 'Call now' }).click();
    await expect(desk.getByText('Calling the caller back')).toBeVisible();
    const back = await rings(CALLER);
    await answered(back);
    await stage.phoneHears(back, DESK_HZ);
    await stage.hears(desk, [CALLER_HZ], TONES);
    expect(await desk.locator('body').innerText()).not.toContain(CALLER.slice(-4));
    await stage.hangUp(back);
    await writesUp();
    await expect(desk.getByText('waits to be called back')).toHaveCount(0);
    const over = () => stage.ask<{ state: string }[]>(desk, 'GET', '/api/call-backs?state=over');
    await expect.poll(async () => (await over()).map(({ state }) => state), { timeout: 15_000 }).toEqual(['done']);
  });
});

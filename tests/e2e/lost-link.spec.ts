import { readdirSync, readFileSync } from 'node:fs';
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { leaveMicrophonePlain, listenIn } from './listening-page.ts';
import { RecordingPhone } from './recording-phone.ts';
import { Stage } from './stage.ts';

const CALLER_HZ = 700;
const OTHER_CALLER_HZ = 500;
const OWNER_HZ = 1_240;
const ANA_HZ = 1_900;
const TONES = [CALLER_HZ, OWNER_HZ, ANA_HZ];
const RESCUE = /\d+ seconds? until the call is given to somebody else/;
const NOTE = 'Two children with her. Ask for Marta.';

/** The process group of the Chromium that was started with this microphone file: Playwright gives each browser its own. */
const browserOf = (microphoneWav: string): number => {
  const started = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .find((entry) => {
      try {
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
        return command.includes(microphoneWav) && !command.includes('--type=');
      } catch {
        // It ended while we looked.
        return false;
      }
    });
  if (!started) throw new Error('The browser with this microphone was not found.');
  return Number(started);
};

test.describe.configure({ mode: 'serial' });

test.describe('links that break', () => {
  let stage: Stage;
  const browsers: Browser[] = [];
  let anasBrowser = 0;
  let anasContext: BrowserContext;
  let owner: Page;
  let ana: Page;
  let caller: RecordingPhone;
  let callId: string;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    stage = await Stage.build();
    const open = async (microphoneWav: string) => {
      const browser = await launchBrowser({ microphoneWav });
      browsers.push(browser);
      const context = await browser.newContext({ permissions: ['microphone', 'notifications'] });
      await leaveMicrophonePlain(context);
      await listenIn(context);
      return context;
    };
    owner = await (await open(toneFile(OWNER_HZ))).newPage();
    const anasMicrophone = toneFile(ANA_HZ);
    anasContext = await open(anasMicrophone);
    anasBrowser = browserOf(anasMicrophone);
    ana = await anasContext.newPage();
  });

  test.afterAll(async () => {
    caller?.close();
    for (const browser of browsers) await browser.close();
    await stage?.product.stop();
  });

  const dial = async (from: string) => {
    caller = await RecordingPhone.dial(stage.product.simulator, { to: stage.number, from, tone: CALLER_HZ });
    return caller.callSid;
  };
  const hear = (page: Page, tones: readonly number[]) => stage.hears(page, tones, TONES);
  const callerHears = (hz: number) => stage.phoneHears(caller.callSid, hz);
  const callerHearsMusic = () => stage.phoneHearsMusic(caller.callSid, TONES);
  const phaseIs = (phase: string) =>
    expect.poll(async () => stage.lastCall(owner), { timeout: 20_000 }).toMatchObject({ callId, phase });
  const noteIn = (page: Page) => page.getByRole('textbox', { name: 'What should the next volunteer know?' });
  const writtenUp = async (page: Page) => {
    await page.getByRole('button', { name: /^Done/ }).click({ timeout: 20_000 });
    await stage.isIn(page, 'You are available');
  };
  const isSameCall = () => phaseIs('in-call');

  test('two volunteers are there, and one has a call', async () => {
    await stage.founds(owner);
    await stage.joins(ana, await stage.inviteLink(owner), 'Ana');
    await stage.becomes(owner, 'Offline');
    await stage.becomes(ana, 'Available');
    await dial('+15550100801');
    await stage.answers(ana);
    await hear(ana, [CALLER_HZ]);
    await callerHears(ANA_HZ);
    ({ callId } = await stage.lastCall(owner));
  });

  test('a link that breaks and is back in time: a countdown for all, music meanwhile, then the same call goes on', async () => {
    await stage.go(owner, '/supervise');
    await anasContext.setOffline(true);
    await expect(ana.getByRole('timer', { name: RESCUE })).toBeVisible({ timeout: 30_000 });
    await callerHearsMusic();
    await expect(owner.getByRole('timer', { name: RESCUE })).toBeVisible({ timeout: 15_000 });
    await anasContext.setOffline(false);
    await expect(ana.getByRole('timer', { name: RESCUE })).toHaveCount(0, { timeout: 20_000 });
    await isSameCall();
    await hear(ana, [CALLER_HZ]);
    await callerHears(ANA_HZ);
    await expect(owner.getByRole('timer', { name: RESCUE })).toHaveCount(0);
  });

  test('a file of the console that can’t be had is told in words beside the call, and a reload brings the page', async () => {
    const files = '**/assets/dispatch-board-*.js';
    await anasContext.route(files, (route) => route.abort());
    await ana.getByRole('link', { name: 'Sent out' }).click();
    await stage.isIn(ana, "A part of the console couldn't be loaded");
    await stage.noSeriousFinding(ana);
    await hear(ana, [CALLER_HZ]);
    await callerHears(ANA_HZ);
    await anasContext.unroute(files);
    await ana.getByRole('button', { name: 'Reload the page' }).click();
    await stage.isIn(ana, 'Sent out');
    await hear(ana, [CALLER_HZ]);
    await isSameCall();
  });

  test('a page that crashes and is opened again in time goes on with the call', async () => {
    await ana.goto('chrome://crash').catch(() => undefined);
    await callerHearsMusic();
    ana = await anasContext.newPage();
    await stage.go(ana, '/');
    await hear(ana, [CALLER_HZ]);
    await callerHears(ANA_HZ);
    await isSameCall();
  });

  test('a guest who reloads is back with sound, and the call goes on meanwhile', async () => {
    await stage.becomes(owner, 'Available');
    await ana.keyboard.press('t');
    await ana.locator('.segment', { hasText: 'Together' }).click();
    await ana.getByRole('button', { name: 'Ask Owner' }).click();
    await stage.answers(owner, /asks you into a call/);
    await hear(owner, [CALLER_HZ, ANA_HZ]);
    await hear(ana, [CALLER_HZ, OWNER_HZ]);
    await owner.goto('about:blank');
    await hear(ana, [CALLER_HZ]);
    await callerHears(ANA_HZ);
    await stage.go(owner, '/');
    await hear(owner, [CALLER_HZ, ANA_HZ]);
    await owner.reload();
    await hear(owner, [CALLER_HZ, ANA_HZ]);
    await hear(ana, [CALLER_HZ, OWNER_HZ]);
    await isSameCall();
    await owner.keyboard.press('e');
    await hear(ana, [CALLER_HZ]);
    await writtenUp(owner);
  });

  test('a supervisor takes the call over: the volunteer is let go to write up, and hears nothing of it any more', async () => {
    await stage.go(owner, '/supervise');
    await owner.getByRole('group', { name: /Ana/ }).getByRole('button', { name: 'Listen' }).click();
    await expect(owner.getByText('You hear everybody. Nobody can hear you')).toBeVisible({ timeout: 20_000 });
    await owner.getByRole('button', { name: 'Take over' }).click();
    await stage.isIn(ana, 'Write up the call');
    await callerHears(OWNER_HZ);
    await hear(owner, [CALLER_HZ]);
    await hear(ana, []);
    await isSameCall();
    await owner.keyboard.press('e');
    await phaseIs('ended');
    await writtenUp(ana);
  });

  test('a laptop that dies: music and a countdown, an apology, the head of the queue, the next volunteer with the same note', async () => {
    test.setTimeout(180_000);
    await stage.becomes(owner, 'Offline');
    caller.close();
    await dial('+15550100802');
    await stage.answers(ana);
    await hear(ana, [CALLER_HZ]);
    ({ callId } = await stage.lastCall(owner));
    await noteIn(ana).fill(NOTE);
    await expect(ana.getByText('Saved, sealed')).toBeVisible({ timeout: 20_000 });
    await stage.dial('+15550100803', { tone: OTHER_CALLER_HZ });
    await stage.go(owner, '/queue');
    const waiting = owner.getByRole('list', { name: 'Waiting calls' }).getByRole('listitem');
    await expect(waiting).toHaveCount(1, { timeout: 20_000 });
    expect(caller.wasTold('apology-reconnecting')).toBe(false);
    // No goodbye to anybody: every socket stays open, and nothing comes any more.
    process.kill(-anasBrowser, 'SIGSTOP');
    try {
      await stage.go(owner, '/supervise');
      await expect(owner.getByRole('timer', { name: RESCUE })).toBeVisible({ timeout: 30_000 });
      await callerHearsMusic();
      await stage.go(owner, '/queue');
      await expect(waiting).toHaveCount(2, { timeout: 60_000 });
      await expect(waiting.first()).toContainText('Came back: first in line');
      await expect.poll(() => caller.wasTold('apology-reconnecting'), { timeout: 20_000 }).toBe(true);
      await stage.go(owner, '/');
      // Available is seen for a moment at most: it rings at once.
      await owner.locator('.segment', { hasText: 'Available' }).click();
      await stage.answers(owner);
      await hear(owner, [CALLER_HZ]);
      await callerHears(OWNER_HZ);
      await expect(noteIn(owner)).toHaveValue(NOTE, { timeout: 20_000 });
      expect(await stage.ask(owner, 'GET', `/api/calls/${callId}`)).toMatchObject({ phase: 'in-call' });
    } finally {
      process.kill(-anasBrowser, 'SIGCONT');
    }
    await expect(ana.getByText('Your call was given to someone else')).toBeVisible({ timeout: 30_000 });
  });
});

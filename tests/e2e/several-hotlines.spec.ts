import { type Browser, expect, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { listenIn } from './listening-page.ts';
import { Stage } from './stage.ts';

const CALLER = '+15005557801';
const CALLER_HZ = 700;
const ANA_HZ = 1234;

test.describe.configure({ mode: 'serial' });

test.describe('an organisation with two hotlines', () => {
  let stage: Stage;
  let browser: Browser;
  let owner: Page;
  let ana: Page;
  let callSid = '';

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    stage = await Stage.build();
    browser = await launchBrowser({ microphoneWav: toneFile(ANA_HZ) });
    const page = async () => {
      const context = await browser.newContext({ permissions: ['microphone', 'notifications'] });
      await listenIn(context);
      return context.newPage();
    };
    [owner, ana] = [await page(), await page()];
  });

  test.afterAll(async () => {
    await browser?.close();
    await stage?.product.stop();
  });

  const picture = (page: Page, name: string) => page.screenshot({ path: `test-results/pictures/${name}.png` });
  const skillsOfAna = async () => {
    await stage.go(owner, '/members');
    const row = owner.locator('.list-row', { hasText: 'Ana' });
    await row.getByRole('button', { name: 'Hotlines and skills' }).click();
    return { row, dialog: owner.getByRole('dialog') };
  };

  test('the owner adds a hotline beside the first, and gives it a number', async () => {
    test.setTimeout(120_000);
    await stage.founds(owner);
    await stage.joins(ana, await stage.inviteLink(owner), 'Ana');
    await stage.becomes(owner, 'Offline');
    await stage.go(owner, '/hotlines');
    await owner.getByRole('link', { name: 'Add a hotline' }).click();
    await stage.isIn(owner, 'Add a hotline');
    await owner.getByRole('textbox', { name: 'Name' }).fill('Legal intake');
    await picture(owner, 'add-a-hotline');
    await stage.noSeriousFinding(owner);
    await owner.getByRole('button', { name: 'Make the hotline' }).click();
    await stage.isIn(owner, 'Legal intake');
    await owner.getByRole('button', { name: 'Get a simulated number' }).click();
    await expect(owner.locator('.number')).toHaveCount(1);
    const number = (await owner.locator('.number').textContent()) ?? '';
    expect(number).not.toBe(stage.number);
    stage.number = number;
    await stage.go(owner, '/hotlines');
    await expect(owner.getByRole('listitem')).toContainText(['Example hotline', 'Legal intake']);
  });

  test('a volunteer of the first is put into the second, and its caller rings at once', async () => {
    await stage.becomes(ana, 'Available');
    callSid = await stage.dial(CALLER, { tone: CALLER_HZ });
    const phase = async () => (await stage.lastCall(owner).catch(() => null))?.phase;
    await expect.poll(phase, { timeout: 20_000 }).toBe('queued');
    await expect(ana.getByRole('heading', { name: 'You are available' })).toBeVisible();

    const { row, dialog } = await skillsOfAna();
    await dialog.getByRole('checkbox', { name: 'Legal intake' }).check();
    await picture(owner, 'member-hotlines');
    await stage.noSeriousFinding(owner);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(row).toContainText('Example hotline, Legal intake');
    await stage.answers(ana, /A call for Legal intake/);
    await stage.hears(ana, [CALLER_HZ], [CALLER_HZ, ANA_HZ]);
    await stage.phoneHears(callSid, ANA_HZ);
  });

  test('the new hotline’s notes are theirs to write, without signing in anew', async () => {
    const note = ana.getByRole('textbox', { name: 'What should the next volunteer know?' });
    await note.fill('Needs a lawyer who speaks Tagalog');
    await expect(ana.locator('.topbar-hotline')).toHaveText('Example hotline, Legal intake');
  });

  test('in the middle of its call nobody can be taken out of a hotline, and the page says why', async () => {
    const { dialog } = await skillsOfAna();
    await dialog.getByRole('checkbox', { name: 'Legal intake' }).uncheck();
    await expect(dialog.getByText('Out of a hotline, none of its calls')).toBeVisible();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByText('They are in a call of a hotline they would leave.')).toBeVisible();
    await picture(owner, 'member-hotlines-refused');
    await owner.keyboard.press('Escape');
    await stage.hangUp(callSid);
    await ana.getByRole('button', { name: /Done/ }).click();
    await stage.isIn(ana, 'You are available');
  });

  test('a new member’s key opens what was written, and the activity log names who put whom where', async () => {
    await stage.go(ana, '/my-calls');
    await ana
      .getByRole('link', { name: /Legal intake/ })
      .first()
      .click();
    await expect(ana.getByText('Needs a lawyer who speaks Tagalog')).toBeVisible({ timeout: 20_000 });
    await stage.go(owner, '/log');
    const line = owner.getByRole('listitem').filter({ hasText: 'A member was put into hotlines or taken out' });
    await expect(line).toContainText('Ana');
    await expect(line).toContainText('into: Legal intake');
    await picture(owner, 'log-of-hotlines');
  });

  test('the owner gives another role, which is signed and opens what it leads at once', async () => {
    await expect(ana.getByRole('link', { name: 'Supervise' })).toHaveCount(0);
    const { row, dialog } = await skillsOfAna();
    await dialog.getByRole('button', { name: 'Role' }).click();
    await owner.getByRole('option', { name: 'Supervisor' }).click();
    await picture(owner, 'member-role');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(row).toContainText('supervisor');
    await expect(row).toContainText('In the signed roster');
    await ana.getByRole('link', { name: 'Supervise' }).click();
    await stage.isIn(ana, 'Supervise');
    const { roster } = await stage.ask<{ roster: { content: string } }>(owner, 'GET', '/api/roster');
    expect(roster.content).toContain('supervisor');
  });
});

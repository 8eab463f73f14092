import { type Browser, type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { setClockWrong, Stage } from './stage.ts';

const CALLER_HZ = 700;
const BEN_HZ = 1_500;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** What a slow machine may take; an hour's fault is far beyond it. */
const TEN_MINUTES_S = 600;

interface RotaAnswer {
  rota: { revision: number; timeZone: string };
  people: { operatorId: string; name: string }[];
}

test.describe.configure({ mode: 'serial' });

test.describe('a shift as it is led', () => {
  let stage: Stage;
  let browser: Browser;
  let owner: Page;
  let ana: Page;
  let ben: Page;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    stage = await Stage.build();
    browser = await launchBrowser({ microphoneWav: toneFile(BEN_HZ) });
    const open = (): Promise<BrowserContext> =>
      browser.newContext({ permissions: ['microphone', 'notifications'], viewport: { width: 1280, height: 900 } });
    const [owners, anas, bens] = [await open(), await open(), await open()];
    await setClockWrong(anas, -HOUR_MS);
    await setClockWrong(bens, HOUR_MS);
    [owner, ana, ben] = [await owners.newPage(), await anas.newPage(), await bens.newPage()];
  });

  test.afterAll(async () => {
    await browser?.close();
    await stage?.product.stop();
  });

  /** `0:42`, `1:02:09` somewhere in the words, in seconds. */
  const secondsIn = async (words: Locator): Promise<number> => {
    const [clock] = /\d+(:\d\d)+/.exec((await words.textContent()) ?? '') ?? [];
    if (clock === undefined) return -1;
    return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  };
  /** It runs, and isn't an hour off. */
  const runsRightly = async (clock: Locator): Promise<void> => {
    await expect.poll(() => secondsIn(clock), { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await secondsIn(clock)).toBeLessThan(TEN_MINUTES_S);
  };
  const step = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  test('people whose clocks are an hour slow and an hour fast join', async () => {
    await stage.founds(owner);
    await stage.joins(ana, await stage.inviteLink(owner), 'Ana');
    await stage.joins(ben, await stage.inviteLink(owner), 'Ben');
    expect(await ben.evaluate(() => Date.now())).toBeGreaterThan(Date.now() + HOUR_MS / 2);
    await stage.becomes(owner, 'Offline');
  });

  test('a browser clock that is wrong by an hour shows no wrong time and spoils no call', async () => {
    await stage.becomes(ben, 'Available');
    await runsRightly(ben.locator('.my-state-words .spoken'));
    const call = await stage.dial('+15550100901', { tone: CALLER_HZ });
    await expect(ben.getByText(/^Waiting for \d:\d\d$/)).toBeVisible({ timeout: 20_000 });
    expect(await secondsIn(ben.getByText(/^Waiting for/))).toBeLessThan(TEN_MINUTES_S);
    await stage.answers(ben);
    await stage.phoneHears(call, BEN_HZ);
    await runsRightly(ben.getByRole('timer', { name: 'Length of the call' }));
    // Who watches has a slow one.
    await stage.go(ana, '/');
    await expect(ana.locator('.topbar-waiting')).toContainText('0 waiting');
    const { callId } = await stage.lastCall(owner);
    await ben.getByRole('textbox', { name: 'What should the next volunteer know?' }).fill('Her bus leaves at ten.');
    await expect(ben.getByText('Saved, sealed')).toBeVisible({ timeout: 20_000 });
    expect(callId).not.toBe('');
  });

  test('somebody is sent out from a call with D, and everybody sees how far they are', async () => {
    await ben.locator('.call-head h1').focus();
    await ben.keyboard.press('d');
    await ben.getByRole('combobox', { name: 'Whom' }).fill('An');
    await ben.getByRole('option', { name: 'Ana' }).click();
    await ben.getByLabel('What to do, and where').fill('Bring a charger to the north gate.');
    const form = ben.locator('form').filter({ has: ben.getByLabel('What to do, and where') });
    await form.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(ben.getByLabel('What to do, and where')).toHaveCount(0, { timeout: 20_000 });
    await stage.go(ana, '/dispatch');
    await stage.go(owner, '/dispatch');
    for (const page of [ana, owner]) {
      await expect(page.getByText('Bring a charger to the north gate.')).toBeVisible({ timeout: 20_000 });
    }
    const row = owner.getByRole('listitem').filter({ hasText: 'Bring a charger' });
    await expect(row).toContainText('Sent by Ben');
    // By the server's clock, whatever the page's own says.
    await expect(ana.getByRole('listitem').filter({ hasText: 'Bring a charger' })).not.toContainText(/hour/);
    await expect(row).toContainText('Asked');
    for (const [name, state] of [
      ['Accept', 'Accepted'],
      ['On my way', 'On the way'],
      ['I’m there', 'There'],
      ['Done', 'Done'],
    ] as const) {
      await step(ana, name.replace('’', "'"));
      await expect(row.getByText(state, { exact: true })).toBeVisible({ timeout: 20_000 });
    }
    await expect(ana.getByRole('button', { name: 'Call off' })).toHaveCount(0);
    await stage.noSeriousFinding(owner);
  });

  test('after the call the time for writing up runs rightly, and the call isn’t an hour ago', async () => {
    await ben.locator('.call-head h1').focus();
    await ben.keyboard.press('e');
    await stage.isIn(ben, 'Write up the call');
    const left = ben.getByText(/^\d:\d\d left$/);
    await expect(left).toBeVisible();
    expect(await secondsIn(left)).toBeLessThanOrEqual(60);
    await step(ben, "Done, I'm available");
    await stage.isIn(ben, 'You are available');
    await stage.go(ben, '/my-calls');
    const first = ben.getByRole('link').filter({ hasText: 'Example hotline' }).first();
    await expect(first).toContainText(/now|minutes? ago/);
    await stage.becomes(ben, 'Offline');
  });

  test('a supervisor moves a caller up and gives the call to a person; both stand in the timeline with the name', async () => {
    const { rota, people } = await stage.ask<RotaAnswer>(owner, 'GET', `/api/hotlines/${stage.hotlineId}/rota`);
    const whoIs = (name: string) => people.find((person) => person.name === name)?.operatorId;
    const dayIn = (at: number) => new Intl.DateTimeFormat('en-CA', { timeZone: rota.timeZone }).format(at);
    // Ben alone is on shift, and not there: nobody is asked by itself, and Ana is free to be given a call.
    let { revision } = rota;
    for (const at of [Date.now() - DAY_MS, Date.now()]) {
      const hours = { from: '12:00', to: '12:00', everyWeeks: 0, until: null, except: [] };
      const shift = { shiftId: crypto.randomUUID(), operatorId: whoIs('Ben'), date: dayIn(at), ...hours };
      ({
        rota: { revision },
      } = await stage.ask<RotaAnswer>(owner, 'POST', `/api/hotlines/${stage.hotlineId}/rota/shifts`, {
        revision,
        shift,
      }));
    }
    await stage.becomes(ana, 'Available');
    const inOrder = () =>
      stage
        .ask<{ callId: string; priority: string }[]>(owner, 'GET', '/api/queue')
        .then((calls) => calls.map((c) => c.callId));
    await stage.dial('+15550100902', { silence: true });
    await expect.poll(async () => (await inOrder()).length, { timeout: 20_000 }).toBe(1);
    const second = await stage.dial('+15550100903', { tone: CALLER_HZ });
    await expect.poll(async () => (await inOrder()).length, { timeout: 20_000 }).toBe(2);
    const [firstId, secondId] = (await inOrder()) as [string, string];

    const explained = async () => {
      const calls = await stage.ask<{ whyNot: unknown[] }[]>(owner, 'GET', '/api/queue');
      return calls.every(({ whyNot }) => whyNot.length > 0);
    };
    await expect.poll(explained, { timeout: 20_000 }).toBe(true);
    await stage.go(owner, '/queue');
    const rows = owner.getByRole('list', { name: 'Waiting calls' }).getByRole('listitem');
    await expect(rows).toHaveCount(2, { timeout: 20_000 });
    await expect(rows.nth(1)).toContainText('1 not on shift');
    await rows.nth(1).getByRole('button', { name: 'Priority' }).click();
    await rows
      .nth(1)
      .getByRole('group', { name: 'Priority of this call' })
      .getByRole('button', { name: 'Urgent' })
      .click();
    await expect(rows.first()).toContainText('Urgent', { timeout: 20_000 });
    await expect.poll(inOrder, { timeout: 20_000 }).toEqual([secondId, firstId]);
    await stage.noSeriousFinding(owner);

    await rows.first().getByRole('button', { name: 'Give to' }).click();
    await rows.first().getByRole('group', { name: 'Give this call to' }).getByRole('button', { name: 'Ana' }).click();
    await stage.answers(ana);
    await stage.phoneHears(second, BEN_HZ);
    await stage.go(owner, `/calls/${secondId}`);
    await expect(owner.getByText('Owner set the priority to urgent.')).toBeVisible({ timeout: 20_000 });
    await expect(owner.getByText('Assigned to Ana by Owner.')).toBeVisible();
    await stage.hangUp(second);
    await stage.isIn(ana, 'Write up the call');
  });

  test('a shift is dragged to another hour, moved by keyboard, refused over another, and says who rings', async () => {
    const { rota } = await stage.ask<RotaAnswer>(owner, 'GET', `/api/hotlines/${stage.hotlineId}/rota`);
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: rota.timeZone }).format(Date.now() + 7 * DAY_MS);
    const dialog = owner.getByRole('dialog');
    const save = async () => {
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(dialog).toHaveCount(0, { timeout: 20_000 });
    };
    const add = async (from: string, to: string) => {
      await owner.getByRole('button', { name: 'Add a shift' }).click();
      await dialog.getByRole('button', { name: /Person/ }).click();
      await owner.getByRole('option', { name: 'Ana' }).click();
      await dialog.getByLabel('Day').fill(day);
      await dialog.getByLabel('From').fill(from);
      await dialog.getByLabel('To', { exact: true }).fill(to);
    };
    const nextWeek = async () => {
      await stage.go(owner, '/rota');
      await owner.getByRole('button', { name: 'Next week' }).click();
    };
    const shift = owner.locator('.rota-event').filter({ hasText: 'Ana' });

    await nextWeek();
    await add('18:00', '22:00');
    await save();
    await shift.scrollIntoViewIfNeeded();
    await expect(shift).toContainText('18:00');
    const box = await shift.boundingBox();
    if (!box) throw new Error('The shift is drawn nowhere.');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await owner.mouse.move(x, y);
    await owner.mouse.down();
    // Two of its four hours up, in steps, as a hand does it.
    await owner.mouse.move(x, y - box.height / 2, { steps: 8 });
    await owner.mouse.up();
    // To the quarter of an hour where the hand let go.
    const from = await dialog.getByLabel('From').inputValue();
    const to = await dialog.getByLabel('To', { exact: true }).inputValue();
    expect(from).toMatch(/^(15:45|16:00|16:15)$/);
    expect(to).toMatch(/^(19:45|20:00|20:15)$/);
    await stage.noSeriousFinding(owner);
    await save();
    await nextWeek();
    await expect(shift).toContainText(from);

    await add('19:00', '21:00');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByText(`Ana is on another shift then: ${from}–${to}`)).toBeVisible();
    await owner.keyboard.press('Escape');

    // The same without a pointer: the list, a row, the fields.
    await owner.getByRole('radio', { name: 'List' }).focus();
    await owner.keyboard.press('Space');
    await owner.getByRole('button', { name: 'Next week' }).focus();
    await owner.keyboard.press('Enter');
    await owner.getByRole('button', { name: `${from}–${to}` }).focus();
    await owner.keyboard.press('Enter');
    await dialog.getByLabel('From').focus();
    await owner.keyboard.type('0500PM');
    await owner.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0, { timeout: 20_000 });
    await owner.reload();
    await owner.getByRole('radio', { name: 'List' }).focus();
    await owner.keyboard.press('Space');
    await owner.getByRole('button', { name: 'Next week' }).press('Enter');
    await expect(owner.getByRole('button', { name: `17:00–${to}` })).toContainText('Ana');

    const when = owner.getByLabel(/^Day and time/);
    await when.fill(`${day}T16:30`);
    await expect(owner.getByText('Nobody rings: nobody is on shift then.')).toBeVisible({ timeout: 20_000 });
    await when.fill(`${day}T17:30`);
    await expect(owner.getByText('Rings in this order until somebody answers: Ana.')).toBeVisible({ timeout: 20_000 });
    await stage.noSeriousFinding(owner);
  });
});

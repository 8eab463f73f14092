import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { encodeMuLaw } from '@ringdown/audio/g711';
import { tone } from '@ringdown/audio/tones';
import { launchBrowser } from '@ringdown/testing/browser';
import { toneFile } from '@ringdown/testing/tone-file';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { startSimulator, type Simulator } from './server.ts';

/** Set it to a folder to look at the page afterwards. */
const screenshots = process.env['SIMULATOR_SCREENSHOTS'];
const patient = { timeout: 15_000, interval: 50 };

let directory: string;
let simulator: Simulator;
let product: http.Server;
let media: WebSocketServer;
let browser: Browser;
let page: Page;
const digits: string[] = [];

/** A product that speaks a sentence and then plays 1234 Hz into every stream. */
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'simulator-page-'));
  await build({
    configFile: path.resolve(import.meta.dirname, '../vite.config.ts'),
    build: { outDir: directory, emptyOutDir: true },
    logLevel: 'error',
  });
  product = http.createServer((request, response) => {
    request.resume();
    const url = `ws://127.0.0.1:${portOf(product)}/media`;
    const twiml = `<Response><Say>Welcome to the hotline.</Say><Connect><Stream url="${url}"/></Connect></Response>`;
    response.writeHead(200, { 'content-type': 'text/xml' }).end(twiml);
  });
  media = new WebSocketServer({ server: product });
  media.on('connection', (socket) => {
    socket.on('message', (data) => {
      // oxlint-disable-next-line typescript/no-base-to-string -- text frames come as one Buffer
      const message = JSON.parse(data.toString());
      if (message.event === 'dtmf') digits.push(message.dtmf.digit);
      if (message.event !== 'start') return;
      const payload = Buffer.from(encodeMuLaw(tone([1234], { durationMs: 20_000 }))).toString('base64');
      socket.send(JSON.stringify({ event: 'media', streamSid: message.streamSid, media: { payload } }));
    });
  });
  product.listen(0, '127.0.0.1');
  await once(product, 'listening');
  simulator = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    accountSid: `AC${'0'.repeat(31)}1`,
    authToken: '12345678901234567890123456789012',
    dataDirectory: undefined,
    publicUrl: undefined,
    pageDirectory: directory,
  });
  const voiceUrl = `http://127.0.0.1:${portOf(product)}/voice`;
  simulator.exchange.options.numbers.create('+15005550100', { friendlyName: 'Jail support', voiceUrl });
  browser = await launchBrowser({ microphoneWav: toneFile(700) });
  const context = await browser.newContext({ colorScheme: 'light', viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
});

afterAll(async () => {
  await browser?.close();
  await simulator?.close();
  product?.closeAllConnections();
  product?.close();
  media?.close();
  await rm(directory, { recursive: true, force: true });
});

function portOf(server: http.Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function picture(name: string): Promise<void> {
  if (screenshots !== undefined) await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
}

it('calls, hears and is heard, presses keys and hangs up', async () => {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(simulator.url);
  const phone = page.getByTestId('phone-1');
  await expect.poll(() => phone.getByTestId('to').inputValue(), patient).toBe('+15005550100');
  await picture('phones-resting');
  await phone.getByTestId('call').click();
  await expect.poll(() => phone.getByTestId('caption').textContent(), patient).toContain('Welcome to the hotline.');
  await expect
    .poll(async () => Number(await phone.getByTestId('heard-hz').getAttribute('data-hz')), patient)
    .toBe(1234);
  expect(Number(await phone.getByTestId('heard-db').getAttribute('data-db'))).toBeGreaterThan(-20);
  expect(Number(await phone.getByTestId('said-db').getAttribute('data-db'))).toBeGreaterThan(-20);
  await phone.getByTestId('key-5').click();
  await phone.getByTestId('key-#').click();
  await vi.waitFor(() => expect(digits).toEqual(['5', '#']), patient);
  await picture('phones-in-call');
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture('phones-in-call-dark');
  await page.setViewportSize({ width: 390, height: 844 });
  await picture('phones-in-call-dark-390');
  await page.emulateMedia({ colorScheme: 'light' });
  await picture('phones-in-call-390');
  await phone.getByTestId('hang-up').click();
  await expect.poll(() => phone.getByTestId('status').textContent(), patient).toBe('Call ended');
  expect(faults).toEqual([]);
});

it('sends the microphone to the call', async () => {
  const phone = page.getByTestId('phone-2');
  await phone.getByTestId('sound').selectOption('microphone');
  await phone.getByTestId('withhold').check();
  await phone.getByTestId('call').click();
  await expect
    .poll(async () => Number(await phone.getByTestId('said-db').getAttribute('data-db')), patient)
    .toBeGreaterThan(-40);
  expect(simulator.exchange.list()[0]?.from).toBe('+266696687');
  await phone.getByTestId('hang-up').click();
});

it('switches faults and tells what happened', async () => {
  await page.locator('.faults > summary').click();
  await page.getByTestId('fault-duplicateWebhook').check();
  await expect.poll(() => simulator.exchange.faults.duplicateWebhook, patient).toBe(true);
  await page.getByTestId('log-kind').selectOption('webhook');
  await expect.poll(() => page.getByTestId('log').textContent(), patient).toContain('Asked /voice');
  await picture('phones-log-390');
});

it('has no serious fault of accessibility, light and dark', async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => [id, nodes[0]?.html]),
    ).toEqual([]);
  }
});

import { decodeMuLaw } from '@ringdown/audio/g711';
import { rootMeanSquare, toneShare } from '@ringdown/audio/goertzel';
import { launchBrowser } from '@ringdown/testing/browser';
import type { Page } from '@playwright/test';
import { WebSocket } from 'ws';
import { listenIn } from '../e2e/listening-page.ts';
import { toneFile } from '@ringdown/testing/tone-file';
import { ProductUnderTest } from '../product/product-under-test.ts';
import { eventually } from '../server/ringdown-client.ts';

export const name = 'ring';

const CALLER_HZ = 700;
const VOLUNTEER_HZ = 1234;
const CALLS = 15;
/** Three packets: enough to tell a tone from silence, short against what is measured. Chromium overdrives a tone at first. */
const EAR_BYTES = 480;

interface SimulatedState {
  callSid: string;
  status: string;
  streamOpenedAt: number | null;
  heard: { firstSoundAt: number | null };
}

/** A phone of the simulator driven from here: dials, and hears every packet as it comes. */
class BenchPhone {
  state: SimulatedState | undefined;
  /** When the volunteer's tone was first heard in the current call. */
  heardAt = 0;
  private ear = Buffer.alloc(0);
  private readonly socket: WebSocket;

  constructor(simulator: string) {
    this.socket = new WebSocket(`${simulator.replace(/^http/, 'ws')}/phone/bench`);
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) {
        const message = JSON.parse(data.toString()) as { type: string; call?: SimulatedState };
        if (message.type === 'call') this.state = message.call;
        return;
      }
      this.ear = Buffer.concat([this.ear, data]).subarray(-EAR_BYTES);
      if (this.heardAt > 0 || this.ear.length < EAR_BYTES) return;
      const samples = decodeMuLaw(this.ear);
      if (rootMeanSquare(samples) > 500 && toneShare(samples, VOLUNTEER_HZ) > 0.3) this.heardAt = Date.now();
    });
  }

  async opened(): Promise<void> {
    if (this.socket.readyState === WebSocket.OPEN) return;
    await new Promise<void>((resolve) => this.socket.once('open', () => resolve()));
  }

  dial(to: string): void {
    this.heardAt = 0;
    this.state = undefined;
    this.ear = Buffer.alloc(0);
    this.socket.send(JSON.stringify({ type: 'dial', call: { to, audio: { tone: CALLER_HZ } } }));
  }

  close(): void {
    this.socket.close();
  }
}

/** In the page: answers at once when told, and notes when the ring was drawn and when the caller's tone was first heard. */
const install = (page: Page): Promise<void> =>
  page.evaluate((hz) => {
    const marks = { rangAt: 0, answeredAt: 0, heardAt: 0 };
    const { overheard } = window as unknown as { overheard: MediaStream[] };
    Object.assign(window, { marks });
    const button = () => [...document.querySelectorAll('button')].find((b) => b.textContent?.startsWith('Answer'));
    new MutationObserver(() => {
      if (marks.rangAt === 0 && button()) marks.rangAt = Date.now();
    }).observe(document.body, { childList: true, subtree: true });
    const audio = new AudioContext({ sampleRate: 48_000 });
    const ear = audio.createAnalyser();
    ear.fftSize = 2048;
    ear.smoothingTimeConstant = 0;
    const known = new Set<MediaStream>();
    const spectrum = new Float32Array(ear.frequencyBinCount);
    setInterval(() => {
      for (const stream of overheard) {
        if (known.has(stream) || stream.getAudioTracks().length === 0) continue;
        known.add(stream);
        audio.createMediaStreamSource(stream).connect(ear);
      }
      if (marks.answeredAt === 0 || marks.heardAt > 0) return;
      ear.getFloatFrequencyData(spectrum);
      const peak = spectrum.reduce((best, value, index) => (value > (spectrum[best] ?? -Infinity) ? index : best), 0);
      const level = spectrum[peak] ?? -Infinity;
      if (level > -45 && Math.abs((peak * 48_000) / 2048 - hz) < 36) marks.heardAt = Date.now();
    }, 4);
    Object.assign(window, {
      answerNow: () => {
        marks.answeredAt = Date.now();
        button()?.click();
      },
      forgetMarks: () => Object.assign(marks, { rangAt: 0, answeredAt: 0, heardAt: 0 }),
    });
  }, CALLER_HZ);

/** The simulator has sold one number, to the example hotline. */
const firstNumber = (json: string): string => {
  const number = /\+1\d{10}/.exec(json)?.[0];
  if (!number) throw new Error('The simulator has sold no number.');
  return number;
};

const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

interface Marks {
  rangAt: number;
  answeredAt: number;
  heardAt: number;
}

const marksOf = (page: Page): Promise<Marks> => page.evaluate(() => (window as unknown as { marks: Marks }).marks);

/**
 * The whole product and a console in Chromium on one machine: webhook → the ring is drawn, answer → both hear each other,
 * stream open → first sample of a prompt at the phone.
 */
export const run = async () => {
  const product = await ProductUnderTest.start();
  const browser = await launchBrowser({ microphoneWav: toneFile(VOLUNTEER_HZ) });
  const rings: number[] = [];
  const answers: number[] = [];
  const inbound: number[] = [];
  const outbound: number[] = [];
  const prompts: number[] = [];
  const phone = new BenchPhone(product.simulator);
  try {
    const context = await browser.newContext({ permissions: ['microphone', 'notifications'] });
    await listenIn(context);
    const page = await context.newPage();
    await page.goto(product.client.origin);
    await page.getByRole('button', { name: 'Start with the example hotline' }).click();
    await page.getByText('Your example hotline is ready').waitFor({ timeout: 30_000 });
    await install(page);
    await phone.opened();
    const listed = await fetch(`${product.simulator}/simulator/numbers`);
    const number = firstNumber(await listed.text());
    for (let turn = 0; turn <= CALLS; turn += 1) {
      await page.getByText('You are available', { exact: true }).first().waitFor({ timeout: 30_000 });
      await page.evaluate(() => (window as unknown as { forgetMarks: () => void }).forgetMarks());
      phone.dial(number);
      const { rangAt } = await eventually(
        'the ring',
        async () => ((await marksOf(page)).rangAt > 0 ? marksOf(page) : undefined),
        15_000,
      );
      // The greeting plays meanwhile; a person takes a moment, too.
      await eventually('a prompt', () => phone.state?.heard.firstSoundAt, 10_000);
      await new Promise((resolve) => setTimeout(resolve, 700));
      await page.evaluate(() => (window as unknown as { answerNow: () => void }).answerNow());
      const { answeredAt, heardAt } = await eventually(
        'both hear each other',
        async () => {
          const marks = await marksOf(page);
          return marks.heardAt > 0 && phone.heardAt > 0 ? marks : undefined;
        },
        15_000,
      );
      const sid = phone.state?.callSid ?? '';
      const detail = (await (await fetch(`${product.simulator}/simulator/calls/${sid}`)).json()) as SimulatedState & {
        log: { at: number; kind: string; ms?: number; text: string }[];
      };
      const webhook = detail.log.find((entry) => entry.kind === 'webhook');
      const sentAt = webhook ? webhook.at - (webhook.ms ?? 0) : Number.NaN;
      if (turn > 0) {
        // The first call warms caches and compiles the media code; a shift has one such call, and it is told apart.
        rings.push(rangAt - sentAt);
        inbound.push(heardAt - answeredAt);
        outbound.push(phone.heardAt - answeredAt);
        answers.push(Math.max(heardAt, phone.heardAt) - answeredAt);
        prompts.push((detail.heard.firstSoundAt ?? Number.NaN) - (detail.streamOpenedAt ?? Number.NaN));
      }
      await page.keyboard.press('e');
      await page.getByRole('button', { name: /Done, I'm available/ }).click({ timeout: 15_000 });
    }
  } finally {
    phone.close();
    await browser.close();
    await product.stop();
  }
  const params = { calls: CALLS, browser: 'Chromium' };
  const figures = [
    ['webhook_to_ring_ms', rings],
    ['accept_to_audio_ms', answers],
    ['accept_to_volunteer_hears_ms', inbound],
    ['accept_to_caller_hears_ms', outbound],
    ['stream_to_prompt_ms', prompts],
  ] as const;
  return {
    figures: figures.flatMap(([metric, values]) => [
      { metric: `${metric}_p50`, unit: 'ms', value: percentile([...values], 0.5), params },
      { metric: `${metric}_p95`, unit: 'ms', value: percentile([...values], 0.95), params },
    ]),
  };
};

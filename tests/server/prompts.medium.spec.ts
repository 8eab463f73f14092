import 'reflect-metadata';
import { toneShare } from '@ringdown/audio/goertzel';
import { tone } from '@ringdown/audio/tones';
import { parseWav, writeWav } from '@ringdown/audio/wav';
import type { Gateway } from '@ringdown/gateway/gateway';
import { startTestGateway } from '@ringdown/gateway/test-gateway.fixture';
import { HotlinePrompts, type PromptView } from '@ringdown/protocol/prompts';
import type { Simulator } from '@ringdown/simulator/server';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type SignedInPerson } from './ringdown-client.ts';
import { GATEWAY_TOKEN } from './test-secrets.ts';
import { startTestSimulator } from './test-simulator.ts';

const RATE = 16_000;
const wavOf = (hz: number, durationMs = 6_000): Uint8Array<ArrayBuffer> =>
  writeWav(tone([hz], { durationMs, rate: RATE }), RATE);

/** The simulator is the carrier, api and gateway are the real ones: what a phone hears is looked at as sound. */
describe('what callers hear of a hotline', () => {
  let simulator: Simulator;
  let api: ApiUnderTest;
  let gateway: Gateway;
  let volunteer: SignedInPerson;
  const folder = mkdtempSync(path.join(tmpdir(), 'ringdown-prompts-'));

  beforeAll(async () => {
    simulator = await startTestSimulator();
    api = await ApiUnderTest.start({ simulatorUrl: simulator.url });
    await api.firstRun({ nobodyWaitS: 60 });
    volunteer = await api.volunteer('Robin');
    gateway = await startTestGateway({ url: api.origin, token: GATEWAY_TOKEN }, folder);
    await eventually('the gateway is ready', async () => {
      const ready = await fetch(`http://127.0.0.1:${gateway.port}/health/ready`);
      return ready.ok;
    });
  }, 60_000);

  afterAll(async () => {
    await gateway?.stop(0);
    await api?.stop();
    await simulator?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  const prompts = (): string => `/api/hotlines/${api.hotline.hotlineId}/prompts`;
  const set = async (change: object): Promise<void> => {
    const answer = await api.request('PATCH', `/api/hotlines/${api.hotline.hotlineId}`, {
      cookie: api.owner.cookie,
      body: change,
    });
    expect(answer.status).toBe(200);
  };
  const list = async (): Promise<HotlinePrompts> =>
    HotlinePrompts.parse(await (await api.request('GET', prompts(), { cookie: api.owner.cookie })).json());
  const one = async (kind: string, language: string): Promise<PromptView | undefined> =>
    (await list()).prompts.find((each) => each.kind === kind && each.language === language);
  const record = (kind: string, language: string, wav: Uint8Array<ArrayBuffer>, cookie = api.owner.cookie) =>
    fetch(`${api.origin}${prompts()}/${kind}/${language}`, {
      method: 'PUT',
      headers: { 'content-type': 'audio/wav', cookie },
      body: wav,
    });
  const type = (kind: string, language: string, words: unknown) =>
    api.request('PUT', `${prompts()}/${kind}/${language}`, { cookie: api.owner.cookie, body: { words } });
  const back = (kind: string, language: string) =>
    api.request('DELETE', `${prompts()}/${kind}/${language}`, { cookie: api.owner.cookie });
  const reasonOf = async (answer: Response): Promise<string> => {
    const { error } = (await answer.json()) as { error: { reason: string } };
    return `${answer.status} ${error.reason}`;
  };
  /** Share of a frequency in the middle of what the preview plays. */
  const previewed = async (kind: string, language: string, hz: number): Promise<number> => {
    const answer = await api.request('GET', `${prompts()}/${kind}/${language}/sound`, { cookie: api.owner.cookie });
    expect(answer.headers.get('content-type')).toBe('audio/wav');
    const wav = parseWav(new Uint8Array(await answer.arrayBuffer()));
    if (!wav.ok) throw new Error(wav.reason);
    expect(wav.value.rate).toBe(8_000);
    return toneShare(wav.value.samples.subarray(800, 8_800), hz);
  };
  const dial = () => simulator.exchange.dial('+15005557200', api.number.e164);
  /** Long enough for the ear to hold a whole second of it, on a machine that is busy too. */
  const hears = (call: ReturnType<typeof dial>, hz: number) =>
    eventually(
      `${hz} Hz at the phone`,
      () => {
        const { hz: loudest, share } = call.ear.report();
        return share > 0.6 && Math.abs(loudest - hz) < 20;
      },
      20_000,
    );
  /** Waiting, straight from the arrival or from the menu. */
  const waits = (call: ReturnType<typeof dial>) =>
    eventually('the queue', async () => {
      const callId = await api.callId(call.sid);
      return callId !== '' && (await api.row(call.sid)).phase === 'queued';
    });
  const closed = { hours: { kind: 'weekly', periods: [] } };

  it('are the built-in words until somebody says otherwise, in each language the hotline offers', async () => {
    await set({ settings: { languages: ['es'] } });
    expect((await list()).languages).toMatchObject([
      { language: 'en', builtIn: true, offered: true },
      { language: 'es', builtIn: true, offered: true },
    ]);
    expect(await one('closed', 'es')).toMatchObject({
      state: 'built-in',
      words: 'La línea está cerrada ahora. Por favor, llame más tarde.',
      heardIn: 'es',
    });
    expect(await one('position', 'en')).toMatchObject({ words: 'You are number {number} in the queue.' });
    await set({ settings: { languages: [] } });
  });

  it('a recorded prompt is heard at the phone as it was heard in the preview, and built-in words again when it is taken away', async () => {
    expect((await record('closed', 'en', wavOf(1_000))).status).toBe(200);
    expect(await one('closed', 'en')).toMatchObject({ state: 'recording', durationMs: 6_000, heardIn: 'en' });
    expect(await previewed('closed', 'en', 1_000)).toBeGreaterThan(0.9);
    await set(closed);
    const call = dial();
    await hears(call, 1_000);
    simulator.exchange.hangUp(call);
    expect((await back('closed', 'en')).status).toBe(200);
    expect(await one('closed', 'en')).toMatchObject({ state: 'built-in' });
    expect(await previewed('closed', 'en', 1_000)).toBeLessThan(0.5);
    await set({ hours: { kind: 'always' } });
  });

  it('own music is heard while waiting, and a change of it by the next caller only', async () => {
    // Nothing else is to be heard before the music.
    expect((await record('greeting', 'en', wavOf(500, 300))).status).toBe(200);
    expect((await record('notice', 'en', wavOf(500, 300))).status).toBe(200);
    expect((await record('waiting', 'en', wavOf(500, 300))).status).toBe(200);
    expect((await record('music', 'zxx', wavOf(800, 20_000))).status).toBe(200);
    const first = dial();
    await hears(first, 800);
    const before = await one('music', 'zxx');
    expect((await record('music', 'zxx', wavOf(1_200, 20_000))).status).toBe(200);
    const second = dial();
    await hears(second, 1_200);
    await hears(first, 800);
    // A gateway that gets the first call later can still fetch what it began with.
    const old = await fetch(`${api.origin}/internal/prompts/${before?.promptId}`, {
      headers: { authorization: `Bearer ${GATEWAY_TOKEN}` },
    });
    expect(old.status).toBe(200);
    simulator.exchange.hangUp(first);
    simulator.exchange.hangUp(second);
    for (const kind of ['greeting', 'notice', 'waiting']) await back(kind, 'en');
    await back('music', 'zxx');
  });

  it('a language without prompts isn’t offered until its line of the menu is there; then callers hear what there is of it, and else the hotline’s language', async () => {
    await set({ settings: { languages: ['ar'] } });
    expect((await list()).languages[1]).toMatchObject({ language: 'ar', builtIn: false, offered: false });
    expect(await one('menu-choice', 'ar')).toMatchObject({ state: 'missing', heardIn: null, key: 2 });
    expect(await one('closed', 'ar')).toMatchObject({ state: 'missing', heardIn: 'en' });
    const preview = await api.request('GET', `${prompts()}/menu-choice/ar/sound`, { cookie: api.owner.cookie });
    expect(preview.status).toBe(404);
    // The English words are what a caller who speaks Arabic hears: not silence.
    const english = await api.request('GET', `${prompts()}/closed/ar/sound`, { cookie: api.owner.cookie });
    expect(english.status).toBe(200);

    const unasked = dial();
    await waits(unasked);
    simulator.exchange.hangUp(unasked);

    expect((await record('menu-choice', 'ar', wavOf(900))).status).toBe(200);
    expect((await record('greeting', 'ar', wavOf(1_300))).status).toBe(200);
    expect((await list()).languages[1]).toMatchObject({ offered: true });
    const call = dial();
    await hears(call, 900);
    simulator.exchange.press(call, ['2']);
    await hears(call, 1_300);
    await waits(call);
    simulator.exchange.hangUp(call);

    // Another language before it moves it to another key: the recording would tell the wrong one.
    await set({ settings: { languages: ['es', 'ar'] } });
    expect(await one('menu-choice', 'ar')).toMatchObject({ state: 'other-key', key: 3, heardIn: null });
    expect((await list()).languages[2]).toMatchObject({ language: 'ar', offered: false });
    await set({ settings: { languages: [] } });
  });

  it('typed words are spoken by the voice of the machine, with each number that is said in them; without a voice the answer says so', async () => {
    await set({ settings: { languages: ['fr'] } });
    const { voiceInstalled } = await list();
    const answer = await type('position', 'fr', 'Vous êtes numéro {number} dans la file.');
    if (!voiceInstalled) {
      expect(await reasonOf(answer)).toBe('409 no-voice-installed');
    } else {
      expect(answer.status).toBe(200);
      const said = await one('position', 'fr');
      expect(said).toMatchObject({ state: 'words', words: 'Vous êtes numéro {number} dans la file.', heardIn: 'fr' });
      const sound = await fetch(`${api.origin}/internal/prompts/${said?.promptId}`, {
        headers: { authorization: `Bearer ${GATEWAY_TOKEN}` },
      });
      const cuts = JSON.parse(sound.headers.get('x-ringdown-cuts') ?? '[]') as [number, number, number][];
      expect(cuts.map(([number]) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      expect(cuts.every(([, from, to]) => to - from > 4_000)).toBe(true);
    }
    // The carrier's own voice needs none of ours.
    expect((await type('outside-hello', 'fr', 'Un appel pour vous.')).status).toBe(200);
    expect(await one('outside-hello', 'fr')).toMatchObject({ state: 'carrier-words' });
    await set({ settings: { languages: [] } });
  });

  it('bad input gets a clear answer and changes nothing', async () => {
    const before = await list();
    const refusals = [
      [await record('closed', 'en', new TextEncoder().encode('no sound at all')), '400 not-wav'],
      [await record('closed', 'en', wavOf(500, 50)), '400 too-short'],
      [await record('closed', 'en', writeWav(tone([500], { durationMs: 61_000 }))), '400 too-long'],
      [await record('closed', 'en', wavOf(500, 70_000)), '400 too-large'],
      [await record('closed', 'fr', wavOf(500)), '400 other-language'],
      [await record('music', 'en', wavOf(500)), '400 other-language'],
      [await record('position', 'en', wavOf(500)), '400 words-only'],
      [await record('outside-hello', 'en', wavOf(500)), '400 words-only'],
      [await type('music', 'zxx', 'La la la'), '400 recording-only'],
      [await type('position', 'en', 'You are next.'), '400 number-missing'],
      [await type('closed', 'en', 'You are {number}.'), '400 number-not-here'],
      [await type('closed', 'en', '   '), '400 words-or-wav'],
      [await type('closed', 'en', 'x'.repeat(601)), '400 words-or-wav'],
      [await type('no-such-kind', 'en', 'Hello.'), '400 malformed'],
    ] as const;
    for (const [answer, reason] of refusals) expect(await reasonOf(answer)).toBe(reason);
    expect((await record('closed', 'en', wavOf(500), volunteer.cookie)).status).toBe(403);
    expect(await list()).toEqual(before);
  });

  it('a change is written in the activity log, without the words', async () => {
    expect((await type('outside-hello', 'en', 'A secret sentence.')).status).toBe(200);
    const answer = await api.request('GET', '/api/admin-log', { cookie: api.owner.cookie });
    const lines = (await answer.json()) as { kind: string; details: Record<string, string> }[];
    const line = lines.find(({ kind }) => kind === 'prompt-changed');
    expect(line?.details).toMatchObject({ prompt: 'outside-hello', language: 'en', as: 'words' });
    expect(JSON.stringify(lines)).not.toContain('secret');
    await back('outside-hello', 'en');
  });

  it('the greeting of the hotline’s own language is the same setting, wherever it is changed', async () => {
    expect((await record('greeting', 'en', wavOf(600))).status).toBe(200);
    const path = `/api/hotlines/${api.hotline.hotlineId}`;
    const hotline = await (await api.request('GET', path, { cookie: api.owner.cookie })).json();
    expect(hotline).toMatchObject({ greeting: { kind: 'recording' } });
    await set({ greeting: { kind: 'text', text: 'Welcome to us.' } });
    expect(await one('greeting', 'en')).toMatchObject({ state: 'carrier-words', words: 'Welcome to us.' });
    expect((await back('greeting', 'en')).status).toBe(200);
    expect(await one('greeting', 'en')).toMatchObject({ state: 'built-in' });
  });
});

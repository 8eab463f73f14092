import 'reflect-metadata';
import type { Gateway } from '@ringdown/gateway/gateway';
import { startTestGateway } from '@ringdown/gateway/test-gateway.fixture';
import type { DialInAccess } from '@ringdown/protocol/dial-in';
import type { Simulator } from '@ringdown/simulator/server';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually } from './ringdown-client.ts';
import { GATEWAY_TOKEN } from './test-secrets.ts';
import { startTestSimulator } from './test-simulator.ts';

const CALLER = '+15005557321';
const ANY_PHONE = '+15005557322';
const OWN_PHONE = '+15005557323';
const OTHER = '+15005557324';
const CALLER_HZ = 700;
const VOLUNTEER_HZ = 1500;
const OTHER_HZ = 1000;
const PIN = '739154';
/** A busy machine, and an ear that holds a whole second. */
const PATIENT_MS = 20_000;

type Phone = ReturnType<Simulator['exchange']['dial']>;

/** Phones of the simulator, the real gateway and the real api: what each phone hears is looked at as sound. */
describe('a volunteer without a console calls back from any phone', () => {
  let simulator: Simulator;
  let api: ApiUnderTest;
  let gateway: Gateway;
  let code = '';
  const folder = mkdtempSync(path.join(tmpdir(), 'ringdown-dial-in-'));

  beforeAll(async () => {
    simulator = await startTestSimulator();
    api = await ApiUnderTest.start({ simulatorUrl: simulator.url });
    await api.firstRun({ nobodyWaitS: 60, wrapUpS: 0, ringTimeoutS: 30 });
    gateway = await startTestGateway({ url: api.origin, token: GATEWAY_TOKEN }, folder);
    await eventually('the gateway is ready', async () => {
      const ready = await fetch(`http://127.0.0.1:${gateway.port}/health/ready`);
      return ready.ok;
    });
    const { cookie } = api.owner;
    const saved = await api.request('PUT', '/api/me/dial-in', { cookie, body: { pin: PIN } });
    code = ((await saved.json()) as DialInAccess).code ?? '';
    await api.request('PUT', '/api/me/phone', { cookie, body: { number: OWN_PHONE, rings: true } });
  }, 60_000);

  afterAll(async () => {
    await gateway?.stop(0);
    await api?.stop();
    await simulator?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  const dial = (from: string, hz: number): Phone => {
    const phone = simulator.exchange.dial(from, api.number.e164);
    phone.voice.say({ kind: 'tone', hz });
    return phone;
  };
  const press = (phone: Phone, keys: string): void => simulator.exchange.press(phone, keys.split('') as never);
  const hears = (phone: Phone, hz: number) =>
    eventually(
      `${hz} Hz at ${phone.to}`,
      () => {
        const { hz: loudest, share } = phone.ear.report();
        return Math.abs(loudest - hz) < 15 && share > 0.6;
      },
      PATIENT_MS,
    );
  const rung = (to: string): Promise<Phone> =>
    eventually(
      `${to} rings`,
      () => simulator.exchange.list().find((call) => call.to === to && call.pickUp),
      PATIENT_MS,
    );
  /** Keys count once the gateway has the phone: then it hears something. */
  const streams = (phone: Phone) =>
    eventually(`${phone.to} hears us`, () => phone.ear.report().firstSoundAt !== null, PATIENT_MS);
  const isOver = (phone: Phone) => eventually(`${phone.to} is over`, () => phone.isOver, PATIENT_MS);
  const presence = async (state: string): Promise<void> => {
    await eventually(
      `the volunteer is ${state}`,
      async () => {
        const { rows } = await api.resources.sql.pool.query('select presence_state from operator');
        return (rows as { presence_state: string }[])[0]?.presence_state === state;
      },
      PATIENT_MS,
    );
  };
  /** Of the newest call. */
  const reaches = (phase: string, step: string) =>
    eventually(
      `${phase} ${step}`,
      async () => {
        const { rows } = await api.resources.sql.pool.query(
          "select phase, state->'dialIn'->>'step' as step from call order by arrived_at desc limit 1",
        );
        const row = (rows as { phase: string; step: string }[])[0];
        return row?.phase === phase && row.step === step;
      },
      PATIENT_MS,
    );
  const stored = async (): Promise<string> => {
    const { rows } = await api.resources.sql.pool.query(
      'select body::text as text from call_event union all select state::text from call union all select body::text from call_effect',
    );
    return (rows as { text: string }[]).map(({ text }) => text).join('\n');
  };
  /** From any phone, while it hears the music. */
  const dialIn = async (): Promise<Phone> => {
    const phone = dial(ANY_PHONE, VOLUNTEER_HZ);
    await streams(phone);
    press(phone, `*${code}${PIN}#`);
    await reaches('dial-in', 'menu');
    return phone;
  };

  it('9 makes their own phone ring for the next caller, with whom they talk', async () => {
    simulator.exchange.setDestination(OWN_PHONE, 'ring', { kind: 'tone', hz: VOLUNTEER_HZ });
    const phone = await dialIn();
    press(phone, '9');
    await eventually('it is told', async () => (await stored()).includes('"DialInAvailability"'), PATIENT_MS);
    simulator.exchange.hangUp(phone);
    await presence('available');
    const caller = dial(CALLER, CALLER_HZ);
    await streams(caller);
    const own = await rung(OWN_PHONE);
    own.pickUp?.('answer');
    await streams(own);
    press(own, '1');
    await hears(own, CALLER_HZ);
    await hears(caller, VOLUNTEER_HZ);
    simulator.exchange.hangUp(caller);
    await isOver(own);
    await presence('available');
  }, 90_000);

  it('1 rings the caller they spoke with last, who sees the hotline’s number; both hear each other', async () => {
    simulator.exchange.setDestination(CALLER, 'ring', { kind: 'tone', hz: CALLER_HZ });
    const phone = await dialIn();
    await presence('on-call');
    press(phone, '1');
    const called = await rung(CALLER);
    expect(called.from).toBe(api.number.e164);
    called.pickUp?.('answer');
    await hears(called, VOLUNTEER_HZ);
    await hears(phone, CALLER_HZ);
    simulator.exchange.hangUp(phone);
    await isOver(called);
    await presence('available');
  }, 90_000);

  it('3 takes a number, dialled in one go with everything before it; of all those keys nothing is stored', async () => {
    simulator.exchange.setDestination(OTHER, 'ring', { kind: 'tone', hz: OTHER_HZ });
    const phone = dial(ANY_PHONE, VOLUNTEER_HZ);
    await streams(phone);
    press(phone, `*${code}${PIN}#3${OTHER.slice(2)}#`);
    const called = await rung(OTHER);
    expect(called.from).toBe(api.number.e164);
    called.pickUp?.('answer');
    await hears(called, VOLUNTEER_HZ);
    await hears(phone, OTHER_HZ);
    // Keys for a machine at the other end are heard there, and are nobody's to read.
    press(phone, '86420');
    simulator.exchange.hangUp(called);
    await isOver(phone);
    await presence('available');
    const text = await stored();
    expect(text).not.toContain(PIN);
    expect(text).not.toContain(OTHER.slice(2));
    const { rows } = await api.resources.sql.pool.query(
      "select e.body->>'digit' as digit from call_event e where e.type = 'DigitReceived' order by e.at, e.seq",
    );
    expect((rows as { digit: string }[]).map(({ digit }) => digit)).toEqual(['9', '1', '3']);
  }, 90_000);

  it('a wrong code is answered in words, and the caller’s music goes on', async () => {
    const phone = dial(ANY_PHONE, VOLUNTEER_HZ);
    await streams(phone);
    press(phone, `*${code}111222#`);
    await eventually('the refusal', async () => (await stored()).includes('"StaffCodeRefused"'), PATIENT_MS);
    const { rows } = await api.resources.sql.pool.query('select phase from call order by arrived_at desc limit 1');
    expect(['queued', 'ringing']).toContain((rows as { phase: string }[])[0]?.phase);
    simulator.exchange.hangUp(phone);
  }, 60_000);
});

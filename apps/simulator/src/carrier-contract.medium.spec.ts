import type { CarrierAccount } from '@ringdown/carriers-port/carrier';
import { carrierContract, neverGivenCallId } from '@ringdown/carriers-port/carrier.contract';
import { TwilioCarrier } from '@ringdown/carriers-twilio/twilio-carrier';
import { CarrierAccountId, CarrierCallId, E164 } from '@ringdown/protocol/ids';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SimulatedCall } from './call.ts';
import { startSimulator, type Simulator } from './server.ts';

const accountSid = `AC${'0'.repeat(31)}1`;
const authToken = '12345678901234567890123456789012';
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    accountSid,
    authToken,
    dataDirectory: undefined,
    publicUrl: undefined,
    pageDirectory: undefined,
  });
});
afterAll(() => simulator?.close());

const carrierWith = (change: Partial<CarrierAccount>, timeoutMs?: number) =>
  new TwilioCarrier(
    {
      carrierAccountId: CarrierAccountId.parse('7b1f1c1e-7a53-4c0e-9a51-6f0d4d0b8a01'),
      kind: 'simulator',
      accountSid,
      authTokens: [authToken],
      restOrigin: simulator.url,
      publicOrigin: 'https://line.example.org',
      ...change,
    },
    timeoutMs === undefined ? {} : { timeoutMs },
  );

function startCall(twiml: string): SimulatedCall {
  const call = simulator.exchange.dial('+15005550777', '+15005550199');
  // The number is nobody's: the call gets its document straight from the test.
  const live = simulator.exchange.dialOut({
    to: '+15005550777',
    from: '+15005550199',
    document: { kind: 'inline', twiml },
    timeoutS: 10,
    fallback: undefined,
    statusCallback: undefined,
  });
  expect(call.status).toBe('failed');
  return live;
}

async function answered(twiml: string): Promise<SimulatedCall> {
  const call = startCall(twiml);
  await vi.waitFor(() => expect(call.status).toBe('in-progress'), { timeout: 10_000, interval: 20 });
  return call;
}

/** Twilio's own test number for an invalid one. */
const impossible = E164.parse('+15005550001');

async function listener() {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const isAnswer = request.url === '/answer';
      asked.push(isAnswer ? 'verbs' : (new URLSearchParams(body).get('CallStatus') ?? ''));
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(isAnswer ? '<Response><Pause length="600"/></Response>' : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server's address is never a string
  const { port } = server.address() as AddressInfo;
  return {
    answerUrl: `http://127.0.0.1:${port}/answer`,
    statusUrl: `http://127.0.0.1:${port}/status`,
    asked: () => asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

carrierContract('Twilio', {
  carrier: () => carrierWith({}),
  strangerCarrier: () => carrierWith({ authTokens: ['wrong'] }),
  // Port 9 is nobody's.
  unreachableCarrier: () => carrierWith({ restOrigin: 'http://127.0.0.1:9' }),
  urls: () => ({
    voiceUrl: 'https://line.example.org/voice',
    voiceFallbackUrl: undefined,
    statusUrl: 'https://line.example.org/status',
  }),
  urlsOf: async (number) => {
    const found = simulator.exchange.options.numbers.find(number);
    return { voiceUrl: found?.voiceUrl ?? '', statusUrl: found?.statusCallback ?? '' };
  },
  liveCall: async () => CarrierCallId.parse((await answered('<Response><Pause length="600"/></Response>')).sid),
  heard: async (sid) => simulator.exchange.find(sid)?.captions.map(({ text }) => text) ?? [],
  callerHangsUp: async (sid) => {
    const call = simulator.exchange.find(sid);
    if (call) simulator.exchange.hangUp(call);
  },
  phones: async () => {
    const { exchange } = simulator;
    const own = E164.parse('+15005550142');
    if (!exchange.options.numbers.find(own)) exchange.options.numbers.create(own, {});
    exchange.setDestination('+15005550144', 'busy');
    return { own, answering: E164.parse('+15005550143'), busy: E164.parse('+15005550144'), impossible };
  },
  listener,
  unknownCall: neverGivenCallId,
  foreignNumber: E164.parse('+15005550198'),
  recording: async () => {
    const call = await answered('<Response><Record playBeep="false"/></Response>');
    call.voice.say({ kind: 'tone', hz: 500 });
    const { exchange, url } = simulator;
    await vi.waitFor(() => expect(call.onVoice).toBeDefined(), { timeout: 5000 });
    await new Promise((resolve) => {
      exchange.options.clock.after(300, () => resolve(undefined));
    });
    exchange.hangUp(call);
    await vi.waitFor(() => expect(exchange.recordings.list(call.sid)).toHaveLength(1), { timeout: 5000 });
    const recording = exchange.recordings.list(call.sid)[0];
    return {
      url: `${url}/2010-04-01/Accounts/${accountSid}/Recordings/${recording?.sid}`,
      ready: () => vi.waitFor(() => expect(recording?.status).toBe('completed'), { timeout: 5000 }),
    };
  },
});

describe('Twilio beyond the contract', () => {
  it('a hang-up that takes too long may be repeated, a redirect may not', async () => {
    simulator.exchange.faults = { ...simulator.exchange.faults, slowApiMs: 400 };
    const hasty = carrierWith({}, 100);
    const unknown = { outcome: 'refused', reason: 'outcome-unknown' };
    expect(await hasty.hangUp(neverGivenCallId)).toEqual({ ...unknown, retryable: true });
    expect(await hasty.redirect(neverGivenCallId, [{ verb: 'hang-up' }])).toEqual({ ...unknown, retryable: false });
    simulator.exchange.faults = { ...simulator.exchange.faults, slowApiMs: 0 };
  });

  it('a call whose placing took too long is never placed again', async () => {
    simulator.exchange.faults = { ...simulator.exchange.faults, slowApiMs: 400 };
    const url = 'https://line.example.org/answer';
    const placing = carrierWith({}, 100).placeCall({
      from: E164.parse('+15005550142'),
      to: E164.parse('+15005550143'),
      answerUrl: url,
      statusUrl: url,
      timeoutS: 20,
    });
    expect(await placing).toEqual({ outcome: 'refused', retryable: false, reason: 'outcome-unknown' });
    simulator.exchange.faults = { ...simulator.exchange.faults, slowApiMs: 0 };
  });

  it('lists more numbers than fit a page', async () => {
    for (let line = 0; line < 60; line++) simulator.exchange.options.numbers.create(`+1212555${2000 + line}`, {});
    const numbers = await carrierWith({}).listNumbers();
    expect(numbers.length).toBeGreaterThanOrEqual(60);
  });
});

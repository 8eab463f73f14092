import 'reflect-metadata';
import { once } from 'node:events';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CarrierAccounts, type CarrierAccount, type Verb } from '@ringdown/carriers-port/carrier';
import {
  InboundCalls,
  type CallArrived,
  type CarrierRecording,
  type CarrierStatusReport,
  type RefusedWebhook,
} from '@ringdown/carriers-port/inbound-calls';
import { TwilioCarrier } from '@ringdown/carriers-twilio/twilio-carrier';
import { checkStreamSignature } from '@ringdown/carriers-twilio/twilio-signature';
import { TwilioWebhooksModule } from '@ringdown/carriers-twilio/twilio-webhooks.module';
import { CarrierAccountId, CarrierCallId } from '@ringdown/protocol/ids';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { decodeMuLaw, encodeMuLaw } from '@ringdown/audio/g711';
import { sign } from './signature.ts';
import { findLoudest } from './spectrum.ts';
import { startSimulator, type Simulator } from './server.ts';

const accountId = CarrierAccountId.parse('7b1f1c1e-7a53-4c0e-9a51-6f0d4d0b8a01');
const callId = '7b1f1c1e-7a53-4c0e-9a51-6f0d4d0b8a02';
const accountSid = `AC${'0'.repeat(31)}1`;
const authToken = '12345678901234567890123456789012';
const patient = { timeout: 10_000, interval: 20 };

/** The product as far as a carrier sees it: records what it was told and answers what a test says. */
class RecordingCalls extends InboundCalls {
  arrivals: CallArrived[] = [];
  asked: string[] = [];
  reports: CarrierStatusReport[] = [];
  recordings: CarrierRecording[] = [];
  refusals: RefusedWebhook[] = [];
  verbs: readonly Verb[] = [];
  nextVerbs: readonly Verb[] = [];

  async receive(arrival: CallArrived) {
    this.arrivals.push(arrival);
    return this.verbs;
  }
  async next(id: string) {
    this.asked.push(id);
    return this.nextVerbs;
  }
  async nextOfLeg() {
    return this.nextVerbs;
  }
  async legStatusChanged() {}
  async statusChanged(report: CarrierStatusReport) {
    this.reports.push(report);
  }
  async recordingReady(recording: CarrierRecording) {
    this.recordings.push(recording);
  }
  async refused(webhook: RefusedWebhook) {
    this.refusals.push(webhook);
  }
}

const product = new RecordingCalls();
let account: CarrierAccount;

class OneAccount extends CarrierAccounts {
  async find(id: string) {
    return id === accountId ? account : null;
  }
}

@Module({
  providers: [
    { provide: InboundCalls, useValue: product },
    { provide: CarrierAccounts, useClass: OneAccount },
  ],
  exports: [InboundCalls, CarrierAccounts],
})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module
class FeatureModule {}

let simulator: Simulator;
let app: INestApplication;
let media: WebSocketServer;
let mediaUrl: string;
let carrier: TwilioCarrier;
let number: string;

/** One accepted stream: what came, and the socket to answer on. */
interface Stream {
  socket: WebSocket;
  events: { event: string; [field: string]: unknown }[];
  streamSid: string;
}
const streams: Stream[] = [];
const signatures: string[] = [];

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
  app = await NestFactory.create(TwilioWebhooksModule.forFeature({ imports: [FeatureModule] }), {
    rawBody: true,
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  const publicOrigin = (await app.getUrl()).replace(/\/$/, '');
  account = {
    carrierAccountId: accountId,
    kind: 'simulator',
    accountSid,
    authTokens: [authToken],
    restOrigin: simulator.url,
    publicOrigin,
  };
  media = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(media, 'listening');
  const address = media.address();
  mediaUrl = typeof address === 'object' && address ? `ws://127.0.0.1:${address.port}/media/token` : '';
  media.on('connection', (socket, request) => {
    const signature = request.headers['x-twilio-signature'];
    signatures.push(checkStreamSignature({ authTokens: [authToken], signature: String(signature), url: mediaUrl }));
    const stream: Stream = { socket, events: [], streamSid: '' };
    streams.push(stream);
    socket.on('message', (data) => {
      // oxlint-disable-next-line typescript/no-base-to-string -- text frames come as one Buffer
      const message = JSON.parse(data.toString());
      stream.events.push(message);
      if (message.event === 'start') stream.streamSid = message.streamSid;
    });
  });
  carrier = new TwilioCarrier(account);
  const bought = await carrier.buyNumber(
    { areaCode: undefined },
    {
      voiceUrl: `${publicOrigin}/carriers/twilio/${accountId}/voice`,
      voiceFallbackUrl: undefined,
      statusUrl: `${publicOrigin}/carriers/twilio/${accountId}/status`,
    },
  );
  if (bought.outcome !== 'bought') throw new Error(bought.reason);
  number = bought.number;
});

afterAll(async () => {
  media?.close();
  await simulator?.close();
  await app?.close();
});

afterEach(() => {
  streams.length = 0;
  Object.assign(product, {
    arrivals: [],
    asked: [],
    reports: [],
    recordings: [],
    refusals: [],
    verbs: [],
    nextVerbs: [],
  });
});

const at = (path: string): string => `${account.publicOrigin}/carriers/twilio/${accountId}/${path}`;

async function control<Answer>(path: string, body?: unknown): Promise<Answer> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${simulator.url}/simulator/${path}`, init);
  expect(answer.status).toBe(200);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the test asks for
  return (await answer.json()) as Answer;
}

interface CallState {
  status: string;
  streaming: boolean;
  heard: { hz: number; levelDb: number };
  captions: { text: string }[];
  log: { text: string }[];
}
const captionsOf = async (sid: string) => (await stateOf(sid)).captions.map(({ text }) => text);
const textsOf = (log: CallState['log']) => log.map(({ text }) => text).join('\n');
const marksOf = ({ events }: Stream) =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Twilio's mark event
  events.flatMap((each) => (each.event === 'mark' ? [(each['mark'] as { name: string }).name] : []));
const stateOf = (sid: string) => control<CallState>(`calls/${sid}`);

async function dial(more: object = {}): Promise<CarrierCallId> {
  const { callSid } = await control<{ callSid: string }>('calls', { from: '+15005550777', to: number, ...more });
  return CarrierCallId.parse(callSid);
}

const connectStream = (url = mediaUrl): Verb => ({
  verb: 'connect-stream',
  url,
  parameters: { call: 'x' },
  statusUrl: at('status'),
});

/** Sends the tone in the way a gateway does: 20 ms per message. */
function sendTone(stream: Stream, hz: number, seconds: number): void {
  const { socket, streamSid } = stream;
  const samples = Int16Array.from({ length: seconds * 8000 }, (_, i) => 8000 * Math.sin((2 * Math.PI * hz * i) / 8000));
  const codes = encodeMuLaw(samples);
  for (let at = 0; at < codes.length; at += 160) {
    const payload = Buffer.from(codes.subarray(at, at + 160)).toString('base64');
    socket.send(JSON.stringify({ event: 'media', streamSid, media: { payload } }));
  }
}

describe('a whole call', () => {
  it('goes from a dialled number through a stream both ways to a hang-up by REST', async () => {
    product.verbs = [connectStream(), { verb: 'ask-next', url: at(`calls/${callId}/next`) }];
    const sid = await dial({ audio: { tone: 700 } });
    await vi.waitFor(() => expect(streams[0]?.events.length).toBeGreaterThan(60), patient);
    expect(product.arrivals).toEqual([
      { carrierAccountId: accountId, carrierCallId: sid, calledNumber: number, callerNumber: '+15005550777' },
    ]);
    const [stream] = streams;
    if (!stream) throw new Error('no stream');
    expect(signatures.at(-1)).toBe('valid');
    expect(stream.events.slice(0, 3).map(({ event }) => event)).toEqual(['connected', 'start', 'media']);
    const heard = stream.events.flatMap(({ event, media }) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Twilio's media event
      event === 'media' ? [...Buffer.from((media as { payload: string }).payload, 'base64')] : [],
    );
    expect(findLoudest(decodeMuLaw(Uint8Array.from(heard.slice(0, 8192))), 8000).hz).toBeCloseTo(700, -1);
    sendTone(stream, 1234, 3);
    await vi.waitFor(async () => expect((await stateOf(sid)).heard.hz).toBeCloseTo(1234, -1), patient);
    expect(await carrier.findCall(sid)).toEqual({ outcome: 'found', status: 'in-progress', over: false });
    expect(await carrier.hangUp(sid)).toEqual({ outcome: 'done' });
    await vi.waitFor(() => expect(stream.events.at(-1)?.event).toBe('stop'), patient);
    await vi.waitFor(() => expect(product.reports).toHaveLength(1), patient);
    expect(product.reports[0]).toMatchObject({ carrierCallId: sid, status: 'completed', sequence: 0 });
    // Nothing after Connect runs when the carrier ends the stream.
    expect(product.asked).toEqual([]);
    expect(await carrier.hangUp(sid)).toEqual({ outcome: 'already-over' });
  });

  it('asks for the ending when the stream is cut, and hears it', async () => {
    product.verbs = [connectStream(), { verb: 'ask-next', url: at(`calls/${callId}/next`) }];
    product.nextVerbs = [{ verb: 'say', text: 'We lost the line. Goodbye.', language: 'en' }];
    const sid = await dial({ faults: { cutStreamAfterMs: 200 } });
    await vi.waitFor(async () => expect(await captionsOf(sid)).toEqual(['We lost the line. Goodbye.']), patient);
    expect(product.asked).toEqual([callId]);
    expect(textsOf((await stateOf(sid)).log)).toContain('Error 31903');
    await vi.waitFor(() => expect(product.reports[0]?.status).toBe('completed'), patient);
  });

  it('goes to the next verb when the gateway closes, or is not there', async () => {
    product.verbs = [connectStream(), { verb: 'ask-next', url: at(`calls/${callId}/next`) }];
    product.nextVerbs = [{ verb: 'hang-up' }];
    const sid = await dial();
    await vi.waitFor(() => expect(streams[0]?.events.length).toBeGreaterThan(2), patient);
    streams[0]?.socket.close();
    await vi.waitFor(async () => expect((await stateOf(sid)).status).toBe('completed'), patient);
    product.verbs = [connectStream('ws://127.0.0.1:9/nobody'), { verb: 'ask-next', url: at(`calls/${callId}/next`) }];
    const other = await dial();
    await vi.waitFor(async () => expect((await stateOf(other)).status).toBe('completed'), patient);
    expect(product.asked).toEqual([callId, callId]);
    expect(textsOf((await stateOf(other)).log)).toContain('Error 31920');
  });

  it('returns marks, clears what is queued, warns of bad messages and sends keys', async () => {
    product.verbs = [connectStream()];
    const sid = await dial();
    await vi.waitFor(() => expect(streams[0]?.events.length).toBeGreaterThan(2), patient);
    const [stream] = streams;
    if (!stream) throw new Error('no stream');
    const { socket, streamSid } = stream;
    const send = (message: object): void => socket.send(JSON.stringify(message));
    send({ event: 'mark', streamSid, mark: { name: 'at-once' } });
    sendTone(stream, 500, 60);
    send({ event: 'mark', streamSid, mark: { name: 'later' } });
    await vi.waitFor(() => expect(marksOf(stream)).toEqual(['at-once']), patient);
    send({ event: 'clear', streamSid });
    await vi.waitFor(() => expect(marksOf(stream)).toEqual(['at-once', 'later']), patient);
    socket.send(Buffer.from([1, 2, 3]));
    send({ event: 'media', streamSid, media: { payload: 'AAAA' }, extra: 1 });
    send({ event: 'media', streamSid: 'MZ1', media: { payload: 'AAAA' } });
    await control(`calls/${sid}/digits`, { digits: '4#' });
    await vi.waitFor(
      () =>
        expect(stream.events.flatMap((each) => (each.event === 'dtmf' ? [each['dtmf']] : []))).toEqual([
          { track: 'inbound_track', digit: '4' },
          { track: 'inbound_track', digit: '#' },
        ]),
      patient,
    );
    const log = textsOf((await stateOf(sid)).log);
    expect(log).toContain('Error 31950');
    expect(log.match(/Error 31951/g)).toHaveLength(1);
    await control(`calls/${sid}/hang-up`, {});
  });

  it('numbers its messages without a gap, 20 ms apart by its own count', async () => {
    product.verbs = [connectStream()];
    const sid = await dial({ audio: { silence: true } });
    await vi.waitFor(() => expect(streams[0]?.events.length).toBeGreaterThan(100), patient);
    await control(`calls/${sid}/hang-up`, {});
    const [connected, start, ...media] = streams[0]?.events ?? [];
    expect(connected).toEqual({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    expect(start).toMatchObject({
      sequenceNumber: '1',
      start: { callSid: sid, customParameters: { call: 'x' }, tracks: ['inbound'] },
    });
    media
      .filter(({ event }) => event === 'media')
      .forEach((message, i) => {
        expect(message['sequenceNumber']).toBe(String(i + 2));
        expect(message['media']).toMatchObject({
          track: 'inbound',
          chunk: String(i + 1),
          timestamp: String((i + 1) * 20),
        });
      });
  });

  it('with a withheld number has no caller', async () => {
    product.verbs = [{ verb: 'reject', reason: 'busy' }];
    const sid = await dial({ from: undefined });
    // The end of the call before may be told only now.
    const reports = () => product.reports.filter(({ carrierCallId }) => carrierCallId === sid);
    await vi.waitFor(() => expect(reports()).toMatchObject([{ status: 'busy' }]), patient);
    expect(product.arrivals[0]?.callerNumber).toBeNull();
  });

  it('leaves a recording that the product is told of and can fetch', async () => {
    product.verbs = [
      { verb: 'record', maxDurationMs: 2000, doneUrl: at(`calls/${callId}/next`), recordingUrl: at('recordings') },
    ];
    product.nextVerbs = [{ verb: 'hang-up' }];
    await dial({ audio: { tone: 600 } });
    await vi.waitFor(() => expect(product.recordings).toHaveLength(1), patient);
    expect(product.recordings[0]).toMatchObject({ status: 'completed', durationMs: 2000 });
    const wav = await carrier.fetchRecording(product.recordings[0]?.recordingUrl ?? '');
    expect(wav.length).toBe(44 + 2 * 16_000);
  });

  it.each(['wrong-url', 'old-token'])('signed wrongly (%s) is refused and ends', async (wrongSignature) => {
    product.verbs = [connectStream()];
    const sid = await dial({ faults: { wrongSignature } });
    await vi.waitFor(async () => expect((await stateOf(sid)).status).toBe('failed'), patient);
    await vi.waitFor(() => expect(product.refusals).toHaveLength(2), patient);
    expect(product.refusals[0]).toMatchObject({ reason: 'signature-wrong', carrierAccountId: accountId });
    expect([product.arrivals, product.reports]).toEqual([[], []]);
  });

  it('asked twice, or asked again, is the same call', async () => {
    product.verbs = [{ verb: 'reject', reason: 'rejected' }];
    const sid = await dial({ faults: { duplicateWebhook: true, retryAll: true } });
    await vi.waitFor(() => expect(product.arrivals).toHaveLength(3), patient);
    expect(new Set(product.arrivals.map(({ carrierCallId }) => carrierCallId))).toEqual(new Set([sid]));
  });
});

describe('webhooks that are refused', () => {
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
  const signed = (path: string, fields: Record<string, string>) =>
    post(path, new URLSearchParams(fields).toString(), { 'x-twilio-signature': sign(authToken, path, fields) });
  const AccountSid = accountSid;
  const CallSid = `CA${'0'.repeat(32)}`;

  it.each([
    ['no signature', () => post(at('voice'), 'CallSid=CA1'), 403, 'signature-missing'],
    [
      'another path',
      () =>
        post(at('status'), `AccountSid=${accountSid}`, {
          'x-twilio-signature': sign(authToken, at('voice'), { AccountSid }),
        }),
      403,
      'signature-wrong',
    ],
    ['another account', () => signed(at('voice'), { AccountSid: 'AC1', CallSid, To: '+1' }), 403, 'foreign-account'],
    ['no such account', () => post(at('voice').replace(accountId, callId), 'a=1'), 404, 'unknown-account'],
    ['an account that is no id', () => post(at('voice').replace(accountId, 'x'), 'a=1'), 404, 'unknown-account'],
    ['fields missing', () => signed(at('voice'), { AccountSid, CallSid: 'CA1', To: '+1' }), 400, 'malformed'],
    ['a path that names no call', () => signed(at('calls/1/next'), { AccountSid, CallSid }), 400, 'malformed'],
    ['70 kB', () => signed(at('voice'), { AccountSid, CallSid, To: '+1', Body: 'x'.repeat(70_000) }), 413, 'too-large'],
    [
      '300 kB',
      () => signed(at('voice'), { AccountSid, CallSid, To: '+1', Body: 'x'.repeat(300_000) }),
      413,
      'too-large',
    ],
    ['JSON', () => post(at('voice'), '{"a":1}', { 'content-type': 'application/json' }), 403, 'signature-missing'],
  ] as const)('%s', async (_, send, status, reason) => {
    const answer = await send();
    expect([answer.status, product.refusals]).toEqual([status, [expect.objectContaining({ reason })]]);
    expect([product.arrivals, product.reports, product.asked]).toEqual([[], [], []]);
    const body = await answer.text();
    if (reason === 'signature-wrong') expect(body).toContain(`${account.publicOrigin}/carriers`);
    expect(body).not.toContain(authToken);
  });
});

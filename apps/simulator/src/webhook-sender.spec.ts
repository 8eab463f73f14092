import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { EventLog } from './event-log.ts';
import { noFaults, withFaults, type SomeFaults } from './faults.ts';
import { TransportFailed, type OutgoingRequest, type ReceivedAnswer } from './http-transport.ts';
import { ManualClock } from './manual-clock.ts';
import { sign } from './signature.ts';
import { WebhookSender, type Method } from './webhook-sender.ts';

const authToken = '12345678901234567890123456789012';
const url = 'https://line.example.org/voice?h=1&lang=de';
const twiml: Partial<ReceivedAnswer> = { status: 200, contentType: 'text/xml', body: Buffer.from('<Response/>') };

type Reply = Partial<ReceivedAnswer> | TransportFailed;

/** A sender, a product that gives these answers one after another, and what reached it. */
function aSender(...replies: Reply[]) {
  const clock = new ManualClock();
  const log = new EventLog();
  const sent: (OutgoingRequest & { at: number })[] = [];
  const started = clock.now();
  const sender = new WebhookSender({
    authToken,
    clock,
    log,
    random: () => 0.5,
    transport: async (request) => {
      sent.push({ ...request, at: clock.now() - started });
      const reply = replies[Math.min(sent.length, replies.length) - 1] ?? twiml;
      if (reply instanceof Error) throw reply;
      return { status: 200, contentType: undefined, location: undefined, body: Buffer.alloc(0), ...reply };
    },
  });
  const call = (
    faults: SomeFaults = {},
    fields: Record<string, string> = { CallSid: 'CA1', CallerName: '', City: 'Köln & more' },
  ) => ({
    callSid: 'CA1',
    faults: withFaults(noFaults, faults),
    fields,
  });
  const ask = async (faults?: SomeFaults, fallbackUrl?: string, at = url, method: Method = 'POST') => {
    const fallback = fallbackUrl === undefined ? undefined : { url: fallbackUrl, method: 'POST' as const };
    const answer = sender.requestDocument(call(faults), { url: at, method }, fallback);
    await clock.advance(100_000);
    return answer;
  };
  return { sender, clock, sent, call, ask, log };
}

const fieldsOf = (request: OutgoingRequest) => Object.fromEntries(new URLSearchParams(request.body));
const isSigned = (request: OutgoingRequest | undefined, at = url) =>
  request !== undefined &&
  twilio.validateRequest(authToken, request.headers['x-twilio-signature'] ?? '', at, fieldsOf(request));
const tokensOf = (sent: OutgoingRequest[]) =>
  new Set(sent.map(({ headers }) => headers['i-twilio-idempotency-token'])).size;
const unreachable = () => new TransportFailed('not-connected');

describe('a request', () => {
  it('is signed so that the package of the carrier accepts it, by POST and by GET', async () => {
    const { sent, ask } = aSender();
    await ask();
    expect(sent[0]?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(isSigned(sent[0])).toBe(true);
    await ask({}, undefined, url, 'GET');
    expect(sent[1]?.url).toContain('&CallSid=CA1&CallerName=&City=');
    expect(isSigned(sent[1], sent[1]?.url)).toBe(true);
  });

  it.each([
    ['https://line.example.org/voice#rc=2', 'https://line.example.org/voice'],
    ['https://line.example.org:8443/voice', 'https://line.example.org:8443/voice'],
    ['https://me:secret@line.example.org/voice', 'https://me:secret@line.example.org/voice'],
  ])('to %s is signed over %s', async (configured, signed) => {
    const { sent, ask } = aSender();
    await ask({}, undefined, configured);
    expect(isSigned(sent[0], signed)).toBe(true);
    expect(sent[0]?.url).not.toMatch(/[#@]/);
  });

  it('signs like the package', () => {
    const fields = { b: '1', B: '4', A: '2', a: '3' };
    const theirs = twilio.validateRequest(authToken, sign(authToken, url, fields), url, fields);
    expect(theirs).toBe(true);
  });

  it('gives credentials only when it is asked for them', async () => {
    const { sent, ask } = aSender({ status: 401 }, twiml);
    expect(await ask({}, undefined, 'https://me:secret@line.example.org/voice')).toMatchObject({ ok: true });
    expect(sent.map(({ headers }) => headers['authorization'])).toEqual([undefined, 'Basic bWU6c2VjcmV0']);
  });

  it('follows a redirect as GET and loses the fields', async () => {
    const { sent, ask } = aSender({ status: 302, location: '/elsewhere' }, twiml);
    expect(await ask()).toMatchObject({ ok: true, url: 'https://line.example.org/elsewhere' });
    expect(sent[1]).toMatchObject({ method: 'GET', body: undefined });
  });
});

describe('failures', () => {
  it('tries a connection that was never made once more, with the same token, then the fallback', async () => {
    const { sent, ask } = aSender(unreachable(), unreachable(), twiml);
    expect(await ask({}, 'https://fallback.example.org/')).toMatchObject({ ok: true });
    expect(sent).toHaveLength(3);
    expect(tokensOf(sent.slice(0, 2))).toBe(1);
    expect(fieldsOf(sent[2] ?? fail())).toMatchObject({ ErrorCode: '11205', ErrorUrl: url, CallSid: 'CA1' });
  });

  it.each([
    [{ status: 500, contentType: 'text/xml' }, 11200],
    [{ status: 404, contentType: 'text/xml' }, 11200],
    [{ status: 200, contentType: 'application/json' }, 12300],
    [{ status: 200 }, 12300],
    [{ ...twiml, body: Buffer.alloc(65 * 1024) }, 11750],
    [new TransportFailed('timed-out'), 11200],
  ])('does not repeat what arrived: %o is error %i', async (reply, errorCode) => {
    const { sent, ask } = aSender(reply);
    expect(await ask()).toMatchObject({ ok: false, errorCode });
    expect(sent).toHaveLength(1);
  });

  it('repeats more when the URL says so', async () => {
    const { sent, ask } = aSender(
      { status: 503, contentType: 'text/xml' },
      { status: 503, contentType: 'text/xml' },
      twiml,
    );
    expect(await ask({}, undefined, `${url}#rc=2&rp=5xx`)).toMatchObject({ ok: true });
    expect(sent).toHaveLength(3);
    expect(tokensOf(sent)).toBe(1);
  });
});

describe('faults', () => {
  it('duplicate webhook: the same request twice, one answer used', async () => {
    const { sent, ask } = aSender();
    expect(await ask({ duplicateWebhook: true })).toMatchObject({ ok: true });
    expect(sent).toHaveLength(2);
    expect(tokensOf(sent)).toBe(1);
    expect(sent[1]?.body).toBe(sent[0]?.body);
  });

  it('retries with rp=all: the first answer is thrown away', async () => {
    const { sent, ask } = aSender({ status: 500 }, twiml);
    expect(await ask({ retryAll: true })).toMatchObject({ ok: true });
    expect(sent).toHaveLength(2);
    expect(tokensOf(sent)).toBe(1);
  });

  it('late webhook: leaves when it is late', async () => {
    const { sent, ask } = aSender();
    await ask({ lateWebhookMs: 3000 });
    expect(sent.map(({ at }) => at)).toEqual([3000]);
  });

  it.each(['wrong-url', 'old-token'] as const)('wrong signature: %s', async (wrongSignature) => {
    const { sent, ask } = aSender();
    await ask({ wrongSignature });
    expect(sent[0]?.headers['x-twilio-signature']).toHaveLength(28);
    expect(isSigned(sent[0])).toBe(false);
  });

  it('callbacks: lost, twice, late, shuffled', async () => {
    const { sender, sent, call, clock } = aSender();
    const target = { url, method: 'POST' as const };
    sender.notify(call({ lostCallback: true }, { n: 'lost' }), target, 'lost');
    sender.notify(call({ duplicateWebhook: true }, { n: 'twice' }), target, 'twice');
    sender.notify(call({ lateWebhookMs: 500 }, { n: 'late' }), target, 'late');
    sender.notify(call({ shuffledCallbacks: true }, { n: 'first' }), target, 'first');
    sender.notify(call({ shuffledCallbacks: true }, { n: 'second' }), target, 'second');
    await clock.advance(5000);
    expect(sent.map((each) => [fieldsOf(each)['n'], each.at])).toEqual([
      ['twice', 0],
      ['late', 500],
      ['twice', 2000],
      ['second', 2000],
      ['first', 2000],
    ]);
    expect(sent.every((each) => isSigned(each))).toBe(true);
  });

  it('callbacks that fail are not repeated', async () => {
    const { sender, sent, call, clock, log } = aSender({ status: 500 });
    sender.notify(call(), { url, method: 'POST' }, 'completed');
    await clock.advance(60_000);
    expect(sent).toHaveLength(1);
    expect(log.list().at(-1)?.text).toContain('15003');
  });
});

function fail(): never {
  throw new Error('nothing was sent');
}

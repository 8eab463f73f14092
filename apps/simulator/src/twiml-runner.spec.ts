import { tone } from '@ringdown/audio/tones';
import { writeWav } from '@ringdown/audio/wav';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { EventLog } from './event-log.ts';
import { Exchange } from './exchange.ts';
import type { SomeFaults } from './faults.ts';
import type { OutgoingRequest } from './http-transport.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { NumberBook } from './number-book.ts';

const authToken = '12345678901234567890123456789012';
const origin = 'https://line.example.org';
type Response = InstanceType<typeof twilio.twiml.VoiceResponse>;

/** A carrier, and a product that answers each path with what the package's builder makes. */
function aCarrier(documents: Record<string, (response: Response) => void>) {
  const clock = new ManualClock();
  const requests: { path: string; fields: Record<string, string>; at: number }[] = [];
  const started = clock.now();
  const numbers = new NumberBook(undefined, () => clock.now());
  const settings = { voiceUrl: `${origin}/voice`, statusCallback: `${origin}/status` };
  numbers.create('+15005550100', settings);
  const exchange = new Exchange({
    accountSid: `AC${'0'.repeat(32)}`,
    authToken,
    publicUrl: 'http://127.0.0.1:1',
    clock,
    numbers,
    log: new EventLog(),
    random: () => 0,
    transport: async (request: OutgoingRequest) => {
      const { pathname } = new URL(request.url);
      const fields = Object.fromEntries(new URLSearchParams(request.body));
      const signature = request.headers['x-twilio-signature'] ?? '';
      if (!twilio.validateRequest(authToken, signature, request.url, fields)) throw new Error('badly signed');
      requests.push({ path: pathname, fields, at: clock.now() - started });
      if (pathname === '/sound.wav') {
        return {
          status: 200,
          contentType: 'audio/wav',
          location: undefined,
          body: Buffer.from(writeWav(tone([900], { durationMs: 1000 }))),
        };
      }
      const response = new twilio.twiml.VoiceResponse();
      documents[pathname]?.(response);
      return { status: 200, contentType: 'text/xml', location: undefined, body: Buffer.from(response.toString()) };
    },
  });
  const dial = (faults?: SomeFaults) => exchange.dial('+15005550777', '+15005550100', faults);
  const paths = () => requests.map(({ path }) => path);
  const warnings = () =>
    exchange.options.log
      .list()
      .filter(({ kind }) => kind === 'warning')
      .map(({ text }) => text);
  return { exchange, clock, requests, dial, paths, warnings };
}

describe('verbs of the package', () => {
  it('Say answers, shows its words and ends with a callback', async () => {
    const { dial, clock, requests } = aCarrier({
      '/voice': (r) => r.say({ language: 'de-DE' }, 'Guten Tag & willkommen'),
    });
    const call = dial();
    await settle();
    await clock.advance(100);
    expect([call.status, call.captions]).toMatchObject([
      'in-progress',
      [{ text: 'Guten Tag & willkommen', language: 'de-DE' }],
    ]);
    await clock.advance(10_000);
    expect(call.status).toBe('completed');
    expect(requests.map(({ path, fields }) => [path, fields['CallStatus']])).toEqual([
      ['/voice', 'ringing'],
      ['/status', 'completed'],
    ]);
    expect(requests[1]?.fields).toMatchObject({
      SequenceNumber: '0',
      CallbackSource: 'call-progress-events',
      Duration: '1',
    });
  });

  it('Play is heard in real time', async () => {
    const { dial, clock } = aCarrier({ '/voice': (r) => void r.play({ loop: 2 }, `${origin}/sound.wav`) });
    const call = dial();
    await clock.advance(1200);
    expect(call.ear.report().hz).toBeCloseTo(900, 0);
    await clock.advance(2000);
    expect(call.ear.report().packets).toBe(100);
    expect(call.status).toBe('completed');
  });

  it('Pause as the first verb delays the answer', async () => {
    const { dial, clock } = aCarrier({ '/voice': (r) => void (r.pause({ length: 3 }), r.say('Hello')) });
    const call = dial();
    await clock.advance(2900);
    expect(call.status).toBe('ringing');
    await clock.advance(200);
    expect(call.status).toBe('in-progress');
  });

  it.each([
    ['busy', 'busy'],
    ['rejected', 'no-answer'],
  ] as const)('Reject with %s never answers', async (reason, status) => {
    const { dial, clock } = aCarrier({ '/voice': (r) => void r.reject({ reason }) });
    const call = dial();
    await clock.advance(10);
    expect([call.status, call.answeredAt]).toEqual([status, null]);
  });

  it('Hangup answers first; Redirect asks again', async () => {
    const { dial, clock, paths } = aCarrier({
      '/voice': (r) => void r.redirect('next?a=1&b=2'),
      '/next': (r) => void r.hangup(),
    });
    const call = dial();
    await clock.advance(10);
    expect(call.answeredAt).not.toBeNull();
    expect(paths()).toEqual(['/voice', '/next', '/status']);
  });

  it('Gather: keys stop the prompt and go to the action', async () => {
    const { dial, clock, requests, exchange } = aCarrier({
      '/voice': (r) => void r.gather({ numDigits: 3, action: '/menu' }).say('word '.repeat(100)),
      '/menu': (r) => void r.say('Thank you'),
    });
    const call = dial();
    await clock.advance(1000);
    exchange.press(call, ['4', '2']);
    await clock.advance(4000);
    exchange.press(call, ['*']);
    await clock.advance(100);
    expect(requests[1]).toMatchObject({ path: '/menu', fields: { Digits: '42*', FinishedOnKey: '' } });
  });

  it('Gather: silence and a bare finish key fall through without a request', async () => {
    for (const keys of [[], ['#']] as const) {
      const { dial, clock, paths, exchange } = aCarrier({
        '/voice': (r) => void (r.gather({ timeout: 2, action: '/menu' }), r.redirect('/after')),
        '/after': (r) => void r.pause({ length: 60 }),
      });
      const call = dial();
      await clock.advance(1000);
      exchange.press(call, keys);
      await clock.advance(1500);
      expect(paths()).toEqual(['/voice', '/after']);
    }
  });

  it('Record: ends by silence, tells the action, and the file later', async () => {
    const { dial, clock, requests, exchange } = aCarrier({
      '/voice': (r) => void r.record({ action: '/done', timeout: 2, recordingStatusCallback: '/recordings' }),
      '/done': (r) => void r.pause({ length: 60 }),
    });
    const call = dial();
    call.voice.say({ kind: 'tone', hz: 500 });
    await clock.advance(3000);
    call.voice.say({ kind: 'silence' });
    await clock.advance(2600);
    expect(requests.at(-1)).toMatchObject({ path: '/done', fields: { Digits: '' } });
    expect(exchange.recordings.list()[0]?.status).toBe('processing');
    await clock.advance(2000);
    expect(requests.at(-1)).toMatchObject({
      path: '/recordings',
      fields: { RecordingStatus: 'completed', RecordingDuration: '5' },
    });
  });

  it('Record: a caller who leaves is told as Digits=hangup, and a lost file as absent', async () => {
    const { dial, clock, requests } = aCarrier({
      '/voice': (r) =>
        void r.record({
          action: '/done',
          recordingStatusCallback: '/recordings',
          recordingStatusCallbackEvent: ['completed', 'absent'],
        }),
    });
    const call = dial({ absentRecording: true });
    call.voice.say({ kind: 'tone', hz: 500 });
    await clock.advance(3000);
    call.end('completed');
    await clock.advance(5000);
    expect(requests.map(({ path }) => path)).toEqual(['/voice', '/done', '/recordings']);
    expect(requests[1]?.fields).toMatchObject({ Digits: 'hangup', CallStatus: 'completed' });
    expect(requests[2]?.fields).toMatchObject({ RecordingStatus: 'absent' });
  });

  it('Dial is refused, unknown verbs are skipped with a warning', async () => {
    const { dial, clock, requests, warnings } = aCarrier({
      '/voice': (r) => void (r.enqueue('support'), r.dial({ action: '/dialled' }, '+15005550006')),
      '/dialled': (r) => void r.hangup(),
    });
    dial();
    await clock.advance(10);
    expect(requests[1]).toMatchObject({ path: '/dialled', fields: { DialCallStatus: 'failed' } });
    expect(warnings()).toEqual([expect.stringContaining('12200'), expect.stringContaining('13224')]);
  });
});

describe('a call', () => {
  it('whose caller leaves while we think is not answered, and nothing more is asked', async () => {
    const { dial, clock, requests, exchange } = aCarrier({ '/voice': (r) => void r.say('Hello') });
    const call = dial({ lateWebhookMs: 3000 });
    await clock.advance(1000);
    exchange.hangUp(call);
    await clock.advance(10_000);
    expect(call.status).toBe('no-answer');
    // The document is fetched late, and unused.
    expect(requests.map(({ path, fields }) => [path, fields['CallStatus']])).toEqual([
      ['/voice', 'ringing'],
      ['/status', 'no-answer'],
    ]);
    expect(call.captions).toEqual([]);
  });

  it('leaves its verb when it is redirected', async () => {
    const { dial, clock, exchange } = aCarrier({ '/voice': (r) => void r.pause({ length: 600 }) });
    const call = dial();
    await clock.advance(1000);
    exchange.redirect(call, { kind: 'inline', twiml: '<Response><Say>Elsewhere</Say></Response>' });
    await clock.advance(10_000);
    expect(call.captions.map(({ text }) => text)).toEqual(['Elsewhere']);
    expect(call.status).toBe('completed');
  });

  it('with a broken document hears an apology and ends', async () => {
    const { dial, clock, exchange, warnings } = aCarrier({ '/voice': (r) => void r.pause({ length: 600 }) });
    const call = dial();
    await clock.advance(10);
    call.answer();
    exchange.redirect(call, { kind: 'inline', twiml: '<Response><Say>' });
    await clock.advance(10_000);
    expect(call.captions[0]?.text).toContain('application error');
    expect(warnings()[0]).toContain('12100');
  });

  it('refuses a relative action in an inline document', async () => {
    const { dial, clock, exchange, warnings } = aCarrier({ '/voice': (r) => void r.pause({ length: 600 }) });
    const call = dial();
    await clock.advance(10);
    exchange.redirect(call, { kind: 'inline', twiml: '<Response><Redirect>/next</Redirect></Response>' });
    await clock.advance(10);
    expect(warnings()[0]).toContain('11100');
  });

  it('out: rings, is answered, reports each step in order, at most one start a second', async () => {
    const { exchange, clock, requests } = aCarrier({});
    const out = (to: string) =>
      exchange.dialOut({
        to,
        from: '+15005550100',
        document: { kind: 'inline', twiml: '<Response><Say>Hi</Say></Response>' },
        timeoutS: 20,
        fallback: undefined,
        statusCallback: {
          url: `${origin}/${to.slice(1)}`,
          method: 'POST',
          events: ['initiated', 'ringing', 'answered', 'completed'],
        },
      });
    exchange.setDestination('+15005550778', 'busy');
    exchange.setDestination('+15005550779', 'no-answer');
    for (const to of ['+15005550777', '+15005550778', '+15005550779']) out(to);
    await clock.advance(60_000);
    const told = (to: string) =>
      requests
        .filter(({ path }) => path === `/${to}`)
        .map(({ fields }) => [fields['SequenceNumber'], fields['CallStatus']]);
    expect(told('15005550777')).toEqual([
      ['0', 'initiated'],
      ['1', 'ringing'],
      ['2', 'in-progress'],
      ['3', 'completed'],
    ]);
    expect(told('15005550778')).toEqual([
      ['0', 'initiated'],
      ['1', 'busy'],
    ]);
    expect(told('15005550779').at(-1)).toEqual(['2', 'no-answer']);
    const starts = requests.filter(({ fields }) => fields['CallStatus'] === 'initiated').map(({ at }) => at);
    expect(starts).toEqual([0, 1000, 2000]);
  });
});

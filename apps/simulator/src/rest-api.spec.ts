import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventLog } from './event-log.ts';
import { Exchange } from './exchange.ts';
import { ManualClock } from './manual-clock.ts';
import { NumberBook } from './number-book.ts';
import { RestApi } from './rest-api.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const authToken = '12345678901234567890123456789012';

function aRestApi() {
  const clock = new ManualClock();
  const numbers = new NumberBook(undefined, () => clock.now());
  const exchange = new Exchange({
    accountSid,
    authToken,
    publicUrl: 'http://127.0.0.1:1',
    clock,
    numbers,
    log: new EventLog(),
    random: () => 0,
    transport: () => Promise.reject(new Error('nobody is asked')),
  });
  const api = new RestApi(exchange);
  const ask = async (method: string, resource: string, form: Record<string, string> = {}, password = authToken) => {
    const url = new URL(resource === '' ? '.json' : resource, `http://x/2010-04-01/Accounts/${accountSid}/`);
    const answer = await api.answer({
      method,
      path: resource === '' ? `/2010-04-01/Accounts/${accountSid}.json` : url.pathname,
      query: url.searchParams,
      form: new URLSearchParams(form),
      authorization: `Basic ${Buffer.from(`${accountSid}:${password}`).toString('base64')}`,
    });
    const body = typeof answer.body === 'string' && answer.body !== '' ? JSON.parse(answer.body) : null;
    return { status: answer.status, body };
  };
  return { ask, clock, exchange, numbers };
}

describe('errors in the words of the carrier', () => {
  it.each([
    ['POST', 'Calls.json', {}, 400, 21201],
    ['POST', 'Calls.json', { To: '+15005550777' }, 400, 21213],
    ['POST', 'Calls.json', { To: '12', From: '+15005550100' }, 400, 21211],
    ['POST', 'Calls.json', { To: '+15005550777', From: '+15005550199' }, 400, 21210],
    ['POST', 'Calls.json', { To: '+15005550777', From: '+15005550100' }, 400, 21205],
    ['POST', 'Calls.json', { To: '+15005550777', From: '+15005550100', Twiml: 'x'.repeat(4001) }, 400, 32018],
    ['GET', 'Calls/CA0.json', {}, 404, 20404],
    ['GET', 'Queues.json', {}, 404, 20404],
    ['PUT', 'Calls.json', {}, 405, 20004],
    ['POST', 'IncomingPhoneNumbers.json', { PhoneNumber: '+15005550100' }, 400, 21422],
    ['POST', 'IncomingPhoneNumbers.json', { PhoneNumber: '5550100' }, 400, 21421],
  ])('%s %s %j is %i, code %i', async (method, resource, form, status, code) => {
    const { ask, numbers } = aRestApi();
    numbers.create('+15005550100', {});
    expect(await ask(method, resource, form)).toEqual({
      status,
      body: { status, code, message: expect.any(String), more_info: `https://www.twilio.com/docs/errors/${code}` },
    });
  });

  it('wrong credentials are 401, code 20003', async () => {
    expect(await aRestApi().ask('GET', '', {}, 'wrong')).toMatchObject({ status: 401, body: { code: 20003 } });
  });
});

describe('resources', () => {
  it('a call: strings, nulls and RFC 2822 dates', async () => {
    const { ask, numbers, clock } = aRestApi();
    numbers.create('+15005550100', {});
    const made = await ask('POST', 'Calls.json', {
      To: '+15005550777',
      From: '+15005550100',
      Twiml: '<Response><Pause/></Response>',
    });
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'queued', direction: 'outbound-api', price: null, duration: null },
    });
    await clock.advance(10_000);
    const { body } = await ask('GET', `Calls/${made.body.sid}.json`);
    expect(body).toMatchObject({ status: 'completed', duration: '1', queue_time: '0' });
    expect(body.date_created).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
  });

  it('pages: relative addresses, null at the end', async () => {
    const { ask, numbers } = aRestApi();
    for (let line = 0; line < 5; line++) numbers.create(`+1500555010${line}`, {});
    const first = await ask('GET', 'IncomingPhoneNumbers.json?PageSize=3');
    expect(first.body.incoming_phone_numbers).toHaveLength(3);
    expect(first.body.next_page_uri).toBe(
      `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json?PageSize=3&Page=1`,
    );
    const last = await ask('GET', 'IncomingPhoneNumbers.json?PageSize=3&Page=1');
    expect([last.body.incoming_phone_numbers.length, last.body.next_page_uri]).toEqual([2, null]);
  });

  it('numbers are offered, bought, changed and given up; unknown fields are ignored', async () => {
    const { ask } = aRestApi();
    const { body: offers } = await ask('GET', 'AvailablePhoneNumbers/US/Local.json?AreaCode=212&PageSize=2');
    expect(offers.available_phone_numbers.map((each: { phone_number: string }) => each.phone_number)).toEqual([
      '+12125550100',
      '+12125550101',
    ]);
    const { status, body } = await ask('POST', 'IncomingPhoneNumbers.json', {
      AreaCode: '212',
      VoiceUrl: 'https://x.example.org',
      Nonsense: '1',
    });
    expect([status, body.phone_number, body.voice_url]).toEqual([201, '+12125550100', 'https://x.example.org']);
    const changed = await ask('POST', `IncomingPhoneNumbers/${body.sid}.json`, { VoiceUrl: '' });
    expect(changed.body.voice_url).toBe('');
    expect((await ask('DELETE', `IncomingPhoneNumbers/${body.sid}.json`)).status).toBe(204);
    expect((await ask('GET', `IncomingPhoneNumbers/${body.sid}.json`)).status).toBe(404);
  });

  it('numbers are kept over a restart', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'numbers-'));
    try {
      new NumberBook(directory, () => 1).create('+15005550100', { voiceUrl: 'https://x.example.org' });
      expect(new NumberBook(directory, () => 2).find('+15005550100')).toMatchObject({
        voiceUrl: 'https://x.example.org',
        createdAt: 1,
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

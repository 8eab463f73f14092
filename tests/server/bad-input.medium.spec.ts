import 'reflect-metadata';
import { generateKey } from '@ringdown/crypto/local-key';
import { signHttpAuth, toHttpAuthHeader } from '@ringdown/crypto/nip98';
import { signRoster } from '@ringdown/crypto/roster';
import { LocalSigner } from '@ringdown/crypto/signer';
import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';
import { GATEWAY_TOKEN } from './test-secrets.ts';

const PATIENCE_MS = 5_000;
const TABLES = [
  'organisation',
  'operator',
  'operator_session',
  'invite',
  'roster',
  'hotline',
  'phone_number',
  'carrier_account',
  'gateway',
  'call',
  'call_event',
  'note',
  'voicemail',
];

interface Refusal {
  status: number;
  reason: string;
}

describe('bad input', () => {
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let owner: ScriptedConsole;
  let vera: ScriptedConsole;
  let veraPerson: Awaited<ReturnType<ApiUnderTest['volunteer']>>;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ nobodyWaitS: 600, ringTimeoutS: 60, wrapUpS: 0 });
    gateway = await api.gateway();
    veraPerson = await api.volunteer('Vera');
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: veraPerson.me.publicKey, role: 'volunteer' },
      { publicKey: gateway.publicKey, role: 'gateway' },
    ]);
    owner = await api.console(api.owner);
    vera = await api.console(veraPerson);
  }, 60_000);
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.disconnect();
    const { rows } = await api.resources.sql.pool.query<{ sid: string }>(
      'select carrier_call_id as sid from call where ended_at is null',
    );
    for (const { sid } of rows) await api.status(sid, 'completed');
  });
  afterAll(() => api.stop(), 30_000);

  /** What must not change: how many rows there are, and where every call and person stands, once all effects are done. */
  const picture = async (): Promise<unknown> => {
    await eventually('all effects are done', async () => {
      // Rights in the room wait for a page that connects to it: nobody does here.
      const { rows } = await api.resources.sql.pool.query(
        `select 1 from call_effect where body->>'kind' <> 'grant-room' limit 1`,
      );
      return rows.length === 0;
    });
    const counts = TABLES.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ');
    const { rows } = await api.resources.sql.pool.query(
      `select ${counts}, (select json_agg(json_build_array(id, seq, phase) order by id) from call) as calls,
        (select json_agg(json_build_array(id, presence_state, misses) order by id) from operator) as people`,
    );
    return rows[0];
  };

  const counted = async (metric: string, labels: Record<string, string>): Promise<number> => {
    const text = await (await api.request('GET', '/metrics')).text();
    const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    const lines = text.split('\n').filter((l) => l.startsWith(`${metric}{`) && wanted.every((w) => l.includes(w)));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  /** Refused with this status and reason, counted once, and nothing has changed. */
  const refuses = async (send: () => Promise<Response>, expected: Refusal, metric: string): Promise<string> => {
    const [before, countBefore] = [await picture(), await counted(metric, { reason: expected.reason })];
    const answer = await send();
    const text = await answer.text();
    const body = JSON.parse(text) as { reason?: string; error?: { reason: string } };
    expect({ status: answer.status, reason: body.reason ?? body.error?.reason }).toEqual(expected);
    expect(await picture()).toEqual(before);
    expect(await counted(metric, { reason: expected.reason })).toBe(countBefore + 1);
    return text;
  };
  const refusesRequest = (send: () => Promise<Response>, status: number, reason: string) =>
    refuses(send, { status, reason }, 'ringdown_http_requests_refused_total');

  describe('webhooks', () => {
    const fields = (change: Record<string, string> = {}) => ({
      CallSid: ApiUnderTest.callSid(),
      CallStatus: 'ringing',
      Direction: 'inbound',
      From: '+15005550006',
      To: api.number.e164,
      ...change,
    });
    const post = (path: string, init: RequestInit) => fetch(api.origin + path, { method: 'POST', ...init });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };

    it.each<[string, () => Promise<Response>, Refusal]>([
      [
        'without a signature',
        () => api.webhook('/voice', fields(), { signature: '' }),
        { status: 403, reason: 'signature-missing' },
      ],
      [
        'with a wrong signature',
        () => api.webhook('/voice', fields(), { signature: 'd3JvbmcgYnV0IGJhc2U2NA==' }),
        { status: 403, reason: 'signature-wrong' },
      ],
      [
        'of an account we don’t know',
        () => post(`/carriers/twilio/${randomUUID()}/voice`, { headers: form, body: 'CallSid=CA1' }),
        { status: 404, reason: 'unknown-account' },
      ],
      [
        'of an account that can’t be one',
        () => post('/carriers/twilio/..%2fadmin/voice', { headers: form, body: 'CallSid=CA1' }),
        { status: 404, reason: 'unknown-account' },
      ],
      [
        'that another account of the same carrier sent',
        () => api.webhook('/voice', fields({ AccountSid: `AC${'9'.repeat(32)}` })),
        { status: 403, reason: 'foreign-account' },
      ],
      [
        'with a call id that is none',
        () => api.webhook('/voice', fields({ CallSid: 'CA-not-a-sid' })),
        { status: 400, reason: 'malformed' },
      ],
      [
        'without the number that was called',
        () => api.webhook('/voice', { CallSid: ApiUnderTest.callSid() }),
        { status: 400, reason: 'malformed' },
      ],
      ['that is empty', () => api.webhook('/status', {}), { status: 400, reason: 'malformed' }],
      [
        'that asks what comes next for no call',
        () => api.webhook('/calls/not-a-call/next', fields()),
        { status: 400, reason: 'malformed' },
      ],
      [
        'larger than any of the carrier’s',
        () => api.webhook('/voice', fields({ Padding: 'x'.repeat(70_000) })),
        { status: 413, reason: 'too-large' },
      ],
    ])('a webhook %s is refused with its reason', async (_, send, expected) => {
      const text = await refuses(send, expected, 'ringdown_webhooks_refused_total');
      expect(text).not.toContain('5550006');
      expect(text).not.toContain('not-a-sid');
    });

    it('a body that no webhook has is cut off before it is read', async () => {
      await refuses(
        () => api.webhook('/voice', fields({ Padding: 'x'.repeat(700_000) })),
        { status: 413, reason: 'too-large' },
        'ringdown_webhooks_refused_total',
      );
    });

    it('a signature made for one path is worth nothing on another', async () => {
      const given = fields({ CallSid: ApiUnderTest.callSid() });
      let signature = '';
      const realFetch = globalThis.fetch;
      globalThis.fetch = async (url, init) => {
        signature = new Headers(init?.headers).get('x-twilio-signature') ?? '';
        return realFetch(url, init);
      };
      const arrived = await api.webhook('/voice', given).finally(() => (globalThis.fetch = realFetch));
      expect(arrived.status).toBe(200);
      await refuses(
        () => api.webhook('/status', given, { signature }),
        { status: 403, reason: 'signature-wrong' },
        'ringdown_webhooks_refused_total',
      );
      await api.status(given.CallSid, 'completed');
    });

    it('the webhook of a call that is over, sent again, brings no call to life', async () => {
      const sid = ApiUnderTest.callSid();
      await api.voice(sid);
      await api.status(sid, 'completed');
      const before = await picture();
      expect(await (await api.voice(sid)).text()).toContain('<Hangup/>');
      expect((await api.status(sid, 'completed')).status).toBe(204);
      expect((await api.status(sid, 'in-progress', 1)).status).toBe(204);
      expect(await picture()).toEqual(before);
    });

    it('a number that is no hotline’s gets words, and the admin a line', async () => {
      const before = await picture();
      const answer = await api.webhook('/voice', fields({ To: '+15005550009' }));
      expect(await answer.text()).toMatch(/<Say[^>]*>This number is not in service/);
      expect(await picture()).toEqual(before);
      const log = await api.request('GET', '/api/admin-log', { cookie: api.owner.cookie });
      const text = await log.text();
      expect(text).toContain('unknown-number-called');
      expect(text).not.toMatch(/5550009|5550006/);
    });

    it('whoever asks for the next step of somebody else’s call is told to hang up', async () => {
      const sid = ApiUnderTest.callSid();
      await api.voice(sid);
      const before = await picture();
      const callId = await api.callId(sid);
      for (const id of [callId, randomUUID()]) {
        const answer = await api.webhook(`/calls/${id}/next`, fields());
        expect(await answer.text()).toMatch(/<Response><Hangup\/><\/Response>/);
      }
      expect(await picture()).toEqual(before);
      await api.status(sid, 'completed');
    });

    it('a status of a call we don’t know is taken and changes nothing', async () => {
      const before = await picture();
      expect((await api.status(ApiUnderTest.callSid(), 'completed')).status).toBe(204);
      expect(await picture()).toEqual(before);
    });

    it('the admin sees the signed and the seen URL, once a minute for a reason', async () => {
      for (let n = 0; n < 3; n += 1) await api.webhook('/voice', fields(), { signature: 'eA==' });
      const log = await api.request('GET', '/api/admin-log', { cookie: api.owner.cookie });
      const lines = (await log.json()) as { kind: string; details: Record<string, string> }[];
      const refused = lines.filter((l) => l.kind === 'webhook-refused' && l.details['reason'] === 'signature-wrong');
      expect(refused).toHaveLength(1);
      expect(refused[0]?.details['expectedUrl']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/carriers\/twilio\//);
      expect(refused[0]?.details['seenUrl']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/carriers\/twilio\//);
    });
  });

  describe('requests', () => {
    const raw = (path: string, body: string, headers: Record<string, string> = {}) =>
      fetch(api.origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: api.owner.cookie, ...headers },
        body,
      });

    it('a body that isn’t JSON', async () => {
      const text = await refusesRequest(() => raw('/api/invites', '{"hotlineId": hunter2'), 400, 'malformed');
      expect(text).not.toContain('hunter2');
    });

    it('a body larger than any of ours', async () => {
      await refusesRequest(() => raw('/api/invites', JSON.stringify({ x: 'y'.repeat(700_000) })), 413, 'too-large');
    });

    it('a body of the wrong shape: names the field, not what was in it', async () => {
      const text = await refusesRequest(
        () => raw('/api/invites', JSON.stringify({ hotlineId: 'hunter2', role: 'owner' })),
        400,
        'malformed',
      );
      expect(text).toContain('hotlineId');
      expect(text).not.toContain('hunter2');
    });

    it('a call id in the path that is none, and a call that isn’t there', async () => {
      const get = (id: string) => () => api.request('GET', `/api/calls/${id}`, { cookie: api.owner.cookie });
      await refusesRequest(get('1%20or%201=1'), 400, 'malformed');
      await refusesRequest(get(randomUUID()), 404, 'not-found');
    });

    it('without a session, with a made-up one, and with one that was ended', async () => {
      const made = `ringdown_session=${'A'.repeat(43)}`;
      const again = await api.person(veraPerson.signer, await api.signed(veraPerson.signer, '/api/auth/sessions', {}));
      expect((await api.request('DELETE', '/api/auth/session', { cookie: again.cookie })).status).toBe(204);
      for (const cookie of ['', made, again.cookie]) {
        await refusesRequest(() => api.request('GET', '/api/me', { cookie }), 401, 'not-signed-in');
      }
    });

    it('from a role that may not', async () => {
      await refusesRequest(
        () =>
          api.request('POST', '/api/invites', {
            cookie: veraPerson.cookie,
            body: { hotlineId: api.hotline.hotlineId, role: 'volunteer' },
          }),
        403,
        'not-allowed',
      );
      await refusesRequest(() => api.request('GET', '/api/calls', { cookie: veraPerson.cookie }), 403, 'not-allowed');
    });

    it('from a page of another site, although the browser sends the cookie along', async () => {
      await refusesRequest(
        () =>
          api.request('POST', '/api/invites', {
            cookie: api.owner.cookie,
            headers: { origin: 'https://elsewhere.example.org' },
            body: { hotlineId: api.hotline.hotlineId, role: 'volunteer' },
          }),
        403,
        'foreign-origin',
      );
    });

    it('of a gateway with a wrong token, and with the right one for a call that isn’t there', async () => {
      const put = (token: string) => () =>
        fetch(`${api.origin}/internal/voicemails/${randomUUID()}?callId=${randomUUID()}&durationMs=1000`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
          body: new Uint8Array([1]),
        });
      await refusesRequest(put('wrong'), 401, 'gateway-token-wrong');
      await refusesRequest(put(`${GATEWAY_TOKEN}x`), 401, 'gateway-token-wrong');
      await refusesRequest(put(GATEWAY_TOKEN), 404, 'not-found');
    });

    it('a look at a number by somebody who may not is refused and written down', async () => {
      const sid = ApiUnderTest.callSid();
      await api.voice(sid);
      const callId = await api.callId(sid);
      await api.status(sid, 'completed');
      const reason = 'Calling back, the line broke.';
      await refusesRequest(
        () => api.request('POST', `/api/calls/${callId}/number`, { cookie: veraPerson.cookie, body: { reason } }),
        403,
        'not-allowed',
      );
      const log = await (await api.request('GET', '/api/admin-log', { cookie: api.owner.cookie })).text();
      expect(log).toContain('number-reveal-refused');
      await refusesRequest(
        () => api.request('POST', `/api/calls/${callId}/number`, { cookie: api.owner.cookie, body: { reason: 'x' } }),
        400,
        'malformed',
      );
    });
  });

  describe('signing in and joining', () => {
    const signIn = async (signer: LocalSigner, change: { path?: string; challenge?: string; method?: string } = {}) => {
      const challenge =
        change.challenge ??
        ((await (await api.request('POST', '/api/auth/challenges')).json()) as { challenge: string }).challenge;
      const event = await signHttpAuth(
        signer,
        { url: api.origin + (change.path ?? '/api/auth/sessions'), method: change.method ?? 'POST', challenge },
        Date.now(),
      );
      const send = () =>
        api.request('POST', '/api/auth/sessions', {
          body: { challenge },
          headers: { authorization: toHttpAuthHeader(event) },
        });
      return { send, challenge };
    };

    it('the same signed challenge a second time', async () => {
      const { send } = await signIn(veraPerson.signer);
      expect((await send()).status).toBe(201);
      await refusesRequest(send, 401, 'sign-in-challenge-used-or-expired');
    });

    it('the same signed challenge twice at once opens one session', async () => {
      const { send } = await signIn(veraPerson.signer);
      const statuses = (await Promise.all([send(), send(), send()])).map((answer) => answer.status);
      expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 401, 401]);
    });

    it('a challenge that is too old, and one that we never gave', async () => {
      const { send, challenge } = await signIn(veraPerson.signer);
      await api.resources.sql.pool.query(`update sign_in_challenge set expires_at = now() - interval '1 second'`);
      await refusesRequest(send, 401, 'sign-in-challenge-used-or-expired');
      const own = await signIn(veraPerson.signer, { challenge: challenge.split('').toReversed().join('') });
      await refusesRequest(own.send, 401, 'sign-in-challenge-used-or-expired');
    });

    it('a signature for another path, another method, another challenge, or none', async () => {
      await refusesRequest((await signIn(veraPerson.signer, { path: '/api/invites/accept' })).send, 401, 'sign-in-url');
      await refusesRequest((await signIn(veraPerson.signer, { method: 'GET' })).send, 401, 'sign-in-method');
      await refusesRequest(
        () => api.request('POST', '/api/auth/sessions', { body: { challenge: 'c'.repeat(43) } }),
        401,
        'sign-in-malformed',
      );
      await refusesRequest(
        () =>
          api.request('POST', '/api/auth/sessions', {
            body: { challenge: 'c'.repeat(43) },
            headers: { authorization: 'Nostr bm90IGpzb24=' },
          }),
        401,
        'sign-in-malformed',
      );
    });

    it('a key that nobody invited', async () => {
      const { send } = await signIn(new LocalSigner(generateKey()));
      const before = await picture();
      const answer = await send();
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('unknown-key');
      expect(await picture()).toEqual(before);
    });

    it('a second owner', async () => {
      const usurper = new LocalSigner(generateKey());
      const before = await picture();
      const answer = await api.signed(usurper, '/api/setup/owner', { name: 'Mallory', organisationName: 'Mine' });
      expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('owner-exists')]);
      expect(await picture()).toEqual(before);
      expect((await api.request('GET', '/api/setup')).status).toBe(200);
    });

    it('the first run from elsewhere without the code that was printed', async () => {
      await refusesRequest(
        () =>
          api.request('POST', '/api/setup/owner', {
            headers: { 'x-forwarded-for': '203.0.113.7' },
            body: { challenge: 'c'.repeat(43), name: 'Mallory', organisationName: 'Mine', code: 'wrong-code' },
          }),
        403,
        'setup-code-wrong',
      );
    });

    it.each([
      ['used', `accepted_by = created_by`, 'invite-accepted'],
      ['expired', `expires_at = now() - interval '1 second'`, 'invite-expired'],
      ['withdrawn', `withdrawn_at = now()`, 'invite-withdrawn'],
    ])('an invite that is %s', async (_, change, reason) => {
      const made = await api.request('POST', '/api/invites', {
        cookie: api.owner.cookie,
        body: { hotlineId: api.hotline.hotlineId, role: 'volunteer' },
      });
      const { token, inviteId } = (await made.json()) as { token: string; inviteId: string };
      await api.resources.sql.pool.query(`update invite set ${change} where id = $1`, [inviteId]);
      const signer = new LocalSigner(generateKey());
      await refusesRequest(() => api.signed(signer, '/api/invites/accept', { token, name: 'Mallory' }), 410, reason);
      await refusesRequest(() => api.request('POST', '/api/invites/look-up', { body: { token } }), 410, reason);
    });

    it('one invite accepted by two people at once makes one member', async () => {
      const made = await api.request('POST', '/api/invites', {
        cookie: api.owner.cookie,
        body: { hotlineId: api.hotline.hotlineId, role: 'volunteer' },
      });
      const { token } = (await made.json()) as { token: string };
      const answers = await Promise.all(
        ['Ann', 'Ben', 'Cleo'].map((name) =>
          api.signed(new LocalSigner(generateKey()), '/api/invites/accept', { token, name }),
        ),
      );
      expect(answers.filter((a) => a.ok)).toHaveLength(1);
      const { rows } = await api.resources.sql.pool.query<{ n: number }>(
        `select count(*)::int as n from operator where name in ('Ann', 'Ben', 'Cleo')`,
      );
      expect(rows[0]?.n).toBe(1);
    });

    it('an invite nobody gave', async () => {
      const token = 'n'.repeat(43);
      await refusesRequest(() => api.request('POST', '/api/invites/look-up', { body: { token } }), 404, 'not-found');
    });

    it('a roster signed by another key, an older one, and one that is no event', async () => {
      const put = (body: unknown) => () => api.request('PUT', '/api/roster', { cookie: api.owner.cookie, body });
      const members = [{ publicKey: veraPerson.me.publicKey, role: 'owner' as const }];
      const foreign = await signRoster(veraPerson.signer, { version: 99, members }, Date.now());
      const answer = await refusesWith(put(foreign), 400);
      expect(answer).toMatch(/"roster-/);
      const older = await signRoster(api.owner.signer, { version: 1, members }, Date.now());
      await refusesRequest(put(older), 409, 'roster-older-version');
      await refusesRequest(put({ kind: 1 }), 400, 'malformed');
    });

    const refusesWith = async (send: () => Promise<Response>, status: number): Promise<string> => {
      const before = await picture();
      const answer = await send();
      expect(answer.status).toBe(status);
      expect(await picture()).toEqual(before);
      return answer.text();
    };
  });

  describe('a console’s socket', () => {
    const connect = (given: { cookie?: string; auth?: object; origin?: string }) => {
      const socket = io(`${api.origin}/console`, {
        transports: ['websocket'],
        reconnection: false,
        auth: given.auth ?? { connectionId: randomUUID() },
        extraHeaders: {
          ...(given.cookie ? { cookie: given.cookie } : {}),
          ...(given.origin ? { origin: given.origin } : {}),
        },
        forceNew: true,
      });
      sockets.push(socket);
      return new Promise<string>((resolve) => {
        socket.on('connect', () => resolve('connected'));
        socket.on('connect_error', (error: Error & { data?: { reason: string } }) =>
          resolve(error.data?.reason ?? 'no-connection'),
        );
      });
    };
    const counts = (reason: string) =>
      counted('ringdown_socket_messages_refused_total', { namespace: 'console', reason });

    it('without a session, without a connection id, from another site, or with somebody else’s page', async () => {
      const signedOut = await counts('not-signed-in');
      expect(await connect({})).toBe('not-signed-in');
      expect(await counts('not-signed-in')).toBe(signedOut + 1);
      const { cookie } = veraPerson;
      expect(await connect({ cookie, auth: { connectionId: 'x' } })).toBe('malformed');
      expect(await connect({ cookie, origin: 'https://elsewhere.example.org' })).toBe('no-connection');
      expect(await connect({ cookie, auth: { connectionId: owner.connectionId } })).toBe('not-your-page');
      expect(await connect({ cookie, origin: api.origin })).toBe('connected');
    });

    it('commands that are malformed are answered and counted', async () => {
      const before = await picture();
      const count = await counts('malformed');
      const wrong: [string, unknown][] = [
        ['set-presence', { state: 'on-call' }],
        ['set-presence', null],
        ['accept-offer', { offerId: 'x', keyPackage: null }],
        ['decline-offer', {}],
        ['set-hold', { callId: randomUUID(), held: 'yes' }],
        ['send-digits', { callId: randomUUID(), digits: 'x'.repeat(1_000) }],
        ['hang-up', { callId: randomUUID(), alsoThis: 1 }],
      ];
      for (const [command, body] of wrong) {
        expect(await vera.ask(command, body)).toEqual({ outcome: 'refused', reason: 'malformed' });
      }
      expect(await counts('malformed')).toBe(count + wrong.length);
      expect(await picture()).toEqual(before);
    });

    describe('with somebody else’s call', () => {
      let sid: string;
      let callId: string;
      let offerId: string;
      let legId: string;

      beforeEach(async () => {
        expect(await owner.ask('set-presence', { state: 'available' })).toEqual({ outcome: 'done' });
        sid = ApiUnderTest.callSid();
        await api.voice(sid);
        const offer = await owner.sees('the ring', (s) => s.offer);
        ({ callId, offerId, legId } = offer);
      });
      afterEach(async () => {
        await api.status(sid, 'completed');
        await owner.sees('free again', (s) => s.presence.state === 'available' && !s.call && !s.offer);
        await owner.ask('set-presence', { state: 'offline' });
      });

      it('neither accepts nor declines another’s offer', async () => {
        const before = await picture();
        expect(await vera.ask('accept-offer', { offerId, keyPackage: null })).toEqual({
          outcome: 'refused',
          reason: 'offer-over',
        });
        expect(await vera.ask('decline-offer', { offerId })).toEqual({ outcome: 'refused', reason: 'offer-over' });
        expect(await picture()).toEqual(before);
        expect(await owner.ask('accept-offer', { offerId: randomUUID(), keyPackage: null })).toEqual({
          outcome: 'refused',
          reason: 'offer-over',
        });
        expect(owner.now?.offer?.offerId).toBe(offerId);
      });

      it('neither holds, mutes, dials, ends nor takes over another’s call', async () => {
        await owner.ask('accept-offer', { offerId, keyPackage: null });
        await owner.sees('the call', (s) => s.call);
        const before = await picture();
        const refused = { outcome: 'refused', reason: 'not-your-call' };
        expect(await vera.ask('set-hold', { callId, held: true })).toEqual(refused);
        expect(await vera.ask('set-mute', { callId, muted: true })).toEqual(refused);
        expect(await vera.ask('send-digits', { callId, digits: '1' })).toEqual(refused);
        expect(await vera.ask('hang-up', { callId })).toEqual(refused);
        expect(await vera.ask('rejoin-call', { callId, keyPackage: null })).toEqual(refused);
        expect(await vera.ask('finish-wrap-up', { callId })).toMatchObject({ outcome: 'refused' });
        expect(await vera.ask('hang-up', { callId: randomUUID() })).toEqual({
          outcome: 'refused',
          reason: 'call-over',
        });
        expect(await picture()).toEqual(before);
        expect(vera.now?.call).toBeNull();
      });

      it('can’t speak to the gateway for a call it isn’t in', async () => {
        await owner.ask('accept-offer', { offerId, keyPackage: null });
        await owner.sees('the call', (s) => s.call);
        const count = await counts('out-of-turn');
        const message = { type: 'joined', legId, generation: 1, epoch: 0 };
        vera.socket.emit('mls', { callId, message });
        vera.socket.emit('mls', { callId: randomUUID(), message });
        await eventually('both are counted', async () => (await counts('out-of-turn')) === count + 2, PATIENCE_MS);
        expect(gateway.keyPackages.filter((m) => m.connectionId === vera.connectionId)).toEqual([]);
        owner.socket.emit('mls', { callId, message });
        await eventually('the member’s own arrives', () =>
          gateway.keyPackages.some((m) => m.connectionId === owner.connectionId),
        );
      });

      it('asks out of turn of its own call are refused', async () => {
        await owner.ask('accept-offer', { offerId, keyPackage: null });
        await owner.sees('the call', (s) => s.call);
        const before = await picture();
        const notNow = { outcome: 'refused', reason: 'not-allowed-now' };
        // Not in the call yet: keys are being agreed.
        expect(await owner.ask('set-hold', { callId, held: true })).toEqual(notNow);
        expect(await owner.ask('send-digits', { callId, digits: '1' })).toEqual(notNow);
        expect(await owner.ask('set-presence', { state: 'break', reason: 'rest' })).toEqual({
          outcome: 'refused',
          reason: 'on-a-call',
        });
        expect(await owner.ask('accept-offer', { offerId, keyPackage: null })).toEqual({
          outcome: 'refused',
          reason: 'offer-over',
        });
        expect(await picture()).toEqual(before);
      });
    });

    it('somebody who isn’t in the signed roster can’t accept', async () => {
      const nina = await api.volunteer('Nina');
      const desk = await api.console(nina);
      await desk.ask('set-presence', { state: 'available' });
      const sid = ApiUnderTest.callSid();
      await api.voice(sid);
      const offer = await desk.sees('the ring', (s) => s.offer);
      expect(await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null })).toEqual({
        outcome: 'refused',
        reason: 'not-in-roster',
      });
      expect((await api.row(sid)).phase).toBe('ringing');
      await api.status(sid, 'completed');
      await desk.sees('free again', (s) => s.presence.state === 'available');
      await desk.ask('set-presence', { state: 'offline' });
    });
  });

  describe('a gateway’s socket', () => {
    const connect = async (token: string) => {
      const socket = io(`${api.origin}/gateway`, {
        transports: ['websocket'],
        reconnection: false,
        auth: { token },
        forceNew: true,
      });
      sockets.push(socket);
      const outcome = await new Promise<string>((resolve) => {
        socket.on('connect', () => resolve('connected'));
        socket.on('connect_error', (error: Error & { data?: { reason: string } }) =>
          resolve(error.data?.reason ?? 'no-connection'),
        );
      });
      return { socket, outcome };
    };
    const counts = (reason: string) =>
      counted('ringdown_socket_messages_refused_total', { namespace: 'gateway', reason });
    const ask = async (socket: Socket, name: string, body: unknown) =>
      (await socket.timeout(PATIENCE_MS).emitWithAck(name, body)) as { outcome: string; reason?: string };
    const aReport = (change: object = {}) => ({
      type: 'stream-started',
      eventKey: randomUUID(),
      callId: randomUUID(),
      at: Date.now(),
      streamId: 'MZ1',
      ...change,
    });

    it('with a wrong token', async () => {
      const count = await counts('token-wrong');
      expect((await connect('wrong')).outcome).toBe('token-wrong');
      expect((await connect('')).outcome).toBe('token-wrong');
      expect(await counts('token-wrong')).toBe(count + 2);
    });

    it('reports before it registered, and reports of calls that aren’t there', async () => {
      const before = await picture();
      const { socket } = await connect(GATEWAY_TOKEN);
      expect(await ask(socket, 'report', aReport())).toEqual({ outcome: 'refused', reason: 'not-registered' });
      const count = await counts('unknown-call');
      expect(await gateway.emitRaw('report', aReport())).toEqual({ outcome: 'refused', reason: 'unknown-call' });
      expect(await counts('unknown-call')).toBe(count + 1);
      expect(await gateway.emitRaw('report', aReport({ type: 'call-stolen' }))).toEqual({
        outcome: 'refused',
        reason: 'malformed',
      });
      expect(await gateway.emitRaw('report', 'nonsense')).toEqual({ outcome: 'refused', reason: 'malformed' });
      expect(await picture()).toEqual(before);
    });

    it('can’t take another gateway’s name with a key of its own', async () => {
      const before = await picture();
      const { socket } = await connect(GATEWAY_TOKEN);
      const registration = {
        gatewayId: gateway.gatewayId,
        publicKey: 'b'.repeat(64),
        streamOrigin: 'ws://127.0.0.1:10',
        capacity: 10,
        calls: [],
      };
      expect(await ask(socket, 'register', registration)).toEqual({ outcome: 'refused', reason: 'other-key' });
      expect(await ask(socket, 'register', { ...registration, streamOrigin: 'http://x/y' })).toEqual({
        outcome: 'refused',
        reason: 'malformed',
      });
      expect(await ask(socket, 'report', aReport())).toEqual({ outcome: 'refused', reason: 'not-registered' });
      expect(await picture()).toEqual(before);
    });

    it('a report of a gateway that doesn’t have the call changes nothing', async () => {
      const sid = ApiUnderTest.callSid();
      await api.voice(sid);
      const callId = await api.callId(sid);
      const { socket } = await connect(GATEWAY_TOKEN);
      await ask(socket, 'register', {
        gatewayId: randomUUID(),
        publicKey: await new LocalSigner(generateKey()).getPublicKey(),
        streamOrigin: 'ws://127.0.0.1:10',
        capacity: 1,
        calls: [],
      });
      const before = await picture();
      for (const report of [
        aReport({ callId }),
        { ...aReport({ callId }), type: 'stream-ended', cause: 'carrier-stopped' },
      ]) {
        const { streamId: _streamId, ...ended } = report as { streamId: string };
        const body = 'cause' in report ? ended : report;
        expect(await ask(socket, 'report', body)).toEqual({ outcome: 'stored', reason: 'other-gateway' });
      }
      expect(await picture()).toEqual(before);
      await api.status(sid, 'completed');
    });
  });
});

import 'reflect-metadata';
import type { Simulator } from '@ringdown/simulator/server';
import type { DialInAccess } from '@ringdown/protocol/dial-in';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';
import { startTestSimulator } from './test-simulator.ts';

const CALLER = '+15005557311';
const VOLUNTEER = '+15005557312';
const OWN_PHONE = '+15005557313';
const OTHER = '+15005557314';
const OTHER_TYPED = '5005557314';
const PIN = '739154';

/** The carrier is the real simulator; the gateway is a script that reports what a phone would press. */
describe('a volunteer who dials in', () => {
  let simulator: Simulator;
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let desk: ScriptedConsole;
  let code = '';
  const open = new Set<string>();

  beforeAll(async () => {
    simulator = await startTestSimulator();
    api = await ApiUnderTest.start({ simulatorUrl: simulator.url });
    await api.firstRun({ nobodyWaitS: 60, wrapUpS: 0, ringTimeoutS: 20, missesUntilPause: 9 });
    gateway = await api.gateway();
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: gateway.publicKey, role: 'gateway' },
    ]);
    desk = await api.console(api.owner);
    const saved = await access('PUT', { pin: PIN });
    expect(saved.status).toBe(200);
    code = ((await saved.json()) as DialInAccess).code ?? '';
  }, 60_000);

  afterAll(async () => {
    await api?.stop();
    await simulator?.close();
  }, 30_000);

  const access = (method: 'GET' | 'PUT' | 'DELETE', body?: object) =>
    api.request(method, '/api/me/dial-in', { cookie: api.owner.cookie, ...(body ? { body } : {}) });
  const mine = async () => (await (await access('GET')).json()) as DialInAccess;
  const sql = async <T>(text: string, values: unknown[] = []): Promise<T[]> =>
    (await api.resources.sql.pool.query(text, values)).rows as T[];
  const presence = () => eventually('a snapshot', () => desk.now?.presence.state);
  const arrive = async (from: string): Promise<{ sid: string; callId: never }> => {
    const sid = ApiUnderTest.callSid();
    await api.voice(sid, from);
    const callId = (await api.callId(sid)) as never;
    open.add(sid);
    await gateway.report({ type: 'stream-started', callId, streamId: 'MZ1' });
    return { sid, callId };
  };
  const enter = (callId: never, keys: string, eventKey?: string) =>
    gateway.report({ type: 'keys-entered', callId, what: 'code', keys }, eventKey);
  const hears = (callId: string) => {
    const heard = gateway.directiveOf(callId)?.callerHears;
    return heard?.kind === 'menu'
      ? heard.prompts.map((prompt) => ('id' in prompt ? prompt.id : '')).join(' ')
      : heard?.kind;
  };
  /** The phone that the hotline called last at this number, ringing. */
  const rung = (to: string) =>
    eventually(`${to} rings`, () => simulator.exchange.list().find((call) => call.to === to && call.pickUp));
  const recognised = async (): Promise<{ sid: string; callId: never }> => {
    const call = await arrive(VOLUNTEER);
    await enter(call.callId, code + PIN);
    await eventually('the menu', () => hears(call.callId) === 'dial-in-menu');
    return call;
  };
  const end = async (sid: string): Promise<void> => {
    await api.status(sid, 'completed');
    open.delete(sid);
  };
  /** A caller with whom the volunteer talked, at the console. */
  const talkedWith = async (from: string): Promise<string> => {
    await desk.ask('set-presence', { state: 'available' });
    const { sid, callId } = await arrive(from);
    const phone = await rung(OWN_PHONE);
    phone.pickUp?.('answer');
    const legId = await eventually('the phone’s leg', () => gateway.directiveOf(callId)?.phones?.[0]?.legId);
    await eventually('it is answered', () => phone.status === 'in-progress');
    await gateway.report({ type: 'stream-started', callId, streamId: 'MZ2', legId });
    await gateway.report({ type: 'digit-received', callId, digit: '1', legId });
    await eventually('they talk', async () => (await api.row(sid)).phase === 'in-call');
    await end(sid);
    await eventually('free again', async () => (await presence()) === 'available');
    return callId;
  };

  beforeEach(async () => {
    for (const number of [OWN_PHONE, CALLER, OTHER]) simulator.exchange.setDestination(number, 'ring');
    await api.request('PUT', '/api/me/phone', { cookie: api.owner.cookie, body: { number: OWN_PHONE, rings: true } });
  });
  afterEach(async () => {
    for (const sid of open) await end(sid);
    await desk.ask('set-presence', { state: 'offline' });
    await eventually('nobody is on a call', async () => (await presence()) === 'offline');
  });

  it('sets a PIN that is stored as a hash only, and never told again; weak ones are refused', async () => {
    expect(code).toMatch(/^0\d{4}$/);
    expect(await mine()).toEqual({
      code,
      lockedUntil: null,
      wrongTries: 0,
      numbers: [{ hotlineName: 'Jail support', number: api.number.e164 }],
    });
    for (const pin of ['000000', '123456', '654321', '121212', '123123', '112233', '240890', '12345', 'abcdef', '']) {
      expect((await access('PUT', { pin })).status, pin).toBe(400);
    }
    const [row] = await sql<{ hash: Buffer; salt: Buffer }>('select hash, salt from access_code');
    expect(row?.hash).toHaveLength(32);
    expect(
      Buffer.concat([row?.hash ?? Buffer.alloc(0), row?.salt ?? Buffer.alloc(0)]).toString('latin1'),
    ).not.toContain(PIN);
    expect((await api.request('GET', '/api/me/dial-in')).status).toBe(401);
  });

  it('calls back the caller they spoke with last: the hotline’s number is shown, and none is told to anybody', async () => {
    const earlier = await talkedWith(CALLER);
    const { sid, callId } = await recognised();
    await eventually('on the call', async () => (await presence()) === 'on-call');
    expect((await api.row(sid)).phase).toBe('dial-in');
    await gateway.report({ type: 'digit-received', callId, digit: '1' });
    const phone = await rung(CALLER);
    expect(phone.from).toBe(api.number.e164);
    phone.pickUp?.('answer');
    await eventually('it is answered', () => phone.status === 'in-progress');
    const legId = await eventually('its leg', () => gateway.directiveOf(callId)?.phones?.[0]?.legId);
    await gateway.report({ type: 'stream-started', callId, streamId: 'MZ3', legId });
    const bridged = await eventually('the bridge', () =>
      gateway.directiveOf(callId)?.callerHears.kind === 'bridge' ? gateway.directiveOf(callId) : undefined,
    );
    expect(bridged.phones).toMatchObject([{ legId, side: 'outside', hears: { kind: 'bridge' } }]);
    expect(bridged.announcement?.prompts).toMatchObject([{ id: 'dial-in-hello' }]);
    // It stands beside the other calls of that caller, and the volunteer's own number is gone from it.
    const rows = await sql<{ id: string; caller_index: string; outcome: string | null }>(
      'select id, caller_index, outcome from call where id = any($1)',
      [[earlier, callId]],
    );
    expect(new Set(rows.map((row) => row.caller_index)).size).toBe(1);
    const detail = await (
      await api.request('GET', `/api/calls/${String(callId)}`, { cookie: api.owner.cookie })
    ).json();
    expect(JSON.stringify(detail)).not.toContain(CALLER.slice(2));
    expect(detail).toMatchObject({ callerMasked: `••• ${CALLER.slice(-2)}` });
    simulator.exchange.hangUp(phone);
    await eventually('the call ends', async () => (await api.row(sid)).phase === 'ending');
    await end(sid);
    const [over] = await sql<{ reason: string; outcome: string; operator_id: string }>(
      'select reason, outcome, operator_id from call where id = $1',
      [callId],
    );
    expect(over).toEqual({ reason: 'dial-in-ended', outcome: 'uncounted', operator_id: api.owner.me.operatorId });
  });

  it('no key of a code or a number is stored anywhere: not in an event, a state, an effect or a line of a log', async () => {
    const { sid, callId } = await recognised();
    await gateway.report({ type: 'digit-received', callId, digit: '3' });
    await eventually('keys are kept', () => hears(callId) === 'dial-in-number');
    await gateway.report({ type: 'keys-entered', callId, what: 'number', keys: OTHER_TYPED });
    const phone = await rung(OTHER);
    expect(phone.from).toBe(api.number.e164);
    // Keys that a gateway of another version would tell one by one are stored no more than that.
    for (const digit of '8642') await gateway.report({ type: 'digit-received', callId, digit });
    await enter(callId, code + '086420');
    await end(sid);
    await eventually('the phone is let go', () => phone.isOver);
    const tables = await sql<{ body: string }>(
      `select body::text from call_event where call_id = $1
        union all select state::text from call where id = $1
        union all select body::text from call_effect where call_id = $1
        union all select details::text from admin_log_line
        union all select row_to_json(a)::text from access_code a`,
      [callId],
    );
    const stored = tables.map(({ body }) => body).join('\n');
    expect(stored).not.toContain(PIN);
    expect(stored).not.toContain(OTHER_TYPED);
    expect(stored).not.toContain('086420');
    const digits = await sql<{ digit: string }>(
      "select body->>'digit' as digit from call_event where call_id = $1 and type = 'DigitReceived' order by seq",
      [callId],
    );
    expect(digits.map(({ digit }) => digit)).toEqual(['3']);
    const events = await sql<{ type: string }>('select type from call_event where call_id = $1 order by seq', [callId]);
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['StaffRecognised', 'DialInCalling', 'LegDialBegun', 'LegDialled']),
    );
  });

  it('three wrong codes on a call, and the keys mean nothing there; it is written down, and the caller waits on', async () => {
    const { sid, callId } = await arrive(VOLUNTEER);
    for (const [index, keys] of ['04', `${code}000001`, '09999739154'].entries()) {
      await enter(callId, keys);
      await eventually('the refusal', () => gateway.directiveOf(callId)?.codeEntry?.refusals === index + 1);
    }
    expect(gateway.directiveOf(callId)?.codeEntry).toMatchObject({
      open: false,
      refused: [{ id: 'staff-code-wrong' }],
    });
    await enter(callId, code + PIN);
    expect((await api.row(sid)).phase).toBe('queued');
    const log = (await (await api.request('GET', '/api/admin-log', { cookie: api.owner.cookie })).json()) as {
      kind: string;
      callId: string | null;
      details: Record<string, string>;
    }[];
    expect(log.find((line) => line.callId === callId)).toMatchObject({
      kind: 'dial-in-refused',
      details: { tries: '3' },
    });
    expect((await mine()).wrongTries).toBe(1);
    await end(sid);
    await end((await recognised()).sid);
    expect((await mine()).wrongTries).toBe(0);
  });

  it('ten wrong PINs in an hour, over however many calls, lock the code for an hour; the volunteer sees it', async () => {
    const guess = async (keys: string): Promise<void> => {
      const { sid, callId } = await arrive(VOLUNTEER);
      await Promise.all([1, 2, 3].map((n) => enter(callId, keys.slice(0, -1) + n)));
      await end(sid);
    };
    for (let call = 0; call < 4; call += 1) await guess(`${code}00000${call}`);
    const locked = (await mine()).lockedUntil ?? 0;
    expect(locked - Date.now()).toBeGreaterThan(50 * 60_000);
    expect(locked - Date.now()).toBeLessThan(61 * 60_000);
    const { sid, callId } = await arrive(VOLUNTEER);
    await enter(callId, code + PIN);
    await eventually('refused in the same words', () => gateway.directiveOf(callId)?.codeEntry?.refusals === 1);
    expect(gateway.directiveOf(callId)?.codeEntry?.refused).toMatchObject([{ id: 'staff-code-wrong' }]);
    await end(sid);
    const log = await sql<{ kind: string }>("select kind from admin_log_line where kind = 'dial-in-locked'");
    expect(log).toHaveLength(1);
    // An hour later, and once more ten wrong ones: twice as long.
    await sql("update access_code set locked_until = now() - interval '1 second'");
    for (let call = 0; call < 4; call += 1) await guess(`${code}11111${call}`);
    expect(((await mine()).lockedUntil ?? 0) - Date.now()).toBeGreaterThan(110 * 60_000);
    // A PIN set anew ends it.
    expect((await access('PUT', { pin: PIN })).status).toBe(200);
    expect(await mine()).toMatchObject({ code, lockedUntil: null, wrongTries: 0 });
  });

  it('a report that comes twice counts once', async () => {
    const { sid, callId } = await arrive(VOLUNTEER);
    const eventKey = crypto.randomUUID();
    await enter(callId, '04', eventKey);
    expect(await enter(callId, '04', eventKey)).toMatchObject({ outcome: 'stored' });
    await eventually('the refusal', () => gateway.directiveOf(callId)?.codeEntry?.refusals === 1);
    const refusals = await sql<{ n: number }>(
      "select count(*)::int as n from call_event where call_id = $1 and type = 'StaffCodeRefused'",
      [callId],
    );
    expect(refusals).toEqual([{ n: 1 }]);
    await end(sid);
  });

  it('who is on a call already is told so, and stays on it', async () => {
    await desk.ask('set-presence', { state: 'available' });
    const first = await recognised();
    const second = await arrive(VOLUNTEER);
    await enter(second.callId, code + PIN);
    await eventually('told', () => gateway.directiveOf(second.callId)?.codeEntry?.refusals === 1);
    expect(gateway.directiveOf(second.callId)?.codeEntry?.refused).toMatchObject([{ id: 'staff-busy' }]);
    expect((await api.row(first.sid)).phase).toBe('dial-in');
    expect((await api.row(second.sid)).phase).toBe('queued');
    expect((await desk.ask('set-presence', { state: 'break', reason: 'other' })).outcome).toBe('refused');
  });

  it('with nobody to call back, or a number that may not be called, hears so and may choose again', async () => {
    await sql('update call set operator_id = null');
    const { callId } = await recognised();
    await gateway.report({ type: 'digit-received', callId, digit: '1' });
    await eventually('nobody', () => hears(callId) === 'dial-in-no-caller dial-in-menu');
    for (const keys of ['112', '911', '9002345678', '0114930123456', '', '12345']) {
      await gateway.report({ type: 'digit-received', callId, digit: '3' });
      await eventually('a number is asked for', () => hears(callId) === 'dial-in-number');
      await gateway.report({ type: 'keys-entered', callId, what: 'number', keys });
      await eventually(`not ${keys}`, () => hears(callId) === 'dial-in-bad-number dial-in-menu');
    }
    expect(simulator.exchange.list().filter((call) => ['+112', '+911'].includes(call.to))).toEqual([]);
  });

  it('9 makes available on their own phone without a console, and a caller rings there', async () => {
    await api.request('PUT', '/api/me/phone', { cookie: api.owner.cookie, body: { rings: false } });
    const { sid, callId } = await recognised();
    await gateway.report({ type: 'digit-received', callId, digit: '9' });
    await eventually('told', () => hears(callId) === 'dial-in-available dial-in-menu');
    await end(sid);
    await eventually('available', async () => (await presence()) === 'available');
    const caller = await arrive(CALLER);
    await rung(OWN_PHONE);
    await end(caller.sid);
    await eventually('free again', async () => (await presence()) === 'available');
    const again = await recognised();
    await gateway.report({ type: 'digit-received', callId: again.callId, digit: '9' });
    await eventually('told', () => hears(again.callId) === 'dial-in-unavailable dial-in-menu');
    await end(again.sid);
    await eventually('offline', async () => (await presence()) === 'offline');
  });

  it('is told apart from a caller at once: their own waiting call rings at their own console no more', async () => {
    await desk.ask('set-presence', { state: 'available' });
    const { sid, callId } = await arrive(VOLUNTEER);
    await eventually('it rings for its own caller', async () => (await api.row(sid)).phase === 'ringing');
    await enter(callId, code + PIN);
    await eventually('the menu', () => hears(callId) === 'dial-in-menu');
    expect(await presence()).toBe('on-call');
    await end(sid);
    await eventually('available', async () => (await presence()) === 'available');
  });

  it('without a PIN nobody is recognised', async () => {
    expect((await access('DELETE')).status).toBe(204);
    expect(await mine()).toMatchObject({ code: null });
    const { sid, callId } = await arrive(VOLUNTEER);
    await enter(callId, code + PIN);
    await eventually('refused', () => gateway.directiveOf(callId)?.codeEntry?.refusals === 1);
    await end(sid);
  });
});

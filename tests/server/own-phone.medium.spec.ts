import 'reflect-metadata';
import type { Simulator } from '@ringdown/simulator/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';
import { startTestSimulator } from './test-simulator.ts';

const OWN_PHONE = '+15005557001';

/** The carrier is the real simulator; the caller's own webhooks are sent by the test. */
describe('a volunteer’s own phone', () => {
  let simulator: Simulator;
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let desk: ScriptedConsole;

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
    await desk.ask('set-presence', { state: 'available' });
  }, 60_000);

  afterAll(async () => {
    await api?.stop();
    await simulator?.close();
  }, 30_000);

  const save = (body: object) => api.request('PUT', '/api/me/phone', { cookie: api.owner.cookie, body });
  const phones = () => simulator.exchange.list().filter(({ to }) => to === OWN_PHONE);
  const events = async (callId: string) => {
    const answer = await api.request('GET', `/api/calls/${callId}`, { cookie: api.owner.cookie });
    const detail = (await answer.json()) as { events: { event: { type: string; reason?: string } }[] };
    return detail.events.map(({ event }) => event);
  };
  const rung = async () => {
    const before = phones().length;
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    const callId = await api.callId(sid);
    await gateway.report({ type: 'stream-started', callId: callId as never, streamId: 'MZ1' });
    const phone = await eventually('the phone rings', () => (phones().length > before ? phones()[0] : undefined));
    await eventually('it is ringing', () => phone.pickUp);
    const leg = await eventually('the phone is in the directive', () => {
      const directive = gateway.directiveOf(callId);
      const phone = directive?.phones?.[0];
      return phone ? { legId: phone.legId, callId: directive.callId } : undefined;
    });
    return { sid, callId: leg.callId, phone, legId: leg.legId };
  };
  const idle = () => desk.sees('available again', (s) => s.presence.state === 'available', 10_000);

  beforeEach(async () => {
    simulator.exchange.setDestination(OWN_PHONE, 'ring');
    expect((await save({ number: OWN_PHONE, rings: true })).status).toBe(200);
    await idle();
  });

  it('is saved sealed, told back to nobody, and refused when it is none', async () => {
    const answer = await api.request('GET', '/api/me/phone', { cookie: api.owner.cookie });
    expect(await answer.json()).toEqual({ known: true, rings: true });
    const { rows } = await api.resources.sql.pool.query('select sealed from own_phone');
    expect(rows).toHaveLength(1);
    expect((rows[0] as { sealed: Buffer }).sealed.toString('latin1')).not.toContain('5005557001');
    for (const number of ['112', '5557001', '+19002345678', 'my phone']) {
      expect((await save({ number, rings: true })).status).toBe(400);
    }
  });

  it('rings with the console closed; 1 takes the call, and its hang-up ends it', async () => {
    desk.close();
    const { sid, callId, phone, legId } = await rung();
    expect(phone.from).toBe(api.number.e164);
    phone.pickUp?.('answer');
    await eventually('the phone asks what to do', () => phone.status === 'in-progress');
    await gateway.report({ type: 'stream-started', callId, streamId: 'MZ2', legId });
    expect(gateway.directiveOf(callId)?.phones).toMatchObject([{ side: 'staff', hears: { kind: 'prompts' } }]);
    await gateway.report({ type: 'digit-received', callId, digit: '1', legId });
    const bridged = await eventually('the bridge', () =>
      gateway.directiveOf(callId)?.callerHears.kind === 'bridge' ? gateway.directiveOf(callId) : undefined,
    );
    expect(bridged).toMatchObject({ members: [], phones: [{ legId, hears: { kind: 'bridge' } }] });
    simulator.exchange.hangUp(phone);
    await eventually('the call ends', async () => (await api.row(sid)).phase === 'ending');
    await api.status(sid, 'completed');
    expect(await api.row(sid)).toMatchObject({ phase: 'ended', reason: 'volunteer-hung-up' });
    expect((await events(callId)).filter(({ type }) => type === 'LegDialBegun')).toHaveLength(1);
    desk = await api.console(api.owner);
  });

  it('answered by a mailbox never takes the call: missed after the ring’s time, and hung up', async () => {
    const settings = { ringTimeoutS: 5 };
    await api.request('PATCH', `/api/hotlines/${api.hotline.hotlineId}`, {
      cookie: api.owner.cookie,
      body: { settings },
    });
    simulator.exchange.setDestination(OWN_PHONE, 'mailbox');
    const before = phones().length;
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    const callId = await api.callId(sid);
    const phone = await eventually('the phone is called', () => (phones().length > before ? phones()[0] : undefined));
    await eventually('the mailbox answered', () => phone.status === 'in-progress');
    await eventually('the mailbox is hung up', () => phone.isOver, 15_000);
    await eventually('a miss', async () => (await events(callId)).some(({ type }) => type === 'TimerFired'));
    expect(gateway.directiveOf(callId)?.callerHears.kind).not.toBe('bridge');
    await api.status(sid, 'completed');
    const back = { ringTimeoutS: 20 };
    await api.request('PATCH', `/api/hotlines/${api.hotline.hotlineId}`, {
      cookie: api.owner.cookie,
      body: { settings: back },
    });
  }, 30_000);

  it('declined or hung up at the phone is a decline, and the caller hanging up stops the ring', async () => {
    const first = await rung();
    first.phone.pickUp?.('decline');
    await eventually('back in the queue', async () => (await api.row(first.sid)).phase === 'queued');
    await idle();
    await api.status(first.sid, 'completed');
    const second = await rung();
    await api.status(second.sid, 'completed');
    await eventually('the phone stops', () => second.phone.isOver);
    expect(second.phone.status).toBe('canceled');
  });

  it('that the carrier won’t call is no miss: the next person is asked, and the caller stays', async () => {
    // The simulator refuses this one as Twilio refuses an invalid number.
    await save({ number: '+15005550001', rings: true });
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    const callId = await api.callId(sid);
    await eventually('the refusal is in the log', async () =>
      (await events(callId)).some(({ type, reason }) => type === 'LegDialFailed' && reason === 'bad-number'),
    );
    await idle();
    const { rows } = await api.resources.sql.pool.query('select misses from operator where id = $1', [
      api.owner.me.operatorId,
    ]);
    expect((rows[0] as { misses: number }).misses).toBe(0);
    await api.status(sid, 'completed');
  });

  it('a webhook of a leg with a wrong name, or of another call, changes nothing', async () => {
    const { sid, callId, legId, phone } = await rung();
    const stranger = { CallSid: ApiUnderTest.callSid(), CallStatus: 'completed' };
    expect((await api.webhook(`/calls/${callId}/legs/nobody/status`, stranger)).status).toBe(400);
    expect((await api.webhook(`/calls/${callId}/legs/${legId}/status`, stranger)).status).toBe(204);
    const verbs = await api.webhook(`/calls/${callId}/legs/${legId}/verbs`, stranger);
    expect(await verbs.text()).toContain('<Hangup/>');
    expect(phone.isOver).toBe(false);
    expect((await api.row(sid)).phase).toBe('ringing');
    await api.status(sid, 'completed');
  });
});

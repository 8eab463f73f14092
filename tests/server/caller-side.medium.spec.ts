import 'reflect-metadata';
import type { Simulator } from '@ringdown/simulator/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';
import { startTestSimulator } from './test-simulator.ts';

const CALLER = '+15005557100';

/** The carrier is the real simulator; the caller's own webhooks are sent by the test. */
describe('what a caller hears and presses', () => {
  let simulator: Simulator;
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let desk: ScriptedConsole;

  beforeAll(async () => {
    simulator = await startTestSimulator();
    api = await ApiUnderTest.start({ simulatorUrl: simulator.url });
    await api.firstRun({ nobodyWaitS: 60, wrapUpS: 0, ringTimeoutS: 30, callBack: true });
    gateway = await api.gateway();
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: gateway.publicKey, role: 'gateway' },
    ]);
    desk = await api.console(api.owner);
  }, 60_000);

  afterAll(async () => {
    await api?.stop();
    await simulator?.close();
  }, 30_000);

  const set = async (settings: object): Promise<void> => {
    const path = `/api/hotlines/${api.hotline.hotlineId}`;
    const answer = await api.request('PATCH', path, { cookie: api.owner.cookie, body: { settings } });
    expect(answer.status).toBe(200);
  };
  const arrives = async (from = CALLER) => {
    const sid = ApiUnderTest.callSid();
    await api.voice(sid, from);
    const callId = await api.callId(sid);
    const first = await eventually('the directive', () => gateway.directiveOf(callId));
    await gateway.report({ type: 'stream-started', callId: first.callId, streamId: 'MZ1' });
    return { sid, callId: first.callId, first };
  };
  const hears = (callId: string) => gateway.directiveOf(callId)?.callerHears;

  it('is asked for a language once, and known the next time by the keyed hash alone', async () => {
    await set({ languages: ['es'] });
    const first = await arrives();
    expect(hears(first.callId)).toMatchObject({ kind: 'menu', prompts: [{ language: 'en' }, { language: 'es' }] });
    await gateway.report({ type: 'digit-received', callId: first.callId, digit: '2' });
    await eventually('the queue in Spanish', () => {
      const now = hears(first.callId);
      return now?.kind === 'queue' && now.language === 'es';
    });
    const stored = await eventually('the tag is kept', async () => {
      const { rows } = await api.resources.sql.pool.query('select * from caller_language');
      return rows.length > 0 ? rows : undefined;
    });
    expect(JSON.stringify(stored)).not.toContain('5005557100');
    await api.status(first.sid, 'completed');
    const second = await arrives();
    expect(hears(second.callId)).toMatchObject({ kind: 'queue', language: 'es' });
    await api.status(second.sid, 'completed');
    // Somebody else is asked, and whoever withholds the number each time.
    const other = await arrives('+15005557101');
    expect(hears(other.callId)).toMatchObject({ kind: 'menu' });
    await api.status(other.sid, 'completed');
    const withheld = await arrives('+266696687');
    expect(hears(withheld.callId)).toMatchObject({ kind: 'menu' });
    await gateway.report({ type: 'digit-received', callId: withheld.callId, digit: '1' });
    const queue = await eventually('the queue', () =>
      hears(withheld.callId)?.kind === 'queue' ? hears(withheld.callId) : undefined,
    );
    // Nobody can be called back at a number that isn't known.
    expect(queue).not.toHaveProperty('offersCallBack');
    await api.status(withheld.sid, 'completed');
    await set({ languages: [] });
  });

  it('is called back in the place they had: volunteer first, 1 on the phone, and both talk', async () => {
    simulator.exchange.setDestination(CALLER, 'ring');
    const { sid, callId } = await arrives();
    expect(hears(callId)).toMatchObject({ kind: 'queue', offersCallBack: true });
    await gateway.report({ type: 'digit-received', callId, digit: '1' });
    await eventually('the promise', () => {
      const now = hears(callId);
      return now?.kind === 'queue' && now.opening.some((p) => p.kind === 'built-in' && p.id === 'call-back-promised');
    });
    await api.status(sid, 'completed');
    expect((await api.row(sid)).phase).toBe('queued');
    // Somebody who called later stands behind.
    const later = await arrives('+15005557102');
    await desk.ask('set-presence', { state: 'available' });
    const offer = await desk.sees('the ring', (s) => s.offer);
    expect(offer.callId).toBe(callId);
    expect(JSON.stringify(desk.now)).not.toContain('5005557100');
    expect(simulator.exchange.list().filter(({ to }) => to === CALLER)).toHaveLength(0);
    await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null });
    const phone = await eventually('the caller’s phone rings', () =>
      simulator.exchange.list().find(({ to }) => to === CALLER),
    );
    expect(phone.from).toBe(api.number.e164);
    await eventually('it is ringing', () => phone.pickUp);
    phone.pickUp?.('answer');
    const leg = await eventually('the phone is in the directive', () => gateway.directiveOf(callId)?.phones?.[0]);
    expect(leg).toMatchObject({ side: 'outside', hears: { kind: 'prompts', prompts: [{ id: 'call-back-hello' }] } });
    await gateway.report({ type: 'stream-started', callId, streamId: 'MZ2', legId: leg.legId });
    const member = await eventually('the volunteer is in the directive', () => gateway.directiveOf(callId)?.members[0]);
    await gateway.report({
      type: 'member-joined',
      callId,
      legId: member.legId,
      connectionId: member.connectionId,
      generation: 1,
      keyIndex: 1,
    });
    await gateway.report({ type: 'digit-received', callId, digit: '1', legId: leg.legId });
    await desk.sees('in the call', (s) => s.call?.phase === 'in-call');
    expect(gateway.directiveOf(callId)?.phones).toMatchObject([{ hears: { kind: 'bridge' } }]);
    simulator.exchange.hangUp(phone);
    await eventually('the end', async () => (await api.row(sid)).phase === 'ended');
    expect(await api.row(sid)).toMatchObject({ reason: 'caller-hung-up' });
    expect(simulator.exchange.list().filter(({ to }) => to === CALLER)).toHaveLength(1);
    await desk.ask('set-presence', { state: 'offline' });
    await api.status(later.sid, 'completed');
  });

  it('who doesn’t answer the call-back keeps the place, and the volunteer is free at once', async () => {
    simulator.exchange.setDestination(CALLER, 'busy');
    await desk.sees('off calls', (s) => s.presence.state === 'offline' || s.presence.state === 'available');
    const { sid, callId } = await arrives();
    await gateway.report({ type: 'digit-received', callId, digit: '1' });
    await api.status(sid, 'completed');
    await desk.ask('set-presence', { state: 'available' });
    const offer = await desk.sees('the ring', (s) => (s.offer?.callId === callId ? s.offer : undefined));
    await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null });
    await eventually('it is put off', async () => (await api.row(sid)).phase === 'call-back');
    await desk.sees('free again', (s) => s.presence.state === 'available');
    await desk.ask('set-presence', { state: 'offline' });
  });
});

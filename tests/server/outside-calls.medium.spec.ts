import 'reflect-metadata';
import type { AskedCallBack } from '@ringdown/protocol/call-backs';
import type { CallView } from '@ringdown/protocol/console';
import { DEFAULT_LADDERS } from '@ringdown/protocol/ladder';
import type { Simulator } from '@ringdown/simulator/server';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole, type SignedInPerson } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';
import { startTestSimulator } from './test-simulator.ts';

const CALLER = '+15005557300';
const LAWYER = '+15005557301';
const DONE = { outcome: 'done' };
const refused = (reason: string) => ({ outcome: 'refused', reason });

/** The carrier is the real simulator; the caller's own webhooks are sent by the test. */
describe('calls with outside numbers', () => {
  let simulator: Simulator;
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let vera: ScriptedConsole;
  let sam: ScriptedConsole;
  let sasha: ScriptedConsole;
  let people: Record<'vera' | 'sam' | 'sasha', SignedInPerson>;

  beforeAll(async () => {
    simulator = await startTestSimulator();
    api = await ApiUnderTest.start({ simulatorUrl: simulator.url });
    await api.firstRun({ nobodyWaitS: 600, ringTimeoutS: 60, wrapUpS: 0 });
    gateway = await api.gateway();
    people = {
      vera: await api.volunteer('Vera'),
      sam: await api.volunteer('Sam', { role: 'supervisor' }),
      sasha: await api.volunteer('Sasha', { role: 'supervisor' }),
    };
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: gateway.publicKey, role: 'gateway' },
      ...Object.values(people).map((person) => ({ publicKey: person.me.publicKey, role: 'volunteer' as const })),
    ]);
    vera = await api.console(people.vera);
    sam = await api.console(people.sam);
    sasha = await api.console(people.sasha);
  }, 60_000);

  afterAll(async () => {
    await api?.stop();
    await simulator?.close();
  }, 30_000);

  afterEach(async () => {
    const { rows } = await api.resources.sql.pool.query<{ sid: string }>(
      `select carrier_call_id as sid from call where ended_at is null and carrier_call_id like 'CA%'`,
    );
    for (const { sid } of rows) await api.status(sid, 'completed');
    for (const phone of simulator.exchange.list()) if (!phone.isOver) simulator.exchange.hangUp(phone);
    for (const desk of [vera, sam, sasha]) {
      await eventually(
        'home again',
        async () => (await desk.ask('set-presence', { state: 'offline' })).outcome === 'done',
      );
    }
  });

  const set = async (settings: object): Promise<void> => {
    const path = `/api/hotlines/${api.hotline.hotlineId}`;
    const answer = await api.request('PATCH', path, { cookie: api.owner.cookie, body: { settings } });
    expect(answer.status).toBe(200);
  };
  /** Vera talks with a caller. */
  const talk = async (from = CALLER): Promise<{ call: CallView; sid: string }> => {
    expect(await vera.ask('set-presence', { state: 'available' })).toEqual(DONE);
    const sid = ApiUnderTest.callSid();
    await api.voice(sid, from);
    const offer = await vera.sees('the ring', (s) => s.offer);
    await gateway.report({ type: 'stream-started', callId: offer.callId, streamId: 'MZ1' });
    expect(await vera.ask('accept-offer', { offerId: offer.offerId, keyPackage: null })).toEqual(DONE);
    await join(vera, offer.callId, offer.legId);
    const call = await vera.sees('the call', (s) => (s.call?.phase === 'in-call' ? s.call : undefined));
    return { call, sid };
  };
  const join = (desk: ScriptedConsole, callId: string, legId: string) =>
    gateway.report({
      type: 'member-joined',
      callId: callId as never,
      legId: legId as never,
      connectionId: desk.connectionId as never,
      generation: 1,
      keyIndex: 1,
    });
  const ask = (callId: string, mode: string, confirm?: boolean) =>
    vera.ask('invite', {
      callId,
      mode,
      target: { kind: 'number', number: LAWYER, ...(confirm === undefined ? {} : { confirm }) },
    });
  const phonesTo = (number: string) => simulator.exchange.list().filter(({ to }) => to === number);
  /** The phone rings, and somebody picks it up; `connected` once its audio is at the gateway. */
  const pickUp = async (callId: string, number: string, before: number) => {
    const phone = await eventually('the phone rings', () => {
      const phones = phonesTo(number);
      return phones.length > before ? phones.find(({ isOver }) => !isOver) : undefined;
    });
    await eventually('it can be picked up', () => phone.pickUp);
    phone.pickUp?.('answer');
    const leg = await eventually('the phone is in the directive', () => gateway.directiveOf(callId)?.phones?.[0]);
    await gateway.report({ type: 'stream-started', callId: callId as never, streamId: 'MZ2', legId: leg.legId });
    return { phone, legId: leg.legId };
  };
  const press = (callId: string, legId: string, digit: string) =>
    gateway.report({ type: 'digit-received', callId: callId as never, legId: legId as never, digit });
  const directive = (callId: string) => gateway.directiveOf(callId);

  it('a call is left with an outside number: the volunteer is free, and both phones are told nothing is private', async () => {
    const { call, sid } = await talk();
    const { callId } = call;
    const before = phonesTo(LAWYER).length;
    expect(await ask(callId, 'blind', false)).toEqual(DONE);
    await eventually('music for the caller', () => directive(callId)?.callerHears.kind === 'hold');
    const { phone, legId } = await pickUp(callId, LAWYER, before);
    expect(phone.from).toBe(api.number.e164);
    await vera.sees('off the call', (s) => s.call === null && s.presence.state === 'available');
    const now = await eventually('the bridge', () => (directive(callId)?.roomless ? directive(callId) : undefined));
    expect(now).toMatchObject({
      callerHears: { kind: 'bridge' },
      members: [],
      phones: [{ legId, hears: { kind: 'bridge' } }],
    });
    expect((await api.row(sid)).phase).toBe('outside');
    // Whoever left has no way back into it.
    expect(await vera.ask('hang-up', { callId })).toEqual(refused('not-your-call'));
    expect(await sam.ask('supervise', { callId, mode: 'listen', legId: randomUUID(), keyPackage: null })).toEqual(
      refused('not-allowed-now'),
    );
    simulator.exchange.hangUp(phone);
    await eventually('the farewell', () => directive(callId)?.callerHears.kind === 'farewell');
    await gateway.report({ type: 'prompts-finished', callId, revision: directive(callId)!.revision });
    await eventually('the end', async () => (await api.row(sid)).reason === 'outside-hung-up');
    const { rows } = await api.resources.sql.pool.query(
      `select (select jsonb_agg(body) from call_event) as events, (select jsonb_agg(details) from admin_log_line) as lines`,
    );
    expect(JSON.stringify(rows)).not.toContain(LAWYER.slice(1));
    expect(JSON.stringify(vera.snapshots)).not.toContain(LAWYER.slice(1));
  });

  it('the caller’s hang-up hangs the outside phone up', async () => {
    const { call, sid } = await talk();
    const before = phonesTo(LAWYER).length;
    expect(await ask(call.callId, 'blind', false)).toEqual(DONE);
    const { phone } = await pickUp(call.callId, LAWYER, before);
    await eventually('left', async () => (await api.row(sid)).phase === 'outside');
    await api.status(sid, 'completed');
    await eventually('the outside phone is hung up', () => phone.isOver);
    expect(await api.row(sid)).toMatchObject({ phase: 'ended', reason: 'caller-hung-up' });
  });

  it('asks whoever answers to press 1, unless told otherwise; without it the volunteer keeps the call and is told', async () => {
    const { call, sid } = await talk();
    const { callId } = call;
    const before = phonesTo(LAWYER).length;
    expect(await ask(callId, 'blind')).toEqual(DONE);
    const { phone, legId } = await pickUp(callId, LAWYER, before);
    await eventually('the question', () => directive(callId)?.phones?.[0]?.hears.kind === 'prompts');
    expect((await api.row(sid)).phase).toBe('held');
    simulator.exchange.hangUp(phone);
    await vera.sees('the news', (s) => s.call?.invitationFailed?.reason === 'declined' && s.call.phase === 'in-call');
    expect(directive(callId)).toMatchObject({ callerHears: { kind: 'bridge' }, members: [{}] });
    const again = phonesTo(LAWYER).length;
    expect(await ask(callId, 'warm')).toEqual(DONE);
    const second = await pickUp(callId, LAWYER, again);
    expect(second.legId).not.toBe(legId);
    await press(callId, second.legId, '1');
    await vera.sees('they talk', (s) => s.call?.invitation?.state === 'talking');
    expect(await vera.ask('complete-transfer', { callId })).toEqual(DONE);
    await eventually('left', async () => (await api.row(sid)).phase === 'outside');
    expect(directive(callId)).toMatchObject({ roomless: true, members: [] });
  });

  it('is refused where the hotline leaves no call with outside numbers', async () => {
    await set({ leaveOutside: false });
    const { call } = await talk();
    expect(await ask(call.callId, 'blind')).toEqual(refused('not-allowed-now'));
    expect(phonesTo(LAWYER).filter(({ isOver }) => !isOver)).toHaveLength(0);
    await set({ leaveOutside: true });
  });

  it('survives the gateway: both phones come to another one', async () => {
    const { call, sid } = await talk();
    const { callId } = call;
    const before = phonesTo(LAWYER).length;
    expect(await ask(callId, 'blind', false)).toEqual(DONE);
    const { legId } = await pickUp(callId, LAWYER, before);
    await eventually('left', async () => (await api.row(sid)).phase === 'outside');
    const other = await api.gateway();
    gateway.vanish();
    await eventually(
      'the loss is seen',
      async () => {
        const answer = await api.request('GET', `/api/calls/${callId}`, { cookie: api.owner.cookie });
        return JSON.stringify(await answer.json()).includes('GatewayLost');
      },
      20_000,
    );
    await api.webhook(`/calls/${callId}/next`, { CallSid: sid, CallStatus: 'in-progress', Direction: 'inbound' });
    const now = await eventually('the other gateway has it', () => other.directiveOf(callId), 10_000);
    expect(now).toMatchObject({ roomless: true, callerHears: { kind: 'hold' } });
    await other.report({ type: 'stream-started', callId, streamId: 'MZ3' });
    await other.report({ type: 'stream-started', callId, streamId: 'MZ4', legId });
    await eventually('the bridge again', () => other.directiveOf(callId)?.callerHears.kind === 'bridge');
    gateway = other;
  }, 60_000);

  it('survives the api that dialled: another one hangs the outside phone up when the caller is gone', async () => {
    const other = await ApiUnderTest.start({ databaseUrl: api.databaseUrl, simulatorUrl: simulator.url });
    let stopped = false;
    try {
      other.number = api.number;
      const desk = await other.console(people.vera);
      expect(await desk.ask('set-presence', { state: 'available' })).toEqual(DONE);
      const sid = ApiUnderTest.callSid();
      await other.voice(sid, CALLER);
      const { callId, legId, offerId } = await desk.sees('the ring', (s) => s.offer);
      await gateway.report({ type: 'stream-started', callId, streamId: 'MZ1' });
      expect(await desk.ask('accept-offer', { offerId, keyPackage: null })).toEqual(DONE);
      await join(desk, callId, legId);
      await desk.sees('the call', (s) => s.call?.phase === 'in-call');
      const before = phonesTo(LAWYER).length;
      const target = { kind: 'number', number: LAWYER, confirm: false };
      expect(await desk.ask('invite', { callId, mode: 'blind', target })).toEqual(DONE);
      const { phone } = await pickUp(callId, LAWYER, before);
      await eventually('left', async () => (await api.row(sid)).phase === 'outside');
      await other.stop();
      stopped = true;
      expect(phone.isOver).toBe(false);
      await api.status(sid, 'completed');
      await eventually('the outside phone is hung up', () => phone.isOver);
      expect(await api.row(sid)).toMatchObject({ phase: 'ended', reason: 'caller-hung-up' });
    } finally {
      if (!stopped) await other.stop();
    }
  }, 60_000);

  it('a plan’s outside number takes a call that nobody else takes, once a person there has pressed 1 (Q7)', async () => {
    const path = `/api/hotlines/${api.hotline.hotlineId}/ladder-numbers`;
    const added = await api.request('POST', path, { cookie: api.owner.cookie, body: { number: LAWYER } });
    const { numberId } = (await added.json()) as { numberId: string };
    const ending = { step: 'message', message: 'nobody' };
    const unanswered = [{ step: 'outside-number', numberId, confirm: true }, ending];
    await set({ nobodyWaitS: 0, ladders: { ...DEFAULT_LADDERS, unanswered } });
    const before = phonesTo(LAWYER).length;
    const sid = ApiUnderTest.callSid();
    await api.voice(sid, CALLER);
    const callId = (await api.callId(sid)) as never;
    await gateway.report({ type: 'stream-started', callId, streamId: 'MZ1' });
    const { phone, legId } = await pickUp(callId, LAWYER, before);
    await eventually('the question', () => directive(callId)?.phones?.[0]?.hears.kind === 'prompts');
    expect((await api.row(sid)).phase).toBe('ladder');
    await press(callId, legId, '1');
    await eventually('taken', async () => (await api.row(sid)).phase === 'outside');
    expect(directive(callId)).toMatchObject({ roomless: true, callerHears: { kind: 'bridge' } });
    simulator.exchange.hangUp(phone);
    await eventually('the farewell', () => directive(callId)?.callerHears.kind === 'farewell');
    await api.status(sid, 'completed');
    // Busy there: the next step follows.
    simulator.exchange.setDestination(LAWYER, 'busy');
    const second = ApiUnderTest.callSid();
    await api.voice(second, CALLER);
    await gateway.report({ type: 'stream-started', callId: (await api.callId(second)) as never, streamId: 'MZ1' });
    await eventually('the message', async () => (await api.row(second)).phase === 'farewell');
    simulator.exchange.setDestination(LAWYER, 'ring');
    await set({ nobodyWaitS: 600, ladders: DEFAULT_LADDERS });
  }, 30_000);

  describe('a supervisor’s call-back (X3)', () => {
    const backs = async (person: SignedInPerson, state = 'open'): Promise<AskedCallBack[]> => {
      const answer = await api.request('GET', `/api/call-backs?state=${state}`, { cookie: person.cookie });
      expect(answer.status).toBe(200);
      return (await answer.json()) as AskedCallBack[];
    };
    const post = (person: SignedInPerson, path: string, body?: object) =>
      api.request('POST', `/api/call-backs${path}`, { cookie: person.cookie, ...(body ? { body } : { body: {} }) });
    const sealedReason = Buffer.from('sealed in the browser').toString('base64');
    const asked = async (): Promise<string> => {
      const { call, sid } = await talk();
      const callBackId = randomUUID();
      const body = { callBackId, callId: call.callId, priority: 'high', sealedReason };
      expect((await post(people.vera, '', body)).status).toBe(201);
      // An answer that got lost: asked once all the same.
      expect((await post(people.vera, '', body)).status).toBe(201);
      await api.status(sid, 'completed');
      return callBackId;
    };
    const stateOf = async (callBackId: string): Promise<string | undefined> =>
      [...(await backs(people.sam)), ...(await backs(people.sam, 'over'))].find(
        (each) => each.callBackId === callBackId,
      )?.state;

    it('is asked for on a call, seen by those who lead, and had by one of them', async () => {
      const callBackId = await asked();
      const [seen] = (await backs(people.sam)).filter((each) => each.callBackId === callBackId);
      expect(seen).toMatchObject({ state: 'asked', priority: 'high', sealedReason, askedBy: { name: 'Vera' } });
      expect((await backs(people.vera)).map((each) => each.callBackId)).toContain(callBackId);
      expect((await post(people.vera, `/${callBackId}/claim`)).status).toBe(403);
      const claims = await Promise.all([
        post(people.sam, `/${callBackId}/claim`),
        post(people.sasha, `/${callBackId}/claim`),
      ]);
      expect(new Set(claims.map(({ status }) => status))).toEqual(new Set([201, 409]));
      const mine = claims[0].status === 201 ? people.sam : people.sasha;
      const theirs = mine === people.sam ? people.sasha : people.sam;
      const desks = { [people.sam.cookie]: sam, [people.sasha.cookie]: sasha };
      expect(await desks[theirs.cookie]!.ask('place-call-back', { callBackId })).toEqual(refused('already-taken'));
      expect(await vera.ask('place-call-back', { callBackId })).toEqual(refused('not-permitted'));
      expect((await post(theirs, `/${callBackId}/release`)).status).toBe(403);
      expect((await post(mine, `/${callBackId}/release`)).status).toBe(201);
      expect(await stateOf(callBackId)).toBe('asked');
      expect((await post(people.vera, `/${callBackId}/close`, { as: 'withdrawn' })).status).toBe(201);
      expect((await post(people.sam, `/${callBackId}/claim`)).status).toBe(409);
    });

    it('is refused for a number that is withheld', async () => {
      const { call } = await talk('+266696687');
      const body = { callBackId: randomUUID(), callId: call.callId, priority: 'medium', sealedReason };
      const answer = await post(people.vera, '', body);
      expect(answer.status).toBe(409);
      expect(await answer.json()).toMatchObject({ error: { reason: 'number-withheld' } });
    });

    it('rings the caller from the hotline’s number once the supervisor is on the call; press 1, and they talk', async () => {
      const callBackId = await asked();
      await post(people.sam, `/${callBackId}/claim`);
      const before = phonesTo(CALLER).length;
      expect(await sam.ask('place-call-back', { callBackId })).toEqual(DONE);
      const view = await sam.sees('on the call', (s) => s.call);
      expect(view).toMatchObject({ phase: 'connecting', connectionId: sam.connectionId, role: 'volunteer' });
      expect(await sam.ask('place-call-back', { callBackId })).toEqual(refused('already-taken'));
      const { callId } = view;
      const { phone, legId } = await pickUp(callId, CALLER, before);
      expect(phone.from).toBe(api.number.e164);
      await eventually('the question', () => directive(callId)?.phones?.[0]?.hears.kind === 'prompts');
      await join(sam, callId, view.legId);
      await press(callId, legId, '1');
      await sam.sees('they talk', (s) => s.call?.phase === 'in-call');
      expect(await stateOf(callBackId)).toBe('calling');
      simulator.exchange.hangUp(phone);
      await sam.sees('off the call', (s) => s.call === null);
      await eventually('done', async () => (await stateOf(callBackId)) === 'done');
      expect(JSON.stringify(sam.snapshots)).not.toContain(CALLER.slice(1));
      const { rows } = await api.resources.sql.pool.query<{ kind: string }>(
        `select kind from admin_log_line where kind like 'call-back-%' order by id`,
      );
      expect(rows.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['call-back-asked', 'call-back-claimed', 'call-back-placed', 'call-back-done']),
      );
    });

    it('that nobody answers may be tried again after a while, three times in all', async () => {
      simulator.exchange.setDestination(CALLER, 'busy');
      const callBackId = await asked();
      await post(people.sam, `/${callBackId}/claim`);
      for (const attempts of [1, 2, 3]) {
        expect(await sam.ask('place-call-back', { callBackId })).toEqual(DONE);
        const now = await eventually(
          'the outcome',
          async () =>
            [...(await backs(people.sam)), ...(await backs(people.sam, 'over'))].find(
              (each) => each.callBackId === callBackId && each.attempts === attempts && each.state !== 'calling',
            ) ?? false,
        );
        await sam.sees('free again', (s) => s.call === null && s.presence.state === 'offline');
        if (attempts === 3) {
          expect(now).toMatchObject({ state: 'failed' });
          continue;
        }
        expect(now).toMatchObject({ state: 'claimed', claimedBy: { name: 'Sam' } });
        expect(await sam.ask('place-call-back', { callBackId })).toEqual(refused('not-allowed-now'));
        await api.resources.sql.pool.query('update asked_call_back set not_before = now() where id = $1', [callBackId]);
      }
      expect(await sam.ask('place-call-back', { callBackId })).toEqual(refused('already-taken'));
      simulator.exchange.setDestination(CALLER, 'ring');
    }, 30_000);

    it('is over by itself when nobody took it in time', async () => {
      const callBackId = await asked();
      await api.resources.sql.pool.query('update asked_call_back set expires_at = now() where id = $1', [callBackId]);
      expect((await post(people.sam, `/${callBackId}/claim`)).status).toBe(409);
      await eventually('expired', async () => (await stateOf(callBackId)) === 'expired', 40_000);
    }, 60_000);
  });
});

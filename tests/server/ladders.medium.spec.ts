import 'reflect-metadata';
import { MasterKey } from '@ringdown/crypto/master-key';
import { openNumber } from '@ringdown/crypto/number-cipher';
import { numberIndexOf } from '@ringdown/crypto/number-index';
import { type Hotline, LadderNumber } from '@ringdown/protocol/http';
import type { E164, HotlineId } from '@ringdown/protocol/ids';
import { DEFAULT_LADDERS, endingOf, type Ladders } from '@ringdown/protocol/ladder';
import { WhatIf } from '@ringdown/protocol/rota';
import type { Simulator } from '@ringdown/simulator/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';
import { startTestSimulator } from './test-simulator.ts';

/** On a slow machine, too. */
const soon = <T>(what: string, probe: () => T | Promise<T>) => eventually(what, probe, 30_000);

const CALLER = '+15005557200';

describe('what callers get in the place of a person', () => {
  let simulator: Simulator;
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let desk: ScriptedConsole;
  let day: Hotline;

  beforeAll(async () => {
    simulator = await startTestSimulator();
    api = await ApiUnderTest.start({ simulatorUrl: simulator.url });
    await api.firstRun({ nobodyWaitS: 0, wrapUpS: 0 });
    // It has no number of its own: calls come to it from the other one only.
    day = await api.makeHotline('Day line', { nobodyWaitS: 600, wrapUpS: 0 });
    gateway = await api.gateway();
    const vera = await api.volunteer('Vera', { hotlineId: day.hotlineId });
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: vera.me.publicKey, role: 'volunteer' },
      { publicKey: gateway.publicKey, role: 'gateway' },
    ]);
    desk = await api.console(vera);
  }, 60_000);

  afterAll(async () => {
    await api?.stop();
    await simulator?.close();
  }, 30_000);

  const to = (hotlineId: HotlineId) => ({ step: 'other-hotline', hotlineId }) as const;
  const unanswered = (...steps: Ladders['unanswered']): Ladders => ({
    ...DEFAULT_LADDERS,
    unanswered: [...steps, ...endingOf('unanswered', 'message')],
  });
  const save = (hotlineId: HotlineId, settings: object) =>
    api.request('PATCH', `/api/hotlines/${hotlineId}`, { cookie: api.owner.cookie, body: { settings } });
  const set = async (hotlineId: HotlineId, settings: object): Promise<void> => {
    const answer = await save(hotlineId, settings);
    expect(await answer.json()).not.toHaveProperty('error');
  };
  const refusal = async (answer: Response) => ((await answer.json()) as { error: unknown }).error;
  const stored = async (hotlineId: HotlineId): Promise<Ladders> => {
    const answer = await api.request('GET', `/api/hotlines/${hotlineId}`, { cookie: api.owner.cookie });
    return ((await answer.json()) as Hotline).settings.ladders;
  };
  const arrives = async (from = CALLER) => {
    const sid = ApiUnderTest.callSid();
    await api.voice(sid, from);
    const known = await api.callId(sid);
    const { callId } = await soon('the directive', () => gateway.directiveOf(known));
    await gateway.report({ type: 'stream-started', callId, streamId: 'MZ1' });
    return { sid, callId };
  };
  const hears = (callId: string) => gateway.directiveOf(callId)?.callerHears;
  const eventsOf = async (callId: string): Promise<string[]> => {
    const { rows } = await api.resources.sql.pool.query<{ type: string }>(
      'select type from call_event where call_id = $1 order by seq',
      [callId],
    );
    return rows.map(({ type }) => type);
  };
  const callRow = async (sid: string) => {
    const { rows } = await api.resources.sql.pool.query<{
      hotline_id: HotlineId;
      caller_sealed: Buffer;
      caller_index: string;
      arrived_at: Date;
      phase: string;
      reason: string | null;
    }>('select * from call where carrier_call_id = $1', [sid]);
    return rows[0]!;
  };

  it('a caller whom nobody can answer goes on to the other hotline, keeps the place and is answered there', async () => {
    await set(api.hotline.hotlineId, { ladders: unanswered(to(day.hotlineId)) });
    const first = await arrives();
    await soon('it is at the other hotline', async () => (await callRow(first.sid)).hotline_id === day.hotlineId);
    const later = await arrives('+15005557201');
    await soon('the second one too', async () => (await callRow(later.sid)).hotline_id === day.hotlineId);
    await soon('both wait there', async () => (await callRow(later.sid)).phase === 'queued');
    expect((await callRow(first.sid)).arrived_at < (await callRow(later.sid)).arrived_at).toBe(true);
    await soon('the caller waits with music', () => hears(first.callId)?.kind === 'queue');

    const row = await callRow(first.sid);
    const key = api.app.get(MasterKey);
    expect(openNumber(key, day.hotlineId, new Uint8Array(row.caller_sealed))).toBe(CALLER);
    expect(row.caller_index).toBe(numberIndexOf(key, day.hotlineId, CALLER as E164));

    await desk.ask('set-presence', { state: 'available' });
    const offer = await desk.sees('the ring', (s) => s.offer, 30_000);
    expect(offer.callId).toBe(first.callId);
    await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null });
    const member = await soon('the volunteer', () => gateway.directiveOf(first.callId)?.members[0]);
    await gateway.report({
      type: 'member-joined',
      callId: first.callId,
      legId: member.legId,
      connectionId: member.connectionId,
      generation: 1,
      keyIndex: 1,
    });
    await desk.sees('in the call', (s) => s.call?.phase === 'in-call', 30_000);
    await api.status(later.sid, 'completed');
    await api.status(first.sid, 'completed');
    await soon('the end', async () => (await callRow(first.sid)).phase === 'ended');
    await desk.ask('set-presence', { state: 'offline' });
  });

  it('what if someone called: says where the call would go on to and who would ring there', async () => {
    const path = `/api/hotlines/${api.hotline.hotlineId}/rota/what-if?at=${Date.now() + 86_400_000}`;
    const answer = WhatIf.parse(await (await api.request('GET', path, { cookie: api.owner.cookie })).json());
    expect(answer.unanswered.map(({ event, hotline }) => hotline ?? event)).toContain('Day line');
    const { operatorId } = desk.me;
    expect(answer.unanswered).toContainEqual(expect.objectContaining({ event: 'rings', operatorId }));
    expect(answer.ringOrder).toEqual([api.owner.me.operatorId]);
    const before = await stored(api.hotline.hotlineId);
    await set(api.hotline.hotlineId, { ladders: unanswered({ step: 'call-back' }) });
    const asked = WhatIf.parse(await (await api.request('GET', path, { cookie: api.owner.cookie })).json());
    expect(asked.unanswered.map(({ event }) => event)).toContain('call-back-asked');
    await set(api.hotline.hotlineId, { ladders: before });
  });

  it('another hotline that is closed is passed by, and the next step follows', async () => {
    await set(day.hotlineId, { queueLimit: 1 });
    await api.request('PATCH', `/api/hotlines/${day.hotlineId}`, {
      cookie: api.owner.cookie,
      body: { hours: { kind: 'weekly', periods: [] } },
    });
    const { sid, callId } = await arrives();
    await soon('the message', () => hears(callId)?.kind === 'farewell');
    expect(await eventsOf(callId)).toContain('OverflowRefused');
    expect((await callRow(sid)).hotline_id).toBe(api.hotline.hotlineId);
    await api.status(sid, 'completed');
    await api.request('PATCH', `/api/hotlines/${day.hotlineId}`, {
      cookie: api.owner.cookie,
      body: { hours: { kind: 'always' } },
    });
  });

  it('a caller may be called back where nobody is there, and withheld numbers pass that step by', async () => {
    await set(api.hotline.hotlineId, { ladders: unanswered({ step: 'call-back' }) });
    const { sid, callId } = await arrives();
    await soon('the question', () => {
      const now = hears(callId);
      return now?.kind === 'menu' && now.prompts.some((p) => p.kind === 'built-in' && p.id === 'call-back-ask');
    });
    await gateway.report({ type: 'digit-received', callId, digit: '1' });
    const promise = await soon('the promise', () => {
      const now = gateway.directiveOf(callId);
      return now?.callerHears.kind === 'farewell' ? now : undefined;
    });
    expect(promise.callerHears).toMatchObject({ prompts: [{ id: 'call-back-promised' }] });
    await gateway.report({ type: 'prompts-finished', callId, revision: promise.revision });
    await soon('the place waits', async () => (await callRow(sid)).phase === 'queued');
    await api.status(sid, 'completed');
    expect((await callRow(sid)).phase).toBe('queued');

    const withheld = await arrives('+266696687');
    await soon('the message', () => hears(withheld.callId)?.kind === 'farewell');
    await api.status(withheld.sid, 'completed');
  });

  it('a circle is refused with its names in order, and nothing is changed', async () => {
    await set(api.hotline.hotlineId, { ladders: unanswered(to(day.hotlineId)) });
    const before = await stored(day.hotlineId);
    const answer = await save(day.hotlineId, { ladders: unanswered(to(api.hotline.hotlineId)), queueLimit: 9 });
    expect(answer.status).toBe(409);
    expect(await refusal(answer)).toEqual({
      reason: 'overflow-circle',
      message: 'Callers would be led in a circle: Day line → Jail support → Day line.',
    });
    const itself = await save(day.hotlineId, { ladders: unanswered(to(day.hotlineId)) });
    expect(await refusal(itself)).toMatchObject({ message: expect.stringContaining('Day line → Day line') as string });
    expect(await stored(day.hotlineId)).toEqual(before);
  });

  it('of two people who close a circle at once only one is let through', async () => {
    await set(api.hotline.hotlineId, { ladders: DEFAULT_LADDERS });
    await set(day.hotlineId, { ladders: DEFAULT_LADDERS });
    const answers = await Promise.all([
      save(day.hotlineId, { ladders: unanswered(to(api.hotline.hotlineId)) }),
      save(api.hotline.hotlineId, { ladders: unanswered(to(day.hotlineId)) }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  it('a ladder without an ending, with a hotline that is not there or with a stranger’s number is refused', async () => {
    const path = day.hotlineId;
    const none = await save(path, { ladders: { ...DEFAULT_LADDERS, full: [{ step: 'voicemail' }] } });
    expect(none.status).toBe(400);
    const gone = '00000000-0000-4000-8000-00000000dead' as HotlineId;
    expect(await refusal(await save(path, { ladders: unanswered(to(gone)) }))).toMatchObject({
      reason: 'unknown-hotline',
    });
    const number = await addNumber(api.hotline.hotlineId, '+1 500 555 7299');
    const { numberId } = LadderNumber.parse(await number.json());
    const step = { step: 'outside-number', numberId, confirm: true } as const;
    expect(await refusal(await save(path, { ladders: unanswered(step) }))).toMatchObject({ reason: 'unknown-number' });
  });

  const addNumber = (hotlineId: HotlineId, number: string) =>
    api.request('POST', `/api/hotlines/${hotlineId}/ladder-numbers`, { cookie: api.owner.cookie, body: { number } });

  it('an outside number is kept sealed and shown masked; emergency numbers and other countries are refused', async () => {
    const { hotlineId } = api.hotline;
    const added = LadderNumber.parse(await (await addNumber(hotlineId, '+1 500 555 7288')).json());
    expect(added.masked).toBe('••• 88');
    const { rows } = await api.resources.sql.pool.query('select * from ladder_number');
    expect(JSON.stringify(rows)).not.toContain('5005557288');
    await set(hotlineId, {
      ladders: unanswered({ step: 'outside-number', numberId: added.numberId, confirm: true }),
    });
    for (const [number, reason] of [
      ['911', 'short-number'],
      ['+44 20 7946 0018', 'country-not-allowed'],
      ['hello', 'not-a-number'],
    ] as const)
      expect(await refusal(await addNumber(hotlineId, number))).toMatchObject({ reason });
    const volunteer = await api.request('GET', `/api/hotlines/${hotlineId}/ladder-numbers`, { cookie: desk.cookie });
    expect(volunteer.status).toBe(403);
  });
});

import 'reflect-metadata';
import { Floor, WaitingCall } from '@ringdown/protocol/floor';
import { CallList } from '@ringdown/protocol/http';
import { NotedCalls } from '@ringdown/protocol/notes';
import { PracticeDetail, PracticeOverview, PracticeStarted } from '@ringdown/protocol/practice-http';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole, type SignedInPerson } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

const SCRIPT = { scriptId: 'two-minutes-from-jail', language: 'en' };
describe('practice', { timeout: 60_000 }, () => {
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let vera: SignedInPerson;
  let walid: SignedInPerson;
  let sofia: SignedInPerson;
  let desk: ScriptedConsole;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ wrapUpS: 600 });
    vera = await api.volunteer('Vera');
    walid = await api.volunteer('Walid');
    sofia = await api.volunteer('Sofia', { role: 'supervisor' });
    gateway = await api.gateway();
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: gateway.publicKey, role: 'gateway' },
      ...[vera, walid, sofia].map(({ me }) => ({ publicKey: me.publicKey, role: 'volunteer' as const })),
    ]);
    desk = await api.console(vera);
  }, 60_000);
  afterAll(() => api.stop(), 30_000);

  const get = async <Schema extends z.ZodType>(schema: Schema, path: string, who: SignedInPerson) => {
    const answer = await api.request('GET', path, { cookie: who.cookie });
    if (!answer.ok) throw new Error(`Refused: ${answer.status} ${await answer.text()}`);
    return schema.parse(await answer.json());
  };
  const ask = (method: string, path: string, who: SignedInPerson, body?: unknown) =>
    api.request(method, path, { cookie: who.cookie, ...(body === undefined ? {} : { body }) });
  const reasonOf = async (answer: Response) => ((await answer.json()) as { error: { reason: string } }).error.reason;
  const start = async (who = vera) => {
    const answer = await ask('POST', '/api/practice', who, SCRIPT);
    if (!answer.ok) throw new Error(`Refused: ${answer.status} ${await answer.text()}`);
    return PracticeStarted.parse(await answer.json()).callId;
  };

  /** Rings, is answered, and both hear each other. */
  const talk = async () => {
    const callId = await start();
    await eventually('the gateway has a scripted caller', () => gateway.directiveOf(callId)?.practice);
    await gateway.report({ type: 'stream-started', callId, streamId: 'scripted' });
    const offer = await desk.sees('it rings', (s) => (s.offer?.callId === callId ? s.offer : null));
    expect(offer).toMatchObject({ practice: true, test: true });
    expect(await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null })).toEqual({
      outcome: 'done',
    });
    const member = await eventually('a member', () => gateway.directiveOf(callId)?.members[0]);
    const { legId, connectionId } = member;
    await gateway.report({ type: 'member-joined', callId, legId, connectionId, generation: 0, keyIndex: 0 });
    await desk.sees('in the call', (s) => s.call?.phase === 'in-call');
    return callId;
  };
  const finish = async (callId: string) => {
    await desk.ask('hang-up', { callId });
    await desk.sees('wrap-up', (s) => s.wrapUp?.practice);
    await desk.ask('finish-wrap-up', { callId });
  };

  /** Everything that counts calls or people, in one piece. */
  const figures = async () => {
    const { pool } = api.resources.sql;
    const people = await pool.query(
      'select id, shift_calls, misses, idle_since from operator where removed_at is null order by id',
    );
    const memberships = await pool.query(
      'select operator_id, hotline_id, last_offered_at from hotline_member order by operator_id, hotline_id',
    );
    const floor = await get(Floor, '/api/floor', sofia);
    const report = await ask('GET', '/api/reports?period=today&by=hotline', sofia);
    expect(report.status).toBe(200);
    return {
      people: people.rows,
      memberships: memberships.rows,
      floor: [floor.all, floor.hotlines],
      report: ((await report.json()) as { rows: unknown }).rows,
      queue: await get(z.array(WaitingCall), '/api/queue', sofia),
      calls: (await get(CallList, '/api/calls', sofia)).calls.length,
      notes: (await get(NotedCalls, '/api/notes', sofia)).total,
      followUps: await (await ask('GET', '/api/follow-ups', sofia)).json(),
    };
  };

  it('changes no figure: not while it rings, not in the call, not afterwards', async () => {
    const before = await figures();
    const callId = await start();
    await desk.sees('it rings', (s) => s.offer?.callId === callId);
    expect(await figures()).toEqual(before);
    const { queue } = desk.now!;
    expect(queue.waiting).toBe(0);
    await desk.ask('decline-offer', { offerId: desk.now!.offer!.offerId });
    await desk.sees('offline again', (s) => s.presence.state === 'offline');
    expect(await figures()).toEqual(before);

    const talked = await talk();
    expect(await figures()).toEqual(before);
    const note = Buffer.from('a sealed note').toString('base64');
    expect((await ask('POST', `/api/calls/${talked}/note-changes`, vera, { sealed: note })).ok).toBe(true);
    const followUp = {
      followUpId: randomUUID(),
      hotlineId: api.hotline.hotlineId,
      callId: talked,
      sealedTitle: note,
      dueOn: null,
      assigneeId: null,
    };
    const made = await ask('POST', '/api/follow-ups', vera, followUp);
    expect(made.ok).toBe(true);
    await finish(talked);
    await desk.sees('offline again', (s) => s.presence.state === 'offline');
    expect(await figures()).toEqual(before);
  });

  it('tells the result to the volunteer alone: what was said when, whether the notes were finished in time', async () => {
    const callId = await talk();
    const turn = { by: 'caller' as const, from: Date.now() - 900, to: Date.now(), words: 'Hello?', goodbye: false };
    await gateway.report({ type: 'practice-turn', callId, turn });
    expect(
      await desk.ask('invite', { callId, mode: 'warm', target: { kind: 'operator', operatorId: walid.me.operatorId } }),
    ).toEqual({
      outcome: 'refused',
      reason: 'practice-rings-nobody',
    });
    await eventually('the caller is told', () => gateway.directiveOf(callId)?.practice?.handOvers === 1);
    await finish(callId);
    const result = await get(PracticeDetail, `/api/practice/${callId}`, vera);
    expect(result).toMatchObject({ mine: true, wrappedUp: true, termination: { reason: 'volunteer-hung-up' } });
    const types = result.events.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['OfferAccepted', 'PracticeTurnHeard', 'PracticeHandOverTried']));
    for (const who of [walid, sofia, api.owner]) {
      expect((await ask('GET', `/api/practice/${callId}`, who)).status).toBe(404);
      expect((await ask('GET', `/api/calls/${callId}`, who)).status).toBe(404);
      expect((await ask('GET', `/api/calls/${callId}/note-changes`, who)).status).toBe(404);
    }
    expect((await get(CallList, '/api/calls/mine', vera)).calls[0]).toMatchObject({ callId, test: true });
  });

  it('is seen by supervisors when it is shared, and is gone with its notes when it is removed', async () => {
    const callId = await talk();
    expect(await reasonOf(await ask('DELETE', `/api/practice/${callId}`, vera))).toBe('practice-not-over');
    await finish(callId);
    expect((await ask('PUT', `/api/practice/${callId}/sharing`, walid, { shared: true })).status).toBe(404);
    expect((await ask('PUT', `/api/practice/${callId}/sharing`, vera, { shared: true })).status).toBe(204);
    const { shared } = await get(PracticeOverview, '/api/practice', sofia);
    expect(shared).toEqual([
      expect.objectContaining({ callId, person: expect.objectContaining({ name: 'Vera' }) as object }),
    ]);
    expect((await get(PracticeDetail, `/api/practice/${callId}`, sofia)).mine).toBe(false);
    expect((await ask('GET', `/api/practice/${callId}`, walid)).status).toBe(404);
    expect((await ask('DELETE', `/api/practice/${callId}`, sofia)).status).toBe(404);
    expect((await ask('DELETE', `/api/practice/${callId}`, vera)).status).toBe(204);
    expect((await ask('GET', `/api/practice/${callId}`, vera)).status).toBe(404);
    const { rows } = await api.resources.sql.pool.query('select 1 from call where id = $1', [callId]);
    expect(rows).toEqual([]);
  });

  it('started twice at once is one call; the other start is refused in words', async () => {
    const answers = await Promise.all([
      ask('POST', '/api/practice', vera, SCRIPT),
      ask('POST', '/api/practice', vera, SCRIPT),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused && (await reasonOf(refused))).toBe('on-a-call');
    const offer = await desk.sees('it rings', (s) => s.offer);
    await desk.ask('decline-offer', { offerId: offer.offerId });
    await desk.sees('offline again', (s) => s.presence.state === 'offline');
  });

  it('needs a script that exists, a console that is open and a hotline of one’s own', async () => {
    expect((await ask('POST', '/api/practice', vera, { ...SCRIPT, scriptId: 'nobody' })).status).toBe(404);
    expect((await ask('POST', '/api/practice', vera, { ...SCRIPT, language: 'fr' })).status).toBe(400);
    expect(await reasonOf(await ask('POST', '/api/practice', walid, SCRIPT))).toBe('console-not-connected');
    const other = await api.makeHotline('Legal intake');
    expect((await ask('POST', '/api/practice', vera, { ...SCRIPT, hotlineId: other.hotlineId })).status).toBe(403);
  });

  it('ends with words when the scripted caller has no voice, or its gateway dies', async () => {
    const mute = await start();
    await eventually('the gateway has it', () => gateway.directiveOf(mute)?.practice);
    await gateway.report({ type: 'practice-failed', callId: mute, reason: 'no-voice' });
    await desk.sees('offline again', (s) => s.presence.state === 'offline' && s.offer === null);
    expect((await get(PracticeDetail, `/api/practice/${mute}`, vera)).termination?.reason).toBe(
      'practice-without-voice',
    );

    const callId = await talk();
    gateway.vanish();
    await desk.sees('wrap-up', (s) => s.wrapUp?.callId === callId, 20_000);
    expect((await get(PracticeDetail, `/api/practice/${callId}`, vera)).termination?.reason).toBe('gateway-lost');
    await desk.ask('finish-wrap-up', { callId });
    const answer = await ask('POST', '/api/practice', vera, SCRIPT);
    expect(answer.status).toBe(503);
    expect(await reasonOf(answer)).toBe('no-phone-line');
    expect(desk.now?.presence.state).not.toBe('ringing');
  });
});

import 'reflect-metadata';
import { sealForTeam } from '@ringdown/crypto/team-seal';
import { Colleagues, Floor, WaitingCall } from '@ringdown/protocol/floor';
import { Dispatch, TeamMessage, TeamMessages } from '@ringdown/protocol/team';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole, type SignedInPerson } from './ringdown-client.ts';

describe('the floor and the team', () => {
  let api: ApiUnderTest;
  let vera: SignedInPerson;
  let sofia: SignedInPerson;
  let stranger: SignedInPerson;
  let desk: ScriptedConsole;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ nobodyWaitS: 600 });
    const gateway = await api.gateway();
    vera = await api.volunteer('Vera');
    sofia = await api.volunteer('Sofia', { role: 'supervisor' });
    const other = await api.makeHotline('Legal intake');
    stranger = await api.volunteer('Walid', { hotlineId: other.hotlineId });
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: gateway.publicKey, role: 'gateway' },
      { publicKey: vera.me.publicKey, role: 'volunteer' },
    ]);
    desk = await api.console(vera);
  }, 60_000);
  afterAll(() => api.stop(), 30_000);

  const get = async <Schema extends z.ZodType>(schema: Schema, path: string, who: SignedInPerson) => {
    const answer = await api.request('GET', path, { cookie: who.cookie });
    if (!answer.ok) throw new Error(`Refused: ${answer.status}`);
    return schema.parse(await answer.json());
  };
  const ask = (method: string, path: string, who: SignedInPerson, body: unknown) =>
    api.request(method, path, { cookie: who.cookie, body });
  const sealed = async (text: string, itemId: string, who: SignedInPerson, purpose: 'team-message' | 'dispatch') => {
    const { hotlineId } = api.hotline;
    const bytes = await sealForTeam(api.vault, text, { purpose, hotlineId, itemId, authorId: who.me.operatorId });
    return Buffer.from(bytes).toString('base64');
  };

  it('who waits is listed for members with the reason, without anything of the caller', async () => {
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    const [call] = await eventually('the call waits', async () => {
      const queue = await get(z.array(WaitingCall), '/api/queue', vera);
      return queue[0]?.whyNot.length ? queue : null;
    });
    expect(call).toMatchObject({ hotlineName: 'Jail support', position: 1, priority: 'medium', ringingAt: [] });
    expect(call?.whyNot).toContainEqual({ reason: 'offline', people: expect.any(Number) as number });
    const raw = await (await api.request('GET', '/api/queue', { cookie: vera.cookie })).text();
    expect(raw).not.toMatch(/\+1555|caller/i);
    expect(await get(z.array(WaitingCall), '/api/queue', stranger)).toEqual([]);
    const floor = await get(Floor, '/api/floor', sofia);
    expect(floor.all).toMatchObject({ waiting: 1, available: 0 });
    await api.status(sid, 'completed');
    await eventually('nobody waits', async () => (await get(z.array(WaitingCall), '/api/queue', vera)).length === 0);
  });

  it('colleagues are seen with their state as it is now, and consoles are told to look again', async () => {
    const topics: string[] = [];
    desk.socket.on('changed', ({ topic }: { topic: string }) => topics.push(topic));
    await desk.ask('set-presence', { state: 'break', reason: 'meal' });
    await eventually('told of people', () => topics.includes('people'));
    const seen = await eventually('on a break', async () => {
      const { people } = await get(Colleagues, '/api/colleagues', sofia);
      return people.find(({ name, state }) => name === 'Vera' && state === 'break');
    });
    expect(seen).toMatchObject({ role: 'volunteer', reachable: true });
    await desk.ask('set-presence', { state: 'offline' });
  });

  it('the floor with its people is for those who lead a hotline', async () => {
    expect((await api.request('GET', '/api/floor', { cookie: vera.cookie })).status).toBe(403);
    expect((await api.request('GET', '/api/floor')).status).toBe(401);
    expect((await get(Floor, '/api/floor', sofia)).people.map(({ name }) => name)).toContain('Vera');
  });

  it('what is said to the team is kept once, in order, sealed, and only for members', async () => {
    const path = `/api/hotlines/${api.hotline.hotlineId}/team-messages`;
    const messageId = randomUUID();
    const body = { messageId, sealed: await sealed('Who speaks Tagalog?', messageId, vera, 'team-message') };
    const said = TeamMessage.parse(await (await ask('POST', path, vera, body)).json());
    expect(said.author.name).toBe('Vera');
    expect((await ask('POST', path, vera, body)).status).toBe(200);
    expect(await get(TeamMessages, path, sofia)).toEqual([said]);
    expect((await ask('POST', path, sofia, body)).status).toBe(409);
    expect((await api.request('GET', path, { cookie: stranger.cookie })).status).toBe(403);
    expect((await ask('POST', path, vera, { ...body, sealed: 'not base64!' })).status).toBe(400);
    const { rows } = await api.resources.sql.pool.query<{ row: string }>('select t::text as row from team_message t');
    expect(rows.map(({ row }) => row).join()).not.toContain('Tagalog');
  });

  it('somebody who is sent out moves forward step by step, never back, and two who move at once don’t collide', async () => {
    const dispatchId = randomUUID();
    const { hotlineId } = api.hotline;
    const body = {
      dispatchId,
      hotlineId,
      callId: null,
      operatorId: vera.me.operatorId,
      sealed: await sealed('Bail papers to the county jail', dispatchId, sofia, 'dispatch'),
    };
    const sent = Dispatch.parse(await (await ask('POST', '/api/dispatches', sofia, body)).json());
    expect(sent).toMatchObject({ state: 'sent', person: { name: 'Vera' }, sentBy: { name: 'Sofia' } });
    const move = (state: string, who = vera) => ask('PATCH', `/api/dispatches/${dispatchId}`, who, { state });
    expect((await move('on-the-way')).status).toBe(200);
    expect((await move('accepted')).status).toBe(409);
    expect((await move('there', stranger)).status).toBe(404);
    const both = await Promise.all([move('there'), move('there', sofia)]);
    expect(both.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    expect((await move('done')).status).toBe(200);
    expect((await move('cancelled')).status).toBe(409);
    const board = await get(z.array(Dispatch), '/api/dispatches', vera);
    expect(board.map(({ state }) => state)).toEqual(['done']);
    expect(await get(z.array(Dispatch), '/api/dispatches', stranger)).toEqual([]);
  });

  it('only members of the hotline are sent out', async () => {
    const dispatchId = randomUUID();
    const { hotlineId } = api.hotline;
    const body = {
      dispatchId,
      hotlineId,
      callId: null,
      operatorId: stranger.me.operatorId,
      sealed: await sealed('There', dispatchId, vera, 'dispatch'),
    };
    const answer = await ask('POST', '/api/dispatches', vera, body);
    expect(await answer.json()).toMatchObject({ error: { reason: 'not-a-member' } });
  });
});

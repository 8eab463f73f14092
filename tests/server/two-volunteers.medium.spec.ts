import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole, type SignedInPerson } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

const RING_S = 5;
const WRAP_UP_S = 2;

describe('two volunteers', () => {
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let people: [SignedInPerson, SignedInPerson];
  let desks: [ScriptedConsole, ScriptedConsole];

  const roster = (...members: SignedInPerson[]) =>
    api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: gateway.publicKey, role: 'gateway' },
      ...members.map((m) => ({ publicKey: m.me.publicKey, role: 'volunteer' as const })),
    ]);

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ nobodyWaitS: 600, ringTimeoutS: RING_S, wrapUpS: WRAP_UP_S, missesUntilPause: 2 });
    gateway = await api.gateway();
    people = [await api.volunteer('Vera'), await api.volunteer('Walid')];
    await roster(...people);
    desks = [await api.console(people[0]), await api.console(people[1])];
  }, 60_000);
  afterAll(() => api.stop(), 30_000);

  const begin = async (...who: ScriptedConsole[]) => {
    for (const desk of who) expect(await desk.ask('set-presence', { state: 'available' })).toEqual({ outcome: 'done' });
  };
  afterEach(async () => {
    const { rows } = await api.resources.sql.pool.query<{ sid: string }>(
      'select carrier_call_id as sid from call where ended_at is null',
    );
    for (const { sid } of rows) await api.status(sid, 'completed');
    for (const desk of desks) {
      await eventually('home again', async () => {
        const answer = await desk.ask('set-presence', { state: 'offline' });
        return answer.outcome === 'done';
      });
    }
  });
  const ring = async (sid = ApiUnderTest.callSid()) => {
    await api.voice(sid);
    const desk = await eventually('it rings', () => desks.find((d) => d.now?.offer));
    const offer = desk.now?.offer;
    if (!offer) throw new Error('The ring is over already.');
    await gateway.report({ type: 'stream-started', callId: offer.callId, streamId: 'MZ1' });
    return { sid, offer, desk, other: desk === desks[0] ? desks[1] : desks[0] };
  };
  /** Accepted, keys agreed, both heard. */
  const answer = async (desk: ScriptedConsole, offer: { offerId: string; callId: string; legId: string }) => {
    const { callId, legId } = offer;
    expect(await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null })).toEqual({ outcome: 'done' });
    await gateway.report({ type: 'stream-started', callId: callId as never, streamId: 'MZ1' });
    await gateway.report({
      type: 'member-joined',
      callId: callId as never,
      legId: legId as never,
      connectionId: desk.connectionId as never,
      generation: 1,
      keyIndex: 1,
    });
    await desk.sees('in call', (s) => s.call?.phase === 'in-call');
  };
  const eventsOf = async (callId: string): Promise<Record<string, unknown>[]> => {
    const { rows } = await api.resources.sql.pool.query<{ body: Record<string, unknown> }>(
      'select body from call_event where call_id = $1 order by seq',
      [callId],
    );
    return rows.map((row) => row.body);
  };

  it('one call rings one person; the other isn’t disturbed, and the log says why', async () => {
    await begin(...desks);
    const { offer, other } = await ring();
    const made = (await eventsOf(offer.callId)).filter((e) => e['type'] === 'OfferMade');
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({
      reason: 'longest-idle',
      passedOver: expect.arrayContaining([
        { operatorId: other.me.operatorId, reason: 'idle-for-less' },
        { operatorId: api.owner.me.operatorId, reason: 'offline' },
      ]) as unknown,
    });
    expect(other.now?.offer).toBeNull();
    expect(other.now?.presence.state).toBe('available');
  });

  it('two pages accept in the same millisecond: one has the call, the other learns it', async () => {
    await begin(desks[0]);
    const second = await api.console(people[0]);
    const { sid, offer } = await ring();
    await second.sees('the ring', (s) => s.offer);
    const body = { offerId: offer.offerId, keyPackage: null };
    const answers = await Promise.all([desks[0], second, desks[1]].map((desk) => desk.ask('accept-offer', body)));
    expect(answers.filter((a) => a.outcome === 'done')).toHaveLength(1);
    for (const refused of answers.filter((a) => a.outcome === 'refused')) {
      expect(refused).toEqual({ outcome: 'refused', reason: 'offer-over' });
    }
    const winner = answers[0]?.outcome === 'done' ? desks[0] : second;
    for (const desk of [desks[0], second]) {
      const call = await desk.sees('the call', (s) => s.call);
      expect(call.connectionId).toBe(winner.connectionId);
    }
    expect((await eventsOf(offer.callId)).filter((e) => e['type'] === 'OfferAccepted')).toHaveLength(1);
    await api.status(sid, 'completed');
    second.close();
  });

  it('two calls and two people who accept at once: each has one', async () => {
    await begin(...desks);
    const sids = [ApiUnderTest.callSid(), ApiUnderTest.callSid()];
    await Promise.all(sids.map((sid) => api.voice(sid)));
    const offers = await Promise.all(desks.map((desk) => desk.sees('the ring', (s) => s.offer)));
    expect(new Set(offers.map((o) => o.callId)).size).toBe(2);
    const answers = await Promise.all(
      desks.map((desk, n) => desk.ask('accept-offer', { offerId: offers[n]?.offerId, keyPackage: null })),
    );
    expect(answers).toEqual([{ outcome: 'done' }, { outcome: 'done' }]);
    const rows = await Promise.all(sids.map((sid) => api.row(sid)));
    expect(new Set(rows.map((row) => row.operator_id)).size).toBe(2);
  });

  it('a decline goes to the next person and is no miss', async () => {
    await begin(...desks);
    const { offer, desk, other } = await ring();
    expect(await desk.ask('decline-offer', { offerId: offer.offerId })).toEqual({ outcome: 'done' });
    const next = await other.sees('the ring', (s) => s.offer);
    expect(next.callId).toBe(offer.callId);
    expect(next.offerId).not.toBe(offer.offerId);
    expect(await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null })).toEqual({
      outcome: 'refused',
      reason: 'offer-over',
    });
    await desk.sees('available again', (s) => s.presence.state === 'available');
    const { rows } = await api.resources.sql.pool.query<{ misses: number }>(
      'select misses from operator where id = $1',
      [desk.me.operatorId],
    );
    expect(rows).toEqual([{ misses: 0 }]);
  });

  it('whoever closes the console while it rings is passed over at once', async () => {
    await begin(...desks);
    const { offer, desk, other } = await ring();
    const index = desks.indexOf(desk) as 0 | 1;
    desk.close();
    const next = await other.sees('the ring', (s) => s.offer);
    expect(next.callId).toBe(offer.callId);
    expect((await eventsOf(offer.callId)).map((e) => e['type'])).toContain('OfferWithdrawn');
    desks[index] = await api.console(people[index]);
  });

  it('missed twice, a person is paused and told why, and the caller moves up', async () => {
    await begin(desks[0]);
    const { sid, offer } = await ring();
    const missed = async (times: number) =>
      eventually(
        `missed ${times} times`,
        async () => (await eventsOf(offer.callId)).filter((e) => e['timer'] === 'ring-timeout').length === times,
        (RING_S + 5) * 1_000,
      );
    await missed(1);
    await desks[0].sees('available after one miss', (s) => s.presence.state === 'available');
    // Left out of this call's next round for 15 s; then asked again.
    await desks[0].sees('the second ring', (s) => s.offer && s.offer.offerId !== offer.offerId, 25_000);
    await missed(2);
    const paused = await desks[0].sees('paused', (s) => (s.presence.state === 'break' ? s.presence : undefined));
    expect(paused.reason).toBe('missed-calls');
    const { rows } = await api.resources.sql.pool.query<{ rank: number }>(
      'select rank from call where carrier_call_id = $1',
      [sid],
    );
    expect(rows).toEqual([{ rank: 0 }]);
  }, 60_000);

  it('wrap-up ends by itself, and the next call comes only then', async () => {
    await begin(desks[0]);
    const { sid, offer, desk } = await ring();
    await answer(desk, offer);
    await api.status(sid, 'completed');
    const writing = await desk.sees('wrap-up', (s) => s.wrapUp);
    expect(writing.termination).toEqual({ result: 'caller', reason: 'caller-hung-up' });
    const next = ApiUnderTest.callSid();
    await api.voice(next);
    const second = await desk.sees('the next ring', (s) => s.offer, (WRAP_UP_S + 5) * 1_000);
    expect(second.offeredAt).toBeGreaterThanOrEqual(writing.endsAt - 50);
  });

  it('a removed member is thrown out in the middle of a call: the caller goes to somebody else', async () => {
    const mallory = await api.volunteer('Mallory');
    await roster(...people, mallory);
    const desk = await api.console(mallory);
    await begin(desk);
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    const offer = await desk.sees('the ring', (s) => s.offer);
    await answer(desk, offer);
    await begin(desks[0]);
    const removed = await api.request('DELETE', `/api/members/${mallory.me.operatorId}`, { cookie: api.owner.cookie });
    expect(removed.status).toBe(204);
    await eventually('the socket is closed', () => desk.socket.disconnected);
    const next = await desks[0].sees('the ring', (s) => s.offer);
    expect(next.callId).toBe(offer.callId);
    await eventually(
      'the gateway has nobody in the group',
      () => gateway.directiveOf(offer.callId)?.members.length === 0,
    );
    expect((await api.request('GET', '/api/me', { cookie: mallory.cookie })).status).toBe(401);
    const back = await api.signed(mallory.signer, '/api/auth/sessions', {});
    expect(back.status).toBe(403);
    const again = await api.console(mallory);
    expect(again.refusal).toBe('not-signed-in');
    again.close();
  });

  it('a removed member’s ring goes to somebody else at once', async () => {
    const mallory = await api.volunteer('Mallory');
    await roster(...people, mallory);
    const desk = await api.console(mallory);
    await begin(desk);
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    await desk.sees('the ring', (s) => s.offer);
    await begin(desks[1]);
    await api.request('DELETE', `/api/members/${mallory.me.operatorId}`, { cookie: api.owner.cookie });
    await desks[1].sees('the ring', (s) => s.offer, 2_000);
  });
});

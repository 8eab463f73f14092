import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, ScriptedConsole, type SignedInPerson } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

describe('people’s own hand in the queue (Q11)', () => {
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let vera: SignedInPerson;
  let walt: SignedInPerson;
  let leader: ScriptedConsole;
  let desk: ScriptedConsole;
  let other: ScriptedConsole;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ nobodyWaitS: 600, ringTimeoutS: 60, wrapUpS: 0 });
    gateway = await api.gateway();
    vera = await api.volunteer('Vera');
    walt = await api.volunteer('Walt');
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: vera.me.publicKey, role: 'volunteer' },
      { publicKey: walt.me.publicKey, role: 'volunteer' },
      { publicKey: gateway.publicKey, role: 'gateway' },
    ]);
    const consoleOf = (person: SignedInPerson) =>
      new ScriptedConsole(api.origin, person.cookie, person.me, person.signer);
    [leader, desk, other] = [consoleOf(api.owner), consoleOf(vera), consoleOf(walt)];
    for (const each of [leader, desk, other]) await eventually('first snapshot', () => each.now ?? each.refusal);
  }, 60_000);
  afterEach(async () => {
    const { rows } = await api.resources.sql.pool.query<{ sid: string }>(
      'select carrier_call_id as sid from call where ended_at is null',
    );
    await Promise.all(rows.map(({ sid }) => api.status(sid, 'completed')));
    for (const each of [desk, other]) {
      await each.sees('the end', (s) => s.presence.state !== 'ringing' && s.presence.state !== 'on-call');
      await each.ask('set-presence', { state: 'offline' });
    }
  });
  afterAll(async () => {
    for (const each of [leader, desk, other]) each.close();
    await api.stop();
  }, 30_000);

  const called = async (): Promise<{ sid: string; callId: string }> => {
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    return { sid, callId: await api.callId(sid) };
  };
  const eventsOf = async (callId: string, type: string): Promise<Record<string, unknown>[]> => {
    const { rows } = await api.resources.sql.pool.query<{ body: Record<string, unknown> }>(
      'select body from call_event where call_id = $1 and type = $2 order by seq',
      [callId, type],
    );
    return rows.map((row) => row.body);
  };

  it('a volunteer takes the next caller, also one they declined just before, and the log says who did it', async () => {
    await desk.ask('set-presence', { state: 'available' });
    const { callId } = await called();
    const offer = await desk.sees('the ring', (s) => s.offer);
    await desk.ask('decline-offer', { offerId: offer.offerId });
    await desk.sees('no ring', (s) => s.offer === null && s.presence.state === 'available');
    expect(await desk.ask('take-next', { hotlineId: null })).toEqual({ outcome: 'done' });
    const taken = await desk.sees('the ring again', (s) => s.offer);
    expect(taken.callId).toBe(callId);
    expect((await eventsOf(callId, 'OfferMade')).at(-1)).toMatchObject({
      reason: 'took-it',
      by: vera.me.operatorId,
      operatorId: vera.me.operatorId,
    });
  });

  it('taking the next where nobody waits, while offline, or of a stranger’s hotline is refused and changes nothing', async () => {
    const { callId } = await called();
    expect(await desk.ask('take-next', { hotlineId: null })).toEqual({ outcome: 'refused', reason: 'not-allowed-now' });
    expect(await desk.ask('take-next', { hotlineId: callId })).toEqual({ outcome: 'refused', reason: 'not-permitted' });
    expect(await eventsOf(callId, 'OfferMade')).toEqual([]);
    await api.status((await sidOf(callId)) ?? '', 'completed');
    await desk.ask('set-presence', { state: 'available' });
    expect(await desk.ask('take-next', { hotlineId: null })).toEqual({ outcome: 'refused', reason: 'nobody-free' });
  });
  const sidOf = async (callId: string): Promise<string | undefined> => {
    const { rows } = await api.resources.sql.pool.query<{ sid: string }>(
      'select carrier_call_id as sid from call where id = $1',
      [callId],
    );
    return rows[0]?.sid;
  };

  it('whoever leads gives a waiting caller to one person; a volunteer may not', async () => {
    await desk.ask('set-presence', { state: 'available' });
    const first = await called();
    await desk.sees('the ring', (s) => s.offer);
    // Vera rings: the second waits. Walt comes, declines it, and is the only one free.
    const { callId } = await called();
    await other.ask('set-presence', { state: 'available' });
    const offer = await other.sees('the ring', (s) => s.offer);
    await other.ask('decline-offer', { offerId: offer.offerId });
    await other.sees('no ring', (s) => s.offer === null && s.presence.state === 'available');
    const wish = { callId, operatorId: walt.me.operatorId };
    expect(await desk.ask('assign', wish)).toEqual({ outcome: 'refused', reason: 'not-permitted' });
    expect(await leader.ask('assign', { ...wish, operatorId: vera.me.operatorId })).toEqual({
      outcome: 'refused',
      reason: 'person-not-available',
    });
    expect(await leader.ask('assign', wish)).toEqual({ outcome: 'done' });
    expect((await other.sees('the ring again', (s) => s.offer)).callId).toBe(callId);
    expect((await eventsOf(callId, 'OfferMade')).at(-1)).toMatchObject({
      reason: 'assigned',
      by: api.owner.me.operatorId,
      operatorId: walt.me.operatorId,
    });
    expect(await eventsOf(first.callId, 'OfferMade')).toHaveLength(1);
  });

  it('a caller made urgent is served before those who came earlier, and the log says by whom', async () => {
    const earlier = await called();
    const { callId } = await called();
    expect(await desk.ask('set-priority', { callId, priority: 'urgent' })).toEqual({
      outcome: 'refused',
      reason: 'not-permitted',
    });
    expect(await leader.ask('set-priority', { callId, priority: 'urgent' })).toEqual({ outcome: 'done' });
    expect(await eventsOf(callId, 'PriorityChanged')).toMatchObject([
      { by: api.owner.me.operatorId, priority: 'urgent' },
    ]);
    await desk.ask('set-presence', { state: 'available' });
    expect((await desk.sees('the ring', (s) => s.offer)).callId).toBe(callId);
    expect(await eventsOf(earlier.callId, 'OfferMade')).toEqual([]);
  });

  it('an offer that a person’s own row knows nothing of is withdrawn by the reconciler, and told', async () => {
    await desk.ask('set-presence', { state: 'available' });
    const { callId } = await called();
    await desk.sees('the ring', (s) => s.offer);
    // As a bug or a hand in the database would leave it.
    await api.resources.sql.pool.query(
      `update operator set presence_state = 'break', presence_call_id = null where id = $1`,
      [vera.me.operatorId],
    );
    await expect.poll(() => eventsOf(callId, 'OfferWithdrawn'), { timeout: 15_000 }).toHaveLength(1);
    await expect
      .poll(
        async () =>
          (await api.resources.sql.pool.query(`select details from admin_log_line where call_id = $1`, [callId])).rows,
        { timeout: 15_000 },
      )
      .toEqual([{ details: { finding: 'double-offer' } }]);
  });
});

import { openOffers } from '@ringdown/call-flow/call-state';
import { type HotlineId, LanguageTag, type OperatorId } from '@ringdown/protocol/ids';
import { freshDatabase } from '@ringdown/testing/fresh-database';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arrive, type BareEngine, bareEngine, seedHotlines } from './bare-engine.ts';

const es = LanguageTag.parse('es');

describe('rounds of distribution on PostgreSQL', () => {
  let bare: BareEngine;
  let hotlineId: HotlineId;
  let hotlineIds: HotlineId[];
  let people: OperatorId[];

  beforeEach(async () => {
    bare = bareEngine(await freshDatabase(), 4);
  });
  afterEach(() => bare.close());

  const seed = async (given: { volunteers: number; settings?: object; hotlines?: number }): Promise<void> => {
    const seeded = await seedHotlines(bare, {
      hotlines: given.hotlines ?? 1,
      volunteers: given.volunteers,
      hotlinesEach: given.hotlines ?? 1,
      settings: { nobodyWaitS: 600, queueLimit: 500, ...given.settings },
    });
    ({ hotlineIds, operatorIds: people } = seeded);
    hotlineId = hotlineIds[0] as HotlineId;
  };
  const free = (...operatorIds: OperatorId[]) =>
    bare.sql.pool.query(`update operator set presence_state = 'available' where id = any($1::uuid[])`, [operatorIds]);
  const ringingFor = async (callId: string): Promise<OperatorId[]> => {
    const { rows } = await bare.sql.pool.query<{ id: OperatorId }>(
      `select id from operator where presence_state = 'ringing' and presence_call_id = $1 order by id`,
      [callId],
    );
    return rows.map((row) => row.id);
  };
  const inPhase = async (phase: string) => {
    const { rows } = await bare.sql.pool.query<{ position: number; nobody_there: boolean }>(
      `select position, nobody_there from call where phase = $1 order by arrived_at, id`,
      [phase],
    );
    return rows;
  };

  it('ring-all: all who are free ring for one call, and whoever doesn’t answer it rings for the next (Q2, Q3)', async () => {
    await seed({ volunteers: 3, settings: { strategy: 'ring-all' } });
    await free(...people);
    const first = await arrive(bare, hotlineId);
    await bare.round.run(hotlineId);
    expect(await ringingFor(first.callId)).toEqual(people.toSorted());
    const second = await arrive(bare, hotlineId);
    await bare.round.run(hotlineId);
    expect(await ringingFor(second.callId)).toEqual([]);
    const [offer] = openOffers((await bare.engine.findState(first.callId)) ?? first);
    if (!offer) throw new Error('Nobody rings.');
    await bare.engine.append(first.callId, {
      type: 'OfferAccepted',
      at: Date.now(),
      offerId: offer.offerId,
      connectionId: crypto.randomUUID() as never,
      publicKey: '0'.repeat(64) as never,
    });
    expect(await ringingFor(first.callId)).toEqual([]);
    await bare.round.run(hotlineId);
    expect(await ringingFor(second.callId)).toEqual(people.filter((id) => id !== offer.operatorId).toSorted());
  });

  it('ring-all: whoever becomes free while a call rings rings for what is left of the round, after those who wait unrung (Q2)', async () => {
    await seed({ volunteers: 3, settings: { strategy: 'ring-all', ringTimeoutS: 120 } });
    const [one, two, three] = people as [OperatorId, OperatorId, OperatorId];
    await free(one);
    const first = await arrive(bare, hotlineId);
    await bare.round.run(hotlineId);
    await free(two);
    await bare.round.run(hotlineId);
    expect(await ringingFor(first.callId)).toEqual([one, two].toSorted());
    const state = (await bare.engine.findState(first.callId)) ?? first;
    const [began, joined] = openOffers(state);
    expect(state.timers['ring-timeout']?.dueAt).toBe((began?.at ?? 0) + 120_000);
    expect(joined).toMatchObject({ operatorId: two, reason: 'ring-all' });
    const second = await arrive(bare, hotlineId);
    await free(three);
    await bare.round.run(hotlineId);
    expect(await ringingFor(second.callId)).toEqual([three]);
    expect(await ringingFor(first.callId)).toEqual([one, two].toSorted());
  });

  it('a required language: the caller behind is served first, and the other by whoever speaks it (Q12)', async () => {
    await seed({ volunteers: 2, settings: { languageRule: 'required' } });
    const [english, spanish] = people as [OperatorId, OperatorId];
    await bare.sql.pool.query(`update operator set languages = '{es}' where id = $1`, [spanish]);
    const waiting = await arrive(bare, hotlineId, es);
    const behind = await arrive(bare, hotlineId);
    await free(english);
    await bare.round.run(hotlineId);
    expect(await ringingFor(behind.callId)).toEqual([english]);
    expect(await ringingFor(waiting.callId)).toEqual([]);
    await free(spanish);
    await bare.round.run(hotlineId);
    expect(await ringingFor(waiting.callId)).toEqual([spanish]);
  });

  it('whoever took as many calls as agreed for a shift is left alone', async () => {
    await seed({ volunteers: 1 });
    await bare.sql.pool.query('update hotline_member set shift_capacity = 2');
    await bare.sql.pool.query('update operator set shift_calls = 2');
    await free(...people);
    const call = await arrive(bare, hotlineId);
    await bare.round.run(hotlineId);
    expect(await ringingFor(call.callId)).toEqual([]);
    await bare.sql.pool.query('update operator set shift_calls = 1');
    await bare.round.run(hotlineId);
    expect(await ringingFor(call.callId)).toEqual(people);
  });

  it('more callers than people and than one go holds: the first are served, the others hear their place', async () => {
    await seed({ volunteers: 40 });
    const calls = [];
    for (let n = 0; n < 70; n += 1) calls.push(await arrive(bare, hotlineId));
    await free(...people);
    await bare.round.run(hotlineId);
    await bare.round.told(hotlineId);
    expect(await inPhase('ringing')).toHaveLength(40);
    const waiting = await inPhase('queued');
    expect(waiting).toHaveLength(30);
    const { rows } = await bare.sql.pool.query<{ late: number }>(
      `select count(*)::int as late from call r, call q where r.phase = 'ringing' and q.phase = 'queued' and r.arrived_at > q.arrived_at`,
    );
    expect(rows[0]?.late, 'nobody later rings before somebody earlier').toBe(0);
    // Forty ring ahead of them: more than twenty.
    expect(new Set(waiting.map((row) => row.position))).toEqual(new Set([21]));
  });

  it('all who wait are told that nobody is there, however many, and that somebody is again', async () => {
    await seed({ volunteers: 1 });
    await bare.sql.pool.query('delete from console_connection');
    for (let n = 0; n < 70; n += 1) await arrive(bare, hotlineId);
    await bare.round.run(hotlineId);
    await bare.round.told(hotlineId);
    expect((await inPhase('queued')).filter((row) => row.nobody_there)).toHaveLength(70);
    await bare.sql.pool.query(`update operator set presence_state = 'on-call'`);
    await bare.round.run(hotlineId);
    await bare.round.told(hotlineId);
    expect((await inPhase('queued')).filter((row) => row.nobody_there)).toHaveLength(0);
    expect((await inPhase('queued')).slice(0, 3).map((row) => row.position)).toEqual([1, 2, 3]);
  });

  it('somebody who serves two hotlines gets the more pressing caller, of equals the dearer hotline’s (Q2)', async () => {
    await seed({ volunteers: 1, hotlines: 2 });
    const [person] = people as [OperatorId];
    const [one, other] = hotlineIds as [HotlineId, HotlineId];
    const early = await arrive(bare, one);
    const late = await arrive(bare, other);
    await bare.sql.pool.query('update hotline_member set weight = 5 where hotline_id = $1', [other]);
    await free(person);
    await bare.round.runFor(person, hotlineIds);
    expect(await ringingFor(late.callId)).toEqual([person]);
    await bare.sql.pool.query(`update operator set presence_state = 'available', presence_call_id = null`);
    await bare.sql.pool.query(`update call set phase = 'ended', ended_at = now() where id = $1`, [late.callId]);
    await arrive(bare, other);
    await bare.engine.append(early.callId, { type: 'PriorityChanged', at: Date.now(), by: person, priority: 'urgent' });
    await bare.round.runFor(person, hotlineIds);
    expect(await ringingFor(early.callId)).toEqual([person]);
  });
});

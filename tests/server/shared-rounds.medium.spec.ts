import { replayCall } from '@ringdown/call-flow/reduce-call';
import type { CallId, HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { freshDatabase } from '@ringdown/testing/fresh-database';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arrive, type BareEngine, bareEngine, seedHotlines } from './bare-engine.ts';
import { faultsOfSharedRounds, HesitantPool, ONE_CALL_A_PERSON } from './double-offers.ts';

const HOTLINES = 6;
const SETTINGS = { nobodyWaitS: 600, queueLimit: 500, wrapUpS: 0 };

describe('rounds of several hotlines in one transaction', () => {
  let url: string;
  let bare: BareEngine;

  beforeEach(async () => {
    url = await freshDatabase();
    bare = bareEngine(url, 4);
    await bare.sql.pool.query(ONE_CALL_A_PERSON);
  });
  afterEach(() => bare.close());

  const freeAll = () =>
    bare.sql.pool.query(
      `update operator set presence_state = 'available', presence_call_id = null where presence_state <> 'ringing'`,
    );
  const rung = async () => {
    const { rows } = await bare.sql.pool.query<{ id: OperatorId; hotline_id: HotlineId; transaction: string }>(
      `select o.id, c.hotline_id, c.xmin::text as transaction from operator o join call c on c.id = o.presence_call_id
        where o.presence_state = 'ringing'`,
    );
    return rows;
  };
  const runAll = (by: BareEngine, hotlineIds: readonly HotlineId[]) =>
    Promise.allSettled(hotlineIds.map((hotlineId) => by.round.run(hotlineId)));

  it('one free person each: the offers of hotlines that ask at once are one transaction', async () => {
    const { hotlineIds } = await seedHotlines(bare, { hotlines: HOTLINES, volunteers: HOTLINES, settings: SETTINGS });
    for (const hotlineId of hotlineIds) {
      await arrive(bare, hotlineId);
      await arrive(bare, hotlineId);
    }
    // The look whether anybody waits comes first; those who were told a moment ago skip it.
    await runAll(bare, hotlineIds);
    await freeAll();
    await runAll(bare, hotlineIds);
    const offers = await rung();
    expect(new Set(offers.map((each) => each.hotline_id))).toEqual(new Set(hotlineIds));
    expect(new Set(offers.map((each) => each.transaction)).size).toBeLessThan(HOTLINES / 2);
  });

  it('a hotline whose round throws leaves the others’ offers standing, and rings when it is mended', async () => {
    const { hotlineIds } = await seedHotlines(bare, { hotlines: HOTLINES, volunteers: HOTLINES, settings: SETTINGS });
    const calls = new Map<HotlineId, CallId>();
    for (const hotlineId of hotlineIds) calls.set(hotlineId, (await arrive(bare, hotlineId)).callId);
    const [broken, ...whole] = hotlineIds as [HotlineId, ...HotlineId[]];
    const state = await bare.engine.findState(calls.get(broken) as CallId);
    const setState = (to: object | null) =>
      bare.sql.pool.query('update call set state = $2 where id = $1', [calls.get(broken), JSON.stringify(to)]);
    await setState({ legs: [] });
    await freeAll();
    const faults = await faultsOfSharedRounds();
    const outcomes = await runAll(bare, hotlineIds);
    expect(await faultsOfSharedRounds()).toBeGreaterThan(faults);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', ...whole.map(() => 'fulfilled')]);
    expect((await rung()).map((each) => each.hotline_id).toSorted()).toEqual(whole.toSorted());
    await setState(state);
    await bare.round.run(broken);
    expect(await rung()).toHaveLength(HOTLINES);
  });

  it('people of several hotlines: each gets one offer, in the first hotline that asked, and everybody free rings (Q3)', async () => {
    const { hotlineIds, operatorIds } = await seedHotlines(bare, {
      hotlines: HOTLINES,
      volunteers: HOTLINES - 2,
      hotlinesEach: HOTLINES,
      settings: SETTINGS,
    });
    for (const hotlineId of hotlineIds) await arrive(bare, hotlineId);
    await freeAll();
    const faults = await faultsOfSharedRounds();
    await runAll(bare, hotlineIds);
    const offers = await rung();
    expect(offers.map((each) => each.id).toSorted()).toEqual(operatorIds.toSorted());
    expect(new Set(offers.map((each) => each.hotline_id)).size).toBe(HOTLINES - 2);
    expect(await faultsOfSharedRounds()).toBe(faults);
  });

  it('two processes with the same hotlines and people, held up at random: no deadlock, no double offer, nobody left over', async () => {
    const slow = [1, 2].map(() => bareEngine(url, 4, new HesitantPool(url, () => undefined, 4)));
    const { hotlineIds, operatorIds } = await seedHotlines(bare, {
      hotlines: HOTLINES,
      volunteers: 8,
      hotlinesEach: 3,
      settings: SETTINGS,
    });
    const faults = await faultsOfSharedRounds();
    for (let n = 0; n < 12; n += 1) {
      for (const hotlineId of hotlineIds) for (let k = 0; k < 3; k += 1) await arrive(bare, hotlineId);
      await freeAll();
      // In opposite orders, and both while the other is at it.
      const outcomes = await Promise.all(
        slow.flatMap((each, index) => {
          const ids = index === 0 ? hotlineIds : hotlineIds.toReversed();
          return [runAll(each, ids), runAll(each, ids.slice(2))];
        }),
      );
      expect(outcomes.flat().filter(({ status }) => status === 'rejected')).toEqual([]);
      expect((await rung()).map((each) => each.id).toSorted()).toEqual(operatorIds.toSorted());
      expect(await bare.log.listStrayOffers()).toEqual([]);
      await Promise.all(slow.flatMap((each) => hotlineIds.map((hotlineId) => each.round.told(hotlineId))));
      for (const { id } of (await bare.sql.pool.query<{ id: CallId }>(`select id from call where ended_at is null`))
        .rows) {
        const at = Date.now();
        await bare.engine.append(id, { type: 'CarrierStatusChanged', at, status: 'completed', sequence: null });
      }
    }
    expect(await faultsOfSharedRounds()).toBe(faults);
    const { rows } = await bare.sql.pool.query<{ id: CallId }>('select id from call');
    for (const { id } of rows) {
      const events = (await bare.log.listEvents(id)).map((each) => each.event);
      expect(replayCall(events)).toEqual(await bare.log.findState(id));
    }
    for (const each of slow) await each.close();
  });
});

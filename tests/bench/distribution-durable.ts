import type { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { startPostgres } from '@ringdown/testing/postgres';
import { arrive, type BareEngine, bareEngine, seedHotlines } from '../server/bare-engine.ts';
import type { Figure } from './distribution-pure.ts';

const HOTLINES = 50;
const VOLUNTEERS = 2_000;
const WAITING = 10_000;
const SETTINGS = { nobodyWaitS: 600, maxWaitS: 3_600, queueLimit: 1_000 };

/** One real call each, multiplied: the same rows as if all had arrived by themselves. */
const fillQueue = async (bare: BareEngine, hotlineIds: readonly HotlineId[], each: number): Promise<void> => {
  for (const hotlineId of hotlineIds) {
    const { callId } = await arrive(bare, hotlineId);
    await bare.sql.pool.query(
      `insert into call (id, hotline_id, carrier_account_id, carrier_call_id, phase, seq, state, rank, position, language,
          arrived_at, updated_at)
        select n.id, hotline_id, carrier_account_id, n.id::text, 'queued', seq,
          state || jsonb_build_object('callId', n.id, 'position', 21), rank, 21, language,
          arrived_at + n.n * interval '1 millisecond', updated_at
        from call, (select gen_random_uuid() as id, n from generate_series(1, $2::int) n) n where call.id = $1`,
      [callId, each - 1],
    );
  }
};

const setAvailable = (bare: BareEngine, operatorIds: readonly OperatorId[]) =>
  bare.sql.pool.query(
    `update operator set presence_state = 'available', presence_call_id = null, presence_since = now(), idle_since = now()
      where id = any($1::uuid[])`,
    [operatorIds],
  );

/** As if all calls that ring had been taken and others had come in their place. */
const renew = (bare: BareEngine) =>
  bare.sql.pool.query(
    `with offered as (update call set phase = 'ended', ended_at = now(), next_timer_at = null where phase = 'ringing'
        returning hotline_id),
      fresh as (select distinct on (hotline_id) * from call where phase = 'queued' and rank = 2 order by hotline_id, arrived_at desc)
      insert into call (id, hotline_id, carrier_account_id, carrier_call_id, phase, seq, state, rank, position, language,
          arrived_at, updated_at)
        select n.id, f.hotline_id, f.carrier_account_id, n.id::text, 'queued', f.seq,
          f.state || jsonb_build_object('callId', n.id, 'position', 21), f.rank, 21, f.language,
          f.arrived_at + n.n * interval '1 millisecond', f.updated_at
        from (select gen_random_uuid() as id, hotline_id, row_number() over () as n from offered) n
          join fresh f using (hotline_id)`,
  );

const countRinging = async (bare: BareEngine): Promise<number> => {
  const { rows } = await bare.sql.pool.query<{ n: number }>(
    `select count(*)::int as n from operator where presence_state = 'ringing'`,
  );
  return rows[0]?.n ?? 0;
};

const countPlacesTold = async (bare: BareEngine): Promise<number> => {
  const { rows } = await bare.sql.pool.query<{ n: number }>(
    `select count(*)::int as n from call_event where type = 'PositionChanged'`,
  );
  return rows[0]?.n ?? 0;
};

const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/**
 * Offers stored with event, state, people and outbox, fsync on; carrying out the effects isn't counted. Those who wait are told
 * their places in the same time, by the same processes; how many events that were is counted beside it.
 */
const offersPerSecond = async (
  bare: BareEngine,
  free: number,
  seconds: number,
): Promise<{ offers: number; placesTold: number }> => {
  const { rows } = await bare.sql.pool.query<{ hotline_id: HotlineId; operator_id: OperatorId }>(
    'select hotline_id, operator_id from hotline_member order by operator_id',
  );
  const byHotline = new Map<HotlineId, OperatorId[]>();
  for (const row of rows) byHotline.set(row.hotline_id, [...(byHotline.get(row.hotline_id) ?? []), row.operator_id]);
  let offers = 0;
  let spentMs = 0;
  const toldBefore = await countPlacesTold(bare);
  while (spentMs < seconds * 1000) {
    await bare.sql.pool.query(`update operator set presence_state = 'break', presence_call_id = null`);
    await setAvailable(
      bare,
      [...byHotline.values()].flatMap((people) => people.slice(0, free)),
    );
    const began = performance.now();
    await Promise.all([...byHotline.keys()].map((hotlineId) => bare.round.run(hotlineId)));
    spentMs += performance.now() - began;
    offers += await countRinging(bare);
    await renew(bare);
  }
  const placesTold = (await countPlacesTold(bare)) - toldBefore;
  return { offers: offers / (spentMs / 1000), placesTold: placesTold / (spentMs / 1000) };
};

/** A volunteer becomes free: until an offer to them is stored, with so many waiting. */
const freeToRing = async (bare: BareEngine, times: number): Promise<number[]> => {
  const { rows } = await bare.sql.pool.query<{ hotline_id: HotlineId; operator_id: OperatorId }>(
    'select hotline_id, operator_id from hotline_member order by operator_id',
  );
  await bare.sql.pool.query(`update operator set presence_state = 'break', presence_call_id = null`);
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const member = rows[n % rows.length];
    if (!member) break;
    const began = performance.now();
    await bare.log.changePresence(member.operator_id, (row) => ({
      presence: { ...row, state: 'available', since: Date.now(), callId: null },
      result: null,
    }));
    await bare.round.runFor(member.operator_id, [member.hotline_id]);
    const presence = await bare.log.findPresence(member.operator_id);
    if (presence?.state !== 'ringing') throw new Error('A free volunteer was not rung.');
    took.push(performance.now() - began);
  }
  return took;
};

export const measureDurable = async (seconds: number): Promise<Figure[]> => {
  const postgres = await startPostgres({ durable: true });
  const figures: Figure[] = [];
  try {
    const many = bareEngine(await postgres.freshDatabase(), 8);
    const { hotlineIds } = await seedHotlines(many, { hotlines: HOTLINES, volunteers: VOLUNTEERS, settings: SETTINGS });
    await fillQueue(many, hotlineIds, WAITING / HOTLINES);
    await many.sql.pool.query('vacuum analyze');
    const params = { waiting: WAITING, volunteers: VOLUNTEERS, hotlines: HOTLINES, database: 'embedded, fsync on' };
    for (const free of [40, 1]) {
      const { offers, placesTold } = await offersPerSecond(many, free, seconds);
      figures.push(
        { metric: 'durable_offers_per_second', unit: '1/s', value: offers, params: { ...params, free } },
        { metric: 'places_told_per_second', unit: '1/s', value: placesTold, params: { ...params, free } },
      );
    }
    await many.close();
    for (const waiting of [1_000, 10_000]) {
      const one = bareEngine(await postgres.freshDatabase(), 8);
      const seeded = await seedHotlines(one, { hotlines: 1, volunteers: 100, settings: SETTINGS });
      await fillQueue(one, seeded.hotlineIds, waiting);
      await one.sql.pool.query('vacuum analyze');
      const took = await freeToRing(one, 100);
      for (const [metric, share] of [
        ['free_to_ring_ms_p50', 0.5],
        ['free_to_ring_ms_p95', 0.95],
      ] as const) {
        figures.push({
          metric,
          unit: 'ms',
          value: percentile(took, share),
          params: { waiting, until: 'offer stored' },
        });
      }
      await one.close();
    }
    return figures;
  } finally {
    await postgres.stop();
  }
};

import { freshDatabase } from '@ringdown/testing/fresh-database';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SqlPool } from './database.ts';
import { FloorRepository } from './floor.repository.ts';

const SECOND = 1_000;

describe('what goes on now', () => {
  let sql: SqlPool;
  let floor: FloorRepository;
  let hotlineId: string;

  beforeAll(async () => {
    sql = new SqlPool(await freshDatabase(), () => undefined, 2);
    floor = new FloorRepository(sql);
  });
  afterAll(() => sql.close());

  beforeEach(async () => {
    hotlineId = randomUUID();
    await sql.pool.query(
      `insert into hotline (id, name, language, time_zone, hours, greeting, settings, vault_public_key)
        values ($1, 'Line', 'en', 'Asia/Manila', '{}', '{}', '{"serviceLevelS": 45}', '')`,
      [hotlineId],
    );
  });

  const aCall = (waitedMs: number, phase: string) =>
    sql.pool.query(
      `insert into call (id, hotline_id, carrier_account_id, carrier_call_id, phase, seq, state, rank, arrived_at, updated_at)
        values (gen_random_uuid(), $1, gen_random_uuid(), gen_random_uuid(), $2, 1, '{}', 2, $3, now())`,
      [hotlineId, phase, new Date(Date.now() - waitedMs)],
    );
  const line = async () => (await floor.listLines()).find((row) => row.hotlineId === hotlineId);

  it('who waits is counted at once, from the arrival of the first', async () => {
    await aCall(10 * SECOND, 'queued');
    await aCall(90 * SECOND, 'ringing');
    await aCall(600 * SECOND, 'in-call');
    const row = await line();
    expect(row?.waiting).toBe(2);
    expect(row?.longestSince).toBeLessThanOrEqual(Date.now() - 90 * SECOND);
    expect(row?.longestSince).toBeGreaterThan(Date.now() - 600 * SECOND);
  });

  it('each hotline has its own zone and its own goal; what isn’t set is 80 % within 20 s', async () => {
    expect(await line()).toMatchObject({ timeZone: 'Asia/Manila', goal: { thresholdMs: 45_000, percent: 80 } });
  });

  it('only who is available and has a console open counts as available', async () => {
    for (const [state, open] of [
      ['available', true],
      ['available', false],
      ['break', true],
    ] as const) {
      const operatorId = randomUUID();
      await sql.pool.query(
        `insert into operator (id, public_key, name, role, presence_state) values ($1, gen_random_uuid(), 'Ana', 'volunteer', $2)`,
        [operatorId, state],
      );
      await sql.pool.query('insert into hotline_member (hotline_id, operator_id) values ($1, $2)', [
        hotlineId,
        operatorId,
      ]);
      if (open) {
        await sql.pool.query('insert into console_connection (id, operator_id, socket_id) values ($1, $2, $3)', [
          randomUUID(),
          operatorId,
          'socket',
        ]);
      }
    }
    expect(await line()).toMatchObject({ available: 1 });
  });
});

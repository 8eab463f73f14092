import type { ConnectionId, OperatorId } from '@ringdown/protocol/ids';
import { freshDatabase } from '@ringdown/testing/fresh-database';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionsRepository } from './connections.repository.ts';
import { SqlPool } from './database.ts';

describe('pages of consoles', () => {
  let sql: SqlPool;
  let connections: ConnectionsRepository;
  let operatorId: OperatorId;
  const page = () => randomUUID() as ConnectionId;

  beforeAll(async () => {
    sql = new SqlPool(await freshDatabase(), () => undefined);
    connections = new ConnectionsRepository(sql);
  });

  beforeEach(async () => {
    operatorId = randomUUID() as OperatorId;
    await sql.pool.query(
      `insert into operator (id, public_key, name, role, presence_state, presence_since)
       values ($1, $2, 'A', 'volunteer', 'available', now() - interval '1 hour')`,
      [operatorId, randomUUID()],
    );
  });

  afterAll(() => sql.close());

  const away = (interval: string) =>
    sql.pool.query(`update operator set unreachable_since = unreachable_since - $2::interval where id = $1`, [
      operatorId,
      interval,
    ]);

  it('a reload doesn’t make somebody gone who has been available for an hour', async () => {
    const [before, after] = [page(), page()];
    await connections.open(before, operatorId, 'socket-1');
    await connections.close(before, 'socket-1');
    expect(await connections.listGone()).not.toContain(operatorId);
    await connections.open(after, operatorId, 'socket-2');
    await away('1 hour');
    expect(await connections.listGone()).not.toContain(operatorId);
    expect(await connections.isReachable(operatorId)).toBe(true);
  });

  it('half a minute without any page is gone; one page of two left open is not', async () => {
    const [one, two] = [page(), page()];
    expect(await connections.open(one, operatorId, 'socket-1')).toEqual({ reached: true });
    expect(await connections.open(two, operatorId, 'socket-2')).toEqual({ reached: false });
    await connections.close(one, 'socket-1');
    await away('31 seconds');
    expect(await connections.listGone()).not.toContain(operatorId);
    await connections.close(two, 'socket-2');
    await away('31 seconds');
    expect(await connections.listGone()).toContain(operatorId);
  });

  it('pages of an api that died are taken once, and leave their person unreachable', async () => {
    const open = page();
    await connections.open(open, operatorId, 'socket-1');
    await sql.pool.query(`update console_connection set seen_at = now() - interval '1 minute' where id = $1`, [open]);
    const [first, second] = await Promise.all([connections.takeStale(15_000), connections.takeStale(15_000)]);
    expect([...first, ...second]).toEqual([{ connectionId: open, operatorId }]);
    await away('31 seconds');
    expect(await connections.listGone()).toContain(operatorId);
  });

  it('nobody speaks from another person’s page', async () => {
    const mine = page();
    expect(await connections.open(mine, operatorId, 'socket-1')).not.toBeNull();
    expect(await connections.open(mine, randomUUID() as OperatorId, 'socket-2')).toBeNull();
  });
});

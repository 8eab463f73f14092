import type { CallId, ConnectionId, HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';
import type { SqlPool } from './database.ts';
import { type CandidateRow, listCandidates } from './round-transaction.ts';

export type { CandidateRow } from './round-transaction.ts';

/** People whose last page is among those just closed (a data-modifying CTE doesn't see the deletion itself). */
const MARK_UNREACHABLE = `update operator o set unreachable_since = now() where o.id in (select operator_id from closed)
  and not exists (select 1 from console_connection c where c.operator_id = o.id and c.id not in (select id from closed))`;

/** Pages of consoles that are connected now, and who is therefore reachable. Asked for each decision: plain SQL. */
export class ConnectionsRepository {
  private readonly sql: SqlPool;

  constructor(sql: SqlPool) {
    this.sql = sql;
  }

  /**
   * Null when the page is somebody else's: its id is known to whoever shares a room with it. `reached`: no page of this
   * person's was connected before.
   */
  async open(
    connectionId: ConnectionId,
    operatorId: OperatorId,
    socketId: string,
  ): Promise<{ reached: boolean } | null> {
    const { rows } = await this.sql.pool.query<{ reached: boolean }>({
      name: 'connection-open',
      text: `with opened as (
          insert into console_connection (id, operator_id, socket_id) values ($1, $2, $3)
          on conflict (id) do update set socket_id = $3, seen_at = now() where console_connection.operator_id = $2
          returning operator_id
        ), reached as (
          update operator set unreachable_since = null where id in (select operator_id from opened)
          and unreachable_since is not null
        ) select not exists (select 1 from console_connection where operator_id = $2) as reached from opened`,
      values: [connectionId, operatorId, socketId],
    });
    return rows[0] ?? null;
  }

  /** False when the page has reconnected by another socket in the meantime: then nothing was lost. */
  async close(connectionId: ConnectionId, socketId: string): Promise<boolean> {
    const { rowCount } = await this.sql.pool.query({
      name: 'connection-close',
      text: `with closed as (
          delete from console_connection where id = $1 and socket_id = $2 returning id, operator_id
        ), left_alone as (${MARK_UNREACHABLE}) select 1 from closed`,
      values: [connectionId, socketId],
    });
    return (rowCount ?? 0) > 0;
  }

  async renew(socketIds: readonly string[]): Promise<void> {
    if (socketIds.length === 0) return;
    await this.sql.pool.query({
      name: 'connection-renew',
      text: 'update console_connection set seen_at = now() where socket_id = any($1)',
      values: [socketIds],
    });
  }

  /** Connections whose api process died without closing them. Each is returned to one caller only. */
  async takeStale(olderThanMs: number): Promise<{ connectionId: ConnectionId; operatorId: OperatorId }[]> {
    const { rows } = await this.sql.pool.query<{ id: ConnectionId; operator_id: OperatorId }>({
      name: 'connection-stale',
      text: `with closed as (
          delete from console_connection where seen_at < now() - $1 * interval '1 millisecond' returning id, operator_id
        ), left_alone as (${MARK_UNREACHABLE}) select id, operator_id from closed`,
      values: [olderThanMs],
    });
    return rows.map((row) => ({ connectionId: row.id, operatorId: row.operator_id }));
  }

  async isReachable(operatorId: OperatorId): Promise<boolean> {
    const { rowCount } = await this.sql.pool.query({
      name: 'connection-any',
      text: 'select 1 from console_connection where operator_id = $1 limit 1',
      values: [operatorId],
    });
    return (rowCount ?? 0) > 0;
  }

  async listCandidates(hotlineId: HotlineId): Promise<CandidateRow[]> {
    return (await listCandidates(this.sql.pool, [hotlineId])).get(hotlineId) ?? [];
  }

  /** People whose wrap-up time has run out, and people stuck with a call that is over. */
  async listWrapUpOver(now: Instant): Promise<OperatorId[]> {
    const { rows } = await this.sql.pool.query<{ id: OperatorId }>({
      name: 'wrap-up-over',
      text: `select id from operator where presence_state = 'wrap-up' and presence_ends_at <= $1 and removed_at is null`,
      values: [new Date(now)],
    });
    return rows.map((row) => row.id);
  }

  async listStuck(): Promise<OperatorId[]> {
    const { rows } = await this.sql.pool.query<{ id: OperatorId }>({
      name: 'operators-stuck',
      text: `select o.id from operator o left join call c on c.id = o.presence_call_id
        where o.presence_state in ('ringing', 'on-call') and (c.id is null or c.ended_at is not null)
        and o.removed_at is null`,
    });
    return rows.map((row) => row.id);
  }

  /** Removed people whom a call still has: the process that removed them died over it. */
  async listRemovedOnCalls(): Promise<OperatorId[]> {
    const { rows } = await this.sql.pool.query<{ id: OperatorId }>({
      name: 'operators-removed-on-calls',
      text: `select o.id from operator o join call c on c.id = o.presence_call_id
        where o.presence_state in ('ringing', 'on-call') and o.removed_at is not null and c.ended_at is null`,
    });
    return rows.map((row) => row.id);
  }

  async findCallOfRemoved(operatorId: OperatorId): Promise<CallId | null> {
    const { rows } = await this.sql.pool.query<{ presence_call_id: CallId | null }>({
      name: 'operator-removed-call',
      text: `select presence_call_id from operator where id = $1 and removed_at is not null`,
      values: [operatorId],
    });
    return rows[0]?.presence_call_id ?? null;
  }

  /** Available or on break without any page open for a while: nobody is there, unless their own phone rings for them. */
  async listGone(): Promise<OperatorId[]> {
    const { rows } = await this.sql.pool.query<{ id: OperatorId }>({
      name: 'operators-gone',
      text: `select o.id from operator o where o.presence_state in ('available', 'break', 'wrap-up') and o.removed_at is null
        and o.unreachable_since < now() - interval '30 seconds'
        and not exists (select 1 from own_phone p where p.operator_id = o.id and p.rings)`,
    });
    return rows.map((row) => row.id);
  }
}

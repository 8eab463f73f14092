import type { GatewayId, Instant, PublicKeyHex } from '@ringdown/protocol/ids';
import type { SqlPool } from './database.ts';

export interface GatewayRow {
  gatewayId: GatewayId;
  publicKey: PublicKeyHex;
  streamOrigin: string;
  calls: number;
  up: boolean;
  registeredAt: Instant;
  lastSeenAt: Instant;
}

interface GatewayRecord {
  id: GatewayId;
  public_key: PublicKeyHex;
  stream_origin: string;
  calls: number;
  up: boolean;
  registered_at: Date;
  last_seen_at: Date;
}

const toGateway = (row: GatewayRecord): GatewayRow => ({
  gatewayId: row.id,
  publicKey: row.public_key,
  streamOrigin: row.stream_origin,
  calls: row.calls,
  up: row.up,
  registeredAt: row.registered_at.getTime(),
  lastSeenAt: row.last_seen_at.getTime(),
});

/** Gateways that registered; their heartbeats are the clock by which a vanished one is noticed. Times are the database's. */
export class GatewaysRepository {
  private readonly sql: SqlPool;

  constructor(sql: SqlPool) {
    this.sql = sql;
  }

  /** Answers whether it is a new gateway. Rejects with a unique violation when another gateway has this key. */
  async register(gateway: {
    gatewayId: GatewayId;
    publicKey: PublicKeyHex;
    streamOrigin: string;
    capacity: number;
    calls: number;
  }): Promise<{ isNew: boolean; publicKey: PublicKeyHex }> {
    const { rows } = await this.sql.pool.query<{ is_new: boolean; public_key: PublicKeyHex }>({
      name: 'gateway-register',
      text: `insert into gateway (id, public_key, stream_origin, capacity, calls, up) values ($1, $2, $3, $4, $5, true)
        on conflict (id) do update set stream_origin = $3, capacity = $4, calls = $5, up = true, draining = false,
          registered_at = now(), last_seen_at = now()
          where gateway.public_key = $2
        returning (xmax = 0) as is_new, public_key`,
      values: [gateway.gatewayId, gateway.publicKey, gateway.streamOrigin, gateway.capacity, gateway.calls],
    });
    return { isNew: rows[0]?.is_new ?? false, publicKey: rows[0]?.public_key ?? ('' as PublicKeyHex) };
  }

  /** False for a gateway that was given up meanwhile: it must register anew, with the calls it still holds. */
  async seen(gatewayId: GatewayId, calls: number, load: number, draining: boolean): Promise<boolean> {
    const { rowCount } = await this.sql.pool.query({
      name: 'gateway-seen',
      text: 'update gateway set calls = $2, load = $3, draining = $4, last_seen_at = now() where id = $1 and up',
      values: [gatewayId, calls, load, draining],
    });
    return (rowCount ?? 0) > 0;
  }

  /** Marks gateways unseen for so long as down and returns them: each goes to one caller only. */
  async takeVanished(unseenMs: number): Promise<GatewayId[]> {
    const { rows } = await this.sql.pool.query<{ id: GatewayId }>({
      name: 'gateway-vanished',
      text: `update gateway set up = false where up and last_seen_at < now() - $1 * interval '1 millisecond' returning id`,
      values: [unseenMs],
    });
    return rows.map((row) => row.id);
  }

  /**
   * The one with the fewest calls for its capacity, seen lately. `suspect` is passed over unless it registered anew within
   * the last `suspectFreshMs`; the count is raised at once, so that calls arriving together spread.
   */
  async takeLeastLoaded(suspect: GatewayId | null, suspectFreshMs: number): Promise<GatewayRow | null> {
    const { rows } = await this.sql.pool.query<GatewayRecord>({
      name: 'gateway-least-loaded',
      text: `update gateway set calls = calls + 1 where id = (
          select id from gateway where up and not draining and calls < capacity
            and last_seen_at > now() - interval '2500 milliseconds'
            and (id is distinct from $1 or registered_at > now() - $2 * interval '1 millisecond')
          order by calls::float / capacity, load, id limit 1 for update)
        returning *`,
      values: [suspect, suspectFreshMs],
    });
    return rows[0] ? toGateway(rows[0]) : null;
  }

  async findGateway(gatewayId: GatewayId): Promise<GatewayRow | null> {
    const { rows } = await this.sql.pool.query<GatewayRecord>({
      name: 'gateway-find',
      text: 'select * from gateway where id = $1',
      values: [gatewayId],
    });
    return rows[0] ? toGateway(rows[0]) : null;
  }

  async listGateways(): Promise<GatewayRow[]> {
    const { rows } = await this.sql.pool.query<GatewayRecord>('select * from gateway order by id');
    return rows.map(toGateway);
  }

  async anyUp(): Promise<boolean> {
    const { rowCount } = await this.sql.pool.query({
      name: 'gateway-any',
      text: `select 1 from gateway where up and last_seen_at > now() - interval '2500 milliseconds' limit 1`,
    });
    return (rowCount ?? 0) > 0;
  }
}

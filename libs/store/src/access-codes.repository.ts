import type { AccessCode } from '@ringdown/protocol/dial-in';
import type { Instant, OperatorId } from '@ringdown/protocol/ids';
import { isUniqueViolation, type SqlPool } from './database.ts';

/** Wrong tries within the hour that lock a code, over all calls and hotlines. */
export const TRIES_UNTIL_LOCK = 10;
const HOUR_MS = 3_600_000;
/** Each lock lasts twice as long as the one before, up to sixteen hours, until the code is entered right once. */
const LONGEST_LOCK_STEPS = 4;

export interface AccessCodeRow {
  operatorId: OperatorId;
  code: AccessCode;
  tries: number;
  lockedUntil: Instant | null;
}

/** A code that may be tried, with what the PIN is held against. */
export interface TriedCode {
  operatorId: OperatorId;
  salt: Uint8Array;
  hash: Uint8Array;
}

/** What volunteers enter on the phone. Plain SQL: a try is counted in the same statement that finds the code. */
export class AccessCodesRepository {
  private readonly sql: SqlPool;

  constructor(sql: SqlPool) {
    this.sql = sql;
  }

  async find(operatorId: OperatorId, now: Instant): Promise<AccessCodeRow | null> {
    const { rows } = await this.sql.pool.query<{
      operator_id: OperatorId;
      code: AccessCode;
      tries: number;
      locked_until: Date | null;
    }>(
      `select operator_id, code, locked_until,
          case when tries_since > $2::timestamptz - interval '1 hour' then tries else 0 end as tries
        from access_code where operator_id = $1`,
      [operatorId, new Date(now)],
    );
    const row = rows[0];
    if (!row) return null;
    const lockedUntil = row.locked_until?.getTime() ?? null;
    return {
      operatorId: row.operator_id,
      code: row.code,
      tries: row.tries,
      lockedUntil: lockedUntil !== null && lockedUntil > now ? lockedUntil : null,
    };
  }

  /** Keeps the code that the person has, or takes the given one; null when somebody else has it. A lock ends with it. */
  async save(
    operatorId: OperatorId,
    given: { code: AccessCode; salt: Uint8Array; hash: Uint8Array },
    now: Instant,
  ): Promise<AccessCode | null> {
    try {
      const { rows } = await this.sql.pool.query<{ code: AccessCode }>(
        `insert into access_code (operator_id, code, salt, hash, set_at) values ($1, $2, $3, $4, $5)
          on conflict (operator_id) do update set salt = $3, hash = $4, set_at = $5, tries = 0, locks = 0, locked_until = null
          returning code`,
        [operatorId, given.code, given.salt, given.hash, new Date(now)],
      );
      return rows[0]?.code ?? null;
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  async remove(operatorId: OperatorId): Promise<void> {
    await this.sql.pool.query('delete from access_code where operator_id = $1', [operatorId]);
  }

  /** Counts the try before anybody knows whether it is right: a hundred at once are ten. Null: no such code, or locked. */
  async countTry(code: string, now: Instant): Promise<TriedCode | null> {
    const { rows } = await this.sql.pool.query<{ operator_id: OperatorId; salt: Buffer; hash: Buffer }>(
      `update access_code set
          tries = case when tries_since > $2::timestamptz - interval '1 hour' then tries + 1 else 1 end,
          tries_since = case when tries_since > $2::timestamptz - interval '1 hour' then tries_since else $2 end
        where code = $1 and (locked_until is null or locked_until <= $2)
          and (tries < $3 or tries_since <= $2::timestamptz - interval '1 hour')
        returning operator_id, salt, hash`,
      [code, new Date(now), TRIES_UNTIL_LOCK],
    );
    const row = rows[0];
    return row ? { operatorId: row.operator_id, salt: new Uint8Array(row.salt), hash: new Uint8Array(row.hash) } : null;
  }

  async enteredRight(operatorId: OperatorId): Promise<void> {
    await this.sql.pool.query(
      'update access_code set tries = 0, locks = 0, locked_until = null where operator_id = $1',
      [operatorId],
    );
  }

  /** Until when it is locked by this wrong try; null while there are tries left. */
  async enteredWrong(operatorId: OperatorId, now: Instant): Promise<Instant | null> {
    const { rows } = await this.sql.pool.query<{ locked_until: Date }>(
      `update access_code set tries = 0, locks = locks + 1,
          locked_until = $2::timestamptz + power(2, least(locks, $4)) * $5::float8 * interval '1 millisecond'
        where operator_id = $1 and tries >= $3 returning locked_until`,
      [operatorId, new Date(now), TRIES_UNTIL_LOCK, LONGEST_LOCK_STEPS, HOUR_MS],
    );
    return rows[0]?.locked_until.getTime() ?? null;
  }
}

import { PrismaPg } from '@prisma/adapter-pg';
import type { Instant } from '@ringdown/protocol/ids';
import { Pool, type PoolClient, type QueryResult } from 'pg';
import { PrismaClient } from './generated/client.ts';

/** Whatever runs statements: a connection in a transaction, or the pool for one statement that is a transaction by itself. */
export type Queries = Pick<PoolClient, 'query'>;

/** An instant as a statement's parameter. */
export const date = (instant: Instant | null): Date | null => (instant === null ? null : new Date(instant));

/** The one Prisma client of a process. */
export class Database extends PrismaClient {
  constructor(connectionString: string, max = 8) {
    super({ adapter: new PrismaPg({ connectionString, max }) });
  }
}

/**
 * Plain connections for the call log, the one hot path: three to four times cheaper per transaction than models
 * (docs/adr/0006). PostgreSQL going away surfaces as a rejected query; the pool reconnects by itself.
 */
export class SqlPool {
  readonly pool: Pool;

  constructor(connectionString: string, onError: (error: Error) => void, max = 10) {
    this.pool = new Pool({ connectionString, max, connectionTimeoutMillis: 5_000 });
    // The pool hears only those that nobody uses; one that fails between two statements of a transaction would end the process.
    this.pool.on('connect', (client) => client.on('error', onError));
    this.pool.on('error', () => undefined);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /**
   * One transaction; rolled back when `work` throws. `firstly`: statements without parameters, sent along with its begin;
   * `work` is given the rows of the last of them.
   */
  async transaction<T>(work: (client: PoolClient, firstRows: unknown[]) => Promise<T>, firstly = ''): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      // Of several statements in one text pg gives a list of results.
      const begun = (await client.query(`begin;${firstly}`)) as QueryResult<object> | QueryResult<object>[];
      const result = await work(client, Array.isArray(begun) ? (begun.at(-1)?.rows ?? []) : []);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

/** By SQLSTATE, as plain pg gives it. */
const failedWith = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
export const isUniqueViolation = (error: unknown): boolean => failedWith(error, '23505');
/** A lock wasn't to be had in the time that was set for it. */
export const isLockTimeout = (error: unknown): boolean => failedWith(error, '55P03');

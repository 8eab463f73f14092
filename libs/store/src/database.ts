import { PrismaPg } from '@prisma/adapter-pg';
import type { Instant } from '@ringdown/protocol/ids';
import { Pool, type PoolClient } from 'pg';
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

  /** One transaction; rolled back when `work` throws. `firstly`: a statement without parameters, sent along with its begin. */
  async transaction<T>(work: (client: PoolClient) => Promise<T>, firstly = ''): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`begin;${firstly}`);
      const result = await work(client);
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

/** SQLSTATE 23505, as plain pg gives it. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505';

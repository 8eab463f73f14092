import { createAdapter as createPostgresAdapter } from '@socket.io/postgres-adapter';
import { createAdapter as createRedisAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Pool, type PoolClient } from 'pg';
import type { ServerOptions } from 'socket.io';

/** Lets several processes emit to each other's sockets: over PostgreSQL by default, over Redis with REDIS_URL. */
export interface SocketCluster {
  adapter: ServerOptions['adapter'];
  close(): Promise<void>;
}

const TABLE = `create table if not exists socket_io_attachments (
  id bigserial unique, created_at timestamptz default now(), payload bytea)`;

export const openSocketCluster = async (
  urls: { databaseUrl: string; redisUrl: string | undefined },
  onError: (error: Error) => void,
): Promise<SocketCluster> => {
  if (urls.redisUrl) {
    const publisher = new Redis(urls.redisUrl, { maxRetriesPerRequest: null });
    const subscriber = publisher.duplicate();
    publisher.on('error', onError);
    subscriber.on('error', onError);
    return {
      adapter: createRedisAdapter(publisher, subscriber) as unknown as ServerOptions['adapter'],
      close: async () => {
        publisher.disconnect();
        subscriber.disconnect();
      },
    };
  }
  const pool = openPool(urls.databaseUrl, onError);
  await pool.query(TABLE);
  return {
    adapter: createPostgresAdapter(pool, { errorHandler: onError }) as unknown as ServerOptions['adapter'],
    close: () => pool.end(),
  };
};

/**
 * The adapter takes one connection to listen on and keeps it. It doesn't hear when that connection fails, which would end the
 * process, and doesn't give it back when it is gone, which would use the pool up after three restarts of the database.
 */
const openPool = (connectionString: string, onError: (error: Error) => void): Pool => {
  const pool = new Pool({ connectionString, max: 3 });
  pool.on('connect', (client: PoolClient) => {
    client.on('error', onError);
    client.once('end', () => {
      if (client.listenerCount('notification') > 0) client.release(true);
    });
  });
  // Of a connection that nobody uses; the connection has said so itself.
  pool.on('error', () => undefined);
  return pool;
};

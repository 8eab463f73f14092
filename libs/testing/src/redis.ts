import { startLocalRedis, type LocalRedis } from '@ringdown/local-servers/redis';

/** A real Redis of the caller's own. Needs `redis-server` on PATH. */
export function startRedis(): Promise<LocalRedis> {
  return startLocalRedis();
}

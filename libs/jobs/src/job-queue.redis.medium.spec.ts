import { restartableRedis } from '@ringdown/testing/restartable-servers';
import { describeJobQueue } from './job-queue.contract.ts';

describeJobQueue('Redis', restartableRedis, (url) => ({ databaseUrl: 'postgresql://not-used', redisUrl: url }));

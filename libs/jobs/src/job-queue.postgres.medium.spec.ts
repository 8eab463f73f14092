import { restartablePostgres } from '@ringdown/testing/restartable-servers';
import { describeJobQueue } from './job-queue.contract.ts';

// A server of its own, not the one all tests share: it is restarted.
describeJobQueue('PostgreSQL', restartablePostgres, (url) => ({ databaseUrl: url, redisUrl: undefined }));

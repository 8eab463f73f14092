import {
  type ConnectionOptions,
  createPostgresBackend,
  Queue,
  setDefaultBackendFactory,
  UnrecoverableError,
  Worker,
} from 'bullmq';
import { type JobBody, type JobHandlers, type JobName, jobIdOf, jobSchemas } from './jobs.ts';

export interface QueueUrls {
  databaseUrl: string;
  /** With it the queue lives on Redis or Valkey, without it on PostgreSQL. */
  redisUrl: string | undefined;
}

export class QueueUnavailable extends Error {
  readonly reason = 'queue-unavailable';
  readonly retryable = true;
}

/** By its base class BullMQ gives the job up at once: it would be as malformed the next time. */
export class JobMalformed extends UnrecoverableError {
  readonly reason = 'job-malformed';
  readonly retryable = false;
}

const QUEUE_NAME = 'ringdown-calls';
/** `add()` waits for ever while Redis is away; `close()` too. */
const PATIENCE_MS = 3_000;
const KEEP_DONE = { age: 3_600, count: 5_000 };
/** A timer must not be given up because two workers died over it. */
const MAX_STALLED = 10;

const connectionOf = (urls: QueueUrls): ConnectionOptions => {
  if (urls.redisUrl) return { url: urls.redisUrl, maxRetriesPerRequest: null };
  // The backend of a process is chosen before its first queue; one process never uses both.
  setDefaultBackendFactory(createPostgresBackend);
  return { connectionString: urls.databaseUrl, migrate: true, max: 4 };
};

const within = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new QueueUnavailable('The job queue does not answer.')), PATIENCE_MS);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
};

/** Puts jobs into the queue. */
export class JobQueue {
  private readonly queue: Queue;

  constructor(urls: QueueUrls, onError: (error: Error) => void) {
    this.queue = new Queue(QUEUE_NAME, { connection: connectionOf(urls) });
    this.queue.on('error', onError);
  }

  /** Enqueued twice with the same body it runs once. Rejects with `QueueUnavailable` after three seconds. */
  async enqueue<Name extends JobName>(
    name: Name,
    body: JobBody<Name>,
    options: { delayMs?: number; attempts?: number } = {},
  ): Promise<void> {
    await within(
      this.queue.add(name, body, {
        jobId: jobIdOf(name, body),
        delay: Math.max(0, options.delayMs ?? 0),
        attempts: options.attempts ?? 5,
        backoff: { type: 'exponential', delay: 500 },
        removeOnComplete: KEEP_DONE,
        removeOnFail: KEEP_DONE,
      }),
    );
  }

  async isUp(): Promise<boolean> {
    await within(this.queue.getJobCounts('active'));
    return true;
  }

  async close(): Promise<void> {
    await within(this.queue.close()).catch((error: unknown) => {
      if (!(error instanceof QueueUnavailable)) throw error;
    });
  }
}

/** Runs jobs. A handler loads, checks whether its job is done already, acts, and records. */
export class JobWorker {
  private readonly worker: Worker;

  constructor(
    urls: QueueUrls,
    handlers: JobHandlers,
    options: { concurrency?: number; onError: (error: Error, jobName?: string) => void },
  ) {
    this.worker = new Worker(
      QUEUE_NAME,
      async (job) => {
        const schema = jobSchemas[job.name as JobName];
        const handler = handlers[job.name as JobName] as ((body: unknown) => Promise<void>) | undefined;
        const body = schema?.safeParse(job.data);
        if (!handler || !body?.success) throw new JobMalformed('A job of unknown name or shape was found.');
        await handler(body.data);
      },
      {
        connection: connectionOf(urls),
        concurrency: options.concurrency ?? 8,
        lockDuration: 10_000,
        stalledInterval: 5_000,
        maxStalledCount: MAX_STALLED,
      },
    );
    this.worker.on('error', (error) => options.onError(error));
    this.worker.on('failed', (job, error) => options.onError(error, job?.name));
  }

  async close(): Promise<void> {
    await within(this.worker.close()).catch((error: unknown) => {
      if (!(error instanceof QueueUnavailable)) throw error;
    });
  }
}

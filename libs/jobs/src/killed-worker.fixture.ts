import { JobWorker } from './job-queue.ts';

/** A process of its own that takes a job and never finishes it: what a killed worker leaves behind. */
const [databaseUrl = '', redisUrl] = process.argv.slice(2);
const takeAndHold = (): Promise<void> => {
  process.stdout.write('taken\n');
  return new Promise(() => undefined);
};

// oxlint-disable-next-line no-new -- it lives as long as the process
new JobWorker(
  { databaseUrl, redisUrl },
  {
    'shift-reminder': takeAndHold,
    'shift-begins': takeAndHold,
    'carrier-recording': takeAndHold,
  },
  { onError: (error) => void process.stderr.write(`${error.message}\n`) },
);

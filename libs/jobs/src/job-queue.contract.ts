import type { RestartableServer } from '@ringdown/testing/restartable-servers';
import { HotlineId } from '@ringdown/protocol/ids';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JobMalformed, JobQueue, JobWorker, type QueueUrls } from './job-queue.ts';
import type { JobBody } from './jobs.ts';

const aShift = (inMs = 0): JobBody<'shift-begins'> => ({
  hotlineId: HotlineId.parse(randomUUID()),
  at: Date.now() + inMs,
});

/** Waits for a condition that real servers bring about; never for a length of time. */
const until = (what: string, condition: () => boolean, timeout = 20_000) =>
  expect.poll(condition, { timeout, interval: 20, message: what }).toBe(true);

/** A bundle of the worker that is to be killed: Node 20 reads no TypeScript itself. */
const bundleKilledWorker = async (): Promise<string> => {
  const file = path.resolve(`dist/tests/killed-worker-${process.pid}.mjs`);
  const bundle = await rolldown({
    input: path.resolve(import.meta.dirname, 'killed-worker.fixture.ts'),
    platform: 'node',
    external: (id) => !/^[./]/.test(id) && !id.startsWith('@ringdown/'),
  });
  await bundle.write({ file, format: 'esm' });
  await bundle.close();
  return file;
};

/** What the queue promises on either server. One server a file: a process uses one kind of queue only. */
export const describeJobQueue = (
  name: string,
  startServer: () => Promise<RestartableServer>,
  urlsOf: (url: string) => QueueUrls,
): void => {
  describe(`the job queue on ${name}`, () => {
    let server: RestartableServer;
    let urls: QueueUrls;
    let queue: JobQueue;
    let worker: JobWorker | undefined;
    const done: JobBody<'shift-begins'>[] = [];
    const errors: Error[] = [];

    const work = (handle: (body: JobBody<'shift-begins'>) => Promise<void> = async () => undefined): void => {
      worker = new JobWorker(
        urls,
        {
          'shift-begins': async (body) => {
            await handle(body);
            done.push(body);
          },
          'shift-reminder': async () => undefined,
          'carrier-recording': async () => undefined,
        },
        { onError: (error) => errors.push(error) },
      );
    };
    const timesDone = (body: JobBody<'shift-begins'>): number =>
      done.filter((b) => b.hotlineId === body.hotlineId).length;

    beforeAll(async () => {
      server = await startServer();
      urls = urlsOf(server.url);
    });
    beforeEach(() => {
      done.length = 0;
      errors.length = 0;
      queue = new JobQueue(urls, (error) => errors.push(error));
    });
    afterEach(async () => {
      await worker?.close();
      worker = undefined;
      await queue.close();
    });
    afterAll(() => server.remove());

    it('runs a job with the body it was given', async () => {
      work();
      const body = aShift();
      await queue.enqueue('shift-begins', body);
      await until('the job is done', () => timesDone(body) === 1);
      expect(done).toEqual([body]);
      expect(await queue.isUp()).toBe(true);
    });

    it('runs once what was enqueued twice, before it ran and after', async () => {
      const body = aShift();
      await queue.enqueue('shift-begins', body);
      await queue.enqueue('shift-begins', body);
      work();
      await until('the job is done', () => timesDone(body) === 1);
      await queue.enqueue('shift-begins', body);
      const last = aShift();
      await queue.enqueue('shift-begins', last);
      await until('a later job is done', () => timesDone(last) === 1);
      expect(timesDone(body)).toBe(1);
    });

    it('runs a delayed job when it is due, not before, and not after jobs that came later', async () => {
      const doneAt = new Map<string, number>();
      work(async (body) => void doneAt.set(body.hotlineId, Date.now()));
      const late = aShift(700);
      const soon = aShift();
      await queue.enqueue('shift-begins', late, { delayMs: 700 });
      await queue.enqueue('shift-begins', soon);
      await until('both are done', () => timesDone(late) === 1 && timesDone(soon) === 1);
      const lateBy = (doneAt.get(late.hotlineId) ?? 0) - late.at;
      expect(lateBy).toBeGreaterThanOrEqual(-5);
      expect(doneAt.get(soon.hotlineId)).toBeLessThan(late.at);
      expect(lateBy).toBeLessThan(10_000);
    });

    it('tries a job again when its handler failed', async () => {
      let attempts = 0;
      work(async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('The database is away.');
      });
      const body = aShift();
      await queue.enqueue('shift-begins', body);
      await until('the second attempt', () => timesDone(body) === 1);
      expect(attempts).toBe(2);
      expect(errors).toHaveLength(1);
    });

    it('refuses a malformed job, says so once, and goes on', async () => {
      work();
      const wrong = { ...aShift(), hotlineId: 'no-hotline-id' } as unknown as JobBody<'shift-begins'>;
      await queue.enqueue('shift-begins', wrong);
      await queue.enqueue('no-such-job' as 'shift-begins', aShift());
      await until('both are refused', () => errors.length >= 2);
      const after = aShift();
      await queue.enqueue('shift-begins', after, { delayMs: 1_200 });
      await until('a job after them', () => timesDone(after) === 1);
      // A second attempt would have come after half a second.
      expect(errors.map((error) => error instanceof JobMalformed)).toEqual([true, true]);
      expect(errors.map((error) => error.message).join('')).not.toContain('no-hotline-id');
      expect(done).toHaveLength(1);
    });

    it('gives the job of a killed worker to another', async () => {
      const file = await bundleKilledWorker();
      const body = aShift();
      let child: ChildProcess | undefined;
      try {
        child = spawn(process.execPath, [file, urls.databaseUrl, ...(urls.redisUrl ? [urls.redisUrl] : [])], {
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let said = '';
        for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
        await queue.enqueue('shift-begins', body);
        await until(`the job is taken: ${said}`, () => said.includes('taken'));
        child.kill('SIGKILL');
        await once(child, 'exit');
      } finally {
        child?.kill('SIGKILL');
        await rm(file, { force: true });
      }
      work();
      await until('another worker has done it', () => timesDone(body) === 1, 40_000);
      expect(timesDone(body)).toBe(1);
    }, 60_000);

    it('refuses in bounded time while the server is away, and comes back by itself', async () => {
      work();
      const before = aShift();
      await queue.enqueue('shift-begins', before);
      await until('it works', () => timesDone(before) === 1);
      await server.stop();
      const asked = Date.now();
      await expect(queue.enqueue('shift-begins', aShift())).rejects.toThrow();
      await expect(queue.isUp()).rejects.toThrow();
      expect(Date.now() - asked).toBeLessThan(8_000);
      await server.start();
      const after = aShift();
      await expect
        .poll(
          () =>
            queue.enqueue('shift-begins', after).then(
              () => 'stored',
              () => 'refused',
            ),
          { timeout: 20_000 },
        )
        .toBe('stored');
      await until('it works again', () => timesDone(after) === 1, 30_000);
    }, 60_000);
  });
};

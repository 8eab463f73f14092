import type { GatewayReport } from '@ringdown/protocol/gateway';
import { CallId } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ReportQueue } from './report-queue.ts';

const callId = CallId.parse(randomUUID());

test('reports are kept in order until the api has them, each with one key', async () => {
  const received: GatewayReport[] = [];
  let failures = 2;
  const queue = new ReportQueue(
    (report) => {
      received.push(report);
      return failures-- > 0 ? Promise.reject(new Error('no answer')) : Promise.resolve({ outcome: 'stored' });
    },
    () => 5,
  );
  queue.add({ type: 'stream-started', callId, streamId: 'a' });
  queue.add({ type: 'digit-received', callId, digit: '1' });
  expect(received).toEqual([]);
  queue.resume();
  await expect.poll(() => queue.length).toBe(0);
  expect(received.map(({ type }) => type)).toEqual([
    'stream-started',
    'stream-started',
    'stream-started',
    'digit-received',
  ]);
  expect(new Set(received.slice(0, 3).map(({ eventKey }) => eventKey)).size).toBe(1);
  expect(received[3]?.eventKey).not.toBe(received[0]?.eventKey);
});

test('a refused report is final', async () => {
  let sent = 0;
  const queue = new ReportQueue(
    () => {
      sent++;
      return Promise.resolve({ outcome: 'refused', reason: 'unknown-call' });
    },
    () => 5,
  );
  queue.resume();
  queue.add({ type: 'digit-received', callId, digit: '1' });
  await expect.poll(() => queue.length).toBe(0);
  expect(sent).toBe(1);
});

test('while the link is down nothing is sent', async () => {
  const queue = new ReportQueue(
    () => expect.unreachable(),
    () => 5,
  );
  queue.add({ type: 'digit-received', callId, digit: '1' });
  await Promise.resolve();
  expect(queue.length).toBe(1);
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkHealth } from './health.ts';

const up = async () => true;

describe('readiness', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is ready when every part is up', async () => {
    expect(await checkHealth([{ name: 'database', check: up }])).toEqual({
      status: 'ready',
      parts: { database: 'up' },
    });
    expect(await checkHealth([])).toEqual({ status: 'ready', parts: {} });
  });

  it('names the parts that answer no or fail', async () => {
    const answer = await checkHealth([
      { name: 'database', check: up },
      { name: 'queue', check: async () => false },
      { name: 'media-server', check: () => Promise.reject(new Error('refused')) },
    ]);
    expect(answer).toEqual({
      status: 'not-ready',
      parts: { database: 'up', queue: 'down', 'media-server': 'down' },
    });
  });

  it('a check that throws before it promises anything is down too', async () => {
    const check = (): Promise<boolean> => {
      throw new Error('at once');
    };
    expect((await checkHealth([{ name: 'queue', check }])).parts).toEqual({ queue: 'down' });
  });

  it('asks all at once and gives each two seconds', async () => {
    const never = () => new Promise<boolean>(() => undefined);
    const answer = checkHealth([
      { name: 'database', check: never },
      { name: 'queue', check: never },
      { name: 'media-server', check: up },
    ]);
    let answered = false;
    void answer.then(() => (answered = true));
    await vi.advanceTimersByTimeAsync(1_999);
    expect(answered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toEqual({
      status: 'not-ready',
      parts: { database: 'down', queue: 'down', 'media-server': 'up' },
    });
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { HotlineId } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlaceTelling } from './distribution-telling.ts';

const hotlineId = HotlineId.parse(randomUUID());

describe('when those who wait hear their place', () => {
  let told: number[];
  let places: PlaceTelling;
  let fail: boolean;
  let waiting: number;

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    told = [];
    fail = false;
    waiting = 20;
    places = new PlaceTelling(async (_, onBegin) => {
      await Promise.resolve();
      onBegin();
      if (fail) throw new Error('The database is away.');
      told.push(Date.now());
      return waiting;
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('at once when little happens, then once for all changes of 1, 2, 4, 5 s while the queue goes on moving', async () => {
    places.owe(hotlineId);
    for (let ms = 0; ms < 20_000; ms += 100) {
      await vi.advanceTimersByTimeAsync(100);
      places.owe(hotlineId);
    }
    expect(told).toEqual([0, 1_000, 3_000, 7_000, 12_000, 17_000]);
  });

  it('each second while only a few wait, however long that goes on', async () => {
    waiting = 8;
    places.owe(hotlineId);
    for (let ms = 0; ms < 4_000; ms += 100) {
      await vi.advanceTimersByTimeAsync(100);
      places.owe(hotlineId);
    }
    expect(told).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  it('what is awaited is that they know of all changes so far; while the queue goes on moving the next change tells them', async () => {
    places.owe(hotlineId);
    await places.told(hotlineId);
    expect(told).toEqual([0]);
    places.owe(hotlineId);
    const second = places.told(hotlineId);
    await vi.advanceTimersByTimeAsync(1_000);
    await second;
    expect(told).toEqual([0, 1_000]);
    places.owe(hotlineId);
    await places.told(hotlineId);
    expect(told).toEqual([0, 1_000]);
  });

  it('a change before the telling has begun is told by it', async () => {
    places.owe(hotlineId);
    places.owe(hotlineId);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([0]);
  });

  it('whoever waits for it hears of a failure, and the next change is told after the rest', async () => {
    fail = true;
    places.owe(hotlineId);
    await expect(places.told(hotlineId)).rejects.toThrow('away');
    fail = false;
    places.owe(hotlineId);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual([1_000]);
  });

  it('told by the round itself, the next change waits for the end of the rest', async () => {
    places.wasTold(hotlineId);
    places.owe(hotlineId);
    await vi.advanceTimersByTimeAsync(999);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toEqual([1_000]);
    expect(places.isResting(hotlineId)).toBe(true);
  });
});

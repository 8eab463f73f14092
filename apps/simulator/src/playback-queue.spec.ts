import { describe, expect, it } from 'vitest';
import { PlaybackQueue } from './playback-queue.ts';

function aQueue() {
  const marks: string[] = [];
  return { queue: new PlaybackQueue((name) => marks.push(name)), marks };
}
const sound = (bytes: number, value = 1) => new Uint8Array(bytes).fill(value);

describe('playback', () => {
  it('plays 20 ms at a time, in order, across messages of any length', () => {
    const { queue } = aQueue();
    queue.add(sound(100, 1));
    queue.add(sound(160, 2));
    queue.add(sound(0, 9));
    queue.add(sound(70, 3));
    expect([...(queue.next() ?? [])]).toEqual([...sound(100, 1), ...sound(60, 2)]);
    expect([...(queue.next() ?? [])]).toEqual([...sound(100, 2), ...sound(60, 3)]);
    // The rest is filled up with silence.
    expect([...(queue.next() ?? [])]).toEqual([...sound(10, 3), ...sound(150, 0xff)]);
    expect(queue.next()).toBeUndefined();
  });

  it('returns a mark when all before it was played', () => {
    const { queue, marks } = aQueue();
    queue.add(sound(320));
    queue.mark('a');
    queue.add(sound(160));
    queue.mark('b');
    queue.next();
    expect(marks).toEqual([]);
    queue.next();
    expect(marks).toEqual(['a']);
    queue.next();
    expect(marks).toEqual(['a', 'b']);
  });

  it('returns a mark at once when nothing is queued', () => {
    const { queue, marks } = aQueue();
    queue.mark('a');
    expect(marks).toEqual(['a']);
  });

  it('returns all marks at once, in order, when it is cleared', () => {
    const { queue, marks } = aQueue();
    queue.add(sound(1000));
    queue.mark('a');
    queue.add(sound(1000));
    queue.mark('b');
    queue.next();
    queue.clear();
    expect(marks).toEqual(['a', 'b']);
    expect(queue.next()).toBeUndefined();
    queue.add(sound(160));
    queue.mark('c');
    expect(marks).toEqual(['a', 'b']);
    queue.next();
    expect(marks).toEqual(['a', 'b', 'c']);
  });

  it('drops what goes beyond ten minutes', () => {
    const { queue } = aQueue();
    expect(queue.add(sound(10 * 60 * 8000))).toBe(true);
    expect(queue.add(sound(1))).toBe(false);
    queue.next();
    expect(queue.add(sound(160))).toBe(true);
    expect(queue.queuedMs).toBe(600_000);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { MediaKeys, type Clock } from './media-keys.ts';

class HandClock implements Clock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  now = () => this.#now;
  after(ms: number, run: () => void) {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}

const aKey = (keyIndex: number) => ({
  key: new Uint8Array(32).fill(keyIndex),
  keyIndex,
  generation: 0,
  epoch: keyIndex,
});

describe('the keys of a frame cryptor', () => {
  let clock: HandClock;
  let told: string[];
  let keys: MediaKeys;
  beforeEach(() => {
    clock = new HandClock();
    told = [];
    keys = new MediaKeys(
      {
        setKey: (index) => void told.push(`set ${index}`),
        useKey: (index) => void told.push(`use ${index}`),
        dropKey: (index) => void told.push(`drop ${index}`),
      },
      clock,
    );
  });

  it('are changed without a gap: opened at once, sealed with later, the old one dropped last', () => {
    keys.install(aKey(1));
    expect(told.splice(0)).toEqual(['set 1', 'use 1']);
    clock.pass(60_000);
    keys.install(aKey(2));
    expect(told.splice(0)).toEqual(['set 2']);
    clock.pass(299);
    expect(told).toEqual([]);
    clock.pass(1);
    expect(told.splice(0)).toEqual(['use 2']);
    clock.pass(200);
    expect(told.splice(0)).toEqual(['drop 1']);
    clock.pass(3_600_000);
    expect(told).toEqual([]);
  });

  it('are sealed with at once when nobody has to wait, and the old one still opens for a while', () => {
    keys.install(aKey(1));
    told.length = 0;
    keys.install(aKey(2), 0);
    expect(told.splice(0)).toEqual(['set 2', 'use 2']);
    clock.pass(499);
    expect(told).toEqual([]);
    clock.pass(1);
    expect(told).toEqual(['drop 1']);
  });

  it('follow several changes in a row, and end with the newest alone', () => {
    for (const index of [1, 2, 3]) {
      keys.install(aKey(index));
      clock.pass(100);
    }
    clock.pass(1000);
    expect(told).toEqual(['set 1', 'use 1', 'set 2', 'set 3', 'use 2', 'use 3', 'drop 1', 'drop 2']);
    expect(keys.newest?.keyIndex).toBe(3);
  });

  it('are dropped at once and all, and nothing comes after', () => {
    keys.install(aKey(1));
    clock.pass(1000);
    keys.install(aKey(2));
    told.length = 0;
    keys.drop();
    expect(told.splice(0).sort()).toEqual(['drop 1', 'drop 2']);
    expect(keys.newest).toBeNull();
    clock.pass(1000);
    expect(told).toEqual([]);
    keys.install(aKey(1));
    expect(told).toEqual(['set 1', 'use 1']);
  });

  it('are not touched by the same key again', () => {
    keys.install(aKey(1));
    keys.install(aKey(1));
    expect(told).toEqual(['set 1', 'use 1']);
  });
});

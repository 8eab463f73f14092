import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expireMediaKeys,
  findOpenKey,
  findSendKey,
  installMediaKey,
  KeyIndexInUseError,
  nextMediaKeyChange,
  NO_MEDIA_KEYS,
  OLD_KEY_LIFE_MS,
  SEND_AFTER_MS,
} from './media-key-schedule.ts';

const aKey = (keyIndex: number, fill = keyIndex) => ({
  key: new Uint8Array(32).fill(fill),
  keyIndex,
  generation: 0,
  epoch: keyIndex,
});

describe('the media key schedule', () => {
  it('sends and opens nothing without a key', () => {
    expect(findSendKey(NO_MEDIA_KEYS, 0)).toBeNull();
    expect(findOpenKey(NO_MEDIA_KEYS, 0, 0)).toBeNull();
    expect(nextMediaKeyChange(NO_MEDIA_KEYS, 0)).toBeNull();
  });

  it('sends with the first key at once', () => {
    const schedule = installMediaKey(NO_MEDIA_KEYS, aKey(1), 1000);
    expect(findSendKey(schedule, 1000)?.keyIndex).toBe(1);
    expect(findOpenKey(schedule, 1, 1e12)?.keyIndex).toBe(1);
  });

  it('opens both keys while it still sends with the old one, then drops it', () => {
    const schedule = installMediaKey(installMediaKey(NO_MEDIA_KEYS, aKey(1), 0), aKey(2), 1000);
    expect(findSendKey(schedule, 1000 + SEND_AFTER_MS - 1)?.keyIndex).toBe(1);
    expect(findSendKey(schedule, 1000 + SEND_AFTER_MS)?.keyIndex).toBe(2);
    expect(findOpenKey(schedule, 2, 1000)?.keyIndex).toBe(2);
    expect(findOpenKey(schedule, 1, 1000 + OLD_KEY_LIFE_MS - 1)?.keyIndex).toBe(1);
    expect(findOpenKey(schedule, 1, 1000 + OLD_KEY_LIFE_MS)).toBeNull();
    expect(expireMediaKeys(schedule, 1000 + OLD_KEY_LIFE_MS).keys).toHaveLength(1);
  });

  it('names the moments at which it changes', () => {
    const schedule = installMediaKey(installMediaKey(NO_MEDIA_KEYS, aKey(1), 0), aKey(2), 1000);
    expect(nextMediaKeyChange(schedule, 1000)).toBe(1000 + SEND_AFTER_MS);
    expect(nextMediaKeyChange(schedule, 1000 + SEND_AFTER_MS)).toBe(1000 + OLD_KEY_LIFE_MS);
    expect(nextMediaKeyChange(schedule, 1000 + OLD_KEY_LIFE_MS)).toBeNull();
  });

  it('takes the same key twice as once', () => {
    const schedule = installMediaKey(NO_MEDIA_KEYS, aKey(1), 0);
    expect(installMediaKey(schedule, aKey(1), 700)).toBe(schedule);
  });

  it('refuses an index that a live key has', () => {
    const schedule = installMediaKey(installMediaKey(NO_MEDIA_KEYS, aKey(1), 0), aKey(2), 1000);
    expect(() => installMediaKey(schedule, aKey(1, 9), 1100)).toThrow(KeyIndexInUseError);
    expect(() => installMediaKey(schedule, aKey(2, 9), 1100)).toThrow(KeyIndexInUseError);
    expect(findOpenKey(installMediaKey(schedule, aKey(1, 9), 1600), 1, 1600)?.key[0]).toBe(9);
  });

  it('always sends with a key that a receiver of the same schedule opens', () => {
    const rotations = fc.array(fc.integer({ min: 40, max: 900 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rotations, fc.integer({ min: 0, max: 899 }), (gaps, after) => {
        let schedule = NO_MEDIA_KEYS;
        let nowMs = 0;
        gaps.forEach((gap, at) => {
          schedule = installMediaKey(schedule, aKey((at + 1) % 16, at), nowMs);
          for (const time of [nowMs, nowMs + after]) {
            const sent = findSendKey(schedule, time);
            expect(sent).not.toBeNull();
            expect(findOpenKey(schedule, sent!.keyIndex, time)).toBe(sent);
          }
          nowMs += gap;
        });
      }),
    );
  });
});

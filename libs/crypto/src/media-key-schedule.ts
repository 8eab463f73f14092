import { equalBytes } from './bytes.ts';
import type { MediaKey } from './call-group.ts';

/** How long a new key waits before it is sent with, so that it has reached every receiver first. */
export const SEND_AFTER_MS = 300;
/** How long the key before it is still opened, for frames on their way and for senders that heard of it late. */
export const OLD_KEY_LIFE_MS = 500;

interface ScheduledKey {
  readonly media: MediaKey;
  readonly sendFromMs: number;
  /** Infinity for the newest. */
  readonly acceptUntilMs: number;
}

/** Newest first. A value: every function returns another one. */
export interface MediaKeySchedule {
  readonly keys: readonly ScheduledKey[];
}

/** No key: nothing is sent and nothing is played. */
export const NO_MEDIA_KEYS: MediaKeySchedule = { keys: [] };

/** Sixteen memberships within half a second: a fault, not a rotation. */
export class KeyIndexInUseError extends Error {
  readonly reason = 'key-index-in-use';
  readonly retryable = true;
  constructor(readonly keyIndex: number) {
    super(`Media key index ${keyIndex} is still in use by an older key`);
  }
}

/**
 * The newest key comes in. The first one is sent with at once; a later one after `sendAfterMs`. Throws
 * `KeyIndexInUseError` when a live key has the same index: receivers look keys up by index alone.
 */
export function installMediaKey(
  schedule: MediaKeySchedule,
  media: MediaKey,
  nowMs: number,
  sendAfterMs = SEND_AFTER_MS,
): MediaKeySchedule {
  const [newest] = schedule.keys;
  if (newest?.media.keyIndex === media.keyIndex && equalBytes(newest.media.key, media.key)) return schedule;
  const older = expireMediaKeys(schedule, nowMs).keys.map((key) =>
    key === newest ? { ...key, acceptUntilMs: nowMs + OLD_KEY_LIFE_MS } : key,
  );
  if (older.some((key) => key.media.keyIndex === media.keyIndex)) throw new KeyIndexInUseError(media.keyIndex);
  const sendFromMs = older.length === 0 ? nowMs : nowMs + sendAfterMs;
  return { keys: [{ media, sendFromMs, acceptUntilMs: Infinity }, ...older] };
}

/** Without the keys whose time is over. */
export function expireMediaKeys(schedule: MediaKeySchedule, nowMs: number): MediaKeySchedule {
  const keys = schedule.keys.filter((key) => key.acceptUntilMs > nowMs);
  return keys.length === schedule.keys.length ? schedule : { keys };
}

/** Null: send nothing. Never a key that is no longer accepted. */
export function findSendKey(schedule: MediaKeySchedule, nowMs: number): MediaKey | null {
  const live = expireMediaKeys(schedule, nowMs).keys;
  return (live.find((key) => key.sendFromMs <= nowMs) ?? live.at(-1))?.media ?? null;
}

/** Null: drop the frame. */
export function findOpenKey(schedule: MediaKeySchedule, keyIndex: number, nowMs: number): MediaKey | null {
  return expireMediaKeys(schedule, nowMs).keys.find((key) => key.media.keyIndex === keyIndex)?.media ?? null;
}

/** When one of the answers above changes by itself next; null: never. */
export function nextMediaKeyChange(schedule: MediaKeySchedule, nowMs: number): number | null {
  const times = schedule.keys
    .flatMap((key) => [key.sendFromMs, key.acceptUntilMs])
    .filter((time) => time > nowMs && Number.isFinite(time));
  return times.length === 0 ? null : Math.min(...times);
}

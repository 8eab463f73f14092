/** One admin-log line a minute for each account and reason of refused webhooks. */
export const CALLS_REFUSAL_LOG_EVERY_MS = 60_000;
/** Sealed voicemail: ten minutes of µ-law are 4.8 MB. */
export const MAX_VOICEMAIL_BYTES = 6 * 1024 * 1024;
/** A gateway is given up when it wasn't seen for so long: heartbeats come each second. */
export const GATEWAY_UNSEEN_MS = 2_400;
/** A console's connection whose api process died is given up after this. */
export const CONNECTION_STALE_MS = 15_000;
export const CONNECTION_RENEW_MS = 4_000;

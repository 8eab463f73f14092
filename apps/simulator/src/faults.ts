import { z } from 'zod';

/** Things that go wrong with real carriers, each on its own switch. */
export const Faults = z.strictObject({
  /** Every webhook and callback is sent again a moment later, with the same idempotency token; the second answer is unused. */
  duplicateWebhook: z.boolean(),
  /** Webhooks leave this much later. */
  lateWebhookMs: z.number().int().min(0).max(60_000),
  /** Signed over another URL (a proxy's mistake), or with a token that is no longer valid. */
  wrongSignature: z.enum(['off', 'wrong-url', 'old-token']),
  /** The stream's TCP connection dies without a close frame this long after it started; 0 = never. */
  cutStreamAfterMs: z.number().int().min(0).max(3_600_000),
  /** Every REST answer takes this much longer. */
  slowApiMs: z.number().int().min(0).max(60_000),
  /** Callbacks are never sent. */
  lostCallback: z.boolean(),
  /** Callbacks within two seconds arrive in another order than they happened. */
  shuffledCallbacks: z.boolean(),
  /** The first answer to each document request is lost on its way: the same request is made again (`rp=all`). */
  retryAll: z.boolean(),
  /** The recording is lost: its callback says `absent`. */
  absentRecording: z.boolean(),
});
export type Faults = z.infer<typeof Faults>;

export const SomeFaults = Faults.partial();
export type SomeFaults = z.infer<typeof SomeFaults>;

export const noFaults: Faults = {
  duplicateWebhook: false,
  lateWebhookMs: 0,
  wrongSignature: 'off',
  cutStreamAfterMs: 0,
  slowApiMs: 0,
  lostCallback: false,
  shuffledCallbacks: false,
  retryAll: false,
  absentRecording: false,
};

/** `base` with the switches that `some` names. */
export function withFaults(base: Faults, some: SomeFaults | undefined): Faults {
  return Faults.parse({ ...base, ...some });
}

/**
 * Bytes or a message from elsewhere that we don't accept. `reason` comes from a closed set, says nothing about the
 * content and may be logged, counted and sent on.
 */
export abstract class Refusal<Reason extends string> extends Error {
  readonly reason: Reason;
  readonly retryable = false;

  constructor(what: string, reason: Reason, options?: ErrorOptions) {
    super(`${what} refused: ${reason}`, options);
    this.reason = reason;
  }
}

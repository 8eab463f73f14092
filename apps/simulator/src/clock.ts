/** Time, injected: tests move it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch, with a fraction. */
  now(): number;
  /** Calls `act` once after `ms`; the function it returns calls that off. */
  after(ms: number, act: () => void): () => void;
}

export const systemClock: Clock = {
  // `Date.now` jumps when the machine's clock is set; audio must not.
  now: () => performance.timeOrigin + performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** Rejects with the signal's reason when it is aborted first. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

import { setTimeout as delay } from 'node:timers/promises';

/** Whether the health address answers 200. */
export function isReady(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(3000) }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.status === 200;
    },
    () => false,
  );
}

/** Waits until all answer; `onWaiting` hears every ten seconds which ones are missing. Throws after `limitMs`. */
export async function waitUntilReady(
  parts: readonly { readonly name: string; readonly readyUrl: string }[],
  options: {
    limitMs: number;
    onReady: (name: string) => void;
    onWaiting: (names: string[]) => void;
    signal: AbortSignal;
  },
): Promise<void> {
  const missing = new Map(parts.map((part) => [part.name, part.readyUrl]));
  const started = Date.now();
  let told = started;
  while (missing.size > 0) {
    await Promise.all(
      [...missing].map(async ([name, url]) => {
        if (!(await isReady(url)) || !missing.delete(name)) return;
        options.onReady(name);
      }),
    );
    if (options.signal.aborted) return;
    const now = Date.now();
    if (missing.size > 0 && now - started > options.limitMs) {
      throw new Error(`Not ready after ${Math.round(options.limitMs / 1000)} s: ${[...missing.keys()].join(', ')}.`);
    }
    if (missing.size > 0 && now - told > 10_000) {
      told = now;
      options.onWaiting([...missing.keys()]);
    }
    await delay(100);
  }
}

/** One thing readiness depends on. */
export interface HealthCheck {
  name: string;
  /** Throws, or answers false, when it isn't usable now. */
  check: () => Promise<boolean>;
}

export interface HealthAnswer {
  status: 'ready' | 'not-ready';
  parts: Record<string, 'up' | 'down'>;
}

const CHECK_TIMEOUT_MS = 2_000;

const within = async (check: () => Promise<boolean>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      check(),
      new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
      }),
    ]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
};

/** Asks all parts at once; none may take longer than two seconds. */
export const checkHealth = async (checks: readonly HealthCheck[]): Promise<HealthAnswer> => {
  const results = await Promise.all(
    checks.map(async (c) => [c.name, (await within(c.check)) ? 'up' : 'down'] as const),
  );
  return {
    status: results.every(([, state]) => state === 'up') ? 'ready' : 'not-ready',
    parts: Object.fromEntries(results),
  };
};

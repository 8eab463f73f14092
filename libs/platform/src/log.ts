import pino from 'pino';

/**
 * Log lines are constant sentences plus typed fields. Personal data may stand only under `pii`, which is dropped unless
 * RINGDOWN_LOG_PII is set by a developer on test data.
 */
export type Log = pino.Logger;

const MAX_CAUSES = 5;
const MAX_FRAMES = 3;
const FRAME = /^at .*:\d+:\d+\)?$/;

/** The innermost frames alone: a stack begins with the message, which may have several lines and quote anything. */
const framesOf = ({ stack = '', message }: Error): string[] => {
  const begin = stack.indexOf(message);
  return stack
    .slice(begin < 0 ? 0 : begin + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES);
};

/** An error as a log field: class, our own reason and code, never the message of a foreign error (it may quote input). */
export const errorFields = (error: unknown): Record<string, unknown> => {
  const fields: Record<string, unknown>[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth += 1) {
    const described = current as Error & { reason?: unknown; code?: unknown };
    fields.push({
      name: described.name,
      ...(typeof described.reason === 'string' ? { reason: described.reason } : {}),
      ...(typeof described.code === 'string' || typeof described.code === 'number' ? { code: described.code } : {}),
      at: framesOf(described),
    });
    current = current.cause;
  }
  return { error: fields[0] ?? { name: typeof error }, ...(fields.length > 1 ? { causes: fields.slice(1) } : {}) };
};

export const makeLog = (options: { level: string; process: string; destination?: pino.DestinationStream }): Log =>
  pino(
    {
      level: options.level,
      base: { process: options.process },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['pii', '*.pii', 'req.headers.authorization', 'req.headers.cookie'], remove: true },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false }),
  );

export const LOG = Symbol('log');

import { errorFields, type Log } from '@ringdown/platform/log';

export interface RunningServer {
  log: Log;
  close: () => Promise<void>;
}

/** A shutdown that takes longer is cut off: what it was doing is in the outbox. */
const SHUTDOWN_MS = 8_000;

/**
 * Starts a process and ends it in order: on SIGTERM, SIGINT, or when the launcher that started it (by IPC) is gone.
 * `Expected` errors at boot are shown as their text, without a stack.
 */
export const runServer = async (
  name: string,
  start: () => Promise<RunningServer>,
  Expected: abstract new (...args: never[]) => Error,
): Promise<void> => {
  let running: RunningServer;
  try {
    running = await start();
  } catch (error) {
    if (error instanceof Expected) process.stderr.write(`${name}: ${error.message}\n`);
    else
      process.stderr.write(
        `${name} could not start: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`,
      );
    process.exit(1);
  }
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        running.log.error(errorFields(error), 'The shutdown failed.');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end);
  process.on('unhandledRejection', (error) => running.log.error(errorFields(error), 'A rejection was not handled.'));
};

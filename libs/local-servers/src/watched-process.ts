import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A shell between us and a server that isn't ours to change. It holds our pipe: when we close it, or are killed, the
 * server gets its signal and ends in order. When the server ends by itself, so does the shell, with the same code.
 * The group of its own keeps the terminal's Ctrl+C away from the server: we decide when it ends.
 */
const watchdog = [
  'exec 3<&0',
  '"$0" "$@" </dev/null 3<&- & server=$!',
  '{ read _; kill -"$RINGDOWN_STOP_SIGNAL" $server; } <&3 & reader=$!',
  'exec 3<&- </dev/null',
  'wait $server; code=$?',
  'kill $reader 2>/dev/null',
  'exit $code',
].join('\n');

export interface WatchedProcess {
  /** Resolves when the server has ended, however it ended, with its exit code. */
  readonly exited: Promise<number>;
  /** Ends the server in order; after `killAfterMs` by force. Resolves when it is gone. */
  stop(killAfterMs?: number): Promise<void>;
}

export interface WatchedCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly stopSignal: 'INT' | 'TERM';
  readonly environment?: NodeJS.ProcessEnv;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly onLine?: (line: string) => void;
}

export function startWatched(command: WatchedCommand): WatchedProcess {
  const child = spawn('/bin/sh', ['-c', watchdog, command.file, ...command.args], {
    cwd: '/',
    detached: true,
    env: { ...(command.environment ?? process.env), RINGDOWN_STOP_SIGNAL: command.stopSignal },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(command.uid === undefined ? {} : { uid: command.uid }),
    ...(command.gid === undefined ? {} : { gid: command.gid }),
  });
  // Writing to a shell that has ended is no news: `exited` tells it.
  child.stdin.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => command.onLine?.(line));
  }
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 128));
    child.once('error', () => resolve(127));
  });
  return {
    exited,
    async stop(killAfterMs = 15_000) {
      child.stdin.end();
      const force = setTimeout(() => {
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      }, killAfterMs);
      await exited;
      clearTimeout(force);
    },
  };
}

import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface SupervisedOptions {
  readonly name: string;
  /** A Node program. */
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  /** Called after each unwanted end; with `restartInMs` undefined it won't be started again. */
  readonly onEnd: (end: { code: number; restartInMs: number | undefined }) => void;
}

/** Ends a child whose launcher was killed: the channel to it closes, and nothing else would tell. */
const guard = `data:text/javascript,${encodeURIComponent(
  `process.on('disconnect', () => { process.kill(process.pid, 'SIGTERM'); setTimeout(() => process.exit(1), 5000).unref(); });
   process.channel.unref();`,
)}`;

const calmAfterMs = 60_000;
const failuresBeforeReady = 3;

/** Waits 0.5 s, then twice as long each time, at most 5 s: callers don't wait longer for a hotline that comes back. */
export function restartDelayMs(failuresInARow: number): number {
  return Math.min(5_000, 500 * 2 ** (failuresInARow - 1));
}

/** A Node child that is started again when it ends unasked, with growing pauses. */
export class SupervisedProcess {
  private readonly options: SupervisedOptions;
  private child: ChildProcess | undefined;
  private failures = 0;
  private wanted = true;
  private timer: NodeJS.Timeout | undefined;
  private lastLines: string[] = [];
  private resolveGivenUp: (() => void) | undefined;
  private proven = false;
  /** Resolves when it ended several times before it was ever ready. */
  readonly givenUp = new Promise<void>((resolve) => (this.resolveGivenUp = resolve));

  constructor(options: SupervisedOptions) {
    this.options = options;
    this.start();
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** What it said last, for the person who has to find out why it doesn't start. */
  get tail(): string {
    return this.lastLines.join('\n');
  }

  /** From now on it is started again for ever. */
  markReady(): void {
    this.proven = true;
  }

  /** SIGTERM, and after `killAfterMs` SIGKILL. Resolves when it is gone. */
  async stop(killAfterMs = 8_000): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await gone;
    clearTimeout(force);
  }

  private start(): void {
    const startedAt = Date.now();
    const child = spawn(process.execPath, ['--enable-source-maps', '--import', guard, this.options.file], {
      env: this.options.environment,
      // A group of its own: Ctrl+C is for us, we end the parts in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.hear(line));
    }
    child.once('error', (error) => this.hear(error.message));
    child.once('exit', (code) => {
      if (!this.wanted) return;
      this.failures = Date.now() - startedAt > calmAfterMs ? 1 : this.failures + 1;
      const hopeless = !this.proven && this.failures >= failuresBeforeReady;
      const restartInMs = hopeless ? undefined : restartDelayMs(this.failures);
      this.options.onEnd({ code: code ?? 128, restartInMs });
      if (restartInMs === undefined) this.resolveGivenUp?.();
      else this.timer = setTimeout(() => this.start(), restartInMs);
    });
  }

  private hear(line: string): void {
    this.lastLines.push(line);
    if (this.lastLines.length > 15) this.lastLines.shift();
    this.options.onLine(line);
  }
}

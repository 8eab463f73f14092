import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@ringdown/local-servers/free-port';

export interface TestRingdown {
  /** The console's address; right after the first start the set-up link with its code. */
  readonly consoleUrl: string;
  readonly origin: string;
  readonly simulatorUrl: string;
  readonly dataFolder: string;
  /** All that was printed so far. */
  output(): string;
  /** Ctrl+C. With `keepData` the folder stays, for another start on it. */
  stop(options?: { keepData?: boolean }): Promise<void>;
}

/** The whole product, as built in dist/ (`node tools/build.mjs`), on free ports with data of its own: what `npm start` runs. */
export async function startRingdown(
  options: { dataFolder?: string; port?: number; environment?: NodeJS.ProcessEnv; readyWithinMs?: number } = {},
): Promise<TestRingdown> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(path.join(tmpdir(), 'ringdown-')));
  const port = options.port ?? (await freePort());
  const main = path.resolve('dist/ringdown/main.mjs');
  const launcher = spawn(process.execPath, [main, '--port', String(port), '--data', dataFolder], {
    env: { ...process.env, ...options.environment },
    // The channel ends the launcher when the test is killed.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const deadline = Date.now() + (options.readyWithinMs ?? 60_000);
  while (!output.includes('Ringdown is ready')) {
    if (launcher.exitCode !== null || Date.now() > deadline) {
      launcher.kill('SIGTERM');
      throw new Error(`Ringdown did not start.\n${output}`);
    }
    await delay(50);
  }
  const address = (name: string): string => new RegExp(`^  ${name} +(\\S+)$`, 'm').exec(output)?.[1] ?? '';
  return {
    consoleUrl: address('Console'),
    origin: `http://127.0.0.1:${port}`,
    simulatorUrl: address('Simulated phones'),
    dataFolder,
    output: () => output,
    async stop({ keepData = false } = {}) {
      if (launcher.exitCode === null && launcher.signalCode === null) {
        launcher.kill('SIGINT');
        await once(launcher, 'exit');
      }
      if (!keepData) await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

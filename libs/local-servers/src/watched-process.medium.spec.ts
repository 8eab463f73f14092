import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startWatched } from './watched-process.ts';

const patient = `trap 'echo ended in order; exit 5' TERM; echo pid $$; while :; do sleep 0.05; done`;

async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe('a watched process', () => {
  it('gets its signal and time to end in order', async () => {
    const lines: string[] = [];
    let started: (() => void) | undefined;
    const ready = new Promise<void>((resolve) => (started = resolve));
    const watched = startWatched({
      file: '/bin/sh',
      args: ['-c', patient],
      stopSignal: 'TERM',
      onLine: (line) => {
        lines.push(line);
        started?.();
      },
    });
    await ready;
    await watched.stop();
    expect(lines).toContain('ended in order');
    expect(await watched.exited).toBe(5);
  });

  it('reports the exit code of a server that ends by itself', async () => {
    const watched = startWatched({ file: '/bin/sh', args: ['-c', 'exit 3'], stopSignal: 'TERM' });
    expect(await watched.exited).toBe(3);
  });

  it('ends a server that ignores its signal', async () => {
    let started: (() => void) | undefined;
    const ready = new Promise<void>((resolve) => (started = resolve));
    const watched = startWatched({
      file: '/bin/sh',
      args: ['-c', `trap '' TERM; echo ready; while :; do sleep 0.05; done`],
      stopSignal: 'TERM',
      onLine: () => started?.(),
    });
    await ready;
    await watched.stop(200);
    expect(await watched.exited).toBe(128);
  });

  it('ends when the process that started it is killed', async () => {
    const module = new URL('./watched-process.ts', import.meta.url).pathname;
    const { rolldown } = await import('rolldown');
    const bundle = await rolldown({ input: module, platform: 'node' });
    const { output } = await bundle.generate({ format: 'esm' });
    const starter = `${output[0].code}
      startWatched({ file: '/bin/sh', args: ['-c', ${JSON.stringify(patient)}], stopSignal: 'TERM', onLine: (line) => console.log(line) });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', starter], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pid = Number(String(line).split(' ')[1]);
    expect(await isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    for (let tries = 0; tries < 100 && (await isAlive(pid)); tries++) await delay(20);
    expect(await isAlive(pid)).toBe(false);
  });
});

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '@ringdown/local-servers/free-port';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/** Stands for each app: answers its health address, says its name, and dies when asked. */
const standIn = `
import { createServer } from 'node:http';
const port = Number(process.env.HEALTH_PORT);
createServer((request, response) => {
  if (request.url === '/die') process.exit(9);
  if (request.url === '/environment') return response.end(JSON.stringify(process.env));
  response.end(JSON.stringify({ state: 'no-owner' }));
}).listen(port, '127.0.0.1');
console.log(JSON.stringify({ level: 30, msg: 'a stand-in is up' }));
process.on('SIGTERM', () => process.exit(0));
`;

describe('the launcher', () => {
  let built: string;
  let workspace: string;
  let launchers: ChildProcess[] = [];

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['tools/build.mjs', 'ringdown']);
    built = path.resolve('dist/ringdown/main.mjs');
  });

  beforeEach(() => {
    workspace = mkdtempSync(path.join(tmpdir(), 'ringdown-launch-'));
    for (const app of ['api', 'worker', 'gateway', 'simulator']) {
      mkdirSync(path.join(workspace, 'dist', app), { recursive: true });
      writeFileSync(path.join(workspace, 'dist', app, 'main.mjs'), standIn);
    }
    mkdirSync(path.join(workspace, 'dist/ringdown'));
    cpSync(built, path.join(workspace, 'dist/ringdown/main.mjs'));
    mkdirSync(path.join(workspace, 'prisma'));
    cpSync('prisma/migrations', path.join(workspace, 'prisma/migrations'), { recursive: true });
    symlinkSync(path.resolve('node_modules'), path.join(workspace, 'node_modules'));
  });
  afterEach(async () => {
    for (const launcher of launchers) if (launcher.exitCode === null) launcher.kill('SIGKILL');
    launchers = [];
    await until(async () => (await processesOf(workspace)).length === 0);
    rmSync(workspace, { recursive: true, force: true });
  });

  function launch(...args: string[]): { launcher: ChildProcess; output: () => string; ready: () => Promise<void> } {
    const main = path.join(workspace, 'dist/ringdown/main.mjs');
    const launcher = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    launchers.push(launcher);
    let output = '';
    for (const stream of [launcher.stdout, launcher.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    const ready = () =>
      until(() => {
        if (launcher.exitCode !== null) throw new Error(`The launcher ended.\n${output}`);
        return Promise.resolve(output.includes('Ringdown is ready'));
      });
    return { launcher, output: () => output, ready };
  }

  const data = (name: string): string => path.join(workspace, name);

  it('brings all up, tells where, and ends without orphans; the next start keeps data, secrets and ports', async () => {
    const port = await freePort();
    const first = launch('--port', String(port), '--data', data('one'));
    await first.ready();
    expect(first.output()).toContain(`Console            http://127.0.0.1:${port}/#setup=`);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    // Four apps, PostgreSQL and livekit-server below their watchdogs, all known by this folder.
    expect((await processesOf(workspace)).length).toBeGreaterThanOrEqual(7);
    const kept = ['secrets.json', 'ports.json'].map((file) => readFileSync(path.join(data('one'), file), 'utf8'));
    const statement = await (await fetch(`http://127.0.0.1:${port}/environment`)).json();
    expect(statement).toMatchObject({
      DATABASE_URL: expect.stringMatching(/^postgresql:/),
      RINGDOWN_MASTER_KEY: expect.stringMatching(/^[0-9a-f]{64}$/),
      PORT: String(port),
    });

    first.launcher.kill('SIGINT');
    const [code] = await once(first.launcher, 'exit');
    expect(code).toBe(0);
    expect(await processesOf(workspace)).toEqual([]);
    expect(first.output()).not.toContain('unasked');

    const second = launch('--port', String(port), '--data', data('one'));
    await second.ready();
    expect(['secrets.json', 'ports.json'].map((file) => readFileSync(path.join(data('one'), file), 'utf8'))).toEqual(
      kept,
    );
    second.launcher.kill('SIGTERM');
    await once(second.launcher, 'exit');
    expect(await processesOf(workspace)).toEqual([]);
  });

  it('leaves no orphans when it is killed, and starts again on the same data', async () => {
    const port = await freePort();
    const first = launch('--port', String(port), '--data', data('one'));
    await first.ready();
    first.launcher.kill('SIGKILL');
    await until(async () => (await processesOf(workspace)).length === 0);

    const second = launch('--port', String(port), '--data', data('one'));
    await second.ready();
    expect(second.output()).not.toContain('Another Ringdown');
  });

  it('runs two copies side by side, but not on one folder or one port', async () => {
    const [one, two] = [await freePort(), await freePort()];
    const first = launch('--port', String(one), '--data', data('one'));
    await first.ready();
    const second = launch('--port', String(two), '--data', data('two'));
    await second.ready();

    const samePort = launch('--port', String(one), '--data', data('three'));
    await once(samePort.launcher, 'exit');
    expect(samePort.output()).toMatch(new RegExp(`Port ${one} is in use by .*process \\d+.*--port ${one + 1}`));
    const sameFolder = launch('--port', String(await freePort()), '--data', data('one'));
    await once(sameFolder.launcher, 'exit');
    expect(sameFolder.output()).toContain('Another Ringdown');
    expect((await fetch(`http://127.0.0.1:${one}/health/ready`)).status).toBe(200);
  });

  it('starts a part again that ended unasked', async () => {
    const port = await freePort();
    const { ready, output } = launch('--port', String(port), '--data', data('one'));
    await ready();
    await fetch(`http://127.0.0.1:${port}/die`).catch(() => undefined);
    await until(() => Promise.resolve(output().includes('api ended unasked (code 9) and starts again in 0.5 s')));
    await until(() =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        (answer) => answer.ok,
        () => false,
      ),
    );
  });

  it.each(['postgres', 'livekit'])('starts %s again that was killed', async (name) => {
    const { ready, output } = launch('--port', String(await freePort()), '--data', data('one'));
    await ready();
    const own = (await processesOf(workspace)).filter(
      (each) => !each.includes('exec 3<&0') && !each.includes('main.mjs'),
    );
    const pid = Number(own.find((each) => each.includes(name))?.split(' ')[0]);
    process.kill(pid, 'SIGKILL');
    await until(() => Promise.resolve(/(PostgreSQL|livekit-server) is up again/.test(output())));
  });

  it('says what a part said last when it never starts, and ends the rest', async () => {
    writeFileSync(
      path.join(workspace, 'dist/worker/main.mjs'),
      `console.error('no queue for the worker'); process.exit(1);`,
    );
    const { launcher, output } = launch('--port', String(await freePort()), '--data', data('one'));
    const [code] = await once(launcher, 'exit');
    expect(code).toBe(1);
    expect(output()).toContain('worker does not start. It said last:\nno queue for the worker');
    expect(await processesOf(workspace)).toEqual([]);
  });

  it('refuses a port that another program has', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const { launcher, output } = launch('--port', String(port), '--data', data('one'));
    await once(launcher, 'exit');
    server.close();
    expect(output()).toContain(`(process ${process.pid})`);
    expect(existsSync(data('one'))).toBe(false);
  });
});

/** Every live process that has the folder in its command line. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const isZombie = / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/, ''));
      if (!isZombie && commandLine.includes(folder)) found.push(`${pid} ${commandLine}`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('It did not come to pass within 40 s.');
    await delay(50);
  }
}

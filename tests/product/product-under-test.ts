import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from '@ringdown/testing/livekit-server';
import { eventually, RingdownClient } from '../server/ringdown-client.ts';

export type AppName = 'api' | 'worker' | 'gateway' | 'simulator';

const READY_WITHIN_MS = 90_000;

/** What the simulator says of a call. */
export interface SimulatedCall {
  callSid: string;
  status: string;
  streaming: boolean;
  captions: string[];
  heard: { hz: number; share: number; levelDb: number; firstSoundAt: number | null };
  streamStartedAt: number | null;
}

/** The whole product as `npm start` brings it up, in a data folder of its own, with its real processes to kill. */
export class ProductUnderTest {
  readonly client: RingdownClient;
  private readonly launcher: ChildProcess;
  readonly folder: string;
  readonly simulator: string;

  private constructor(given: { launcher: ChildProcess; folder: string; origin: string; simulator: string }) {
    this.launcher = given.launcher;
    this.folder = given.folder;
    this.simulator = given.simulator;
    this.client = new RingdownClient(given.origin);
  }

  static async start(
    given: { environment?: Record<string, string>; folder?: string; port?: number } = {},
  ): Promise<ProductUnderTest> {
    const folder = given.folder ?? mkdtempSync(path.join(tmpdir(), 'ringdown-product-'));
    const [port = 0] = given.port ? [given.port] : await freePorts(1);
    const launcher = spawn(
      process.execPath,
      [path.resolve('dist/ringdown/main.mjs'), '--port', String(port), '--data', folder],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn', ...given.environment },
      },
    );
    let output = '';
    launcher.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    launcher.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually(
      'the product is ready',
      () => {
        if (launcher.exitCode !== null) throw new Error(`The product ended: ${output}`);
        return output.includes('Ringdown is ready');
      },
      READY_WITHIN_MS,
    );
    const simulator = /Simulated phones\s+(\S+?)\/?\s/.exec(output)?.[1] ?? '';
    return new ProductUnderTest({ launcher, folder, origin: `http://127.0.0.1:${port}`, simulator });
  }

  get log(): string {
    return readFileSync(path.join(this.folder, 'log/ringdown.log'), 'utf8');
  }

  /** What is known of a call that went wrong: our event log, the phone's story, the end of the process log. */
  async story(callSid: string): Promise<string> {
    const { client } = this;
    const list = (await (
      await client.request('GET', '/api/calls?limit=1', { cookie: client.owner.cookie })
    ).json()) as { calls: { callId: string }[] };
    const detail = await (
      await client.request('GET', `/api/calls/${list.calls[0]?.callId ?? ''}`, { cookie: client.owner.cookie })
    ).json();
    const { events } = detail as { events: { event: { at: number; type: string } & Record<string, unknown> }[] };
    const phone = (await this.phone(callSid)) as SimulatedCall & { log: { at: number; text: string }[] };
    return [
      ...events.map(({ event: { at, type, policy: _policy, ...facts } }) => `${at} ${type} ${JSON.stringify(facts)}`),
      ...phone.log.map(({ at, text }) => `${Math.round(at)} phone: ${text}`),
      JSON.stringify(phone.heard),
      ...this.log.split('\n').slice(-60),
    ].join('\n');
  }

  /** Ctrl+C. Resolves when everything has ended; `keep` leaves the data for another start. */
  async stop({ keep = false } = {}): Promise<void> {
    if (this.launcher.exitCode === null) {
      const ended = new Promise((resolve) => this.launcher.once('exit', resolve));
      this.launcher.kill('SIGINT');
      await ended;
    }
    if (!keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Process ids of a program that this product started: found by parent, so that two products never mix. */
  pids(mark: string): number[] {
    const parents = new Map<number, { parent: number; command: string }>();
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8'))?.[1]);
        parents.set(Number(entry), {
          parent,
          command: readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' '),
        });
      } catch {
        // It ended while we looked.
      }
    }
    const ours = (pid: number): boolean => {
      for (let at = parents.get(pid); at; at = parents.get(at.parent)) if (at.parent === this.launcher.pid) return true;
      return false;
    };
    return [...parents].filter(([pid, { command }]) => command.includes(mark) && ours(pid)).map(([pid]) => pid);
  }

  /** kill -9, without warning. */
  killApp(app: AppName): void {
    const pids = this.pids(`dist/${app}/main.mjs`);
    if (pids.length === 0) throw new Error(`${app} is not running.`);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  }

  /** Resolves when the launcher has brought it back. */
  async appIsBack(app: AppName, formerPids: readonly number[]): Promise<void> {
    await eventually(
      `${app} is back`,
      () => this.pids(`dist/${app}/main.mjs`).some((pid) => !formerPids.includes(pid)),
      20_000,
    );
    if (app === 'api') {
      await eventually(
        'the api is ready',
        () =>
          fetch(`${this.client.origin}/health/ready`).then(
            (a) => a.ok,
            () => false,
          ),
        20_000,
      );
    }
  }

  async dial(given: { tone?: number; from?: string; faults?: unknown } = {}): Promise<string> {
    const answer = await fetch(`${this.simulator}/simulator/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        to: this.client.number.e164,
        audio: { tone: given.tone ?? 700 },
        ...(given.from ? { from: given.from } : {}),
        ...(given.faults ? { faults: given.faults } : {}),
      }),
    });
    if (!answer.ok) throw new Error(`The simulator refused: ${await answer.text()}`);
    return ((await answer.json()) as { callSid: string }).callSid;
  }

  async phone(callSid: string): Promise<SimulatedCall> {
    return (await (await fetch(`${this.simulator}/simulator/calls/${callSid}`)).json()) as SimulatedCall;
  }

  async phoneDo(callSid: string, action: 'hang-up' | 'cut-stream', body: unknown = {}): Promise<void> {
    const answer = await fetch(`${this.simulator}/simulator/calls/${callSid}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The simulator refused: ${await answer.text()}`);
  }

  /** Waits until this tone is most of what the phone hears, in a stream that began after the given time. */
  phoneHears(callSid: string, hz: number, withinMs = 10_000, inStreamAfter = 0): Promise<boolean> {
    return eventually(
      `the phone hears ${hz} Hz`,
      async () => {
        const { heard, streaming, streamStartedAt } = await this.phone(callSid);
        if (!streaming || (streamStartedAt ?? 0) <= inStreamAfter) return false;
        return Math.abs(heard.hz - hz) < 15 && heard.share > 0.6;
      },
      withinMs,
    );
  }

  /** Owner, hotline, number, and a roster with the gateway that is up. */
  async firstRun(settings: Record<string, unknown> = {}): Promise<void> {
    const { client } = this;
    await client.firstRun(settings);
    const gateways = (await (await client.request('GET', '/api/gateways', { cookie: client.owner.cookie })).json()) as {
      publicKey: typeof client.owner.me.publicKey;
    }[];
    await client.signRoster([
      { publicKey: client.owner.me.publicKey, role: 'owner' },
      ...gateways.map((g) => ({ publicKey: g.publicKey, role: 'gateway' as const })),
    ]);
  }
}

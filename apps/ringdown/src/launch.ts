import { isPortFree } from '@ringdown/local-servers/free-port';
import { existsSync } from 'node:fs';
import { listApps, type App } from './apps.ts';
import { startDataPlane } from './data-plane.ts';
import { lockDataFolder, openDataFolder } from './data-folder.ts';
import { importantPart, LogFile } from './log-file.ts';
import { findPortOwner } from './port-owner.ts';
import { openPorts } from './ports.ts';
import { waitUntilReady } from './readiness.ts';
import { openSecrets } from './secrets.ts';
import { SupervisedProcess } from './supervised-process.ts';
import { addressTable, findConsoleAddress } from './addresses.ts';

export interface LaunchOptions {
  readonly workspace: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
}

const readyWithinMs = 120_000;

/** Ringdown on one machine: everything it needs, its apps, and their end. */
export class Launch {
  private readonly options: LaunchOptions;
  private readonly servers: { stop(): Promise<void> }[] = [];
  private readonly apps = new Map<App['name'], SupervisedProcess>();
  private readonly stopping = new AbortController();
  private readonly cleanUp: (() => Promise<void>)[] = [];
  private stopped: Promise<void> | undefined;

  constructor(options: LaunchOptions) {
    this.options = options;
  }

  /** Resolves when all is ready and the addresses are printed. */
  async start(): Promise<void> {
    const { workspace, port, environment: inherited, print } = this.options;
    await this.refuseTakenPort();
    const folder = await openDataFolder(this.options.dataFolder);
    this.cleanUp.push(await lockDataFolder(folder));
    const secrets = await openSecrets(folder.secrets);
    const ports = await openPorts(folder.ports, port);
    const log = new LogFile(folder.log);
    this.cleanUp.push(() => log.close());
    const say = (line: string): void => {
      if (this.stopping.signal.aborted) return;
      log.write('ringdown', line);
      print(`  ${line}`);
    };
    const servers = await startDataPlane({
      workspace,
      folder,
      ports,
      secrets,
      log,
      inherited,
      say,
      onStarting: (server) => this.servers.push(server),
    });
    if (this.stopping.signal.aborted) return;

    const apps = listApps({ workspace, port, ports, secrets, folder, servers, inherited });
    for (const app of apps) this.startApp(app, log, say);
    await this.untilReady(apps, say);
    if (this.stopping.signal.aborted) return;
    const publicUrl = inherited['PUBLIC_URL'] ?? `http://127.0.0.1:${port}`;
    const consoleAddress = await findConsoleAddress({ port, publicUrl, setupCode: secrets.setupCode });
    const simulator = `http://127.0.0.1:${ports.simulator}/`;
    print(addressTable({ console: consoleAddress, simulator, publicUrl, folder: folder.root, log: log.file }));
    print('Ringdown is ready. Ctrl+C ends it.');
  }

  /** Ends everything in order; also what was only half started. Safe to call twice. */
  stop(): Promise<void> {
    this.stopped ??= this.stopInOrder();
    return this.stopped;
  }

  private async stopInOrder(): Promise<void> {
    this.stopping.abort();
    const stopApps = (...names: App['name'][]): Promise<unknown> =>
      Promise.all(names.map(async (name) => this.apps.get(name)?.stop()));
    // The gateway tells the api how its calls ended, the api writes it down, then the database may go.
    await stopApps('simulator', 'gateway');
    await stopApps('api', 'worker');
    await Promise.all(this.servers.map((server) => server.stop()));
    for (const each of this.cleanUp.reverse()) await each();
  }

  private async refuseTakenPort(): Promise<void> {
    const { port, environment } = this.options;
    if (await isPortFree(port, environment['HOST'] ?? '127.0.0.1')) return;
    const owner = await findPortOwner(port);
    throw new Error(
      `Port ${port} is in use${owner ? ` by ${owner}` : ''}. Choose another: npm start -- --port ${port + 1}` +
        ` (a second copy needs its own folder too: --data DIR)`,
    );
  }

  private startApp(app: App, log: LogFile, say: (line: string) => void): void {
    if (!existsSync(app.file)) throw new Error(`${app.file} is missing. Build it: npm run build`);
    const supervised = new SupervisedProcess({
      name: app.name,
      file: app.file,
      environment: app.environment,
      onLine: (line) => {
        log.write(app.name, line);
        const important = importantPart(line);
        if (important !== undefined) this.options.print(`  ${app.name}: ${important}`);
      },
      onEnd: ({ code, restartInMs }) => {
        const next =
          restartInMs === undefined ? 'and is not started again' : `and starts again in ${restartInMs / 1000} s`;
        say(`${app.name} ended unasked (code ${code}) ${next}`);
      },
    });
    this.apps.set(app.name, supervised);
  }

  private async untilReady(apps: readonly App[], say: (line: string) => void): Promise<void> {
    const hopeless = Promise.race(
      apps.map(async ({ name }) => {
        await this.apps.get(name)?.givenUp;
        return name;
      }),
    );
    const ready = waitUntilReady(apps, {
      limitMs: readyWithinMs,
      signal: this.stopping.signal,
      onReady: (name) => say(`${name} is ready`),
      onWaiting: (names) => say(`still waiting for ${names.join(', ')}`),
    });
    const givenUp = await Promise.race([ready.then(() => undefined), hopeless]);
    if (givenUp === undefined) {
      for (const supervised of this.apps.values()) supervised.markReady();
      return;
    }
    ready.catch(() => undefined);
    throw new Error(`${givenUp} does not start. It said last:\n${this.apps.get(givenUp)?.tail ?? ''}`);
  }
}

import { restartDelayMs } from './supervised-process.ts';

interface RunningServer {
  readonly exited: Promise<number>;
  stop(): Promise<void>;
}

const calmAfterMs = 60_000;

/** A server of ours (PostgreSQL, livekit-server) that is started again, on the same port, when it ends unasked. */
export class KeptServer<Server extends RunningServer> {
  private readonly name: string;
  private readonly startServer: () => Promise<Server>;
  private readonly say: (line: string) => void;
  private current: Server | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private wanted = true;

  constructor(name: string, startServer: () => Promise<Server>, say: (line: string) => void) {
    this.name = name;
    this.startServer = startServer;
    this.say = say;
  }

  /** The first start: whoever calls this learns why it fails. */
  async start(): Promise<Server> {
    const server = await this.startServer();
    this.current = server;
    if (!this.wanted) {
      await server.stop();
      return server;
    }
    const startedAt = Date.now();
    void server.exited.then((code) => {
      if (!this.wanted) return;
      this.failures = Date.now() - startedAt > calmAfterMs ? 1 : this.failures + 1;
      this.startLater(`${this.name} ended unasked (code ${code})`);
    });
    return server;
  }

  async stop(): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    await this.current?.stop();
  }

  private startLater(why: string): void {
    const inMs = restartDelayMs(this.failures);
    this.say(`${why} and starts again in ${inMs / 1000} s`);
    this.timer = setTimeout(() => {
      this.start().then(
        () => this.say(`${this.name} is up again`),
        () => {
          this.failures++;
          if (this.wanted) this.startLater(`${this.name} did not start`);
        },
      );
    }, inMs);
  }
}

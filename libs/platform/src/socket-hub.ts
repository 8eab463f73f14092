import { Server, type ServerOptions } from 'socket.io';
import type { Server as HttpServer } from 'node:http';

/** A message may carry a few key packages; more is refused by closing the socket. */
const MAX_MESSAGE_BYTES = 1_000_000;

/**
 * The process's socket.io server. Attached to an HTTP server it takes sockets; without one (worker) it only sends to the
 * sockets of the others through the cluster.
 */
export class SocketHub {
  readonly io: Server;
  private attached = false;
  private readonly onAttached: (() => void)[] = [];

  constructor(adapter: ServerOptions['adapter'], options: { allowedOrigins: readonly string[] }) {
    this.io = new Server({
      adapter,
      transports: ['websocket'],
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      pingInterval: 5_000,
      pingTimeout: 5_000,
      serveClient: false,
      cors: { origin: [...options.allowedOrigins], credentials: true },
      // A page of another site must not use the operator's cookie; gateways send no Origin.
      allowRequest: (request, decide) => {
        const { origin } = request.headers;
        decide(null, origin === undefined || options.allowedOrigins.includes(origin));
      },
    });
  }

  attach(server: HttpServer): void {
    this.io.attach(server);
    this.attached = true;
    for (const listener of this.onAttached) listener();
  }

  /** Whether this process takes sockets at all. */
  get takesSockets(): boolean {
    return this.attached;
  }

  whenAttached(listener: () => void): void {
    this.onAttached.push(listener);
  }

  async close(): Promise<void> {
    if (this.attached) {
      await this.io.close();
      return;
    }
    // Without an HTTP server there is no engine, and socket.io's own `close` fails on its absence.
    const { _nsps: namespaces } = this.io;
    for (const namespace of namespaces.values()) await namespace.adapter.close();
  }
}

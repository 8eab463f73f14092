import { once } from 'node:events';
import net from 'node:net';

/** Message types of PostgreSQL's protocol (manual, "Message Formats"). */
const EXECUTE = 'E'.charCodeAt(0);
const QUERY = 'Q'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);
const BIND = 'B'.charCodeAt(0);

const textAt = (message: Buffer, from: number): { text: string; end: number } => {
  const end = message.indexOf(0, from);
  return { text: message.toString('utf8', from, end), end: end + 1 };
};

/** Reads the statements of one client's half of a connection, whatever pieces it comes in. */
class FrontendReader {
  private rest: Buffer = Buffer.alloc(0);
  /** The first message has a length and no type. */
  private begun = false;
  private readonly prepared = new Map<string, string>();
  private bound = '';

  constructor(private readonly onStatement: (text: string) => void) {}

  read(chunk: Buffer): void {
    this.rest = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    for (;;) {
      const head = this.begun ? 1 : 0;
      if (this.rest.length < head + 4) return;
      const length = head + this.rest.readInt32BE(head);
      if (this.rest.length < length) return;
      if (this.begun) this.message(this.rest[0] ?? 0, this.rest.subarray(5, length));
      this.begun = true;
      this.rest = this.rest.subarray(length);
    }
  }

  /** Bind comes after the Parse of what it binds; Execute after its Bind. */
  private message(type: number, body: Buffer): void {
    if (type === PARSE) {
      const name = textAt(body, 0);
      this.prepared.set(name.text, textAt(body, name.end).text);
    } else if (type === BIND) {
      this.bound = this.prepared.get(textAt(body, textAt(body, 0).end).text) ?? '';
    } else if (type === EXECUTE) this.onStatement(this.bound);
    else if (type === QUERY) this.onStatement(textAt(body, 0).text);
  }
}

export interface StatementCounter {
  /** The database through the counter. */
  readonly url: string;
  readonly count: number;
  /** How often each statement was sent so far. */
  texts(): Map<string, number>;
  close(): Promise<void>;
}

/** Stands between the product and its PostgreSQL and counts every statement, whoever sends it: models, plain SQL, job queue. */
export const countStatements = async (databaseUrl: string): Promise<StatementCounter> => {
  const target = new URL(databaseUrl);
  let count = 0;
  const byText = new Map<string, number>();
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (client) => {
    const upstream = net.connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    const reader = new FrontendReader((text) => {
      count += 1;
      byText.set(text, (byText.get(text) ?? 0) + 1);
    });
    client.on('data', (chunk: Buffer) => {
      reader.read(chunk);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => client.write(chunk));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    url: url.toString(),
    get count() {
      return count;
    },
    texts: () => new Map(byText),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

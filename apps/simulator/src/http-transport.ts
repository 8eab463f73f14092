import http from 'node:http';
import https from 'node:https';

export interface OutgoingRequest {
  method: 'GET' | 'POST';
  /** As it goes on the wire: no fragment, no credentials. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  /** Time to connect, to the first byte and between packets, and for everything. */
  limits: { connectMs: number; readMs: number; totalMs: number };
}

export interface ReceivedAnswer {
  status: number;
  contentType: string | undefined;
  location: string | undefined;
  body: Buffer;
}

/** `reason` tells what may be retried: by default only a connection that was never made. */
export class TransportFailed extends Error {
  override readonly name = 'TransportFailed';
  readonly reason: 'not-connected' | 'timed-out' | 'broken' | 'too-large';

  constructor(reason: TransportFailed['reason'], options?: ErrorOptions) {
    super(`The request failed: ${reason}`, options);
    this.reason = reason;
  }
}

export type Transport = (request: OutgoingRequest) => Promise<ReceivedAnswer>;

/** Audio files of `<Play>` are larger than any document. */
const ANSWER_LIMIT_BYTES = 40 * 1024 * 1024;

/** Sends over the network. Connections are kept: a carrier's proxies do that too. */
export function httpTransport(): Transport & { close(): void } {
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };
  const transport = (request: OutgoingRequest): Promise<ReceivedAnswer> => {
    const secure = request.url.startsWith('https:');
    const agent = secure ? agents['https:'] : agents['http:'];
    return sendOnce(secure ? https.request : http.request, agent, request);
  };
  return Object.assign(transport, {
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  });
}

function sendOnce(start: typeof http.request, agent: http.Agent, request: OutgoingRequest): Promise<ReceivedAnswer> {
  const { connectMs, readMs, totalMs } = request.limits;
  return new Promise((resolve, reject) => {
    let connected = false;
    const outgoing = start(request.url, {
      method: request.method,
      agent,
      headers: {
        ...request.headers,
        ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
      },
    });
    const timers = [
      setTimeout(() => outgoing.destroy(new TransportFailed('timed-out')), totalMs),
      setTimeout(() => {
        if (!connected) outgoing.destroy(new TransportFailed('not-connected'));
      }, connectMs),
    ];
    const fail = (error: Error): void => {
      for (const timer of timers) clearTimeout(timer);
      const reason = connected ? 'broken' : 'not-connected';
      reject(error instanceof TransportFailed ? error : new TransportFailed(reason, { cause: error }));
    };
    outgoing.setTimeout(readMs, () => outgoing.destroy(new TransportFailed('timed-out')));
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) connected = true;
      else socket.once('connect', () => (connected = true));
    });
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > ANSWER_LIMIT_BYTES) outgoing.destroy(new TransportFailed('too-large'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        for (const timer of timers) clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'],
          location: response.headers.location,
          body: Buffer.concat(chunks),
        });
      });
    });
    outgoing.end(request.body);
  });
}

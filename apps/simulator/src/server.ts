import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { ZodError } from 'zod';
import { systemClock } from './clock.ts';
import { control, ControlRefused } from './control-api.ts';
import { EventLog } from './event-log.ts';
import { Exchange } from './exchange.ts';
import { httpTransport } from './http-transport.ts';
import { NumberBook } from './number-book.ts';
import { servePage } from './page-files.ts';
import { PhoneSockets } from './phone-sockets.ts';
import { RestApi } from './rest-api.ts';
import { newSid } from './sid.ts';
import { API_VERSION } from './voice-fields.ts';

export interface SimulatorOptions {
  /** 0 takes a free one. */
  port: number;
  host: string;
  accountSid: string;
  authToken: string;
  /** Where numbers are kept; undefined keeps them in memory. */
  dataDirectory: string | undefined;
  /** Origin for URLs that the product gets; undefined is our own address. */
  publicUrl: string | undefined;
  /** Built files of the phone page. */
  pageDirectory: string | undefined;
  random?: () => number;
}

export interface Simulator {
  readonly url: string;
  readonly exchange: Exchange;
  close(): Promise<void>;
}

/** A WAV file of ten minutes as base64 fits. */
const BODY_LIMIT_BYTES = 20 * 1024 * 1024;

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const server = http.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server's address is never a string
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  const transport = httpTransport();
  const exchange = new Exchange({
    accountSid: options.accountSid,
    authToken: options.authToken,
    publicUrl: options.publicUrl ?? url,
    clock: systemClock,
    transport,
    numbers: new NumberBook(options.dataDirectory, () => systemClock.now()),
    log: new EventLog(),
    random: options.random ?? Math.random,
  });
  const rest = new RestApi(exchange);
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: BODY_LIMIT_BYTES });
  const phones = new PhoneSockets(exchange);

  server.on('request', (request, response) => {
    handle(request, response, { exchange, rest, pageDirectory: options.pageDirectory }).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const { pathname } = new URL(request.url ?? '/', 'http://simulator');
    if (!isOwnPage(request) || !(pathname.startsWith('/phone/') || pathname === '/watch')) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => phones.accept(webSocket, pathname));
  });

  return {
    url,
    exchange,
    close: async () => {
      exchange.close();
      for (const client of sockets.clients) client.terminate();
      transport.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Parts {
  exchange: Exchange;
  rest: RestApi;
  pageDirectory: string | undefined;
}

async function handle(request: http.IncomingMessage, response: http.ServerResponse, parts: Parts): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  const { pathname } = url;
  const method = request.method ?? 'GET';
  if (pathname === '/health/live' || pathname === '/health/ready') {
    sendJson(response, 200, { status: pathname === '/health/ready' ? 'ready' : 'live', parts: {} });
  } else if (pathname.startsWith(`/${API_VERSION}/`)) {
    const answer = await parts.rest.answer({
      method,
      path: pathname,
      query: url.searchParams,
      form: new URLSearchParams((await readBody(request)).toString('utf8')),
      authorization: request.headers.authorization,
    });
    response.writeHead(answer.status, {
      'content-type': answer.contentType,
      'twilio-request-id': newSid('RQ'),
      'x-home-region': 'us1',
      ...(answer.status === 401 ? { 'www-authenticate': 'Basic realm="Twilio API"' } : {}),
    });
    response.end(answer.body);
  } else if (pathname.startsWith('/simulator/')) {
    await handleControl(request, response, parts.exchange, url);
  } else if (method === 'GET') await servePage(parts.pageDirectory, pathname, response);
  else sendJson(response, 404, { message: 'There is no such thing here' });
}

async function handleControl(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  exchange: Exchange,
  url: URL,
): Promise<void> {
  if (!isLocal(request)) {
    sendJson(response, 403, { message: 'Only this machine may move the phones' });
    return;
  }
  try {
    const body = await readBody(request);
    const parsed: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
    sendJson(response, 200, control(exchange, request.method ?? 'GET', url.pathname, url.searchParams, parsed));
  } catch (error) {
    if (error instanceof ControlRefused) sendJson(response, error.status, { message: error.message });
    else if (error instanceof ZodError)
      sendJson(response, 400, { message: 'The request is malformed', issues: error.issues });
    else if (error instanceof SyntaxError) sendJson(response, 400, { message: 'The body is no JSON' });
    else throw error;
  }
}

/** The caller and the name it used are this machine: a page elsewhere that points its own name here is turned away. */
function isLocal(request: http.IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  const name = (request.headers.host ?? '').replace(/:\d+$/, '');
  const named = name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
  return /^(::1|127\.|::ffff:127\.)/.test(address) && named && isOwnPage(request);
}

/** Browsers say where a request comes from; programs don't. */
function isOwnPage({ headers }: http.IncomingMessage): boolean {
  return (
    headers.origin === undefined ||
    headers.origin === `http://${headers.host}` ||
    headers.origin === `https://${headers.host}`
  );
}

async function readBody(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT_BYTES) throw new ControlRefused(413, 'The body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function sendJson(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

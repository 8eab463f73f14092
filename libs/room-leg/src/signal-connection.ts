import { SignalRequest, SignalResponse } from '@livekit/protocol';
import { WebSocket } from 'ws';
import { RoomLegError } from './room-leg.ts';

type Request = ConstructorParameters<typeof SignalRequest>[0];
export type SignalMessage = SignalResponse['message'];
export type OutgoingSignal = NonNullable<NonNullable<Request>['message']>;

/** Two peer connections, one for each direction; what this leg is written for. */
const PROTOCOL = 15;

export interface SignalListener {
  /** Comes before the first message, which may be in the same read as the handshake. */
  onSignalOpen(connection: SignalConnection): void;
  onSignal(message: SignalMessage): void;
  /** The socket is gone without our doing; called once. */
  onSignalLost(): void;
}

export interface SignalTarget {
  readonly url: string;
  readonly token: string;
  readonly withinMs: number;
}

/** LiveKit's signalling socket: binary protobuf messages over a WebSocket. */
export class SignalConnection {
  private lastHeardMs = performance.now();
  private pingTimer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly socket: WebSocket,
    private readonly listener: SignalListener,
  ) {
    let lost = false;
    const lose = (): void => {
      clearInterval(this.pingTimer);
      if (!lost) listener.onSignalLost();
      lost = true;
    };
    socket.on('close', lose);
    socket.on('error', lose);
  }

  /** @throws RoomLegError `refused` (token, room) or `unreachable` (try again). */
  static open(target: SignalTarget, listener: SignalListener): Promise<void> {
    const query = new URLSearchParams({
      auto_subscribe: '1',
      sdk: 'js',
      version: '2.15.0',
      protocol: String(PROTOCOL),
    });
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${target.url}/rtc?${query.toString()}`, {
        // In a header, as URLs end up in logs.
        headers: { authorization: `Bearer ${target.token}` },
        handshakeTimeout: target.withinMs,
        perMessageDeflate: false,
      });
      const connection = (): SignalConnection => {
        socket.removeAllListeners();
        return new SignalConnection(socket, listener);
      };
      socket.once('error', (cause) => reject(new RoomLegError('unreachable', true, { cause })));
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        const refused = response.statusCode !== undefined && response.statusCode >= 400 && response.statusCode < 500;
        reject(new RoomLegError(refused ? 'refused' : 'unreachable', !refused));
      });
      socket.once('open', () => {
        const opened = connection();
        socket.on('message', (bytes: Buffer) => opened.onBytes(bytes));
        listener.onSignalOpen(opened);
        resolve();
      });
    });
  }

  send(message: OutgoingSignal): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(new SignalRequest({ message }).toBinary());
  }

  /** A server that stops answering keeps its TCP connection open: it is given up after `timeoutS`. */
  startPinging(intervalS: number, timeoutS: number): void {
    clearInterval(this.pingTimer);
    this.lastHeardMs = performance.now();
    this.pingTimer = setInterval(() => {
      if (performance.now() - this.lastHeardMs > timeoutS * 1000) return this.socket.terminate();
      this.send({ case: 'ping', value: BigInt(Date.now()) });
    }, intervalS * 1000);
    this.pingTimer.unref();
  }

  /** Drops the socket as a network failure would. */
  terminate(): void {
    this.socket.terminate();
  }

  close(): void {
    clearInterval(this.pingTimer);
    this.socket.removeAllListeners();
    // `ws` reports an error when it is closed in the handshake; nobody waits for it any more.
    this.socket.on('error', () => undefined);
    this.socket.close();
  }

  private onBytes(bytes: Buffer): void {
    this.lastHeardMs = performance.now();
    this.listener.onSignal(SignalResponse.fromBinary(bytes).message);
  }
}

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { parseMediaMessage } from './media-messages.ts';
import { refusedMessages, refusedStreams } from './metrics.ts';

/** How a stream finds its call. The directive may be a moment behind the carrier. */
export interface StreamDoor {
  /** @returns what takes the stream's messages from now on, or why there is no such call */
  admit(
    token: string,
    carrierCallId: string,
    streamId: string,
    socket: WebSocket,
    wire: Duplex,
  ): ((bytes: Buffer, isBinary: boolean) => void) | 'unknown-call' | 'already-used' | 'other-call' | 'draining';
  /** Whether a call with this token exists, has existed, or may still be told to us. */
  knows(token: string): boolean;
}

const PATH = /^\/media\/([A-Za-z0-9_-]{32,64})\/?$/;
const START_WITHIN_MS = 5_000;
const CALL_WITHIN_MS = 1_500;
/** Carriers send about 0.3 kB; documentation allows less than 64. */
const LARGEST_MESSAGE = 65_536;
const POLICY_VIOLATION = 1008;

/**
 * The WebSocket that carriers open for a call's sound. A connection is nobody's until its `start` names the call that the
 * token in its path belongs to.
 */
export class MediaStreamServer {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    // Carriers don't offer compression, and it would cost more than it saves.
    perMessageDeflate: false,
    // Our reader takes bytes and refuses what it doesn't know.
    skipUTF8Validation: true,
    maxPayload: LARGEST_MESSAGE,
  });

  constructor(
    server: Server,
    private readonly door: StreamDoor,
  ) {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const token = PATH.exec(request.url ?? '')?.[1];
      if (token === undefined) {
        refusedStreams.inc({ reason: 'not-found' });
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (opened) => this.onOpened(opened, socket, token));
    });
  }

  close(): void {
    for (const socket of this.sockets.clients) socket.terminate();
    this.sockets.close();
  }

  private onOpened(socket: WebSocket, wire: Duplex, token: string): void {
    let take: ((bytes: Buffer, isBinary: boolean) => void) | undefined;
    const refuse = (reason: string): void => {
      clearTimeout(noStart);
      refusedStreams.inc({ reason });
      socket.close(POLICY_VIOLATION);
    };
    const noStart = setTimeout(() => refuse('no-start'), START_WITHIN_MS);
    // Protocol errors (oversized, fragmented control frame) close the socket by themselves.
    socket.on('error', () => refusedMessages.inc({ source: 'carrier', reason: 'protocol' }));
    socket.on('close', () => clearTimeout(noStart));
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (take) return take(data, isBinary);
      if (socket.readyState !== socket.OPEN) return;
      const message = isBinary ? 'binary' : parseMediaMessage(data);
      if (typeof message === 'string') {
        refusedMessages.inc({ source: 'carrier', reason: message });
        return;
      }
      if (message.event === 'connected') return;
      // Sound before its start is dropped while we wait for the call; everything else is out of turn.
      if (message.event !== 'start') return refusedMessages.inc({ source: 'carrier', reason: 'out-of-turn' });
      clearTimeout(noStart);
      void this.waitForCall(token).then(() => {
        if (socket.readyState !== socket.OPEN || take) return;
        const admitted = this.door.admit(token, message.carrierCallId, message.streamId, socket, wire);
        if (typeof admitted === 'string') refuse(admitted);
        else take = admitted;
      });
    });
  }

  private async waitForCall(token: string): Promise<void> {
    const deadline = performance.now() + CALL_WITHIN_MS;
    while (!this.door.knows(token) && performance.now() < deadline) {
      await new Promise<void>((resolve) => setTimeout(resolve, 20));
    }
  }
}

import type { GatewayDirective, GatewayReport, MlsToGateway, RegisterAnswer } from '@ringdown/protocol/gateway';
import type { PublicKeyHex } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { GATEWAY_TOKEN } from './test-secrets.ts';

/** A gateway's socket driven by a test: what a gateway would do, without audio. */
export class ScriptedGateway {
  readonly gatewayId = randomUUID();
  readonly directives: GatewayDirective[] = [];
  readonly forgotten: string[] = [];
  readonly keyPackages: MlsToGateway[] = [];
  answer: RegisterAnswer | undefined;
  private readonly socket: Socket;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    origin: string,
    readonly publicKey: PublicKeyHex,
  ) {
    this.socket = io(`${origin}/gateway`, {
      transports: ['websocket'],
      auth: { token: GATEWAY_TOKEN },
      forceNew: true,
    });
    this.socket.on('directive', (d: GatewayDirective) => this.directives.push(d));
    this.socket.on('forget', (f: { callId: string }) => this.forgotten.push(f.callId));
    this.socket.on('mls', (m: MlsToGateway) => this.keyPackages.push(m));
    this.heartbeat = setInterval(
      () => this.socket.emit('heartbeat', { gatewayId: this.gatewayId, calls: 0, load: 0, draining: false }),
      500,
    );
  }

  async register(calls: { callId: string; revision: number; stream: string }[] = []): Promise<RegisterAnswer> {
    this.answer = (await this.socket.emitWithAck('register', {
      gatewayId: this.gatewayId,
      publicKey: this.publicKey,
      streamOrigin: 'ws://127.0.0.1:9',
      capacity: 100,
      calls,
    })) as RegisterAnswer;
    return this.answer;
  }

  emitRaw(name: string, body: unknown): Promise<unknown> {
    return this.socket.timeout(2_000).emitWithAck(name, body);
  }

  async report(
    report: DistributiveOmit<GatewayReport, 'eventKey' | 'at'>,
    eventKey: string = randomUUID(),
  ): Promise<{ outcome: string; reason?: string }> {
    return (await this.socket.timeout(5_000).emitWithAck('report', { ...report, eventKey, at: Date.now() })) as {
      outcome: string;
    };
  }

  directiveOf(callId: string): GatewayDirective | undefined {
    return this.directives.filter((d) => d.callId === callId).at(-1);
  }

  /** As if the process were killed: no good-bye, no more heartbeats. */
  vanish(): void {
    clearInterval(this.heartbeat);
    this.socket.disconnect();
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

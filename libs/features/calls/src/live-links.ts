import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SocketHub } from '@ringdown/platform/socket-hub';
import { CONSOLE_NAMESPACE, type ConsoleServerToClient } from '@ringdown/protocol/console';
import { GATEWAY_NAMESPACE, type GatewayServerToClient } from '@ringdown/protocol/gateway';
import type { ConnectionId, GatewayId, HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { ProcessRelay, type Relayed } from './process-relay.ts';

type Body<Events, Name extends keyof Events> = Events[Name] extends (body: infer B) => void ? B : never;

export const operatorRoom = (operatorId: OperatorId): string => `operator-${operatorId}`;
export const connectionRoom = (connectionId: ConnectionId): string => `connection-${connectionId}`;
/** Everybody who serves a hotline. */
export const hotlineRoom = (hotlineId: HotlineId): string => `hotline-${hotlineId}`;
export const gatewayRoom = (gatewayId: GatewayId): string => `gateway-${gatewayId}`;

/** Waiting counts may lag by this much; each operator's own situation never does. */
const REFRESH_ALL_EVERY_MS = 250;

/** Draws snapshots for one operator's sockets of this process, or for all; `changedHere`: from what this process remembers. */
type Refresh = (operatorId: OperatorId | null, changedHere: boolean) => void;

/**
 * Sends to consoles and gateways, whichever process their sockets are connected to: to this one's at once, to the others'
 * by the relay.
 */
@Injectable()
export class LiveLinks implements OnApplicationShutdown {
  private refreshLocal: Refresh = () => undefined;
  private refreshAllTimer: NodeJS.Timeout | undefined;
  private readonly relay: ProcessRelay;

  constructor(private readonly hub: SocketHub) {
    hub.io.of(GATEWAY_NAMESPACE);
    this.relay = new ProcessRelay(hub, (relayed) => this.doHere(relayed));
  }

  /** Set by the process that has sockets. */
  onRefresh(refresh: Refresh): void {
    this.refreshLocal = refresh;
  }

  /** `changedHere`: this process has just stored what changed about them, and remembers it. */
  refreshOperator(operatorId: OperatorId, { changedHere } = { changedHere: false }): void {
    this.refreshLocal(operatorId, changedHere);
    this.relay.send({ kind: 'refresh', operatorId });
  }

  /** Soon, and at most four times a second however often it is asked for. */
  refreshAll(): void {
    this.refreshAllTimer ??= setTimeout(() => {
      this.refreshAllTimer = undefined;
      this.everywhere({ kind: 'refresh', operatorId: null });
    }, REFRESH_ALL_EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.refreshAllTimer);
    this.relay.close();
  }

  /** A page is connected to this process now: what is meant for it needn't go elsewhere. */
  connectionIsHere(connectionId: ConnectionId): void {
    this.relay.send({ kind: 'moved-away', namespace: CONSOLE_NAMESPACE, room: connectionRoom(connectionId) });
  }

  gatewayIsHere(gatewayId: GatewayId): void {
    this.relay.send({ kind: 'moved-away', namespace: GATEWAY_NAMESPACE, room: gatewayRoom(gatewayId) });
  }

  toConnection<Name extends keyof ConsoleServerToClient>(
    connectionId: ConnectionId,
    name: Name,
    body: Body<ConsoleServerToClient, Name>,
  ): void {
    this.toOne({ kind: 'emit', namespace: CONSOLE_NAMESPACE, room: connectionRoom(connectionId), name, body });
  }

  toConsoles<Name extends keyof ConsoleServerToClient>(name: Name, body: Body<ConsoleServerToClient, Name>): void {
    this.everywhere({ kind: 'emit', namespace: CONSOLE_NAMESPACE, room: null, name, body });
  }

  toOperator<Name extends keyof ConsoleServerToClient>(
    operatorId: OperatorId,
    name: Name,
    body: Body<ConsoleServerToClient, Name>,
  ): void {
    this.everywhere({ kind: 'emit', namespace: CONSOLE_NAMESPACE, room: operatorRoom(operatorId), name, body });
  }

  toHotline<Name extends keyof ConsoleServerToClient>(
    hotlineId: HotlineId,
    name: Name,
    body: Body<ConsoleServerToClient, Name>,
  ): void {
    this.everywhere({ kind: 'emit', namespace: CONSOLE_NAMESPACE, room: hotlineRoom(hotlineId), name, body });
  }

  disconnectOperator(operatorId: OperatorId): void {
    this.hub.io.of(CONSOLE_NAMESPACE).in(operatorRoom(operatorId)).disconnectSockets(true);
  }

  toGateway<Name extends keyof GatewayServerToClient>(
    gatewayId: GatewayId,
    name: Name,
    body: Body<GatewayServerToClient, Name>,
  ): void {
    this.toOne({ kind: 'emit', namespace: GATEWAY_NAMESPACE, room: gatewayRoom(gatewayId), name, body });
  }

  toGateways<Name extends keyof GatewayServerToClient>(name: Name, body: Body<GatewayServerToClient, Name>): void {
    this.everywhere({ kind: 'emit', namespace: GATEWAY_NAMESPACE, room: null, name, body });
  }

  private everywhere(relayed: Relayed): void {
    this.doHere(relayed);
    this.relay.send(relayed);
  }

  /** A page or a gateway has one socket: when it is here, it is nowhere else. */
  private toOne(relayed: Extract<Relayed, { kind: 'emit' }> & { room: string }): void {
    const here = this.hub.io.of(relayed.namespace).adapter.rooms.get(relayed.room);
    if (here && here.size > 0) this.doHere(relayed);
    else this.relay.send(relayed);
  }

  private doHere(relayed: Relayed): void {
    switch (relayed.kind) {
      case 'refresh':
        this.refreshLocal(relayed.operatorId, false);
        return;
      case 'moved-away':
        this.hub.io.of(relayed.namespace).local.in(relayed.room).disconnectSockets(true);
        return;
      case 'emit': {
        const { local } = this.hub.io.of(relayed.namespace);
        (relayed.room === null ? local : local.to(relayed.room)).emit(relayed.name, relayed.body);
        return;
      }
    }
  }
}

import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { phoneLeg } from '@ringdown/call-flow/call-state';
import { sameSecret } from '@ringdown/features-operators/session.guard';
import { RosterService } from '@ringdown/features-operators/roster.service';
import { Clock } from '@ringdown/platform/clock';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { errorFields, LOG, type Log } from '@ringdown/platform/log';
import { refusedMessages } from '@ringdown/platform/metrics';
import { SocketHub } from '@ringdown/platform/socket-hub';
import type { CallEvent } from '@ringdown/protocol/call-events';
import {
  GATEWAY_NAMESPACE,
  type GatewayClientToServer,
  type GatewayDirective,
  GatewayHeartbeat,
  GatewayReport,
  type GatewayServerToClient,
  MlsFromGateway,
  type RegisterAnswer,
  RegisterGateway,
} from '@ringdown/protocol/gateway';
import type { GatewayId } from '@ringdown/protocol/ids';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { GatewaysRepository } from '@ringdown/store/gateways.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import type { Namespace, Socket } from 'socket.io';
import { CallEngine } from './call-engine.ts';
import { DialInService } from './dial-in.service.ts';
import { GATEWAY_UNSEEN_MS } from './limits.ts';
import { gatewayRoom, LiveLinks } from './live-links.ts';
import { RoomAccessService } from './room-access.ts';

type GatewaySocket = Socket<
  GatewayClientToServer,
  GatewayServerToClient,
  Record<string, never>,
  { gatewayId?: GatewayId }
>;

const WATCH_EVERY_MS = 400;

/** A gateway's report as the event it is for the call; null for facts that change nothing. */
const toEvent = (report: GatewayReport, gatewayId: GatewayId): CallEvent | null => {
  const { at } = report;
  switch (report.type) {
    case 'stream-started':
      if (report.legId) return { type: 'LegStreamStarted', at, legId: report.legId, gatewayId };
      return { type: 'StreamStarted', at, gatewayId, streamId: report.streamId };
    case 'stream-ended':
      if (report.legId) return { type: 'LegStreamEnded', at, legId: report.legId, gatewayId };
      return { type: 'StreamEnded', at, gatewayId, cause: report.cause };
    case 'prompts-finished':
      return { type: 'PromptsFinished', at, revision: report.revision };
    case 'digit-received':
      if (report.legId) return { type: 'LegDigitReceived', at, legId: report.legId, digit: report.digit };
      return { type: 'DigitReceived', at, digit: report.digit };
    case 'member-joined':
      return {
        type: 'MemberJoined',
        at,
        legId: report.legId,
        connectionId: report.connectionId,
        generation: report.generation,
        keyIndex: report.keyIndex,
      };
    case 'member-failed':
      return {
        type: 'MemberFailed',
        at,
        legId: report.legId,
        connectionId: report.connectionId,
        reason: report.reason,
      };
    case 'voicemail-recorded':
      return {
        type: 'VoicemailRecorded',
        at,
        voicemailId: report.voicemailId,
        durationMs: report.durationMs,
        endedBy: report.endedBy,
      };
    case 'voicemail-failed':
      return { type: 'VoicemailFailed', at, reason: report.reason };
    case 'room-lost':
      return { type: 'RoomLost', at, reason: report.reason };
    case 'practice-turn':
      return { type: 'PracticeTurnHeard', at, turn: report.turn };
    case 'practice-failed':
      return { type: 'PracticeFailed', at, reason: report.reason };
    case 'leg-facts':
    case 'keys-entered':
      return null;
  }
};

/** Gateways' sockets: registration, heartbeats, reports; and the watch that notices one that vanished. */
@Injectable()
export class GatewayLinks implements OnApplicationShutdown {
  private readonly sockets: Namespace<
    GatewayClientToServer,
    GatewayServerToClient,
    Record<string, never>,
    { gatewayId?: GatewayId }
  >;
  private readonly watch: NodeJS.Timeout;
  private watching = false;

  constructor(
    hub: SocketHub,
    @Inject(LOG) private readonly lines: Log,
    @Inject(ENVIRONMENT) environment: ServerEnvironment,
    private readonly gateways: GatewaysRepository,
    private readonly calls: CallsRepository,
    private readonly people: PeopleRepository,
    private readonly rosters: RosterService,
    private readonly engine: CallEngine,
    private readonly dialIns: DialInService,
    private readonly rooms: RoomAccessService,
    private readonly links: LiveLinks,
    private readonly clock: Clock,
  ) {
    this.sockets = hub.io.of(GATEWAY_NAMESPACE) as unknown as typeof this.sockets;
    this.sockets.use((socket, next) => {
      const token: unknown = socket.handshake.auth['token'];
      if (typeof token === 'string' && sameSecret(token, environment.gateways.token)) {
        next();
        return;
      }
      refusedMessages.inc({ namespace: 'gateway', reason: 'token-wrong' });
      next(Object.assign(new Error('refused'), { data: { reason: 'token-wrong' } }));
    });
    this.sockets.on('connection', (socket) => this.welcome(socket));
    rosters.onChanged((roster, adminPublicKey) => links.toGateways('roster', { roster, adminPublicKey }));
    this.watch = setInterval(() => void this.findVanished(), WATCH_EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.watch);
  }

  /** Its calls learn that their audio is gone; the carrier will ask what comes next. */
  async findVanished(): Promise<void> {
    if (this.watching) return;
    this.watching = true;
    try {
      for (const gatewayId of await this.gateways.takeVanished(GATEWAY_UNSEEN_MS)) {
        this.lines.warn({ gatewayId }, 'A gateway vanished.');
        await this.calls.addAdminLogLine({ kind: 'gateway-lost', details: { gatewayId } });
        for (const callId of await this.calls.listLiveOnGateway(gatewayId)) {
          await this.engine.append(callId, { type: 'GatewayLost', at: this.clock.now(), gatewayId });
        }
        this.links.toConsoles('changed', { topic: 'gateways' });
        this.links.refreshAll();
      }
    } catch (error) {
      this.lines.warn(errorFields(error), 'Gateways could not be watched; the database may be away.');
    } finally {
      this.watching = false;
    }
  }

  private welcome(socket: GatewaySocket): void {
    socket.on('register', (raw, answer) => {
      const body = RegisterGateway.safeParse(raw);
      if (!body.success || typeof answer !== 'function') {
        refusedMessages.inc({ namespace: 'gateway', reason: 'malformed' });
        if (typeof answer === 'function') answer({ outcome: 'refused', reason: 'malformed' });
        return;
      }
      this.register(socket, body.data).then(answer, (error: unknown) => {
        this.lines.error(errorFields(error), 'A gateway could not be registered.');
        answer({ outcome: 'refused', reason: 'try-again' });
      });
    });
    socket.on('heartbeat', (raw) => {
      const body = GatewayHeartbeat.safeParse(raw);
      if (!body.success || body.data.gatewayId !== socket.data.gatewayId) {
        refusedMessages.inc({ namespace: 'gateway', reason: body.success ? 'not-registered' : 'malformed' });
        return;
      }
      const { gatewayId, calls, load, draining } = body.data;
      this.gateways.seen(gatewayId, calls, load, draining).then(
        (known) => {
          // It was only slow. A new connection makes it tell which calls it still carries.
          if (!known) socket.conn.close();
        },
        (error: unknown) => this.lines.warn(errorFields(error), 'A heartbeat could not be stored.'),
      );
    });
    socket.on('report', (raw, answer) => {
      const body = GatewayReport.safeParse(raw);
      if (typeof answer !== 'function') return;
      const { gatewayId } = socket.data;
      if (!body.success || !gatewayId) {
        refusedMessages.inc({ namespace: 'gateway', reason: body.success ? 'not-registered' : 'malformed' });
        answer({ outcome: 'refused', reason: body.success ? 'not-registered' : 'malformed' });
        return;
      }
      // No answer on failure: the gateway keeps the report and sends it again.
      this.report(body.data, gatewayId).then(answer, (error: unknown) => {
        this.lines.error({ report: body.data.type, ...errorFields(error) }, 'A report could not be stored.');
      });
    });
    socket.on('mls', (raw) => {
      const body = MlsFromGateway.safeParse(raw);
      if (!body.success || !socket.data.gatewayId) {
        refusedMessages.inc({ namespace: 'gateway', reason: body.success ? 'not-registered' : 'malformed' });
        return;
      }
      const { callId, connectionId, message } = body.data;
      this.links.toConnection(connectionId, 'mls', { callId, message });
    });
  }

  private async register(socket: GatewaySocket, body: RegisterGateway): Promise<RegisterAnswer> {
    const registered = await this.gateways.register({ ...body, calls: body.calls.length });
    if (registered.publicKey !== body.publicKey) return { outcome: 'refused', reason: 'other-key' };
    socket.data.gatewayId = body.gatewayId;
    await socket.join(gatewayRoom(body.gatewayId));
    this.links.gatewayIsHere(body.gatewayId);
    if (registered.isNew)
      await this.calls.addAdminLogLine({ kind: 'gateway-joined', details: { gatewayId: body.gatewayId } });
    const directives = await this.directivesOf(body);
    const [organisation, roster] = await Promise.all([this.people.findOrganisation(), this.rosters.findEvent()]);
    this.links.toConsoles('changed', { topic: 'gateways' });
    this.links.refreshAll();
    return { outcome: 'registered', roster, adminPublicKey: organisation?.adminPublicKey ?? null, directives };
  }

  private async directivesOf(body: RegisterGateway): Promise<GatewayDirective[]> {
    const held = new Map(body.calls.map((call) => [call.callId, call]));
    const directives: GatewayDirective[] = [];
    for (const callId of await this.calls.listLiveOnGateway(body.gatewayId)) {
      const state = await this.engine.findState(callId);
      if (!state) continue;
      if (phoneLeg(state).state === 'live' && !held.has(callId)) {
        // The gateway was restarted and has no audio of this call any more.
        await this.engine.append(callId, { type: 'GatewayLost', at: this.clock.now(), gatewayId: body.gatewayId });
        continue;
      }
      if (phoneLeg(state).state === 'away' && held.get(callId)?.stream === 'open') {
        // We thought the gateway was gone; its audio never stopped.
        await this.engine.append(callId, {
          type: 'StreamStarted',
          at: this.clock.now(),
          gatewayId: body.gatewayId,
          streamId: 'still-open',
        });
      }
      // A call whose audio broke before this gateway was restarted comes back with a new assignment, if it does.
      if (phoneLeg(state).state === 'away' && !held.has(callId)) continue;
      const directive = await this.rooms.directiveOf(state);
      if (directive) directives.push(directive);
    }
    return directives;
  }

  private async report(
    report: GatewayReport,
    gatewayId: GatewayId,
  ): Promise<{ outcome: 'stored' | 'refused'; reason?: string }> {
    if (report.type === 'keys-entered') {
      const { callId, what, keys, eventKey } = report;
      if ((await this.dialIns.keysEntered(callId, { what, keys }, eventKey)) === 'handled')
        return { outcome: 'stored' };
      refusedMessages.inc({ namespace: 'gateway', reason: 'unknown-call' });
      return { outcome: 'refused', reason: 'unknown-call' };
    }
    const event = toEvent(report, gatewayId);
    if (!event) return { outcome: 'stored' };
    const appended = await this.engine.append(report.callId, event, report.eventKey);
    switch (appended.outcome) {
      case 'applied':
      case 'duplicate':
        return { outcome: 'stored' };
      case 'ignored':
        // It happened, and changes nothing any more: the gateway may forget it.
        return { outcome: 'stored', reason: appended.reason };
      case 'unknown-call':
        refusedMessages.inc({ namespace: 'gateway', reason: 'unknown-call' });
        return { outcome: 'refused', reason: 'unknown-call' };
    }
  }
}

import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HotlineBook } from '@ringdown/features-hotlines/hotline-book';
import { SESSION_COOKIE, readCookie } from '@ringdown/features-operators/session-cookie';
import { SignInService } from '@ringdown/features-operators/sign-in.service';
import { Clock } from '@ringdown/platform/clock';
import { errorFields, LOG, type Log } from '@ringdown/platform/log';
import { refusedMessages } from '@ringdown/platform/metrics';
import { SocketHub } from '@ringdown/platform/socket-hub';
import {
  AcceptOffer,
  Assign,
  ChangeSupervision,
  type CommandAnswer,
  CONSOLE_NAMESPACE,
  type ConsoleClientToServer,
  ConsoleHandshake,
  type ConsoleServerToClient,
  DeclineOffer,
  Invite,
  MlsFromMember,
  OfCall,
  OfLeg,
  type OperatorSnapshot,
  PlaceCallBack,
  RejoinCall,
  SendDigits,
  SetHold,
  SetMute,
  SetPresence,
  SetPriority,
  Supervise,
  TakeNext,
} from '@ringdown/protocol/console';
import type { CallEvent } from '@ringdown/protocol/call-events';
import type { CallId, OperatorId } from '@ringdown/protocol/ids';
import { FollowNote } from '@ringdown/protocol/notes';
import { ConnectionsRepository } from '@ringdown/store/connections.repository';
import type { Namespace, Socket } from 'socket.io';
import type { z } from 'zod';
import { AskedCallBacks } from './asked-call-backs.service.ts';
import { CALL_LOG, CallEngine, type EngineLog } from './call-engine.ts';
import { CONNECTION_RENEW_MS } from './limits.ts';
import { connectionRoom, hotlineRoom, LiveLinks, operatorRoom } from './live-links.ts';
import { SnapshotSources } from './snapshot-sources.ts';
import { NoteLinks } from './note-links.ts';
import { type Acting, OperatorCommands } from './operator-commands.ts';
import { Invitations } from './invitations.service.ts';
import { OperatorSnapshots } from './operator-snapshots.ts';
import { PresenceService } from './presence.service.ts';
import { QueueCommands } from './queue-commands.service.ts';
import { Supervision } from './supervision.service.ts';

type ConsoleSocket = Socket<ConsoleClientToServer, ConsoleServerToClient, Record<string, never>, { acting: Acting }>;

const MALFORMED: CommandAnswer = { outcome: 'refused', reason: 'malformed' };
const TRY_AGAIN: CommandAnswer = { outcome: 'refused', reason: 'busy-try-again' };

/** Consoles' sockets: who they are, what they ask, what they are shown. */
@Injectable()
export class ConsoleLinks implements OnApplicationShutdown {
  private readonly consoles: Namespace<
    ConsoleClientToServer,
    ConsoleServerToClient,
    Record<string, never>,
    { acting: Acting }
  >;
  private readonly renewal: NodeJS.Timeout;
  /** Snapshots being drawn; a refresh asked for meanwhile is drawn once more. */
  private readonly drawing = new Map<string, { again: boolean; changedHere: boolean }>();
  private shuttingDown = false;

  constructor(
    hub: SocketHub,
    @Inject(LOG) private readonly lines: Log,
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly links: LiveLinks,
    private readonly signIn: SignInService,
    private readonly connections: ConnectionsRepository,
    private readonly snapshots: OperatorSnapshots,
    sources: SnapshotSources,
    private readonly commands: OperatorCommands,
    private readonly invitations: Invitations,
    private readonly supervision: Supervision,
    private readonly queue: QueueCommands,
    private readonly askedCallBacks: AskedCallBacks,
    private readonly presence: PresenceService,
    private readonly engine: CallEngine,
    private readonly clock: Clock,
    private readonly notes: NoteLinks,
    book: HotlineBook,
  ) {
    book.onChanged(() => links.toConsoles('changed', { topic: 'hotlines' }));
    this.consoles = hub.io.of(CONSOLE_NAMESPACE) as unknown as typeof this.consoles;
    this.consoles.use((socket, next) => {
      this.admit(socket).then(
        (refusal) => next(refusal ? Object.assign(new Error('refused'), { data: { reason: refusal } }) : undefined),
        (error: unknown) => {
          this.lines.error(errorFields(error), 'A console could not be admitted.');
          next(Object.assign(new Error('refused'), { data: { reason: 'busy-try-again' } }));
        },
      );
    });
    this.consoles.on('connection', (socket) => this.welcome(socket));
    links.onRefresh((operatorId, changedHere) => {
      if (operatorId === null) sources.forget();
      this.refresh(operatorId, changedHere);
    });
    this.renewal = setInterval(() => {
      this.settle(this.connections.renew([...this.consoles.sockets.keys()]));
    }, CONNECTION_RENEW_MS);
  }

  onApplicationShutdown(): void {
    // Sockets that close because we do are not people who left: they will be back at another process.
    this.shuttingDown = true;
    clearInterval(this.renewal);
  }

  private async admit(socket: ConsoleSocket): Promise<string | null> {
    const handshake = ConsoleHandshake.safeParse(socket.handshake.auth);
    const token = readCookie(socket.handshake.headers.cookie, SESSION_COOKIE);
    const operator = handshake.success && token ? await this.signIn.findOperator(token) : null;
    if (!handshake.success || !operator) {
      refusedMessages.inc({ namespace: 'console', reason: handshake.success ? 'not-signed-in' : 'malformed' });
      return handshake.success ? 'not-signed-in' : 'malformed';
    }
    const { connectionId } = handshake.data;
    const opened = await this.connections.open(connectionId, operator.operatorId, socket.id);
    if (!opened) {
      refusedMessages.inc({ namespace: 'console', reason: 'not-your-page' });
      return 'not-your-page';
    }
    socket.data.acting = { operatorId: operator.operatorId, publicKey: operator.publicKey, connectionId };
    await socket.join([operatorRoom(operator.operatorId), connectionRoom(connectionId)]);
    this.links.connectionIsHere(connectionId);
    if (opened.reached) this.links.toConsoles('changed', { topic: 'people' });
    return null;
  }

  private welcome(socket: ConsoleSocket): void {
    const { acting } = socket.data;
    const { operatorId } = acting;
    this.settle(this.returned(acting));
    this.draw(socket, false);
    this.command(socket, 'set-presence', SetPresence, (body) => this.presence.wish(operatorId, body));
    this.command(socket, 'accept-offer', AcceptOffer, (body) =>
      this.commands.accept(acting, body.offerId, body.keyPackage),
    );
    this.command(socket, 'decline-offer', DeclineOffer, (body) => this.commands.decline(acting, body.offerId));
    this.command(socket, 'rejoin-call', RejoinCall, (body) =>
      this.commands.rejoin(acting, body.callId, body.keyPackage),
    );
    this.command(socket, 'finish-wrap-up', OfCall, (body) => this.presence.finishWrapUp(operatorId, body.callId));
    this.command(socket, 'hang-up', OfCall, (body) =>
      this.commands.act(body.callId, { type: 'HangUpRequested', at: this.clock.now(), operatorId }),
    );
    this.command(socket, 'set-hold', SetHold, (body) =>
      this.commands.act(body.callId, { type: 'HoldChanged', at: this.clock.now(), operatorId, held: body.held }),
    );
    this.command(socket, 'set-mute', SetMute, (body) =>
      this.commands.act(body.callId, { type: 'MuteChanged', at: this.clock.now(), operatorId, muted: body.muted }),
    );
    this.command(socket, 'send-digits', SendDigits, (body) =>
      this.commands.act(body.callId, { type: 'DigitsSent', at: this.clock.now(), operatorId, digits: body.digits }),
    );
    this.command(socket, 'follow-note', FollowNote, (body) => this.notes.follow(socket, body.callId, body.following));
    this.colleagueCommands(socket);
    socket.on('mls', (raw) => {
      const body = MlsFromMember.safeParse(raw);
      if (!body.success) {
        refusedMessages.inc({ namespace: 'console', reason: 'malformed' });
        return;
      }
      this.settle(
        this.commands.relay(acting, body.data.callId, body.data.message).then((sent) => {
          if (!sent) refusedMessages.inc({ namespace: 'console', reason: 'out-of-turn' });
        }),
      );
    });
    socket.on('disconnect', () => {
      if (!this.shuttingDown) this.settle(Promise.all([this.left(socket), this.notes.left(socket.id)]));
    });
  }

  /** Several people on one call: asking in, handing over, supervising. */
  private colleagueCommands(socket: ConsoleSocket): void {
    const { acting } = socket.data;
    const { operatorId } = acting;
    const act = (callId: CallId, event: CallEvent) => this.commands.act(callId, event);
    const now = () => ({ at: this.clock.now() });
    this.command(socket, 'invite', Invite, (body) => this.invitations.invite(operatorId, body));
    this.command(socket, 'cancel-invitation', OfCall, ({ callId }) =>
      act(callId, { type: 'InvitationCancelled', ...now(), by: operatorId }),
    );
    this.command(socket, 'complete-transfer', OfCall, ({ callId }) =>
      act(callId, { type: 'TransferCompleted', ...now(), by: operatorId }),
    );
    this.command(socket, 'join-consultation', OfCall, ({ callId }) =>
      act(callId, { type: 'ConsultationJoined', ...now(), by: operatorId }),
    );
    this.command(socket, 'leave-call', OfCall, ({ callId }) => act(callId, { type: 'LegLeft', ...now(), operatorId }));
    this.command(socket, 'remove-leg', OfLeg, ({ callId, legId }) =>
      act(callId, { type: 'LegRemoved', ...now(), by: operatorId, legId }),
    );
    this.command(socket, 'supervise', Supervise, (body) => this.supervision.start(acting, body));
    this.command(socket, 'change-supervision', ChangeSupervision, ({ callId, mode }) =>
      this.supervision.act(acting, callId, { type: 'SupervisionModeChanged', ...now(), operatorId, mode }),
    );
    this.command(socket, 'take-over', OfCall, ({ callId }) =>
      this.supervision.act(acting, callId, { type: 'TakenOver', ...now(), operatorId }),
    );
    this.command(socket, 'take-next', TakeNext, ({ hotlineId }) => this.queue.takeNext(operatorId, hotlineId));
    this.command(socket, 'assign', Assign, (body) => this.queue.assign(operatorId, body.callId, body.operatorId));
    this.command(socket, 'place-call-back', PlaceCallBack, ({ callBackId }) =>
      this.askedCallBacks.place(acting, callBackId),
    );
    this.command(socket, 'set-priority', SetPriority, ({ callId, priority }) =>
      this.queue.setPriority(operatorId, callId, priority),
    );
  }

  /** The same page is back on a new socket: if it carries a call, its audio never stopped. */
  private async returned(acting: Acting): Promise<void> {
    const presence = await this.log.findPresence(acting.operatorId);
    if (presence?.state !== 'on-call' || !presence.callId) return;
    const state = await this.engine.findState(presence.callId);
    const leg = state?.legs.find((l) => l.connectionId === acting.connectionId && l.state === 'away');
    if (leg) await this.commands.rejoin(acting, presence.callId, null);
  }

  private async left(socket: ConsoleSocket): Promise<void> {
    const { operatorId, connectionId } = socket.data.acting;
    if (!(await this.connections.close(connectionId, socket.id))) return;
    const presence = await this.log.findPresence(operatorId);
    if (presence?.state === 'on-call' && presence.callId) {
      await this.engine.append(presence.callId, {
        type: 'OperatorConnectionLost',
        at: this.clock.now(),
        operatorId,
        connectionId,
      });
    }
    await this.presence.unreachable(operatorId);
  }

  private command<Body>(
    socket: ConsoleSocket,
    name: Exclude<keyof ConsoleClientToServer, 'mls'>,
    schema: z.ZodType<Body>,
    handle: (body: Body) => Promise<CommandAnswer>,
  ): void {
    const listener = (raw: unknown, answer: unknown): void => {
      const reply = typeof answer === 'function' ? (answer as (value: CommandAnswer) => void) : () => undefined;
      const body = schema.safeParse(raw);
      if (!body.success) {
        refusedMessages.inc({ namespace: 'console', reason: 'malformed' });
        reply(MALFORMED);
        return;
      }
      handle(body.data).then(
        (outcome) => {
          if (outcome.outcome === 'refused') refusedMessages.inc({ namespace: 'console', reason: outcome.reason });
          reply(outcome);
        },
        (error: unknown) => {
          this.lines.error({ command: name, ...errorFields(error) }, 'A console command failed.');
          reply(TRY_AGAIN);
        },
      );
    };
    socket.on(name as 'hang-up', listener);
  }

  private refresh(operatorId: OperatorId | null, changedHere: boolean): void {
    for (const socket of this.consoles.sockets.values()) {
      if (operatorId === null || socket.data.acting.operatorId === operatorId) this.draw(socket, changedHere);
    }
  }

  private draw(socket: ConsoleSocket, changedHere: boolean): void {
    const current = this.drawing.get(socket.id);
    if (current) {
      current.changedHere = changedHere && (current.changedHere || !current.again);
      current.again = true;
      return;
    }
    const entry = { again: false, changedHere };
    this.drawing.set(socket.id, entry);
    this.settle(
      (async () => {
        try {
          do {
            entry.again = false;
            const { operatorId, connectionId } = socket.data.acting;
            const snapshot = await this.snapshots.make(operatorId, connectionId, entry.changedHere);
            if (snapshot) {
              await this.follow(socket, snapshot);
              socket.emit('snapshot', snapshot);
            } else socket.disconnect(true);
          } while (entry.again && socket.connected);
        } finally {
          this.drawing.delete(socket.id);
        }
      })(),
    );
  }

  /** Counts of waiting calls go to those who serve the hotline. */
  private async follow(socket: ConsoleSocket, snapshot: OperatorSnapshot): Promise<void> {
    const serves = new Set(snapshot.queue.byHotline.map(({ hotlineId }) => hotlineRoom(hotlineId)));
    for (const room of socket.rooms) {
      if (room.startsWith('hotline-') && !serves.has(room)) await socket.leave(room);
    }
    const unheard = [...serves].filter((room) => !socket.rooms.has(room));
    if (unheard.length > 0) await socket.join(unheard);
  }

  /** Work nobody waits for: a failure is logged, the next change or the reconciler puts it right. */
  private settle(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      // The database may be closed already when we are on our way out.
      if (!this.shuttingDown) this.lines.error(errorFields(error), 'Work for a console failed.');
    });
  }
}

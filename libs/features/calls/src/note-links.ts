import { Injectable } from '@nestjs/common';
import { Problem } from '@ringdown/platform/problems';
import { SocketHub } from '@ringdown/platform/socket-hub';
import { type CommandAnswer, CONSOLE_NAMESPACE } from '@ringdown/protocol/console';
import type { CallId, OperatorId } from '@ringdown/protocol/ids';
import type { NoteChange } from '@ringdown/protocol/notes';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { CallAccess } from './call-access.ts';

const noteRoom = (callId: CallId): string => `note-${callId}`;

interface NoteSocket {
  readonly id: string;
  readonly data: { readonly acting: { readonly operatorId: OperatorId } };
  join(room: string): Promise<void> | void;
  leave(room: string): Promise<void> | void;
}

/** Pages that have a call's note open: who they are, and each other's changes as they come. */
@Injectable()
export class NoteLinks {
  private readonly followed = new Map<string, Set<CallId>>();

  constructor(
    private readonly hub: SocketHub,
    private readonly access: CallAccess,
    private readonly people: PeopleRepository,
  ) {}

  async follow(socket: NoteSocket, callId: CallId, following: boolean): Promise<CommandAnswer> {
    const mine = this.followed.get(socket.id) ?? new Set();
    if (following) {
      const operator = await this.people.findOperator(socket.data.acting.operatorId);
      try {
        if (!operator) return { outcome: 'refused', reason: 'not-your-call' };
        await this.access.getForReading(callId, operator);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return { outcome: 'refused', reason: 'not-your-call' };
      }
      mine.add(callId);
      this.followed.set(socket.id, mine);
      await socket.join(noteRoom(callId));
    } else {
      mine.delete(callId);
      await socket.leave(noteRoom(callId));
    }
    await this.announce(callId);
    return { outcome: 'done' };
  }

  /** The socket is gone, and with it its place in every room. */
  async left(socketId: string): Promise<void> {
    const mine = this.followed.get(socketId);
    this.followed.delete(socketId);
    for (const callId of mine ?? []) await this.announce(callId);
  }

  /** The writer's own pages get it too; to them it is nothing new. */
  changed(callId: CallId, change: NoteChange): void {
    this.consoles.to(noteRoom(callId)).emit('note-changed', { callId, change });
  }

  private async announce(callId: CallId): Promise<void> {
    const sockets = await this.consoles.in(noteRoom(callId)).fetchSockets();
    const operatorIds = sockets.map((socket) => (socket as unknown as NoteSocket).data.acting.operatorId);
    this.consoles.to(noteRoom(callId)).emit('note-followers', { callId, operatorIds });
  }

  private get consoles() {
    return this.hub.io.of(CONSOLE_NAMESPACE);
  }
}

import type { RoomName } from '@ringdown/protocol/ids';
import { AccessToken, RoomServiceClient, TwirpError } from 'livekit-server-sdk';
import { type RoomRights, Rooms, RoomsUnavailable, type RoomTicket } from './rooms.ts';

const REQUEST_TIMEOUT_S = 5;

export interface LiveKitServer {
  /** `ws://` or `wss://` as the server processes reach it. */
  serverUrl: string;
  apiKey: string;
  apiSecret: string;
}

/** Rooms of a real LiveKit server. */
export class LiveKitRooms extends Rooms {
  private readonly server: LiveKitServer;
  private readonly client: RoomServiceClient;

  constructor(server: LiveKitServer) {
    super();
    this.server = server;
    const url = server.serverUrl.replace(/^ws/, 'http');
    this.client = new RoomServiceClient(url, server.apiKey, server.apiSecret, { requestTimeout: REQUEST_TIMEOUT_S });
  }

  async tokenFor(ticket: RoomTicket): Promise<string> {
    const token = new AccessToken(this.server.apiKey, this.server.apiSecret, {
      identity: ticket.identity,
      ttl: ticket.ttlS,
    });
    token.addGrant({
      room: ticket.room,
      roomJoin: true,
      canPublish: ticket.rights.canPublish,
      canSubscribe: ticket.rights.canSubscribe,
      canPublishData: false,
      canUpdateOwnMetadata: false,
    });
    return token.toJwt();
  }

  setRights(room: RoomName, identity: string, rights: RoomRights): Promise<'done' | 'absent'> {
    return this.attempt(() =>
      this.client.updateParticipant(room, identity, {
        permission: { canPublish: rights.canPublish, canSubscribe: rights.canSubscribe, canPublishData: false },
      }),
    );
  }

  removeParticipant(room: RoomName, identity: string): Promise<'done' | 'absent'> {
    return this.attempt(() => this.client.removeParticipant(room, identity));
  }

  closeRoom(room: RoomName): Promise<'done' | 'absent'> {
    return this.attempt(() => this.client.deleteRoom(room));
  }

  async isUp(): Promise<boolean> {
    await this.client.listRooms(['none']);
    return true;
  }

  private async attempt(request: () => Promise<unknown>): Promise<'done' | 'absent'> {
    try {
      await request();
      return 'done';
    } catch (error) {
      if (error instanceof TwirpError && error.status === 404) return 'absent';
      throw new RoomsUnavailable('The media server refused or did not answer.', { cause: error });
    }
  }
}

import type { RoomName } from '@ringdown/protocol/ids';

/** What a participant may do. Rights come with the acceptance of a call, not with the ring. */
export interface RoomRights {
  canPublish: boolean;
  canSubscribe: boolean;
}

export interface RoomTicket {
  room: RoomName;
  identity: string;
  rights: RoomRights;
  ttlS: number;
}

/** The media server as the call engine needs it. `absent` means the room or participant wasn't there: nothing to do. */
export abstract class Rooms {
  /** A signed token; needs no request to the server. */
  abstract tokenFor(ticket: RoomTicket): Promise<string>;
  abstract setRights(room: RoomName, identity: string, rights: RoomRights): Promise<'done' | 'absent'>;
  abstract removeParticipant(room: RoomName, identity: string): Promise<'done' | 'absent'>;
  abstract closeRoom(room: RoomName): Promise<'done' | 'absent'>;
  abstract isUp(): Promise<boolean>;
}

/** The media server didn't do it; trying again may help. */
export class RoomsUnavailable extends Error {
  readonly reason = 'media-server-unavailable';
  readonly retryable = true;
}

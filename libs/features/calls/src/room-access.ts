import { Inject, Injectable } from '@nestjs/common';
import type { CallState, Leg } from '@ringdown/call-flow/call-state';
import { directedAudio } from '@ringdown/call-flow/directive';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { GATEWAY_IDENTITY, operatorIdentity, type RoomAccess } from '@ringdown/protocol/console';
import type { GatewayDirective } from '@ringdown/protocol/gateway';
import { type CallId, type ConnectionId, type LegId, roomNameOf } from '@ringdown/protocol/ids';
import { type RoomRights, Rooms } from '@ringdown/rooms/rooms';

/** Longer than any call (the carriers' cap is 4 hours). */
const CALL_TTL_S = 6 * 3_600;
/** A ring and the time to connect ahead of the answer. */
const RING_TTL_S = 600;

const NO_RIGHTS: RoomRights = { canPublish: false, canSubscribe: false };

/** Whoever only listens can't be heard, whatever their page does (V). */
export const roomRights = (leg: Leg): RoomRights => ({
  canPublish: !(leg.role === 'supervisor' && leg.mode === 'listen'),
  canSubscribe: true,
});

const ownPromptsIn = ({ policy: { prompts } }: CallState): Pick<GatewayDirective, 'prompts'> =>
  prompts ? { prompts: { language: prompts.language, recorded: prompts.recorded } } : {};

/** Who may enter a call's room with which rights. */
@Injectable()
export class RoomAccessService {
  constructor(
    private readonly rooms: Rooms,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {}

  /** While it rings: to connect ahead, hearing and saying nothing. */
  forRinging(callId: CallId, legId: LegId, connectionId: ConnectionId): Promise<RoomAccess> {
    return this.access(callId, operatorIdentity(legId, connectionId), NO_RIGHTS, RING_TTL_S);
  }

  forMember(callId: CallId, leg: Leg, connectionId: ConnectionId): Promise<RoomAccess> {
    return this.access(callId, operatorIdentity(leg.legId, connectionId), roomRights(leg), CALL_TTL_S);
  }

  /** The gateway's current orders for a call; null while no gateway has it. */
  async directiveOf(state: CallState): Promise<GatewayDirective | null> {
    if (!state.streamToken || state.phase === 'ended') return null;
    const token = await this.rooms.tokenFor({
      room: roomNameOf(state.callId),
      identity: GATEWAY_IDENTITY,
      rights: { canPublish: true, canSubscribe: true },
      ttlS: CALL_TTL_S,
    });
    const audio = directedAudio(state);
    return {
      callId: state.callId,
      revision: state.directiveRevision,
      carrierCallId: state.carrierCallId,
      streamToken: state.streamToken,
      room: { name: roomNameOf(state.callId), url: this.environment.media.serverUrl, token },
      callerHears: audio.callerHears,
      ...ownPromptsIn(state),
      ...(audio.roomless ? { roomless: true as const } : {}),
      ...(audio.codeEntry ? { codeEntry: audio.codeEntry } : {}),
      members: audio.members,
      ...(audio.phones.length > 0 ? { phones: audio.phones } : {}),
      group: state.group,
      ...(audio.digits.sequence > 0 ? { digits: audio.digits } : {}),
      ...(audio.announcement ? { announcement: audio.announcement } : {}),
      ...(audio.practice ? { practice: audio.practice } : {}),
    };
  }

  private async access(callId: CallId, identity: string, rights: RoomRights, ttlS: number): Promise<RoomAccess> {
    const name = roomNameOf(callId);
    const token = await this.rooms.tokenFor({
      room: name,
      identity,
      rights,
      ttlS,
    });
    return { name, url: this.environment.media.browserUrl, token };
  }
}

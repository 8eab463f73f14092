import { Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { SignedInAs } from '@ringdown/platform/access';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { CallId, roomNameOf } from '@ringdown/protocol/ids';
import type { SoundCheckRoom } from '@ringdown/protocol/sound-check';
import { Rooms } from '@ringdown/rooms/rooms';
import { randomUUID } from 'node:crypto';

const TTL_S = 120;

/** Lets a console try its way to the media server before a shift, as a call would take it. */
@Controller('api/sound-check')
export class SoundCheckController {
  constructor(
    private readonly rooms: Rooms,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {}

  @SignedInAs()
  @Post('room')
  @HttpCode(200)
  async makeRoom(): Promise<SoundCheckRoom> {
    // The name of a call that doesn't exist, so that nobody can be met there.
    const room = roomNameOf(CallId.parse(randomUUID()));
    const tokenFor = (identity: string, canPublish: boolean) =>
      this.rooms.tokenFor({ room, identity, rights: { canPublish, canSubscribe: !canPublish }, ttlS: TTL_S });
    const [speakerToken, listenerToken] = await Promise.all([tokenFor('speaker', true), tokenFor('listener', false)]);
    return { name: room, url: this.environment.media.browserUrl, speakerToken, listenerToken };
  }
}

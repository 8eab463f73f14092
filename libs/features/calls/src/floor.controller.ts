import { Controller, Get } from '@nestjs/common';
import { CurrentOperator, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import type { Colleagues, Floor, WaitingCall } from '@ringdown/protocol/floor';
import { FloorService } from './floor.service.ts';

/** For queue, wallboard, grid and whoever hands a call on. Nothing of callers passes here. */
@Controller('api')
export class FloorController {
  constructor(private readonly floor: FloorService) {}

  @SignedInAs()
  @Get('queue')
  queue(@CurrentOperator() operator: SignedIn): Promise<WaitingCall[]> {
    return this.floor.queue(operator);
  }

  @SignedInAs()
  @Get('colleagues')
  colleagues(): Promise<Colleagues> {
    return this.floor.colleagues();
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Get('floor')
  all(): Promise<Floor> {
    return this.floor.all();
  }
}

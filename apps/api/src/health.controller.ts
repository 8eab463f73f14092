import { Controller, Get, Res } from '@nestjs/common';
import { JobQueue } from '@ringdown/jobs/job-queue';
import { Public } from '@ringdown/platform/access';
import { checkHealth } from '@ringdown/platform/health';
import { registry } from '@ringdown/platform/metrics';
import { Rooms } from '@ringdown/rooms/rooms';
import { SqlPool } from '@ringdown/store/database';
import type { Response } from 'express';

@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly sql: SqlPool,
    private readonly jobs: JobQueue,
    private readonly rooms: Rooms,
  ) {}

  /** The process answers. */
  @Get('health/live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** Everything it depends on answers, too; 503 and the missing part otherwise. */
  @Get('health/ready')
  async ready(@Res() response: Response): Promise<void> {
    const answer = await checkHealth([
      { name: 'database', check: async () => Boolean(await this.sql.pool.query('select 1')) },
      { name: 'queue', check: () => this.jobs.isUp() },
      { name: 'media-server', check: () => this.rooms.isUp() },
    ]);
    response.status(answer.status === 'ready' ? 200 : 503).json(answer);
  }

  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    response.type(registry.contentType).send(await registry.metrics());
  }
}

import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { listOccurrences, type Occurrence } from '@ringdown/call-flow/rota';
import { RotaService } from '@ringdown/features-hotlines/rota.service';
import { JobQueue } from '@ringdown/jobs/job-queue';
import type { JobBody } from '@ringdown/jobs/jobs';
import { Clock } from '@ringdown/platform/clock';
import { errorFields, LOG, type Log } from '@ringdown/platform/log';
import type { HotlineId } from '@ringdown/protocol/ids';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { RotaRepository } from '@ringdown/store/rota.repository';
import { DistributionRound } from './distribution-round.ts';
import { LiveLinks } from './live-links.ts';

const EVERY_MS = 60_000;
export const REMIND_BEFORE_MS = 30 * 60_000;
/** Looked ahead a little further than reminders are sent, so that each has its job in time. */
const AHEAD_MS = REMIND_BEFORE_MS + 5 * 60_000;

/** What happens when shifts come: a reminder to whoever has one, and a look at the callers who wait for it to begin. */
@Injectable()
export class ShiftJobs implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly rotas: RotaService,
    private readonly repository: RotaRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly jobs: JobQueue,
    private readonly round: DistributionRound,
    private readonly links: LiveLinks,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    rotas.onChanged((hotlineId) => {
      links.toConsoles('changed', { topic: 'rota' });
      links.refreshAll();
      this.settle(Promise.all([this.round.run(hotlineId), this.plan(hotlineId)]));
    });
  }

  /** In the worker. Each look plans the same jobs again, so that one lost with a queue comes back; each runs once. */
  start(): void {
    const look = (): void => this.settle(this.planAll());
    this.timer = setInterval(look, EVERY_MS);
    look();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async remind(body: JobBody<'shift-reminder'>): Promise<void> {
    const now = this.clock.now();
    const evening = await this.findEvening(body);
    // Changed, swapped or taken out since the job was planned: another job has the right time and person.
    if (!evening || evening.start <= now || evening.operatorId !== body.operatorId) return;
    const hotline = await this.hotlines.findHotline(body.hotlineId);
    if (!hotline || !(await this.repository.markReminded(body.shiftId, body.date, body.operatorId, now))) return;
    this.links.toOperator(body.operatorId, 'shift-reminder', {
      hotlineId: body.hotlineId,
      hotlineName: hotline.name,
      startsAt: evening.start,
    });
  }

  async begin(body: JobBody<'shift-begins'>): Promise<void> {
    await this.round.run(body.hotlineId);
  }

  private async findEvening(body: JobBody<'shift-reminder'>): Promise<Occurrence | undefined> {
    const rota = await this.rotas.find(body.hotlineId);
    const around = rota ? listOccurrences(rota, body.startsAt, body.startsAt + 1) : [];
    return around.find((each) => each.shiftId === body.shiftId && each.date === body.date);
  }

  private async planAll(): Promise<void> {
    for (const hotlineId of await this.repository.listHotlineIds()) await this.plan(hotlineId);
  }

  private async plan(hotlineId: HotlineId): Promise<void> {
    const rota = await this.rotas.find(hotlineId);
    const now = this.clock.now();
    const coming = rota ? listOccurrences(rota, now, now + AHEAD_MS).filter((each) => each.start > now) : [];
    for (const { shiftId, date, operatorId, start } of coming) {
      await this.jobs.enqueue(
        'shift-reminder',
        { hotlineId, shiftId, date, operatorId, startsAt: start },
        { delayMs: start - REMIND_BEFORE_MS - now },
      );
    }
    for (const at of new Set(coming.map((each) => each.start)))
      await this.jobs.enqueue('shift-begins', { hotlineId, at }, { delayMs: at - now });
  }

  /** Nobody waits for it; the next look does again what failed. */
  private settle(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      this.log.warn(errorFields(error), 'Shifts could not be looked at; they are in a minute.'),
    );
  }
}

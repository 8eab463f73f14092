import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@ringdown/platform/clock';
import { errorFields, LOG, type Log } from '@ringdown/platform/log';
import type { QueueCount } from '@ringdown/protocol/console';
import type { HotlineId, Instant } from '@ringdown/protocol/ids';
import { CALL_LOG, type EngineLog } from './call-engine.ts';
import { LiveLinks } from './live-links.ts';

/** Waiting counts may lag by this much; each operator's own situation never does. */
const TELL_EVERY_MS = 250;

/**
 * How many wait, hotline by hotline: counted once for everybody who looks, at most four times a second however much
 * happens. A count that is read here is younger than the wait before it is told, so that what is told last is newest.
 */
@Injectable()
export class QueueCounts implements OnApplicationShutdown {
  private readonly timers = new Map<HotlineId, NodeJS.Timeout>();
  private readonly recent = new Map<HotlineId, { countedAt: Instant; count: Promise<QueueCount> }>();

  constructor(
    @Inject(CALL_LOG) private readonly log: EngineLog,
    @Inject(LOG) private readonly lines: Log,
    private readonly links: LiveLinks,
    private readonly clock: Clock,
  ) {}

  of(hotlineId: HotlineId): Promise<QueueCount> {
    const known = this.recent.get(hotlineId);
    const now = this.clock.now();
    if (known && now - known.countedAt < TELL_EVERY_MS) return known.count;
    const count = this.log.countWaiting(hotlineId).then((counted) => ({ hotlineId, ...counted }));
    this.recent.set(hotlineId, { countedAt: now, count });
    count.catch(() => this.recent.delete(hotlineId));
    return count;
  }

  /** Soon told to everybody who serves the hotline. */
  changed(hotlineId: HotlineId): void {
    if (this.timers.has(hotlineId)) return;
    const timer = setTimeout(() => {
      this.timers.delete(hotlineId);
      this.recent.delete(hotlineId);
      this.of(hotlineId).then(
        (count) => this.links.toHotline(hotlineId, 'queue-changed', count),
        (error: unknown) => this.lines.warn(errorFields(error), 'Waiting calls could not be counted.'),
      );
    }, TELL_EVERY_MS);
    this.timers.set(hotlineId, timer);
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }
}

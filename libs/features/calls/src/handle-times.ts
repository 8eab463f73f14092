import { Injectable } from '@nestjs/common';
import { Clock } from '@ringdown/platform/clock';
import type { HotlineId } from '@ringdown/protocol/ids';
import { CallsRepository } from '@ringdown/store/calls.repository';

const KEPT_MS = 30_000;
const RECENT_MS = 12 * 3_600_000;
const SAMPLES = 30;

/** How long a hotline's recent calls took. Asked in each round, so kept for half a minute. */
@Injectable()
export class HandleTimes {
  private readonly known = new Map<HotlineId, { until: number; times: Promise<number[]> }>();

  constructor(
    private readonly calls: CallsRepository,
    private readonly clock: Clock,
  ) {}

  recent(hotlineId: HotlineId): Promise<number[]> {
    const now = this.clock.now();
    const known = this.known.get(hotlineId);
    if (known && known.until > now) return known.times;
    const times = this.calls.listHandleTimes(hotlineId, now - RECENT_MS, SAMPLES);
    this.known.set(hotlineId, { until: now + KEPT_MS, times });
    // A failure isn't kept.
    times.catch(() => this.known.delete(hotlineId));
    return times;
  }
}

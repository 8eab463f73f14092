import { Injectable } from '@nestjs/common';
import { Clock } from '@ringdown/platform/clock';
import type { CarrierAccountId, HotlineId, Instant } from '@ringdown/protocol/ids';
import { type HotlineRow, HotlinesRepository } from '@ringdown/store/hotlines.repository';

/** How long a change made by another process may go unseen; one made here is seen at once. */
const REMEMBERED_MS = 5_000;
const MAX_REMEMBERED = 5_000;

/** Hotlines and their numbers as calls see them: asked for each call several times, changed seldom. */
@Injectable()
export class HotlineBook {
  private readonly listeners: (() => void)[] = [];
  private readonly remembered = new Map<string, { hotline: Promise<HotlineRow | null>; until: Instant }>();

  constructor(
    private readonly hotlines: HotlinesRepository,
    private readonly clock: Clock,
  ) {}

  findHotline(hotlineId: HotlineId): Promise<HotlineRow | null> {
    return this.remember(hotlineId, () => this.hotlines.findHotline(hotlineId));
  }

  findByNumber(e164: string, carrierAccountId: CarrierAccountId): Promise<HotlineRow | null> {
    return this.remember(`${carrierAccountId}/${e164}`, () => this.hotlines.findByNumber(e164, carrierAccountId));
  }

  onChanged(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Something was changed by this process. */
  changed(): void {
    this.remembered.clear();
    for (const listener of this.listeners) listener();
  }

  private remember(key: string, find: () => Promise<HotlineRow | null>): Promise<HotlineRow | null> {
    const now = this.clock.now();
    const known = this.remembered.get(key);
    if (known && known.until > now) return known.hotline;
    const hotline = find();
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, { hotline, until: now + REMEMBERED_MS });
    // Neither a failure nor an unknown number is kept: the next one asks again.
    hotline.then(
      (found) => found ?? this.remembered.delete(key),
      () => this.remembered.delete(key),
    );
    return hotline;
  }
}

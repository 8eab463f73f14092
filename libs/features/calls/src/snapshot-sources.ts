import { Injectable } from '@nestjs/common';
import { HotlineBook } from '@ringdown/features-hotlines/hotline-book';
import { RosterService } from '@ringdown/features-operators/roster.service';
import { Clock } from '@ringdown/platform/clock';
import type { CallId, HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';
import { GatewaysRepository } from '@ringdown/store/gateways.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';

/** Whoever changes one of these tells all processes at once (`refreshAll`); this bounds what a lost message costs. */
const KEPT_MS = 30_000;
const MOST_KEPT = 10_000;

/** What snapshots need that changes by the hour, not by the call: asked for once, not for each of a call's many snapshots. */
@Injectable()
export class SnapshotSources {
  private readonly kept = new Map<string, { at: Instant; value: Promise<unknown> }>();

  constructor(
    private readonly people: PeopleRepository,
    private readonly hotlines: HotlineBook,
    private readonly gateways: GatewaysRepository,
    private readonly rosters: RosterService,
    private readonly clock: Clock,
  ) {}

  operator(operatorId: OperatorId): ReturnType<PeopleRepository['findOperator']> {
    return this.keep(`operator ${operatorId}`, () => this.people.findOperator(operatorId));
  }

  async namesOf(operatorIds: readonly OperatorId[]): Promise<Map<OperatorId, string>> {
    const known = await Promise.all(operatorIds.map(async (id) => [id, await this.operator(id)] as const));
    return new Map(known.flatMap(([id, operator]) => (operator ? [[id, operator.name] as const] : [])));
  }

  async hotlineName(hotlineId: HotlineId): Promise<string> {
    return (await this.hotlines.findHotline(hotlineId))?.name ?? '';
  }

  phoneLineUp(): Promise<boolean> {
    return this.keep('phone-line', () => this.gateways.anyUp());
  }

  roster(): ReturnType<RosterService['findEvent']> {
    return this.keep('roster', () => this.rosters.findEvent());
  }

  /** How often the same number called before this call: the same for each of its snapshots. */
  earlierCalls(callId: CallId, count: () => Promise<number>): Promise<number> {
    return this.keep(`earlier ${callId}`, count);
  }

  forget(): void {
    this.kept.clear();
  }

  private keep<T>(key: string, find: () => Promise<T>): Promise<T> {
    const known = this.kept.get(key);
    const now = this.clock.now();
    if (known && now - known.at < KEPT_MS) return known.value as Promise<T>;
    const value = find();
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(key, { at: now, value });
    value.catch(() => this.kept.delete(key));
    return value;
  }
}

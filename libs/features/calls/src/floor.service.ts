import { Inject, Injectable } from '@nestjs/common';
import { addSums, type CallSums, NO_CALLS, ratesOf } from '@ringdown/call-flow/figures';
import { leads, type SignedIn } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import type { DistributionReason, PassedOver } from '@ringdown/protocol/call-events';
import type { Colleagues, Floor, FloorFigures, WaitingCall } from '@ringdown/protocol/floor';
import { CallFiguresRepository } from '@ringdown/store/call-figures.repository';
import { FloorRepository, type LineRow } from '@ringdown/store/floor.repository';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { CALL_LOG, type EngineLog } from './call-engine.ts';
import { commonGoal, todayOf } from './reports.service.ts';

/** Everybody who looks at the floor asks again at each change: what was read this moment serves all of them. */
const KEPT_MS = 250;
/** Of each hotline. A queue is limited to a thousand by its settings. */
const SHOWN = 1_000;

/** Runs once for all who ask within `KEPT_MS`. */
class Kept<T> {
  private value: Promise<T> | null = null;
  private readonly read: () => Promise<T>;

  constructor(read: () => Promise<T>) {
    this.read = read;
  }

  get(): Promise<T> {
    if (this.value) return this.value;
    const value = this.read();
    const forget = (): void => {
      if (this.value === value) this.value = null;
    };
    this.value = value;
    value.then(() => setTimeout(forget, KEPT_MS).unref(), forget);
    return value;
  }
}

type Line = LineRow & { today: CallSums };

/** What goes on now: who waits, who is there, how the day goes. */
@Injectable()
export class FloorService {
  private readonly lines: Kept<Line[]>;
  private readonly people: Kept<Awaited<ReturnType<FloorRepository['listPeople']>>>;
  private readonly waiting: Kept<WaitingCall[]>;

  constructor(
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly floor: FloorRepository,
    private readonly figures: CallFiguresRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly clock: Clock,
  ) {
    this.lines = new Kept(() => this.readLines());
    this.people = new Kept(() => this.floor.listPeople());
    this.waiting = new Kept(() => this.readWaiting());
  }

  async queue(operator: SignedIn): Promise<WaitingCall[]> {
    const waiting = await this.waiting.get();
    return waiting.filter(({ hotlineId }) => leads(operator.role) || operator.hotlineIds.includes(hotlineId));
  }

  async colleagues(): Promise<Colleagues> {
    const [people, lines] = await Promise.all([this.people.get(), this.lines.get()]);
    return {
      people: people.map(({ operatorId, name, role, hotlineIds, state, since, reachable }) => ({
        operatorId,
        name,
        role,
        hotlineIds,
        state,
        since,
        reachable,
      })),
      hotlines: lines.map(({ hotlineId, name, available }) => ({ hotlineId, name, available })),
    };
  }

  async all(): Promise<Floor> {
    const [lines, people] = await Promise.all([this.lines.get(), this.people.get()]);
    const now = {
      waiting: lines.reduce((sum, { waiting }) => sum + waiting, 0),
      longestSince: lines.map(({ longestSince }) => longestSince).reduce(earlier, null),
      // Somebody who serves several hotlines is one person.
      available: people.filter(({ state, reachable }) => state === 'available' && reachable).length,
    };
    return {
      goal: commonGoal(lines),
      all: toFloorFigures({ ...now, today: lines.map(({ today }) => today).reduce(addSums, NO_CALLS) }),
      hotlines: lines.map((line) => ({
        ...toFloorFigures(line),
        hotlineId: line.hotlineId,
        name: line.name,
        goal: line.goal,
      })),
      people,
    };
  }

  private async readLines(): Promise<Line[]> {
    const [lines, now] = [await this.floor.listLines(), this.clock.now()];
    const scopes = lines.map((line) => todayOf(line, now));
    const today = new Map((await this.figures.list(scopes, 'hotline', now)).map((row) => [row.key, row]));
    return lines.map((line) => ({ ...line, today: today.get(line.hotlineId) ?? NO_CALLS }));
  }

  /** In the order in which each hotline serves them. */
  private async readWaiting(): Promise<WaitingCall[]> {
    const [hotlines, people, settings] = await Promise.all([
      this.lines.get(),
      this.people.get(),
      this.hotlines.listHotlines(),
    ]);
    const rules = new Map(settings.map((hotline) => [hotline.hotlineId, hotline.settings]));
    const names = new Map(people.map(({ operatorId, name }) => [operatorId, name]));
    const lines = await Promise.all(
      hotlines
        .filter(({ waiting }) => waiting > 0)
        .map(async ({ hotlineId, name }) => {
          const { ageEveryS = 1, ageSteps = 0 } = rules.get(hotlineId) ?? {};
          const ageing = { everyMs: ageEveryS * 1_000, maxSteps: ageSteps };
          const calls = await this.log.listWaiting(hotlineId, { now: this.clock.now(), ageing, limit: SHOWN });
          return { hotlineId, name, calls };
        }),
    );
    const rows = await this.floor.listWaiting(lines.flatMap(({ calls }) => calls.map(({ callId }) => callId)));
    return lines.flatMap(({ hotlineId, name, calls }) =>
      calls.flatMap(({ callId, arrivedAt }, index): WaitingCall[] => {
        const row = rows.get(callId);
        if (!row) return [];
        const { language, priority, rescued, test } = row;
        const ringingAt = row.ringingAt.map((operatorId) => names.get(operatorId) ?? '');
        const whyNot = ringingAt.length > 0 ? [] : counted(row.passedOver);
        const place = { callId, hotlineId, hotlineName: name, position: index + 1, arrivedAt };
        return [{ ...place, language, priority, rescued, test, ringingAt, whyNot }];
      }),
    );
  }
}

const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

function toFloorFigures(line: Pick<Line, 'waiting' | 'longestSince' | 'available' | 'today'>): FloorFigures {
  const { waiting, longestSince, available, today } = line;
  const { answered, answeredInTime, abandoned, unanswered } = today;
  const { serviceLevel } = ratesOf(today);
  return { waiting, longestSince, available, answered, answeredInTime, abandoned, unanswered, serviceLevel };
}

function counted(passedOver: readonly PassedOver[]): WaitingCall['whyNot'] {
  const people = new Map<DistributionReason, number>();
  for (const { reason } of passedOver) people.set(reason, (people.get(reason) ?? 0) + 1);
  return [...people].map(([reason, count]) => ({ reason, people: count })).sort((a, b) => b.people - a.people);
}

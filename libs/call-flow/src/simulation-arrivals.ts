import type { CallId, CarrierAccountId, CarrierCallId, HotlineId, LegId } from '@ringdown/protocol/ids';
import { isWaiting } from './call-state.ts';
import { ladderStep } from './reduce-ladder.ts';
import { openingAt } from './rota.ts';
import type { Calls } from './simulation-calls.ts';
import type { Distribution } from './simulation-distribution.ts';
import { type Caller, type Evening, type Line, simulatedId } from './simulation-evening.ts';
import type { Gateways } from './simulation-gateways.ts';
import type { SimulatedCall } from './simulation-input.ts';

/** Calls come to a hotline: from outside, or from another hotline whose plan leads on to it. */
export class Arrivals {
  private readonly evening: Evening;
  private readonly calls: Calls;
  private readonly gateways: Gateways;
  private readonly distribution: Distribution;
  private arrived = 0;

  constructor(evening: Evening, calls: Calls, gateways: Gateways, distribution: Distribution) {
    this.evening = evening;
    this.calls = calls;
    this.gateways = gateways;
    this.distribution = distribution;
  }

  plan(): void {
    for (const call of this.evening.sim.calls) this.evening.agenda.add(call.at, () => this.arrive(call));
  }

  private arrive(given: SimulatedCall): void {
    const hotline = this.evening.lineOf(given.hotlineId ?? this.evening.sim.hotline.hotlineId);
    const at = this.evening.now;
    const { admission, open, because } = this.admissionTo(hotline);
    this.evening.tell({ event: 'arrives', call: given.label });
    if (admission !== 'open') {
      const event = admission === 'closed' ? 'closed' : 'queue-full';
      this.evening.tell({ event, call: given.label, detail: open ? null : because });
    }
    this.arrived += 1;
    const caller = this.calls.begin(given, {
      type: 'CallArrived',
      at,
      callId: this.evening.nextId(1) as CallId,
      hotlineId: hotline.hotlineId,
      carrierAccountId: simulatedId(2, 1) as CarrierAccountId,
      carrierCallId: `CA${this.arrived}` as CarrierCallId,
      phoneLegId: this.evening.nextId(3) as LegId,
      direction: 'inbound',
      language: given.language,
      priority: given.priority,
      policy: hotline.policy,
      admission,
      test: false,
    });
    this.gateways.assign(caller);
    if (given.patienceMs !== null) {
      this.evening.agenda.add(at + given.patienceMs, () => {
        if (isWaiting(caller.state.phase)) this.calls.hangUp(caller);
      });
    }
    this.distribution.planRelaxing(caller);
  }

  /** As the api does: the other hotline takes the call, or the ladder goes on where it is. */
  moveOn(caller: Caller, hotlineId: HotlineId): void {
    const { state, given } = caller;
    const step = ladderStep(state);
    if (state.phase !== 'ladder' || step?.step !== 'other-hotline' || step.hotlineId !== hotlineId) return;
    const at = this.evening.now;
    const line = this.evening.lines.get(hotlineId);
    const admission = line ? this.admissionTo(line).admission : 'gone';
    if (!line || admission !== 'open') {
      const why = admission === 'open' ? 'gone' : admission;
      this.evening.tell({ event: 'passed-by', call: given.label, hotlineId, detail: why });
      this.calls.append(caller, { type: 'OverflowRefused', at, hotlineId, why });
      return;
    }
    const language = line.language ?? state.language;
    this.evening.tell({ event: 'moves-on', call: given.label, hotlineId });
    this.calls.append(caller, { type: 'MovedToHotline', at, hotlineId, language, policy: line.policy });
    this.distribution.planRelaxing(caller);
  }

  private admissionTo(line: Line) {
    const { open, because } = openingAt(line.rota, line.hours, line.timeZone, this.evening.now);
    const waiting = [...this.evening.callers.values()].filter(
      ({ state }) => state.hotlineId === line.hotlineId && isWaiting(state.phase),
    ).length;
    const admission = !open ? ('closed' as const) : waiting >= line.queueLimit ? ('full' as const) : ('open' as const);
    return { admission, open, because };
  }
}

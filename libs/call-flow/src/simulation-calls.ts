import type { CallEvent, TimerName } from '@ringdown/protocol/call-events';
import type { CallEffect, CallState, OperatorChange, Reduction } from './call-state.ts';
import { reduceCall } from './reduce-call.ts';
import type { Caller, Evening } from './simulation-evening.ts';
import type { SimulatedCall } from './simulation-input.ts';

/** What follows from a change of a call. */
export interface Consequences {
  /** A person's state changes with the call. */
  person(caller: Caller, change: OperatorChange): void;
  effect(caller: Caller, effect: CallEffect): void;
  /** The call is as it is now: what its caller and the gateway do. */
  changed(caller: Caller, before: CallState): void;
}

/** Calls live by production's reducer. Their events come in here. */
export class Calls {
  private readonly evening: Evening;
  private readonly consequences: Consequences;

  constructor(evening: Evening, consequences: Consequences) {
    this.evening = evening;
    this.consequences = consequences;
  }

  begin(given: SimulatedCall, arrival: Extract<CallEvent, { type: 'CallArrived' }>): Caller {
    const reduction = reduceCall(null, arrival);
    const { state } = reduction;
    const caller: Caller = {
      given,
      state,
      answeredBy: null,
      answeredAt: null,
      answeredOutside: null,
      rings: 0,
      promisedAt: null,
      tries: 0,
      reached: false,
      told: null,
    };
    this.evening.callers.set(state.callId, caller);
    this.perform(caller, reduction, {});
    return caller;
  }

  /** One event of a call: reduced, people's states changed with it, and what follows from it put on the agenda. */
  append(caller: Caller, event: CallEvent): boolean {
    const before = caller.state;
    if (before.phase === 'ended') return false;
    const reduction = reduceCall(before, event);
    if (reduction.ignored) return false;
    caller.state = reduction.state;
    for (const change of reduction.operators) this.consequences.person(caller, change);
    this.perform(caller, reduction, before.timers);
    this.consequences.changed(caller, before);
    return true;
  }

  /** The carrier tells that the phone that called isn't on the line any more. */
  hangUp(caller: Caller): void {
    this.append(caller, { type: 'CarrierStatusChanged', at: this.evening.now, status: 'completed', sequence: null });
  }

  private perform(caller: Caller, { state, effects }: Reduction, before: CallState['timers']): void {
    for (const [name, { timerId, dueAt }] of Object.entries(state.timers)) {
      const timer = name as TimerName;
      if (before[timer]?.timerId === timerId) continue;
      // As in production by the state alone. One that isn't set any more by then is ignored.
      this.evening.agenda.add(dueAt, () => {
        this.append(caller, { type: 'TimerFired', at: this.evening.now, timer, timerId });
      });
    }
    for (const effect of effects) this.consequences.effect(caller, effect);
  }
}

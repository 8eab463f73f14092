import type { CallEvent } from '@ringdown/protocol/call-events';
import type { CallEffect, OperatorChange } from './call-state.ts';
import { reduceCall } from './reduce-call.ts';
import type { Caller, Evening } from './simulation-evening.ts';
import type { SimulatedCall } from './simulation-input.ts';

type Effect<Kind extends CallEffect['kind']> = Extract<CallEffect, { kind: Kind }>;

/** What follows from a change of a call. */
export interface Consequences {
  /** A person's state changes with the call. */
  person(caller: Caller, change: OperatorChange): void;
  effect(caller: Caller, effect: Exclude<CallEffect, Effect<'set-timer'>>): void;
  /** The call is as it is now: what its caller and the gateway do. */
  changed(caller: Caller): void;
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
    const { state, effects } = reduceCall(null, arrival);
    const caller: Caller = { given, state, answeredBy: null, answeredAt: null, rings: 0, told: null };
    this.evening.callers.set(state.callId, caller);
    this.perform(caller, effects);
    return caller;
  }

  /** One event of a call: reduced, people's states changed with it, and what follows from it put on the agenda. */
  append(caller: Caller, event: CallEvent): boolean {
    if (caller.state.phase === 'ended') return false;
    const reduction = reduceCall(caller.state, event);
    if (reduction.ignored) return false;
    caller.state = reduction.state;
    for (const change of reduction.operators) this.consequences.person(caller, change);
    this.perform(caller, reduction.effects);
    this.consequences.changed(caller);
    return true;
  }

  /** The carrier tells that the caller isn't on the line any more. */
  hangUp(caller: Caller): void {
    this.append(caller, { type: 'CarrierStatusChanged', at: this.evening.now, status: 'completed', sequence: null });
  }

  private perform(caller: Caller, effects: readonly CallEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'set-timer') this.setTimer(caller, effect);
      else this.consequences.effect(caller, effect);
    }
  }

  private setTimer(caller: Caller, { timer, timerId, dueAt }: Effect<'set-timer'>): void {
    this.evening.agenda.add(dueAt, () => {
      this.append(caller, { type: 'TimerFired', at: this.evening.now, timer, timerId });
    });
  }
}

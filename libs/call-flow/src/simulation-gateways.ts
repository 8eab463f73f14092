import type { GatewayId } from '@ringdown/protocol/ids';
import { callerIsAway } from './reduce-call-back.ts';
import type { Calls } from './simulation-calls.ts';
import type { Caller, Evening } from './simulation-evening.ts';
import { ASK_NEXT_MS, CARRIER_MS } from './simulation-network.ts';

/** Which gateway carries a call's audio, and what happens when one is lost. */
export class Gateways {
  private readonly evening: Evening;
  private readonly calls: Calls;
  /** At another gateway keys are agreed anew, and further phones are connected again. */
  private readonly reconnect: (caller: Caller) => void;
  /** Whose caller is away and whose gateway is lost. */
  private readonly without = new Set<Caller>();
  private up: number;

  constructor(evening: Evening, calls: Calls, reconnect: (caller: Caller) => void) {
    this.evening = evening;
    this.calls = calls;
    this.reconnect = reconnect;
    this.up = evening.sim.gateways;
  }

  assign(caller: Caller): void {
    const gatewayId = this.up > 0 ? (this.evening.nextId(4) as GatewayId) : null;
    const at = this.evening.now;
    this.calls.append(caller, {
      type: 'GatewayAssigned',
      at,
      gatewayId,
      streamToken: gatewayId ? 'simulated' : null,
    });
    if (!gatewayId) return;
    this.evening.agenda.add(at + CARRIER_MS, () => {
      this.calls.append(caller, {
        type: 'StreamStarted',
        at: this.evening.now,
        gatewayId,
        streamId: 'simulated',
      });
    });
  }

  lose(backAfterMs: number | null): void {
    const { now } = this.evening;
    this.up = Math.max(0, this.up - 1);
    this.evening.tell({ event: 'gateway-lost' });
    // Without knowing which calls it carried: with several gateways every so many-th call was on it.
    const carried = [...this.evening.callers.values()].filter((_, n) => n % Math.max(1, this.up + 1) === 0);
    for (const caller of carried) {
      const { gatewayId } = caller.state;
      if (!gatewayId) continue;
      this.calls.append(caller, { type: 'GatewayLost', at: now, gatewayId });
      // Nobody is on the line of whom the carrier could ask.
      if (!callerIsAway(caller.state)) this.askNext(caller);
    }
    if (backAfterMs === null) return;
    this.evening.agenda.add(now + backAfterMs, () => {
      this.up += 1;
      this.evening.tell({ event: 'gateway-back' });
      for (const caller of this.without) this.assignAgain(caller);
    });
  }

  /** A call without a stream lost its gateway: another one, for whoever is called next, as soon as one is up. */
  assignAgain(caller: Caller): void {
    this.without.add(caller);
    if (this.up === 0) return;
    this.evening.agenda.add(this.evening.now + ASK_NEXT_MS, () => {
      if (this.up === 0 || !this.without.delete(caller) || caller.state.gatewayId) return;
      this.assign(caller);
      this.reconnect(caller);
    });
  }

  /** The carrier asks what comes next: it is told to wait a few times, as in production, before it ends the call itself. */
  private askNext(caller: Caller): void {
    this.evening.agenda.add(this.evening.now + ASK_NEXT_MS, () => {
      if (caller.state.phase === 'ended' || caller.state.phase === 'ending') return;
      this.calls.append(caller, { type: 'CarrierAskedNext', at: this.evening.now });
      if (this.up > 0 || caller.state.fruitlessAsks > 4) {
        this.assign(caller);
        this.reconnect(caller);
      } else this.askNext(caller);
    });
  }
}

import type { GatewayId } from '@ringdown/protocol/ids';
import type { Calls } from './simulation-calls.ts';
import type { Caller, Evening } from './simulation-evening.ts';
import { ASK_NEXT_MS, CARRIER_MS } from './simulation-network.ts';

/** Which gateway carries a call's audio, and what happens when one is lost. */
export class Gateways {
  private readonly evening: Evening;
  private readonly calls: Calls;
  /** The keys are agreed anew at another gateway. */
  private readonly joinAgain: (caller: Caller) => void;
  private up: number;

  constructor(evening: Evening, calls: Calls, joinAgain: (caller: Caller) => void) {
    this.evening = evening;
    this.calls = calls;
    this.joinAgain = joinAgain;
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
      this.askNext(caller);
    }
    if (backAfterMs === null) return;
    this.evening.agenda.add(now + backAfterMs, () => {
      this.up += 1;
      this.evening.tell({ event: 'gateway-back' });
    });
  }

  /** The carrier asks what comes next: it is told to wait a few times, as in production, before it ends the call itself. */
  private askNext(caller: Caller): void {
    this.evening.agenda.add(this.evening.now + ASK_NEXT_MS, () => {
      if (caller.state.phase === 'ended' || caller.state.phase === 'ending') return;
      this.calls.append(caller, { type: 'CarrierAskedNext', at: this.evening.now });
      if (this.up > 0 || caller.state.fruitlessAsks > 4) {
        this.assign(caller);
        this.joinAgain(caller);
      } else this.askNext(caller);
    });
  }
}

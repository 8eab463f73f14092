import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { CallState } from '@ringdown/call-flow/call-state';
import { Clock } from '@ringdown/platform/clock';
import { errorFields, LOG, type Log } from '@ringdown/platform/log';
import type { TimerName } from '@ringdown/protocol/call-events';
import type { CallId, Instant, OperatorId } from '@ringdown/protocol/ids';
import type { PresenceRow } from '@ringdown/store/call-log';
import { CallEngine } from './call-engine.ts';

/** `setTimeout` counts up to 24.8 days. */
const LONGEST_WAIT_MS = 3_600_000;

interface Alarm {
  timer: NodeJS.Timeout;
  /** Of the state that set it: an older one doesn't set it back. */
  seq: number;
}

/**
 * Fires timers when they are due: of calls, and of wrap-up. When that is stands in the rows themselves, written with what set
 * them; this process follows what it stored itself, and the reconciler finds by index what a process left that died
 * (docs/adr/0014).
 */
@Injectable()
export class CallTimers implements OnApplicationShutdown {
  private readonly alarms = new Map<CallId | OperatorId, Alarm>();
  private endWrapUp: (operatorId: OperatorId) => Promise<void> = () => Promise.resolve();

  constructor(
    @Inject(LOG) private readonly lines: Log,
    private readonly clock: Clock,
    private readonly modules: ModuleRef,
  ) {}

  onApplicationShutdown(): void {
    for (const { timer } of this.alarms.values()) clearTimeout(timer);
    this.alarms.clear();
  }

  follow(state: CallState): void {
    const dueAt = Math.min(...Object.values(state.timers).map((timer) => timer.dueAt));
    this.set(state.callId, state.seq, dueAt, () => this.fire(state));
  }

  /** Set by whoever changes people's states. */
  onWrapUpOver(end: (operatorId: OperatorId) => Promise<void>): void {
    this.endWrapUp = end;
  }

  followWrapUp({ operatorId, state, endsAt, since }: PresenceRow): void {
    const dueAt = state === 'wrap-up' && endsAt !== null ? endsAt : Infinity;
    this.set(operatorId, since, dueAt, () => this.endWrapUp(operatorId));
  }

  /** A timer that isn't set any more is ignored by the reducer. */
  async fire(state: CallState): Promise<void> {
    // Looked up late: what is appended comes back here.
    const engine = this.modules.get(CallEngine, { strict: false });
    const now = this.clock.now();
    for (const [name, { timerId, dueAt }] of Object.entries(state.timers)) {
      if (dueAt > now) continue;
      const appended = await engine.append(state.callId, {
        type: 'TimerFired',
        at: now,
        timer: name as TimerName,
        timerId,
      });
      if (appended.outcome === 'applied') await appended.performed;
    }
  }

  private set(key: CallId | OperatorId, seq: number, dueAt: Instant, ring: () => Promise<void>): void {
    const known = this.alarms.get(key);
    if (known && known.seq > seq) return;
    clearTimeout(known?.timer);
    if (dueAt === Infinity) {
      this.alarms.delete(key);
      return;
    }
    const wait = Math.max(0, dueAt - this.clock.now());
    const timer = setTimeout(
      () => {
        if (wait > LONGEST_WAIT_MS) {
          this.set(key, seq, dueAt, ring);
          return;
        }
        this.alarms.delete(key);
        ring().catch((error: unknown) => {
          this.lines.warn(errorFields(error), 'A timer could not be fired; the reconciler will.');
        });
      },
      // A timeout may come a moment early.
      Math.min(wait, LONGEST_WAIT_MS) + 1,
    );
    this.alarms.set(key, { timer, seq });
  }
}

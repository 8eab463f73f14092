import type { ModuleRef } from '@nestjs/core';
import type { CallState } from '@ringdown/call-flow/call-state';
import { Clock } from '@ringdown/platform/clock';
import type { Log } from '@ringdown/platform/log';
import type { CallEvent } from '@ringdown/protocol/call-events';
import { CallId, OperatorId } from '@ringdown/protocol/ids';
import type { PresenceRow } from '@ringdown/store/call-log';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallTimers } from './call-timers.ts';

const callId = CallId.parse('00000000-0000-4000-8000-000000000001');
const operatorId = OperatorId.parse('00000000-0000-4000-8000-000000000002');

class FakeClock extends Clock {
  now(): number {
    return Date.now();
  }
}

const stateWith = (seq: number, timers: Record<string, { timerId: string; dueAt: number }>): CallState =>
  ({ callId, seq, timers }) as unknown as CallState;

const wrappingUp = (endsAt: number | null): PresenceRow => ({
  operatorId,
  state: endsAt === null ? 'available' : 'wrap-up',
  since: Date.now(),
  reason: null,
  callId: null,
  endsAt,
  misses: 0,
  idleSince: 0,
});

describe('timers that this process follows', () => {
  const appended: CallEvent[] = [];
  const warnings: string[] = [];
  let away = false;
  let timers: CallTimers;

  beforeEach(() => {
    vi.useFakeTimers();
    appended.length = 0;
    warnings.length = 0;
    away = false;
    const engine = {
      append: (_: CallId, event: CallEvent) => {
        if (away) return Promise.reject(new Error('The database is away.'));
        appended.push(event);
        return Promise.resolve({ outcome: 'ignored', reason: 'timer-not-set' });
      },
    };
    const lines = { warn: (_: object, text: string) => warnings.push(text) } as unknown as Log;
    timers = new CallTimers(lines, new FakeClock(), { get: () => engine } as unknown as ModuleRef);
  });
  afterEach(() => {
    timers.onApplicationShutdown();
    vi.useRealTimers();
  });
  const fired = () => appended.map((event) => event.type === 'TimerFired' && event.timerId);

  it('are fired when they are due, each by its own id, and not before', async () => {
    const now = Date.now();
    timers.follow(
      stateWith(1, {
        'ring-timeout': { timerId: 'a', dueAt: now + 500 },
        'max-wait': { timerId: 'b', dueAt: now + 900 },
      }),
    );
    await vi.advanceTimersByTimeAsync(499);
    expect(fired()).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    expect(fired()).toEqual(['a']);
  });

  it('are forgotten when a later state has none, and not set back by an earlier one', async () => {
    const dueAt = Date.now() + 100;
    timers.follow(stateWith(2, {}));
    timers.follow(stateWith(4, { 'max-wait': { timerId: 'new', dueAt: dueAt + 100 } }));
    timers.follow(stateWith(3, { 'max-wait': { timerId: 'old', dueAt } }));
    await vi.advanceTimersByTimeAsync(150);
    expect(fired()).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(fired()).toEqual(['new']);
    timers.follow(stateWith(5, { 'max-wait': { timerId: 'gone', dueAt: Date.now() + 50 } }));
    timers.follow(stateWith(6, {}));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(fired()).toEqual(['new']);
  });

  it('may be longer than a timeout of the platform', async () => {
    const days = 30 * 24 * 3_600_000;
    timers.follow(stateWith(1, { 'call-back': { timerId: 'late', dueAt: Date.now() + days } }));
    await vi.advanceTimersByTimeAsync(days - 1_000);
    expect(fired()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(fired()).toEqual(['late']);
  });

  it('that can not be fired are left to the reconciler, and it is said', async () => {
    away = true;
    timers.follow(stateWith(1, { 'max-wait': { timerId: 'a', dueAt: Date.now() + 10 } }));
    await vi.advanceTimersByTimeAsync(100);
    expect(warnings).toEqual(['A timer could not be fired; the reconciler will.']);
  });

  it('end a wrap-up when its time is over, unless it was ended before', async () => {
    const ended: OperatorId[] = [];
    timers.onWrapUpOver((id) => Promise.resolve(void ended.push(id)));
    timers.followWrapUp(wrappingUp(Date.now() + 200));
    await vi.advanceTimersByTimeAsync(300);
    expect(ended).toEqual([operatorId]);
    timers.followWrapUp(wrappingUp(Date.now() + 200));
    await vi.advanceTimersByTimeAsync(100);
    timers.followWrapUp(wrappingUp(null));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).toEqual([operatorId]);
  });
});

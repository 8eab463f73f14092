import type { CallPolicy } from '@ringdown/protocol/call-events';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FAREWELL_LIMIT_MS, HANG_UP_LIMIT_MS, MAX_HANG_UP_ATTEMPTS } from './call-limits.ts';
import { evening } from './evenings.fixture.ts';
import { type LongestWait, longestWait } from './longest-wait.ts';
import { simulate } from './simulation.ts';
import type { Simulation } from './simulation-input.ts';
import type { CallerEnding } from './simulation-result.ts';

const EVENINGS = 10_000;
/** What a move to another gateway, or a browser that doesn't come back, may add to a wait. */
const PER_FAULT_MS = 90_000;
/** A caller and an outside phone are told goodbye, and the last hang-up is repeated. */
const AFTER_OUTSIDE_MS = FAREWELL_LIMIT_MS + HANG_UP_LIMIT_MS * MAX_HANG_UP_ATTEMPTS;

const boundOf = ({ hotline, others = [] }: Simulation, as: (policy: CallPolicy) => CallPolicy): LongestWait =>
  longestWait(as(hotline.policy), (hotlineId) => {
    const other = others.find((each) => each.hotlineId === hotlineId);
    return other && as(other.policy);
  });

interface Counted {
  promised: number;
  reached: number;
  outside: number;
}

const count = (counted: Counted, caller: CallerEnding): void => {
  counted.promised += Number(caller.callBack !== null);
  counted.reached += Number(caller.callBack?.reached ?? false);
  counted.outside += Number(caller.answeredOutside !== null);
};

it(
  `every caller of ${EVENINGS} random evenings gets an ending within the bound that the settings promise (P1)`,
  { timeout: 600_000 },
  () => {
    let calls = 0;
    const counted: Counted = { promised: 0, reached: 0, outside: 0 };
    fc.assert(
      fc.property(evening, (sim) => {
        const { callers } = simulate(sim);
        const promised = boundOf(sim, (policy) => policy);
        // Whoever was promised nothing has no longer to wait than where nothing is promised.
        const others = boundOf(sim, ({ callBack: _callBack, ...policy }) => policy);
        const faults = sim.changes.filter((c) => c.kind === 'gateway-lost' || c.kind === 'link-lost').length;
        const slack = (faults + (sim.gateways === 0 ? 1 : 0)) * PER_FAULT_MS + 5_000;
        calls += callers.length;
        expect(callers.map(({ call }) => call).toSorted()).toEqual(sim.calls.map(({ label }) => label).toSorted());
        for (const caller of callers) {
          count(counted, caller);
          const bound = caller.callBack ? promised : others;
          const outsideMs = caller.answeredOutside ? (sim.hotline.policy.outside?.maxMs ?? 0) + AFTER_OUTSIDE_MS : 0;
          if (caller.answeredBy && caller.hotlineId === sim.hotline.hotlineId && !caller.callBack?.reached)
            expect(caller.waitedMs).toBeLessThanOrEqual(bound.untilAnswerOrLadderMs + slack);
          else if (caller.answeredBy) expect(caller.waitedMs).toBeLessThanOrEqual(bound.untilEndMs + slack);
          else expect(caller.endedAt - caller.arrivedAt).toBeLessThanOrEqual(bound.untilEndMs + outsideMs + slack);
        }
      }),
      { numRuns: EVENINGS },
    );
    console.log(`  ${EVENINGS} evenings, ${calls} callers: ${JSON.stringify(counted)}`);
  },
);

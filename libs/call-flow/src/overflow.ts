import type { Ladders } from '@ringdown/protocol/ladder';
import type { HotlineId } from '@ringdown/protocol/ids';
import { MAX_MOVES } from './call-limits.ts';

/** A hotline as far as it leads callers on to others. */
export interface OverflowPoint {
  hotlineId: HotlineId;
  name: string;
  ladders: Ladders;
}

/** `path`: the names in the order in which a caller would come by them; of a circle the first is also the last. */
export type OverflowFault =
  | { fault: 'circle'; path: string[] }
  /** More hotlines in a row than a call goes on to. */
  | { fault: 'too-far'; path: string[] }
  | { fault: 'unknown-hotline'; path: string[] };

/** The hotlines that any step of any plan leads to, each once. */
export const overflowTargets = (ladders: Ladders): HotlineId[] => [
  ...new Set(
    Object.values(ladders).flatMap((steps) =>
      steps.flatMap((step) => (step.step === 'other-hotline' ? [step.hotlineId] : [])),
    ),
  ),
];

/**
 * What is wrong with where callers are led on from `start` by these settings, or null. Every plan counts, also two that are
 * never walked together: what an administrator reads is then true at any hour.
 */
const faultFrom = (start: OverflowPoint, byId: ReadonlyMap<HotlineId, OverflowPoint>): OverflowFault | null => {
  const walk = (point: OverflowPoint, before: readonly OverflowPoint[]): OverflowFault | null => {
    const path = [...before, point];
    const names = path.map(({ name }) => name);
    if (path.length - 1 > MAX_MOVES) return { fault: 'too-far', path: names };
    for (const target of overflowTargets(point.ladders)) {
      const next = byId.get(target);
      if (!next) return { fault: 'unknown-hotline', path: names };
      const met = path.findIndex(({ hotlineId }) => hotlineId === target);
      if (met >= 0) return { fault: 'circle', path: [...names.slice(met), next.name] };
      const fault = walk(next, path);
      if (fault) return fault;
    }
    return null;
  };
  return walk(start, []);
};

/** Of all hotlines together, with the one that was changed as it would be: only what the change brings about is found first. */
export const findOverflowFault = (hotlines: readonly OverflowPoint[], changed: HotlineId): OverflowFault | null => {
  const byId = new Map(hotlines.map((each) => [each.hotlineId, each]));
  const own = byId.get(changed);
  const others = hotlines.filter(({ hotlineId }) => hotlineId !== changed);
  for (const start of own ? [own, ...others] : others) {
    const fault = faultFrom(start, byId);
    if (fault && fault.fault !== 'unknown-hotline') return fault;
    // Another hotline's lost target is passed by when a call comes to it, and is theirs to mend.
    if (fault && start === own) return fault;
  }
  return null;
};

/** Those that lead callers on to a hotline: what an administrator should know before closing it. */
export const overflowSources = (hotlines: readonly OverflowPoint[], hotlineId: HotlineId): OverflowPoint[] =>
  hotlines.filter(({ ladders }) => overflowTargets(ladders).includes(hotlineId));

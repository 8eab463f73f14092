import * as fc from 'fast-check';
import { DEFAULT_LADDERS, endingOf, type LadderCause, type Ladders } from '@ringdown/protocol/ladder';
import type { HotlineId } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import { findOverflowFault, type OverflowPoint, overflowSources } from './overflow.ts';

const NAMES = ['Night', 'Day', 'Legal', 'Gone', 'A', 'B', 'C', 'D', 'E'];
const idOf = (name: string): HotlineId => `00000000-0000-4000-8000-00000000001${NAMES.indexOf(name)}` as HotlineId;

const leadsTo = (...names: string[]): Ladders => ({
  ...DEFAULT_LADDERS,
  unanswered: [
    ...names.map((name) => ({ step: 'other-hotline', hotlineId: idOf(name) }) as const),
    ...endingOf('unanswered', 'message'),
  ],
});
const hotline = (name: string, ...targets: string[]): OverflowPoint => ({
  hotlineId: idOf(name),
  name,
  ladders: leadsTo(...targets),
});

describe('hotlines that lead callers on to each other (Q7)', () => {
  it('a hotline that overflows into itself is refused with its name', () => {
    expect(findOverflowFault([hotline('Night', 'Night')], idOf('Night'))).toEqual({
      fault: 'circle',
      path: ['Night', 'Night'],
    });
  });

  it('a circle of several is refused with all names in order, beginning with the hotline that is being saved', () => {
    const hotlines = [hotline('Night', 'Day'), hotline('Day', 'Legal'), hotline('Legal', 'Night')];
    expect(findOverflowFault(hotlines, idOf('Day'))).toEqual({
      fault: 'circle',
      path: ['Day', 'Legal', 'Night', 'Day'],
    });
  });

  it('a circle counts whichever plans it goes through', () => {
    const closed: LadderCause = 'closed';
    const night: OverflowPoint = {
      hotlineId: idOf('Night'),
      name: 'Night',
      ladders: {
        ...DEFAULT_LADDERS,
        [closed]: [{ step: 'other-hotline', hotlineId: idOf('Day') }, ...endingOf('closed', 'message')],
      },
    };
    expect(findOverflowFault([night, hotline('Day', 'Night')], idOf('Day'))?.path).toEqual(['Day', 'Night', 'Day']);
  });

  it('two ways to the same hotline are no circle', () => {
    const hotlines = [hotline('Night', 'Day', 'Legal'), hotline('Day', 'Legal'), hotline('Legal')];
    expect(findOverflowFault(hotlines, idOf('Night'))).toBeNull();
  });

  it('more hotlines in a row than a call goes on to are refused, also when the one saved is in the middle', () => {
    const hotlines = [hotline('A', 'B'), hotline('B', 'C'), hotline('C', 'D'), hotline('D', 'E'), hotline('E')];
    expect(findOverflowFault(hotlines, idOf('C'))).toEqual({ fault: 'too-far', path: ['A', 'B', 'C', 'D', 'E'] });
    expect(findOverflowFault(hotlines.slice(1), idOf('C'))).toBeNull();
  });

  it('a hotline that is not there is refused where it is named now, and forgiven where it was named before', () => {
    expect(findOverflowFault([hotline('Night', 'Gone')], idOf('Night'))).toMatchObject({ fault: 'unknown-hotline' });
    expect(findOverflowFault([hotline('Night', 'Gone'), hotline('Day')], idOf('Day'))).toBeNull();
  });

  it('who leads callers to a hotline is known', () => {
    const hotlines = [hotline('Night', 'Day'), hotline('Day'), hotline('Legal', 'Night', 'Day')];
    expect(overflowSources(hotlines, idOf('Day')).map(({ name }) => name)).toEqual(['Night', 'Legal']);
  });

  it('whatever is let through leads no caller to the same hotline twice, by any of their choices', () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    fc.assert(
      fc.property(fc.array(fc.subarray(names), { minLength: names.length, maxLength: names.length }), (targets) => {
        const hotlines = names.map((name, index) => hotline(name, ...(targets[index] ?? [])));
        if (findOverflowFault(hotlines, idOf('A'))) return;
        const walk = (name: string, met: readonly string[]): void => {
          expect(met).not.toContain(name);
          expect(met.length).toBeLessThanOrEqual(3);
          for (const next of targets[names.indexOf(name)] ?? []) walk(next, [...met, name]);
        };
        for (const name of names) walk(name, []);
      }),
      { numRuns: 500 },
    );
  });
});

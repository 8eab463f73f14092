import type { HotlineId, LadderNumberId } from '@ringdown/protocol/ids';
import { DEFAULT_LADDERS, endingOf, type Ladders } from '@ringdown/protocol/ladder';
import { describe, expect, it } from 'vitest';
import { hotlines } from '../stories/fixtures.ts';
import {
  boundOf,
  faultOf,
  freeHotlines,
  moveStep,
  newStep,
  removeStep,
  sourcesOf,
  toDraft,
  toLadders,
} from './ladder-draft.ts';

const other = '00000000-0000-4000-8000-000000000099' as HotlineId;
const number = '00000000-0000-4000-8000-000000000098' as LadderNumberId;
const jail = hotlines()[0]!;
const night = { ...jail, hotlineId: other, name: 'Night line' };
const ladders: Ladders = {
  ...DEFAULT_LADDERS,
  unanswered: [
    { step: 'other-hotline', hotlineId: other },
    { step: 'outside-number', numberId: number, confirm: true },
    { step: 'call-back' },
    ...endingOf('unanswered', 'voicemail'),
  ],
};

describe('what callers get in the place of a person, as it is changed in the settings', () => {
  it('what is stored comes back as it was', () => {
    expect(toLadders(toDraft(ladders))).toEqual(ladders);
  });

  it('steps are moved and removed, never beyond the ends and never the ending', () => {
    const plan = toDraft(ladders).unanswered;
    const [first, second] = plan.steps.map(({ key }) => key) as [number, number];
    const kinds = (of: typeof plan) => of.steps.map(({ step }) => step.step);
    expect(kinds(moveStep(plan, second, -1))).toEqual(['outside-number', 'other-hotline', 'call-back']);
    expect(moveStep(plan, first, -1)).toEqual(plan);
    expect(kinds(removeStep(plan, first))).toEqual(['outside-number', 'call-back']);
    expect(removeStep(plan, first).ending).toBe('voicemail');
  });

  it('a hotline is offered once in a plan, and never to itself', () => {
    const plan = { ...toDraft(ladders).unanswered, steps: [newStep({ step: 'call-back' })] };
    expect(freeHotlines(plan, [jail, night], jail.hotlineId)).toEqual([night]);
    expect(freeHotlines(toDraft(ladders).unanswered, [jail, night], jail.hotlineId)).toEqual([]);
    expect(freeHotlines(toDraft(ladders).unanswered, [jail, night], jail.hotlineId, other)).toEqual([night]);
  });

  it('a circle is named before it is saved', () => {
    const back = {
      ...DEFAULT_LADDERS,
      full: [{ step: 'other-hotline' as const, hotlineId: jail.hotlineId }, ...endingOf('full', 'message')],
    };
    const circling = { ...night, settings: { ...night.settings, ladders: back } };
    expect(faultOf(jail, [jail, circling], ladders)).toEqual({
      fault: 'circle',
      path: [jail.name, 'Night line', jail.name],
    });
    expect(faultOf(jail, [jail, night], ladders)).toBeNull();
  });

  it('says which hotlines lead callers here', () => {
    const leading = { ...jail, settings: { ...jail.settings, ladders } };
    expect(sourcesOf(night, [leading, night])).toEqual([jail.name]);
    expect(sourcesOf(leading, [leading, night])).toEqual([]);
  });

  it('the bound grows by what the other hotline may take', () => {
    const alone = boundOf(jail, [jail], ladders).untilEndMs;
    const slow = { ...night, settings: { ...night.settings, maxWaitS: 3_600, ladders: { ...DEFAULT_LADDERS } } };
    const plain = { ...ladders, unanswered: ladders.unanswered.filter(({ step }) => step !== 'call-back') };
    expect(boundOf(jail, [jail, slow], plain).untilEndMs).toBeGreaterThan(boundOf(jail, [jail], plain).untilEndMs);
    // A promise to call back within a day outlasts any wait.
    expect(alone).toBeGreaterThan(86_400_000);
  });
});

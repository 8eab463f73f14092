import { describe, expect, it } from 'vitest';
import type { LadderStep } from './call-events.ts';
import { HotlineSettings, HotlineSettingsChange } from './http.ts';
import type { HotlineId } from './ids.ts';
import { DEFAULT_LADDERS, findLadderFault, Ladder } from './ladder.ts';

const message: LadderStep = { step: 'message', message: 'nobody' };
const voicemail: LadderStep = { step: 'voicemail' };
const callBack: LadderStep = { step: 'call-back' };
const other: LadderStep = { step: 'other-hotline', hotlineId: '00000000-0000-4000-8000-000000000001' as HotlineId };

describe('what callers get in the place of a person (Q7)', () => {
  it.each([
    { steps: [message], fault: null },
    { steps: [voicemail, message], fault: null },
    { steps: [other, callBack, voicemail, message], fault: null },
    { steps: [], fault: 'no-ending' },
    { steps: [other], fault: 'no-ending' },
    { steps: [voicemail], fault: 'no-ending' },
    { steps: [message, other], fault: 'no-ending' },
    { steps: [voicemail, other, message], fault: 'after-the-ending' },
    { steps: [message, message], fault: 'after-the-ending' },
    { steps: [callBack, callBack, message], fault: 'twice' },
    { steps: [other, callBack, other, message], fault: 'twice' },
  ] as const)('$steps.length steps: $fault', ({ steps, fault }) => {
    expect(findLadderFault(steps)).toBe(fault);
    expect(Ladder.safeParse(steps).success).toBe(fault === null);
  });

  it('by default a message, and voicemail where nobody answers', () => {
    expect(HotlineSettings.parse({}).ladders).toEqual(DEFAULT_LADDERS);
    expect(HotlineSettingsChange.parse({})).toEqual({});
  });

  it('more than five steps are refused', () => {
    const many = [1, 2, 3, 4, 5].map((n) => ({ ...other, hotlineId: other.hotlineId.replace(/1$/, String(n)) }));
    expect(Ladder.safeParse([...many.slice(1), message]).success).toBe(true);
    expect(Ladder.safeParse([...many, message]).success).toBe(false);
  });
});

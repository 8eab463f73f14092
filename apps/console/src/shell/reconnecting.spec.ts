import { describe, expect, it } from 'vitest';
import { aCall, aSnapshot, aWrapUp } from '../stories/fixtures.ts';
import { wasRescued } from './reconnecting.tsx';

const inCall = aSnapshot({ call: aCall() });
const resting = aSnapshot();

describe('a call that went away', () => {
  it('was given to someone else when this page had lost the server', () => {
    expect(wasRescued(inCall, true, resting)).toBe(true);
  });

  it('was given to someone else when its sound was reconnecting', () => {
    expect(wasRescued(aSnapshot({ call: aCall({ phase: 'reconnecting' }) }), false, resting)).toBe(true);
  });

  it('has ended when a write-up follows', () => {
    const writing = aSnapshot({ wrapUp: { ...aWrapUp(), callId: aCall().callId } });
    expect(wasRescued(inCall, true, writing)).toBe(false);
  });

  it('is still mine when it is still there, and nothing was lost when there was none', () => {
    expect(wasRescued(inCall, true, inCall)).toBe(false);
    expect(wasRescued(resting, true, resting)).toBe(false);
    expect(wasRescued(inCall, false, resting)).toBe(false);
  });
});

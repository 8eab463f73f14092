import { CallId, HotlineId } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import { jobIdOf } from './jobs.ts';

const hotlineId = HotlineId.parse('00000000-0000-4000-8000-000000000001');
const aShift = { hotlineId, at: 12 };

describe('a job’s id', () => {
  it('is the same for the same body and another for another', () => {
    expect(jobIdOf('shift-begins', aShift)).toBe(jobIdOf('shift-begins', { ...aShift }));
    expect(jobIdOf('shift-begins', aShift)).not.toBe(jobIdOf('shift-begins', { ...aShift, at: 13 }));
  });

  it('begins with the job’s name, so that it is no bare number, and has no colon', () => {
    const callId = CallId.parse('00000000-0000-4000-8000-000000000002');
    const body = { callId, recordingUrl: 'https://carrier.example/recording', durationMs: 5 };
    const id = jobIdOf('carrier-recording', body);
    expect(id).toMatch(/^carrier-recording_/);
    expect(id).not.toContain(':');
    expect(jobIdOf('shift-begins', aShift)).toMatch(/^shift-begins_/);
  });
});

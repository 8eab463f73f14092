import { describe, expect, it } from 'vitest';
import { DistributionSettings, MemberService } from './distribution.ts';
import { HotlineSettings, UpdateHotline } from './http.ts';

describe('settings of distribution', () => {
  it('a hotline that was made before has longest-idle, and ageing by one step', () => {
    expect(HotlineSettings.parse({ ringTimeoutS: 20 })).toMatchObject({
      strategy: 'longest-idle',
      ageSteps: 1,
      languageRule: 'preferred',
      skills: [],
      ringTimeoutS: 20,
    });
  });

  it('a change holds what was given and nothing else, so that it undoes no other choice', () => {
    expect(UpdateHotline.parse({ settings: { strategy: 'linear' } })).toEqual({ settings: { strategy: 'linear' } });
    expect(UpdateHotline.parse({ settings: {} })).toEqual({ settings: {} });
  });

  it.each<[string, object]>([
    ['an unknown strategy', { strategy: 'by-name' }],
    ['ageing by more steps than there are', { ageSteps: 3 }],
    ['a skill without a name', { skills: [{ skill: ' ', relaxAfterS: null }] }],
    ['an unknown setting', { stratgy: 'linear' }],
  ])('%s is refused', (_, settings) => {
    expect(UpdateHotline.safeParse({ settings }).success).toBe(false);
  });

  it('a person’s weight is at least one: whoever should not be rung is no member', () => {
    const hotlineId = '00000000-0000-4000-8000-000000000001';
    const one = { hotlineId, weight: 0, penalty: 0, shiftCapacity: null };
    expect(MemberService.safeParse({ languages: [], skills: [], hotlines: [one] }).success).toBe(false);
    expect(DistributionSettings.parse({}).strategy).toBe('longest-idle');
  });
});

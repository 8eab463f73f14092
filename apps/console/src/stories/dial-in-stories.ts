import { DialInAccess } from '@ringdown/protocol/dial-in';
import { aSnapshot, NOW } from './fixtures.ts';
import type { Answer } from './stand-ins.ts';
import type { Story } from './story.ts';

const access = (change: Partial<Record<keyof DialInAccess, unknown>> = {}): Answer => ({
  json: DialInAccess.parse({
    code: '04821',
    lockedUntil: null,
    wrongTries: 0,
    numbers: [{ hotlineName: 'Jail Support', number: '+15005550106' }],
    ...change,
  }),
});

export const dialInAnswers = (): Record<string, Answer> => ({
  '/api/me/phone': { json: { known: true, rings: false } },
  '/api/me/dial-in': access(),
});

const onCall = (talking: boolean) =>
  aSnapshot({
    presence: { state: 'on-call', since: NOW - 75_000, reason: null, endsAt: null },
    dialIn: {
      callId: '00000000-0000-4000-8000-000000000010',
      hotlineName: 'Jail Support',
      since: NOW - 75_000,
      talking,
    },
  });

/** Calling back without the console. */
export const DIAL_IN_STORIES = {
  'settings-no-code': {
    path: '/settings',
    answers: () => ({ '/api/me/dial-in': access({ code: null, numbers: [] }) }),
  },
  'settings-code-locked': {
    path: '/settings',
    answers: () => ({ '/api/me/dial-in': access({ lockedUntil: NOW + 3_000_000 }) }),
  },
  'settings-code-tried': { path: '/settings', answers: () => ({ '/api/me/dial-in': access({ wrongTries: 3 }) }) },
  'home-dialled-in': { snapshot: onCall(true) },
  'home-dialled-in-choosing': { snapshot: onCall(false) },
} satisfies Record<string, Story>;

import { aCall, aCallDetail, anOffer, aSnapshot, aWrapUp, hotlines, NOW } from './fixtures.ts';
import {
  earlierCalls,
  followUps,
  HERE_CALL,
  intakeForm,
  notedCalls,
  noteOfCall,
  openHotline,
  peopleOfHotline,
} from './note-fixtures.ts';
import type { Answer } from './stand-ins.ts';
import type { Story } from './story.ts';

const hotlineId = hotlines()[0]?.hotlineId ?? '';
const call = `/api/calls/${HERE_CALL}`;
const detail = aCallDetail();
const broken: Answer = { status: 500, reason: 'unexplained' };

/** Nothing written, nothing to do: what the other stories need of this part. */
export const noteAnswers = (): Record<string, Answer> => ({
  [`${call}/note-changes`]: { json: { changes: [], authors: [] } },
  [`/api/calls/${detail.callId}/note-changes`]: { json: { changes: [], authors: [] } },
  [`${call}/earlier`]: { json: [] },
  [`/api/hotlines/${hotlineId}/intake-form`]: {
    json: { hotlineId, version: 0, definition: { fields: [], categories: [] }, savedAt: null },
  },
  [`/api/hotlines/${hotlineId}/people`]: { json: peopleOfHotline() },
  '/api/follow-ups': { json: [] },
  '/api/notes': { json: { calls: [], next: null, total: 0 } },
});

const opened = (publicKey: string): Record<string, Answer> => ({
  '/api/hotlines': { made: async () => [await openHotline(publicKey)] },
  [`/api/hotlines/${hotlineId}`]: { made: () => openHotline(publicKey) },
  [`/api/hotlines/${hotlineId}/intake-form`]: { json: intakeForm() },
  [`/api/hotlines/${hotlineId}/intake-form/3`]: { json: intakeForm() },
  [`${call}/note-changes`]: { made: noteOfCall },
  [`${call}/earlier`]: { made: earlierCalls },
});
const withTasks = (publicKey: string, count = 4): Record<string, Answer> => ({
  ...opened(publicKey),
  '/api/follow-ups': { made: () => followUps(publicKey, count) },
});
const presence = (state: string) => ({ presence: { state, since: NOW - 252_000, reason: null, endsAt: null } });

export const NOTE_STORIES = {
  'ringing-known-caller': {
    snapshot: aSnapshot({ ...presence('ringing'), offer: anOffer() }),
    checked: true,
    answers: opened,
  },
  'call-intake': { snapshot: aSnapshot({ ...presence('on-call'), call: aCall() }), answers: opened },
  'call-earlier-failed': {
    snapshot: aSnapshot({ ...presence('on-call'), call: aCall() }),
    answers: () => ({ [`${call}/earlier`]: broken }),
  },
  'wrap-up-intake': {
    snapshot: aSnapshot({ ...presence('wrap-up'), wrapUp: aWrapUp() }),
    answers: (publicKey: string) => withTasks(publicKey, 2),
  },
  'timeline-note': {
    path: `/calls/${detail.callId}`,
    answers: (publicKey: string) => ({
      ...opened(publicKey),
      [`/api/calls/${detail.callId}/note-changes`]: {
        made: async () => (await notedCalls()).calls.find(({ callId }) => callId === detail.callId),
      },
    }),
  },
  'follow-ups': { path: '/follow-ups', answers: withTasks },
  'follow-ups-empty': { path: '/follow-ups' },
  'follow-ups-many': { path: '/follow-ups', answers: (publicKey: string) => withTasks(publicKey, 120) },
  'follow-ups-no-key': {
    path: '/follow-ups',
    answers: (publicKey: string) => ({ '/api/follow-ups': { made: () => followUps(publicKey) } }),
  },
  'follow-ups-loading': { path: '/follow-ups', answers: () => ({ '/api/follow-ups': 'pending' as const }) },
  'follow-ups-failed': { path: '/follow-ups', answers: () => ({ '/api/follow-ups': broken }) },
  search: {
    path: '/search',
    answers: (publicKey: string) => ({ ...opened(publicKey), '/api/notes': { made: notedCalls } }),
  },
  'search-nothing': { path: '/search' },
  'search-failed': { path: '/search', answers: () => ({ '/api/notes': broken }) },
  'hotline-intake': { path: `/hotlines/${hotlineId}`, answers: opened },
} satisfies Record<string, Story>;

import {
  aCall,
  aCallDetail,
  adminLog,
  anOffer,
  aSnapshot,
  aWrapUp,
  calls,
  elsewhere,
  gateways,
  hotlines,
  invites,
  liveMedia,
  me,
  members,
  NOW,
  setup,
  voicemails,
} from './fixtures.ts';
import { CALL_BACK_STORIES, callBackAnswers } from './call-back-stories.ts';
import { DIAL_IN_STORIES, dialInAnswers } from './dial-in-stories.ts';
import { FLOOR_STORIES, floorAnswers } from './floor-stories.ts';
import { LADDER_STORIES, ladderAnswers } from './ladder-stories.ts';
import { NOTE_STORIES, noteAnswers } from './note-stories.ts';
import { REPORT_STORIES } from './report-stories.ts';
import { PRACTICE_STORIES } from './practice-stories.ts';
import { PROMPT_STORIES, promptAnswers } from './prompt-stories.ts';
import { rotaView, whatIf } from './rota-fixtures.ts';
import type { Answer } from './stand-ins.ts';
import type { Story } from './story.ts';

const ROTA = `/api/hotlines/${hotlines()[0]?.hotlineId}/rota`;

const SECOND_HOTLINE = '00000000-0000-4000-8000-000000000099';

/** Everything there, for a person who may see it all. */
export const usualAnswers = (publicKey: string): Record<string, Answer> => ({
  '/api/setup': { json: setup() },
  '/api/me': { json: me(publicKey) },
  '/api/calls/mine': { json: { calls: calls(4), next: null } },
  '/api/calls': { json: { calls: calls(40), next: 'x' } },
  [`/api/calls/${aCallDetail().callId}`]: { json: aCallDetail() },
  [`/api/calls/${aCallDetail().callId}/notes`]: { json: [] },
  '/api/hotlines': { json: hotlines() },
  [`/api/hotlines/${hotlines()[0]?.hotlineId}`]: { json: hotlines()[0] },
  '/api/members': { json: members(publicKey) },
  '/api/invites': { json: invites() },
  '/api/gateways': { json: gateways() },
  '/api/voicemails': { json: voicemails() },
  '/api/admin-log': { json: adminLog() },
  '/api/roster': 'pending',
  [ROTA]: { json: rotaView(publicKey) },
  [`${ROTA}/what-if`]: { json: whatIf(publicKey) },
  ...noteAnswers(),
  ...dialInAnswers(),
  ...ladderAnswers(),
  ...floorAnswers(),
  ...callBackAnswers(),
  ...promptAnswers(),
});

const volunteer = (publicKey: string): Record<string, Answer> => ({
  '/api/me': { json: me(publicKey, { role: 'volunteer', name: 'Noor' }) },
});
const firstRun = (): Record<string, Answer> => ({ '/api/setup': { json: setup('no-owner') } });
const noHotline = (): Record<string, Answer> => ({ '/api/setup': { json: setup('no-hotline') } });
const signedOut = (): Record<string, Answer> => ({ '/api/me': { status: 401, reason: 'not-signed-in' } });
const presence = (state: string, reason: string | null = null) => ({
  presence: { state, since: NOW - 252_000, reason, endsAt: null },
});
const inCall = (change: Parameters<typeof aCall>[0] = {}) =>
  aSnapshot({ ...presence('on-call'), call: aCall(change), queue: { waiting: 0, longestSince: null } });
const list = (path: string, answer: Answer) => (): Record<string, Answer> => ({ [path]: answer });
const broken: Answer = { status: 500, reason: 'unexplained' };
const refused: Answer = { status: 403, reason: 'not-allowed' };
const detailPath = `/calls/${aCallDetail().callId}`;

/** Every screen in every state it can be in. */
export const STORIES = {
  'sign-in': { key: 'sealed', answers: signedOut },
  'sign-in-new-browser': { key: 'none', answers: signedOut },
  unlock: { key: 'sealed' },
  unreachable: { answers: list('/api/setup', { status: 503, reason: 'unavailable' }) },
  'waiting-for-owner': {
    answers: (publicKey) => ({ '/api/me': { json: me(publicKey, { role: 'volunteer', inRoster: false }) } }),
  },
  'join-broken-link': { path: '/join', key: 'none', answers: signedOut },
  'wizard-owner': { key: 'none', answers: firstRun },
  'wizard-hotline': { answers: noHotline },
  'wizard-number': { progress: 'number' },
  'wizard-greeting': { progress: 'greeting' },
  'wizard-volunteers': { progress: 'volunteers' },
  'wizard-test-call': { progress: 'test-call' },
  'wizard-test-call-ringing': { progress: 'test-call', snapshot: aSnapshot({ offer: anOffer({ test: true }) }) },
  'home-example': { progress: 'example', answers: list('/api/calls/mine', { json: { calls: [], next: null } }) },
  home: { checked: true, answers: volunteer },
  'home-loading': { answers: list('/api/calls/mine', 'pending'), checked: true },
  'home-connecting': { snapshot: null, link: 'connecting' },
  'home-empty': {
    snapshot: aSnapshot({ ...presence('offline'), queue: { waiting: 0, longestSince: null } }),
    answers: (publicKey) => ({ ...volunteer(publicKey), '/api/calls/mine': { json: { calls: [], next: null } } }),
  },
  'home-failed': { answers: list('/api/calls/mine', broken), checked: true },
  'home-break': { snapshot: aSnapshot(presence('break', 'meal')), checked: true },
  'home-long-break': {
    snapshot: aSnapshot({ presence: { state: 'break', since: NOW - 16 * 60_000, reason: 'rest', endsAt: null } }),
    checked: true,
  },
  'home-paused': { snapshot: aSnapshot(presence('break', 'missed-calls')), checked: true },
  'home-reconnecting': { link: 'reconnecting', checked: true },
  'home-cut-off': { link: 'refused', checked: true },
  'home-line-down': { snapshot: aSnapshot({ phoneLineUp: false }), checked: true },
  ringing: { snapshot: aSnapshot({ ...presence('ringing'), offer: anOffer() }), checked: true, answers: volunteer },
  call: { snapshot: inCall() },
  'call-connecting': {
    snapshot: inCall({ phase: 'connecting', connectedAt: null, security: agreeing() }),
    media: { ...liveMedia, verified: 'agreeing', sending: false, receiving: false, keyIndex: null },
  },
  'call-muted-held': { snapshot: inCall({ phase: 'held', muted: true, held: true }) },
  'call-reconnecting': { snapshot: inCall({ phase: 'reconnecting' }), link: 'reconnecting' },
  'call-elsewhere': { snapshot: inCall(elsewhere) },
  'call-no-key': {
    snapshot: inCall({ security: { ...agreeing(), console: 'failed' } }),
    media: { ...liveMedia, phase: 'failed', verified: 'failed', sending: false, receiving: false },
  },
  'call-no-microphone': { snapshot: inCall(), media: { ...liveMedia, microphone: 'denied', sending: false } },
  'call-sound-blocked': { snapshot: inCall(), media: { ...liveMedia, playback: 'blocked' } },
  'wrap-up': { snapshot: aSnapshot({ ...presence('wrap-up'), wrapUp: aWrapUp() }) },
  'my-calls': { path: '/my-calls', answers: volunteer },
  'my-calls-during-call': { path: '/my-calls', snapshot: inCall() },
  voicemails: { path: '/voicemails' },
  'voicemails-empty': { path: '/voicemails', answers: list('/api/voicemails', { json: [] }) },
  calls: { path: '/calls' },
  'calls-many': { path: '/calls', answers: list('/api/calls', { json: { calls: calls(500), next: null } }) },
  'calls-refused': { path: '/calls', answers: list('/api/calls', refused) },
  timeline: { path: detailPath },
  'timeline-loading': { path: detailPath, answers: list(`/api${detailPath}`, 'pending') },
  members: { path: '/members' },
  hotlines: { path: '/hotlines' },
  hotline: { path: `/hotlines/${hotlines()[0]?.hotlineId}` },
  log: { path: '/log' },
  rota: { path: '/rota' },
  'rota-volunteer': {
    path: '/rota',
    answers: (publicKey) => ({ ...volunteer(publicKey), [ROTA]: { json: rotaView(publicKey, { mayEdit: false }) } }),
  },
  'rota-empty': {
    path: '/rota',
    answers: (publicKey) => ({
      [ROTA]: { json: rotaView(publicKey, { swaps: [], rota: { shifts: [], covers: [], holidays: [] } }) },
    }),
  },
  'rota-closed': {
    path: '/rota',
    answers: (publicKey) => ({
      [ROTA]: {
        json: rotaView(publicKey, { rota: { emergency: { state: 'closed', since: NOW - 60_000, until: null } } }),
      },
    }),
  },
  'rota-loading': { path: '/rota', answers: list(ROTA, 'pending') },
  'rota-failed': { path: '/rota', answers: list(ROTA, broken) },
  'rota-refused': { path: '/rota', answers: list(ROTA, refused) },
  'sound-check': { path: '/sound-check' },
  settings: { path: '/settings' },
  'home-split': {
    checked: true,
    queueView: 'split',
    snapshot: aSnapshot({ queue: splitQueue() }),
    answers: (publicKey) => ({ '/api/me': { json: me(publicKey, { role: 'volunteer', hotlines: twoHotlines() }) } }),
  },
  'not-found': { path: '/nowhere' },
  ...NOTE_STORIES,
  ...DIAL_IN_STORIES,
  ...LADDER_STORIES,
  ...FLOOR_STORIES,
  ...CALL_BACK_STORIES,
  ...PROMPT_STORIES,
  ...REPORT_STORIES,
  ...PRACTICE_STORIES,
} satisfies Record<string, Story>;

function agreeing() {
  return { phone: 'not-private', console: 'agreeing-on-key', keyIndex: null, generation: null };
}

function twoHotlines() {
  const [first] = hotlines();
  return [
    { hotlineId: first?.hotlineId, name: 'Jail Support' },
    { hotlineId: SECOND_HOTLINE, name: 'Night line' },
  ];
}

function splitQueue() {
  const [first] = hotlines();
  return {
    waiting: 3,
    longestSince: NOW - 130_000,
    byHotline: [
      { hotlineId: first?.hotlineId, waiting: 3, longestSince: NOW - 130_000 },
      { hotlineId: SECOND_HOTLINE, waiting: 0, longestSince: null },
    ],
  };
}

import { aCall, anOffer, aSnapshot, hotlines, liveMedia, me, NOW } from './fixtures.ts';
import {
  colleagues,
  dispatches,
  floor,
  hotlineWithVault,
  invited,
  onTheCall,
  outsidePhone,
  teamMessages,
  waiting,
} from './floor-fixtures.ts';
import type { Answer } from './stand-ins.ts';
import type { Story } from './story.ts';

const HOTLINE = `/api/hotlines/${hotlines()[0]?.hotlineId}`;
const MESSAGES = `${HOTLINE}/team-messages`;

/** Everything of the floor there; part of what every story may ask for. */
export const floorAnswers = (): Record<string, Answer> => ({
  '/api/queue': { json: waiting(6) },
  '/api/colleagues': { json: colleagues() },
  '/api/floor': { json: floor(8) },
  '/api/dispatches': { json: dispatches() },
  [MESSAGES]: { json: teamMessages() },
});

const answers =
  (change: Record<string, Answer> = {}, role = 'owner') =>
  (publicKey: string): Record<string, Answer> => ({
    '/api/me': { json: me(publicKey, { role }) },
    [HOTLINE]: { json: hotlineWithVault(publicKey) },
    ...change,
  });
const onCall = { state: 'on-call', since: NOW - 252_000, reason: null, endsAt: null };
const inCall = (change: Parameters<typeof aCall>[0]) =>
  aSnapshot({ presence: onCall, call: aCall(change), queue: { waiting: 0, longestSince: null } });
const broken: Answer = { status: 500, reason: 'unexplained' };
const refused: Answer = { status: 403, reason: 'not-allowed' };
const asking = (change: Parameters<typeof invited>[0], person: Parameters<typeof onTheCall>[0]) =>
  inCall({ invitation: invited(change), people: [onTheCall({ role: 'consulted', ...person })] });
const supervising = (mode: string) =>
  inCall({ role: 'supervisor', mode, people: [onTheCall({ role: 'volunteer' }), outsidePhone()] });

/** Several people on a call, the queue, supervision, the team, who is sent out. */
export const FLOOR_STORIES = {
  'call-ask-in': { snapshot: inCall({}), press: 't', answers: answers() },
  'call-ask-in-loading': { snapshot: inCall({}), press: 't', answers: answers({ '/api/colleagues': 'pending' }) },
  'call-ask-in-many': {
    snapshot: inCall({}),
    press: 't',
    answers: answers({ '/api/colleagues': { json: colleagues(200) } }),
  },
  'call-ask-in-nobody': {
    snapshot: inCall({}),
    press: 't',
    answers: answers({ '/api/colleagues': { json: colleagues(1) } }),
  },
  'call-ask-in-failed': { snapshot: inCall({}), press: 't', answers: answers({ '/api/colleagues': broken }) },
  'call-asking': { snapshot: asking({}, { state: 'ringing' }), answers: answers() },
  'call-asking-blind': { snapshot: asking({ mode: 'blind' }, { state: 'ringing' }), answers: answers() },
  'call-asking-connecting': {
    snapshot: asking({ mode: 'three-way', state: 'connecting' }, { state: 'connecting' }),
    answers: answers(),
  },
  'call-consulting': {
    snapshot: inCall({
      phase: 'held',
      held: true,
      invitation: invited({ state: 'talking' }),
      people: [onTheCall({ role: 'consulted' })],
    }),
    answers: answers(),
  },
  'call-nobody-came': {
    snapshot: inCall({ invitation: null, invitationFailed: { reason: 'timed-out', at: NOW - 4_000 }, people: [] }),
    answers: answers(),
  },
  'call-three-way': { snapshot: inCall({ people: [onTheCall({ muted: true }), outsidePhone()] }), answers: answers() },
  'call-supervised': {
    snapshot: inCall({ people: [onTheCall({ role: 'supervisor', mode: 'listen' })] }),
    answers: answers({}, 'volunteer'),
  },
  'call-consulted': {
    snapshot: inCall({ role: 'consulted', phase: 'held', held: true, people: [onTheCall({ role: 'volunteer' })] }),
    answers: answers({}, 'volunteer'),
  },
  'call-listening': {
    snapshot: supervising('listen'),
    media: { ...liveMedia, microphone: 'unknown', sending: false, outLevel: 0 },
    answers: answers(),
  },
  'call-whispering': { snapshot: supervising('whisper'), answers: answers() },
  'call-sending-somebody': { snapshot: inCall({}), press: 'd', answers: answers() },
  'ringing-asked-in': {
    snapshot: aSnapshot({
      presence: { ...onCall, state: 'ringing' },
      offer: anOffer({ purpose: 'warm', fromName: 'Ana' }),
    }),
    checked: true,
    answers: answers({}, 'volunteer'),
  },
  queue: { path: '/queue', answers: answers() },
  'queue-volunteer': { path: '/queue', answers: answers({}, 'volunteer') },
  'queue-one': { path: '/queue', answers: answers({ '/api/queue': { json: waiting(1, 1) } }) },
  'queue-many': { path: '/queue', answers: answers({ '/api/queue': { json: waiting(500) } }) },
  'queue-empty': { path: '/queue', answers: answers({ '/api/queue': { json: [] } }) },
  'queue-loading': { path: '/queue', answers: answers({ '/api/queue': 'pending' }) },
  'queue-failed': { path: '/queue', answers: answers({ '/api/queue': broken }) },
  'queue-offline': { path: '/queue', link: 'reconnecting', answers: answers() },
  supervise: { path: '/supervise', answers: answers() },
  'supervise-many': { path: '/supervise', answers: answers({ '/api/floor': { json: floor(200) } }) },
  'supervise-empty': { path: '/supervise', answers: answers({ '/api/floor': { json: floor(0, 1) } }) },
  'supervise-loading': { path: '/supervise', answers: answers({ '/api/floor': 'pending' }) },
  'supervise-refused': { path: '/supervise', answers: answers({ '/api/floor': refused }) },
  wallboard: { path: '/wallboard', answers: answers() },
  'wallboard-offline': { path: '/wallboard', link: 'reconnecting', answers: answers() },
  'wallboard-failed': { path: '/wallboard', answers: answers({ '/api/floor': broken }) },
  team: { path: '/team', answers: answers() },
  'team-empty': { path: '/team', answers: answers({ [MESSAGES]: { json: [] } }) },
  'team-no-key': { path: '/team', answers: answers({ [HOTLINE]: { json: hotlines()[0] } }) },
  'team-failed': { path: '/team', answers: answers({ [MESSAGES]: broken }) },
  dispatch: { path: '/dispatch', answers: answers() },
  'dispatch-empty': { path: '/dispatch', answers: answers({ '/api/dispatches': { json: [] } }) },
} satisfies Record<string, Story>;

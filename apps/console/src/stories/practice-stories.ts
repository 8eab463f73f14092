import { PracticeDetail, PracticeOverview, PracticeSummary } from '@ringdown/protocol/practice-http';
import { aCall, anOffer, aSnapshot, aWrapUp, hotlines, me, NOW } from './fixtures.ts';
import type { Answer } from './stand-ins.ts';
import type { Story } from './story.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const CALL = uuid(700);
const BEGUN = NOW - 9 * 60_000;
const leg = { legId: uuid(701), connectionId: uuid(702) };
const who = { operatorId: uuid(2) };

const script = (scriptId: string, en: string, es: string) => ({
  scriptId,
  title: { en, es },
  about: {
    en: 'A caller has been arrested and may talk for two minutes. What matters has to be asked first.',
    es: 'Una persona detenida puede hablar dos minutos. Lo importante se pregunta primero.',
  },
  advice: [
    { en: 'Answer quickly and say at once who you are.', es: 'Contesta pronto y di enseguida quién eres.' },
    { en: 'One question at a time.', es: 'Una pregunta cada vez.' },
  ],
  goodCall: [],
});

const practice = (n: number, change: Record<string, unknown> = {}) =>
  PracticeSummary.parse({
    callId: uuid(700 + 10 * n),
    scriptId: 'two-minutes-from-jail',
    title: 'Two minutes from a jail',
    language: 'en',
    startedAt: BEGUN - n * 86_400_000,
    endedAt: BEGUN - n * 86_400_000 + 200_000,
    person: { operatorId: uuid(2), name: 'Noor' },
    shared: n === 1,
    ...change,
  });

const overview = (change: Record<string, unknown> = {}) =>
  PracticeOverview.parse({
    scripts: [
      script('two-minutes-from-jail', 'Two minutes from a jail', 'Dos minutos desde la cárcel'),
      script('silent-at-first', 'Somebody who is silent at first', 'Alguien que al principio calla'),
      script('abusive-caller', 'A caller who insults', 'Alguien que insulta'),
    ],
    mine: [practice(0), practice(1)],
    shared: [],
    ...change,
  });

const said = (after: number, ms: number, words: string, goodbye = false) => ({
  type: 'PracticeTurnHeard',
  at: BEGUN + after + ms,
  turn: { by: 'caller', from: BEGUN + after, to: BEGUN + after + ms, words, goodbye },
});
const spoke = (after: number, ms: number) => ({
  type: 'PracticeTurnHeard',
  at: BEGUN + after + ms,
  turn: { by: 'volunteer', from: BEGUN + after, to: BEGUN + after + ms, words: null, goodbye: false },
});

const detail = (change: Record<string, unknown> = {}) =>
  PracticeDetail.parse({
    ...practice(0),
    hotlineId: hotlines()[0]?.hotlineId,
    mine: true,
    arrivedAt: BEGUN,
    termination: { result: 'operator', reason: 'volunteer-hung-up' },
    goodCall: [
      { check: 'answered-within', s: 10 },
      { check: 'spoke-within', s: 5 },
      { check: 'let-finish', percent: 15 },
      { check: 'hold-at-most', s: 10 },
      { check: 'told-before-hold' },
      { check: 'follow-up-made' },
      { check: 'ended-after-goodbye' },
      { check: 'wrap-up-in-time' },
    ],
    events: [
      { type: 'OfferMade', at: BEGUN, offerId: uuid(703), legId: leg.legId, ...who, reason: 'took-it', passedOver: [] },
      {
        type: 'OfferAccepted',
        at: BEGUN + 4_000,
        offerId: uuid(703),
        connectionId: leg.connectionId,
        publicKey: 'a'.repeat(64),
      },
      { type: 'MemberJoined', at: BEGUN + 4_300, ...leg, generation: 0, keyIndex: 1 },
      spoke(5_600, 4_200),
      said(11_000, 5_000, 'Hello. I have been arrested, and they only give me two minutes.'),
      spoke(17_000, 6_000),
      { type: 'HoldChanged', at: BEGUN + 24_000, ...who, held: true },
      { type: 'HoldChanged', at: BEGUN + 46_000, ...who, held: false },
      said(46_500, 2_500, 'Hello? I have only two minutes!'),
      spoke(48_000, 3_000),
      said(52_000, 4_000, 'Thank you, goodbye.', true),
      { type: 'HangUpRequested', at: BEGUN + 58_000, ...who },
    ],
    followUps: 0,
    wrappedUp: true,
    ...change,
  });

const asNoor = (publicKey: string): Record<string, Answer> => ({
  '/api/me': { json: me(publicKey, { role: 'volunteer', name: 'Noor' }) },
  '/api/practice': { json: overview() },
  [`/api/practice/${CALL}`]: { json: detail() },
  [`/api/calls/${CALL}/note-changes`]: { json: { changes: [], authors: [] } },
});
const without =
  (change: Record<string, Answer>) =>
  (publicKey: string): Record<string, Answer> => ({ ...asNoor(publicKey), ...change });
const presence = (state: string) => ({ presence: { state, since: NOW - 252_000, reason: null, endsAt: null } });
const nothingWaits = { queue: { waiting: 0, longestSince: null } };
const broken: Answer = { status: 500, reason: 'unexplained' };
const page = `/practice/${CALL}`;

/** Practice calls: choosing, taking, looking back. */
export const PRACTICE_STORIES = {
  practice: { path: '/practice', snapshot: aSnapshot({ ...presence('offline'), ...nothingWaits }), answers: asNoor },
  'practice-first': {
    path: '/practice',
    snapshot: aSnapshot({ ...presence('offline'), ...nothingWaits }),
    answers: without({ '/api/practice': { json: overview({ mine: [] }) } }),
  },
  'practice-line-down': { path: '/practice', snapshot: aSnapshot({ phoneLineUp: false }), answers: asNoor },
  'practice-loading': { path: '/practice', answers: without({ '/api/practice': 'pending' }) },
  'practice-failed': { path: '/practice', answers: without({ '/api/practice': broken }) },
  'practice-shared': {
    path: '/practice',
    answers: without({
      '/api/practice': {
        json: overview({ mine: [], shared: [practice(2, { person: { operatorId: uuid(5), name: 'Kim' } })] }),
      },
    }),
  },
  'practice-ringing': {
    snapshot: aSnapshot({ ...presence('ringing'), ...nothingWaits, offer: anOffer({ test: true, practice: true }) }),
    checked: true,
    answers: asNoor,
  },
  'practice-call': {
    snapshot: aSnapshot({ ...presence('on-call'), ...nothingWaits, call: aCall({ test: true, practice: true }) }),
    answers: asNoor,
  },
  'practice-wrap-up': {
    snapshot: aSnapshot({ ...presence('wrap-up'), ...nothingWaits, wrapUp: { ...aWrapUp(), practice: true } }),
    answers: asNoor,
  },
  'practice-result': { path: page, answers: asNoor },
  'practice-result-of-another': {
    path: page,
    answers: without({ [`/api/practice/${CALL}`]: { json: detail({ mine: false, shared: true }) } }),
  },
  'practice-without-voice': {
    path: page,
    answers: without({
      [`/api/practice/${CALL}`]: {
        json: detail({ events: [], termination: { result: 'ours', reason: 'practice-without-voice' } }),
      },
    }),
  },
} satisfies Record<string, Story>;

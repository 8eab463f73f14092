import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readSimulation } from '@ringdown/call-flow/simulation-file';
import { simulate } from '@ringdown/call-flow/simulation';
import type { CallerEnding, SimulationResult } from '@ringdown/call-flow/simulation-result';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const FOLDER = import.meta.dirname;

interface Played extends SimulationResult {
  /** Callers in the order of their calls: name, ending, who answered. */
  endings: string[];
  ending: (call: string) => CallerEnding | undefined;
  /** Who was rung for a call, in order. */
  rang: (call: string) => (string | undefined)[];
  /** The hotlines it was led to, in order, and what became of that. */
  went: (call: string) => string[];
  /** What phones outside did for a call, and what was promised to its caller, in order. */
  outside: (call: string) => string[];
}

const OUTSIDE: ReadonlySet<string> = new Set([
  'call-back-asked',
  'call-back-promised',
  'keeps-place',
  'called-back',
  'number-rings',
  'picks-up',
  'not-reached',
  'talks-outside',
]);

const play = (name: string, seed = 1): Played => {
  const reading = readSimulation(parse(readFileSync(path.join(FOLDER, `${name}.yaml`), 'utf8')), seed);
  if (!reading.ok) throw new Error(reading.problems.map((p) => `${p.path.join('.')}: ${p.message}`).join('\n'));
  const result = simulate(reading.simulation);
  const nameOf = (id: CallerEnding['answeredBy']) => (id ? reading.names.get(id) : undefined);
  return {
    ...result,
    endings: result.callers.map((c) => [c.call, c.termination.reason, nameOf(c.answeredBy)].filter(Boolean).join(' ')),
    ending: (call) => result.callers.find((c) => c.call === call),
    went: (call) =>
      result.timeline
        .filter((l) => l.call === call && (l.event === 'moves-on' || l.event === 'passed-by'))
        .map((l) => `${l.event} ${l.hotlineId ? reading.hotlines.get(l.hotlineId) : ''}`),
    outside: (call) =>
      result.timeline
        .filter((l) => l.call === call && OUTSIDE.has(l.event))
        .map((l) => [l.event, l.numberId && reading.numbers.get(l.numberId), l.detail].filter(Boolean).join(' ')),
    rang: (call) =>
      result.timeline.filter((l) => l.call === call && l.event === 'rings').map((l) => nameOf(l.operatorId)),
  };
};

const CASES: Record<string, (played: Played) => void> = {
  'a-caller-is-answered-by-whoever-was-idle-longest': ({ endings }) =>
    expect(endings).toEqual(['Ann caller-hung-up Sam', 'Bea caller-hung-up Noor']),
  'at-the-turn-of-a-shift-the-next-person-rings': ({ endings }) =>
    expect(endings).toEqual(['Ann caller-hung-up Night', 'Bea caller-hung-up Morning']),
  'a-caller-who-waits-when-a-shift-begins-is-offered-to-it-at-once': ({ ending, timeline }) => {
    expect(ending('Ann')?.answeredBy).not.toBeNull();
    const [begins, rings] = ['shift-begins', 'rings'].map((event) => timeline.find((line) => line.event === event)?.at);
    expect(rings).toBe(begins);
  },
  'on-the-night-clocks-go-back-the-shift-lasts-an-hour-longer': ({ endings }) =>
    expect(endings).toEqual(['Ann caller-hung-up Noor', 'Bea caller-hung-up Noor', 'Cem voicemail-left']),
  'a-hotline-closed-by-hand-tells-callers-so-and-opens-again': ({ endings }) =>
    expect(endings).toEqual(['Ann caller-hung-up Noor', 'Bea closed-message-played', 'Cem caller-hung-up Noor']),
  'on-a-holiday-callers-hear-that-the-hotline-is-closed': ({ endings, timeline }) => {
    expect(endings).toEqual(['Ann closed-message-played']);
    expect(timeline.find((line) => line.event === 'closed')?.detail).toBe('holiday');
  },
  'a-caller-whom-nobody-answers-goes-on-to-another-hotline-and-keeps-the-place': ({ endings, rang, went }) => {
    expect(went('Ann')).toEqual(['moves-on Day line']);
    expect(rang('Ann')).toEqual(['Noor']);
    expect(endings).toEqual(['Zoe caller-hung-up Noor', 'Ann caller-hung-up Noor', 'Bea caller-hung-up Noor']);
  },
  'a-hotline-that-is-closed-or-full-is-passed-by-and-the-next-step-follows': ({ endings, went }) => {
    expect(went('Ann')).toEqual(['moves-on Day line']);
    expect(went('Bea')).toEqual(['passed-by Day line', 'passed-by Legal line']);
    expect(endings).toEqual(['Ann caller-hung-up-while-waiting', 'Bea voicemail-left']);
  },
  'three-hotlines-in-a-row-end-in-the-voicemail-of-the-last-one': ({ endings, went }) => {
    expect(went('Ann')).toEqual(['moves-on Day line', 'moves-on Legal line']);
    expect(endings).toEqual(['Ann voicemail-left']);
  },
  'nobody-answers-and-the-caller-leaves-a-message': ({ endings, totals, rang }) => {
    expect(endings).toEqual(['Ann voicemail-left']);
    expect(rang('Ann')).toEqual(['Noor', 'Sam', 'Noor', 'Sam']);
    expect(totals).toMatchObject({ answered: 0, voicemails: 1, misses: 4 });
  },
  'a-volunteer-whose-laptop-dies-loses-the-call-to-the-next-one-and-the-caller-keeps-the-place': ({
    rang,
    endings,
  }) => {
    expect(rang('Ann')).toEqual(['Noor', 'Sam']);
    expect(endings[0]).toBe('Ann caller-hung-up Sam');
    expect(rang('Bea')).toEqual(['Sam']);
  },
  'a-short-break-of-the-link-ends-nothing': ({ endings, rang, timeline }) => {
    expect(rang('Ann')).toEqual(['Noor']);
    expect(endings).toEqual(['Ann caller-hung-up Noor']);
    expect(timeline.some((line) => line.event === 'back-in-queue')).toBe(false);
  },
  'a-lost-gateway-moves-its-calls-to-another': ({ endings, timeline }) => {
    expect(endings).toEqual(['Ann caller-hung-up Noor']);
    expect(timeline.filter((line) => line.event === 'talks')).toHaveLength(2);
  },
  'without-any-gateway-the-carrier-plays-the-ending': ({ endings }) => expect(endings).toEqual(['Ann voicemail-left']),
  'a-full-queue-turns-the-next-caller-away-with-words': ({ ending }) =>
    expect(ending('Cem')?.termination.reason).toBe('full-message-played'),
  'an-urgent-caller-is-served-before-those-who-came-earlier': ({ ending }) =>
    expect(ending('Cem')?.waitedMs).toBeLessThan(ending('Bea')?.waitedMs ?? 0),
  'a-caller-with-two-minutes-who-is-not-answered-hangs-up-and-is-counted': ({ ending, totals }) => {
    expect(ending('Bea')).toMatchObject({ waitedMs: 120_000, answeredBy: null });
    expect(totals.hungUpWaiting).toBe(1);
  },
  'a-caller-who-presses-1-keeps-the-place-and-is-called-back-at-the-second-try': ({
    endings,
    ending,
    outside,
    totals,
  }) => {
    expect(outside('Bea')).toEqual([
      'call-back-promised',
      'keeps-place',
      'called-back try-1',
      'not-reached no-answer',
      'called-back try-2',
      'picks-up',
    ]);
    expect(endings).toEqual(['Ann', 'Bea', 'Cem', 'Dan'].map((name) => `${name} caller-hung-up Noor`));
    // Three minutes after the first try her place is before Dan's, who has waited for nearly as long.
    expect(ending('Bea')).toMatchObject({ callBack: { tries: 2, reached: true } });
    expect(ending('Bea')?.endedAt).toBeLessThan(ending('Dan')?.endedAt ?? 0);
    expect(totals.callBacks).toMatchObject({ promised: 1, reached: 1, unanswered: 0, expired: 0 });
    expect(totals.longestWaitMs).toBe(ending('Dan')?.waitedMs);
  },
  'a-mailbox-that-answers-a-call-back-talks-with-nobody': ({ ending, outside, rang, timeline }) => {
    const tried = (n: number) => [`called-back try-${n}`, 'picks-up', 'not-reached nobody-pressed-1'];
    expect(outside('Bea')).toEqual(['call-back-promised', 'keeps-place', ...tried(1), ...tried(2), ...tried(3)]);
    expect(rang('Bea')).toEqual(['Noor', 'Noor', 'Noor']);
    expect(timeline.some((line) => line.event === 'talks' && line.call === 'Bea')).toBe(false);
    expect(ending('Bea')).toMatchObject({ answeredBy: null, termination: { reason: 'call-back-unanswered' } });
    expect(ending('Cem')?.waitedMs).toBe(4_000);
  },
  'a-promise-made-at-night-is-kept-when-the-next-shift-begins': ({ endings, outside, timeline }) => {
    expect(endings).toEqual(['Ann caller-hung-up Noor', 'Bea closed-message-played']);
    expect(outside('Ann')).toEqual([
      'call-back-asked',
      'call-back-promised',
      'keeps-place',
      'called-back try-1',
      'picks-up',
    ]);
    expect(outside('Bea')).toEqual(['call-back-asked']);
    const [begins, rings] = ['shift-begins', 'rings'].map((event) => timeline.find((line) => line.event === event)?.at);
    expect(rings).toBe(begins);
  },
  'a-promise-that-nobody-can-keep-expires': ({ ending, totals }) => {
    expect(ending('Ann')?.termination).toEqual({ result: 'ours', reason: 'call-back-expired' });
    expect(totals.callBacks).toMatchObject({ promised: 1, reached: 0, expired: 1, longestWaitMs: null });
  },
  'a-caller-who-stays-after-the-promise-is-answered-like-any-other': ({ endings, ending, outside }) => {
    expect(endings).toEqual(['Ann caller-hung-up Noor', 'Bea caller-hung-up Noor']);
    expect(outside('Bea')).toEqual(['call-back-promised']);
    expect(ending('Bea')).toMatchObject({ callBack: { tries: 0, reached: false } });
  },
  'a-caller-who-was-called-back-is-talked-with-on-another-gateway-when-one-is-lost': ({ endings, timeline, rang }) => {
    expect(endings).toEqual(['Ann caller-hung-up Noor', 'Bea caller-hung-up Noor']);
    expect(timeline.filter((line) => line.event === 'talks' && line.call === 'Bea')).toHaveLength(2);
    expect(rang('Bea')).toEqual(['Noor']);
  },
  'an-outside-number-of-a-plan-takes-the-call-with-1': ({ endings, ending, outside, totals }) => {
    const taken = ['number-rings Duty phone', 'picks-up Duty phone', 'talks-outside Duty phone'];
    expect(outside('Ann')).toEqual(taken);
    expect(outside('Bea')).toEqual(taken);
    expect(endings).toEqual(['Ann outside-hung-up', 'Bea caller-hung-up']);
    expect(ending('Ann')).toMatchObject({ answeredBy: null, answeredOutside: expect.any(String) });
    expect(totals).toMatchObject({ answered: 0, answeredOutside: 2 });
  },
  'an-outside-number-where-nobody-presses-1-is-passed-by-and-the-next-step-follows': ({ endings, outside }) => {
    expect(outside('Bea')).toEqual([
      'number-rings Mailbox',
      'picks-up Mailbox',
      'not-reached Mailbox nobody-pressed-1',
      'number-rings Engaged',
      'not-reached Engaged busy',
      'number-rings Short',
      'picks-up Short',
      'not-reached Short hung-up',
      'number-rings Open door',
      'not-reached Open door no-answer',
    ]);
    expect(outside('Ann').slice(-3)).toEqual([
      'number-rings Open door',
      'picks-up Open door',
      'talks-outside Open door',
    ]);
    expect(endings).toEqual(['Ann outside-hung-up', 'Bea nobody-message-played']);
  },
  'an-outside-number-that-talks-already-is-busy-for-the-next-caller': ({ endings, outside }) => {
    expect(outside('Bea')).toEqual(['number-rings Duty phone', 'not-reached Duty phone busy']);
    expect(endings).toEqual(['Ann outside-hung-up', 'Bea voicemail-left', 'Cem outside-hung-up']);
  },
  'a-busy-evening-ends-for-every-caller': ({ callers, totals }) => {
    expect(callers).toHaveLength(60);
    expect(totals.answered + totals.hungUpWaiting + totals.voicemails).toBeGreaterThanOrEqual(50);
  },
};

describe('evenings', () => {
  it.each(Object.entries(CASES))('%s', (name, check) => {
    const played = play(name);
    expect(played.callers).toHaveLength(played.totals.calls);
    check(played);
  });

  it('every file in this folder is played', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
    expect(files.map((file) => file.replace('.yaml', '')).toSorted()).toEqual(Object.keys(CASES).toSorted());
  });

  it('the same seed gives the same evening to the millisecond, another seed another one', () => {
    const busy = 'a-busy-evening-ends-for-every-caller';
    expect(play(busy, 7).timeline).toEqual(play(busy, 7).timeline);
    expect(play(busy, 7).timeline).not.toEqual(play(busy, 8).timeline);
  });

  it('the seed draws also when callers press 1, when phones outside are picked up, and how long they talk', () => {
    const evening = {
      start: '2026-11-23 18:00',
      hotline: { settings: { callBack: true }, plans: { unanswered: [{ number: 'Duty phone' }, 'message'] } },
      numbers: [{ name: 'Duty phone', answers: ['never', '3s..9s'], talks: '1m..5m' }],
      people: [{ name: 'Noor' }],
      calls: [
        { callers: 5, from: '18:00', to: '18:10', 'call-back': { waiting: '5s..50s', answers: '4s..20s' } },
        { callers: 5, from: '18:20', to: '18:40' },
      ],
      events: [{ at: '18:15', person: 'Noor', becomes: 'offline' }],
    };
    const timelineOf = (seed: number) => {
      const reading = readSimulation(evening, seed);
      return reading.ok ? simulate(reading.simulation).timeline : [];
    };
    expect(timelineOf(7).map(({ event }) => event)).toEqual(expect.arrayContaining(['called-back', 'talks-outside']));
    expect(timelineOf(7)).toEqual(timelineOf(7));
    expect(timelineOf(7)).not.toEqual(timelineOf(8));
  });
});

describe('a file that is not right', () => {
  const problemsOf = (change: object) => {
    const reading = readSimulation({ start: '2026-11-23 18:00', people: [{ name: 'Noor' }], ...change }, 1);
    return reading.ok ? [] : reading.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
  };
  const offers = { hotline: { settings: { callBack: true } } };
  const shift = { person: 'Noor', date: '2026-11-23', from: '18:00', to: '22:00' };

  it.each<[string, object, RegExp]>([
    ['an unknown word', { peeple: [] }, /peeple/],
    ['a person nobody knows', { rota: [{ ...shift, person: 'Sam' }] }, /^rota\.0\.person: There is nobody called Sam/],
    ['two people of one name', { people: [{ name: 'Noor' }, { name: 'Noor' }] }, /^people\.1\.name: There are two/],
    ['shifts that overlap', { rota: [shift, { ...shift, from: '20:00' }] }, /^rota\.1: Noor is on another shift/],
    ['a call before the start', { calls: [{ name: 'A', at: '2026-11-22 10:00' }] }, /^calls\.0\.at: This is before/],
    ['a time that is none', { calls: [{ name: 'A', at: '25:00' }] }, /^calls\.0\.at: Write a time like/],
    ['an answer that is none', { people: [{ name: 'Noor', answers: 'maybe' }] }, /^people\.0\.answers: Write never/],
    ['a day that is none', { rota: [{ ...shift, date: '2026-02-30' }] }, /^rota\.0\.date: No such day/],
    [
      'plans that lead in a circle',
      {
        hotline: { name: 'Night', plans: { unanswered: [{ hotline: 'Day' }, 'message'] } },
        hotlines: [{ name: 'Day', plans: { closed: [{ hotline: 'Night' }, 'message'] } }],
      },
      /in a circle: Night → Day → Night/,
    ],
    ['a plan without an ending', { hotline: { plans: { full: ['voicemail'] } } }, /^hotline\.plans\.full: A plan must/],
    [
      'a hotline nobody knows',
      { hotline: { plans: { full: [{ hotline: 'Day' }, 'message'] } } },
      /^hotline\.plans\.full\.0: There is no hotline called Day/,
    ],
    [
      'a number nobody knows',
      { hotline: { plans: { full: [{ number: 'Duty phone' }, 'message'] } } },
      /^hotline\.plans\.full\.0\.number: There is no number called Duty phone under numbers/,
    ],
    [
      'two numbers of one name',
      { numbers: [{ name: 'D' }, { name: 'D' }] },
      /^numbers\.1\.name: There are two numbers/,
    ],
    [
      'a number called as none may be',
      { numbers: [{ name: 'unanswered' }] },
      /^numbers\.0\.name: unanswered is the name/,
    ],
    [
      'how no number answers',
      { numbers: [{ name: 'D', answers: ['5s', 'maybe'] }] },
      /^numbers\.0\.answers\.1: Write never, busy, mailbox, hangs-up, a time like 5s/,
    ],
    [
      'a time in how a number answers',
      { numbers: [{ name: 'D', answers: { 'picks-up': '4s', 'presses-1': 'soon' } }] },
      /^numbers\.0\.answers\.presses-1: Write never, a time like 40s/,
    ],
    [
      'a step that is none',
      { hotline: { plans: { full: [{ fax: 'D' }, 'message'] } } },
      /^hotline\.plans\.full\.0: Write voicemail, message, call-back, \{ hotline: NAME \} or \{ number: NAME \}/,
    ],
    [
      'a word in a call-back that is none',
      { ...offers, calls: [{ name: 'A', at: '18:05', 'call-back': { when: '5s' } }] },
      /^calls\.0\.call-back: Unrecognized key: "when"/,
    ],
    [
      'when no call-back is taken',
      { ...offers, calls: [{ name: 'A', at: '18:05', 'call-back': { waiting: 'later' } }] },
      /^calls\.0\.call-back\.waiting: Write never, a time like 40s/,
    ],
    [
      'how no caller answers',
      { ...offers, calls: [{ callers: 3, from: '18:05', to: '18:10', 'call-back': { answers: 'declines' } }] },
      /^calls\.0\.call-back\.answers: Write never, busy, mailbox/,
    ],
    [
      'a call-back that is offered nowhere',
      { calls: [{ name: 'A', at: '18:05', 'call-back': {} }] },
      /^calls\.0\.call-back: No hotline here offers a call-back/,
    ],
    ['a zone that is none', { hotline: { zone: 'Moon/Crater' } }, /^hotline\.zone: Not a time zone/],
  ])('names the place: %s', (_, change, expected) => {
    expect(problemsOf(change).join('\n')).toMatch(expected);
  });
});

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
}

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
});

describe('a file that is not right', () => {
  const problemsOf = (change: object) => {
    const reading = readSimulation({ start: '2026-11-23 18:00', people: [{ name: 'Noor' }], ...change }, 1);
    return reading.ok ? [] : reading.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
  };
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
    ['a zone that is none', { hotline: { zone: 'Moon/Crater' } }, /^hotline\.zone: Not a time zone/],
  ])('names the place: %s', (_, change, expected) => {
    expect(problemsOf(change).join('\n')).toMatch(expected);
  });
});

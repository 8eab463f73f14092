import { describe, expect, it } from 'vitest';
import { explore, type Scope } from './exploration.fixture.ts';

/** Explored, not sampled: every order of events, until no new state appears. */
const scopes: { title: string; scope: Scope }[] = [
  {
    title: 'two calls and three volunteers who answer, miss, hold, wrap up and go',
    scope: { calls: 2, people: 3, conferences: false, faults: false },
  },
  {
    title: 'one call and three volunteers while streams, gateways and browsers fail',
    scope: { calls: 1, people: 3, conferences: false, faults: true },
  },
  {
    title:
      'one call and three volunteers who ask each other in, hand over, supervise and take over, while all that fails',
    scope: { calls: 1, people: 3, conferences: true, faults: true },
  },
  {
    title: 'one call and two volunteers, one of whom may be the one who called, and dials out from there',
    scope: { calls: 1, people: 2, conferences: false, faults: true, dialIns: true },
  },
  {
    title:
      'one call that a volunteer, or a ladder, leaves with outside numbers, or that somebody places, while all fails',
    scope: { calls: 1, people: 1, conferences: true, faults: true, outside: true },
  },
  {
    title: 'one call and a volunteer while plans lead on to another hotline and offer call-backs, and streams fail',
    scope: { calls: 1, people: 1, conferences: false, faults: true, ladders: true },
  },
  {
    title: 'one call, real or practice, and two volunteers who supervise each other, while streams and browsers fail',
    scope: { calls: 1, people: 2, conferences: true, faults: true, practice: true },
  },
];

describe('every state that calls and people can come to (L3, P1)', () => {
  for (const { title, scope } of scopes) {
    it(`${title}: nobody has two calls, and an ending is in reach from each`, { timeout: 600_000 }, () => {
      const { states, moves, forbidden, endless } = explore(scope);
      console.log(`  ${title}: ${states} states, ${moves} moves`);
      expect(forbidden).toBeNull();
      expect(endless).toBeNull();
      expect(states).toBeGreaterThan(100);
    });
  }
});

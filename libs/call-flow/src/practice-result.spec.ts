import type { CallEvent } from '@ringdown/protocol/call-events';
import type { PracticeCheck, PracticeTurn } from '@ringdown/protocol/practice';
import { describe, expect, it } from 'vitest';
import { accepted, joined, offered, operatorId } from './call-building.fixture.ts';
import { type PracticeFacts, practiceMoments, practiceResult } from './practice-result.ts';

const FACTS: PracticeFacts = {
  note: { written: true, category: true, priority: true },
  followUps: 1,
  wrappedUp: true,
};

const turn = (by: PracticeTurn['by'], from: number, to: number, goodbye = false): CallEvent => ({
  type: 'PracticeTurnHeard',
  at: to,
  turn: { by, from, to, words: by === 'caller' ? 'Words of the caller.' : null, goodbye },
});
const held = (at: number, on: boolean): CallEvent => ({ type: 'HoldChanged', at, operatorId: operatorId(1), held: on });
const muted = (at: number, on: boolean): CallEvent => ({
  type: 'MuteChanged',
  at,
  operatorId: operatorId(1),
  muted: on,
});
const hungUp = (at: number): CallEvent => ({ type: 'HangUpRequested', at, operatorId: operatorId(1) });

const judge = (check: PracticeCheck, events: CallEvent[], facts: Partial<PracticeFacts> = {}) => {
  const [finding] = practiceResult({ goodCall: [check] }, events, { ...FACTS, ...facts });
  return [finding?.outcome, finding?.measured];
};

describe('what went well in a practice call', () => {
  it('answered and spoke in time, or says how long it took', () => {
    expect(judge({ check: 'answered-within', s: 15 }, [offered(1, 1_000), accepted(1, 6_000)])).toEqual(['well', 5]);
    expect(judge({ check: 'answered-within', s: 3 }, [offered(1, 1_000), accepted(1, 6_000)])).toEqual(['try-next', 5]);
    expect(judge({ check: 'answered-within', s: 15 }, [offered(1, 1_000)])).toEqual(['try-next', null]);
    const spoke = [joined(1, 7_000), turn('volunteer', 9_500, 12_000)];
    expect(judge({ check: 'spoke-within', s: 5 }, spoke)).toEqual(['well', 2.5]);
    expect(judge({ check: 'spoke-within', s: 5 }, [joined(1, 7_000)])).toEqual(['try-next', null]);
  });

  it('let the caller finish: speech over theirs counts, a breath into the last syllable does not', () => {
    const caller = turn('caller', 10_000, 20_000);
    expect(judge({ check: 'let-finish', percent: 20 }, [caller, turn('volunteer', 19_700, 25_000)])).toEqual([
      'well',
      0,
    ]);
    expect(judge({ check: 'let-finish', percent: 20 }, [caller, turn('volunteer', 15_600, 25_000)])).toEqual([
      'try-next',
      40,
    ]);
    expect(judge({ check: 'let-finish', percent: 20 }, [])).toEqual(['unasked', null]);
  });

  it('encouraged somebody who was silent', () => {
    const events = [turn('volunteer', 1_000, 2_000), turn('volunteer', 8_000, 9_000), turn('caller', 12_000, 13_000)];
    expect(judge({ check: 'encouraged', times: 2 }, events)).toEqual(['well', 2]);
    expect(judge({ check: 'encouraged', times: 3 }, events)).toEqual(['try-next', 2]);
  });

  it('told the caller before a hold and came back in time; without a hold there is nothing to say', () => {
    const told = [turn('volunteer', 3_000, 5_000), held(6_000, true), held(20_000, false), hungUp(30_000)];
    expect(judge({ check: 'told-before-hold' }, told)).toEqual(['well', null]);
    expect(judge({ check: 'told-before-hold' }, told.slice(1))).toEqual(['try-next', null]);
    expect(judge({ check: 'hold-at-most', s: 20 }, told)).toEqual(['well', 14]);
    expect(judge({ check: 'hold-at-most', s: 20 }, [held(6_000, true), hungUp(36_000)])).toEqual(['try-next', 30]);
    expect(judge({ check: 'hold-at-most', s: 20 }, [hungUp(30_000)])).toEqual(['unasked', null]);
    expect(judge({ check: 'muted-at-most', s: 20 }, [muted(1_000, true), muted(11_000, false)])).toEqual(['well', 10]);
  });

  it('ended after the goodbye, not before it; a caller who rings off is no fault', () => {
    const goodbye = turn('caller', 50_000, 52_000, true);
    expect(judge({ check: 'ended-after-goodbye' }, [goodbye, hungUp(54_000)])).toEqual(['well', null]);
    expect(judge({ check: 'ended-after-goodbye' }, [goodbye])).toEqual(['well', null]);
    expect(judge({ check: 'ended-after-goodbye' }, [hungUp(20_000)])).toEqual(['try-next', null]);
    expect(judge({ check: 'ended-by-you' }, [hungUp(20_000)])).toEqual(['well', null]);
  });

  it('a note that can’t be opened here is neither praised nor blamed', () => {
    expect(judge({ check: 'note-written' }, [], { note: null })).toEqual(['unknown', null]);
    const note = { written: true, category: false, priority: true };
    expect(judge({ check: 'note-written' }, [], { note })).toEqual(['well', null]);
    expect(judge({ check: 'category-chosen' }, [], { note })).toEqual(['try-next', null]);
    expect(judge({ check: 'category-chosen' }, [], { note: { ...note, category: null } })).toEqual(['unasked', null]);
    expect(judge({ check: 'priority-chosen' }, [], { note })).toEqual(['well', null]);
    expect(judge({ check: 'follow-up-made' }, [], { followUps: 0 })).toEqual(['try-next', null]);
    expect(judge({ check: 'wrap-up-in-time' }, [], { wrappedUp: false })).toEqual(['try-next', null]);
  });

  it('a hand-over counts when it was tried', () => {
    const tried: CallEvent = { type: 'PracticeHandOverTried', at: 9_000, operatorId: operatorId(1), mode: 'blind' };
    expect(judge({ check: 'handed-over' }, [tried])).toEqual(['well', null]);
    expect(judge({ check: 'handed-over' }, [])).toEqual(['try-next', null]);
  });

  it('tells the call moment by moment, what was said at the time it began', () => {
    const events = [offered(1, 1_000), accepted(1, 2_000), held(9_000, true), turn('caller', 3_000, 9_500)];
    expect(practiceMoments(events).map(({ at, kind }) => [at, kind])).toEqual([
      [1_000, 'rang'],
      [2_000, 'answered'],
      [3_000, 'caller-said'],
      [9_000, 'hold'],
    ]);
  });
});

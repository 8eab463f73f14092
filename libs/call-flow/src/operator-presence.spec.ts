import type { OperatorState } from '@ringdown/protocol/console';
import { describe, expect, it } from 'vitest';
import { CALL_ID } from './call-building.fixture.ts';
import type { OperatorChangeKind } from './call-state.ts';
import { changePresence, finishWrapUp, type Presence, type PresenceWish, wishPresence } from './operator-presence.ts';

const NOW = 90_000;
const RULES = { wrapUpMs: 60_000, missesUntilPause: 2 };
const WISHES: PresenceWish[] = [{ state: 'available' }, { state: 'offline' }, { state: 'break', reason: 'meal' }];

const aPresence = (state: OperatorState, change: Partial<Presence> = {}): Presence => ({
  state,
  since: 10_000,
  reason: null,
  callId: state === 'on-call' || state === 'ringing' || state === 'wrap-up' ? CALL_ID : null,
  endsAt: state === 'wrap-up' ? 70_000 : null,
  misses: 0,
  idleSince: 5_000,
  ...change,
});

describe('what a person may ask for (requirements, S)', () => {
  it.each(WISHES)('from a call there is no way to $state', (wish) => {
    expect(wishPresence(aPresence('on-call'), wish, NOW)).toEqual({ outcome: 'refused', rule: 'on-a-call' });
  });

  it.each(WISHES)('while it rings there is no way to $state: answer, decline or let it ring', (wish) => {
    expect(wishPresence(aPresence('ringing'), wish, NOW)).toEqual({ outcome: 'refused', rule: 'ringing' });
  });

  it.each<OperatorState>(['offline', 'available', 'wrap-up', 'break'])('from %s every wish is granted', (state) => {
    for (const wish of WISHES) {
      const outcome = wishPresence(aPresence(state), wish, NOW);
      expect(outcome).toMatchObject({ outcome: 'changed', presence: { state: wish.state } });
    }
  });

  it('being available already changes nothing: since and misses stay', () => {
    const before = aPresence('available', { misses: 1 });
    expect(wishPresence(before, { state: 'available' }, NOW)).toEqual({ outcome: 'changed', presence: before });
  });

  it('a break keeps the time since the last call, a shift begins it anew', () => {
    const fromBreak = wishPresence(aPresence('break', { reason: 'meal' }), { state: 'available' }, NOW);
    expect(fromBreak).toMatchObject({ presence: { state: 'available', reason: null, idleSince: 5_000, since: NOW } });
    const fromOffline = wishPresence(aPresence('offline'), { state: 'available' }, NOW);
    expect(fromOffline).toMatchObject({ presence: { idleSince: NOW } });
  });

  it('coming back from a pause after missed rings begins the count anew', () => {
    const paused = aPresence('break', { reason: 'missed-calls', misses: 2 });
    expect(wishPresence(paused, { state: 'available' }, NOW)).toMatchObject({ presence: { misses: 0, reason: null } });
  });

  it('leaving wrap-up by a wish lets go of the call', () => {
    const outcome = wishPresence(aPresence('wrap-up'), { state: 'break', reason: 'debrief' }, NOW);
    expect(outcome).toMatchObject({ presence: { state: 'break', reason: 'debrief', callId: null, endsAt: null } });
  });
});

describe('what a call does to a person', () => {
  const after = (presence: Presence, change: OperatorChangeKind, rules = RULES) =>
    changePresence(presence, change, CALL_ID, NOW, rules);

  it('offered, accepted, ended, saved: the round of a shift', () => {
    const ringing = after(aPresence('available'), 'offered');
    expect(ringing).toMatchObject({ state: 'ringing', callId: CALL_ID, since: NOW });
    const talking = after(ringing, 'accepted');
    expect(talking).toMatchObject({ state: 'on-call', callId: CALL_ID, misses: 0 });
    const writing = after(talking, 'call-ended');
    expect(writing).toMatchObject({ state: 'wrap-up', callId: CALL_ID, endsAt: NOW + 60_000, idleSince: NOW });
    const free = finishWrapUp(writing, NOW + 5_000);
    expect(free).toMatchObject({ state: 'available', callId: null, endsAt: null, since: NOW + 5_000, idleSince: NOW });
  });

  it('without wrap-up time the end of a call makes available at once', () => {
    expect(after(aPresence('on-call'), 'call-ended', { ...RULES, wrapUpMs: 0 })).toMatchObject({
      state: 'available',
      callId: null,
      idleSince: NOW,
    });
  });

  it('a second miss in a row pauses and says why; a decline is not a miss', () => {
    const once = after(aPresence('ringing'), 'missed');
    expect(once).toMatchObject({ state: 'available', misses: 1 });
    expect(after({ ...once, state: 'ringing' }, 'declined')).toMatchObject({ state: 'available', misses: 0 });
    expect(after({ ...once, state: 'ringing' }, 'missed')).toMatchObject({
      state: 'break',
      reason: 'missed-calls',
      callId: null,
    });
  });

  it('an offer taken back neither counts nor forgives a miss', () => {
    expect(after(aPresence('ringing', { misses: 1 }), 'withdrawn')).toMatchObject({ state: 'available', misses: 1 });
  });

  it('a lost link that never came back means offline, a failed key agreement does not', () => {
    expect(after(aPresence('on-call'), 'link-lost')).toMatchObject({ state: 'offline', callId: null });
    expect(after(aPresence('on-call'), 'call-failed')).toMatchObject({ state: 'available', callId: null });
  });

  it('finishing a wrap-up that is over already changes nothing', () => {
    for (const state of ['available', 'break', 'on-call', 'offline', 'ringing'] as const) {
      const presence = aPresence(state);
      expect(finishWrapUp(presence, NOW)).toBe(presence);
    }
  });
});

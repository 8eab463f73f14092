import type { CallEvent, InvitationMode, SupervisionMode, TimerName } from '@ringdown/protocol/call-events';
import type { OfferId, OperatorId } from '@ringdown/protocol/ids';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accepted,
  arrival,
  assigned,
  connectionId,
  gatewayId,
  joined,
  legId,
  offered,
  offerId,
  operatorId,
  publicKey,
  streaming,
  VOICEMAIL_ID,
} from './call-building.fixture.ts';
import { acceptedLegs, type CallState, isWithOperator, type Reduction } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { dialledIn } from './reduce-dial-in.ts';
import { eventsOnLadder, ladderPolicy } from './exploration-ladder.fixture.ts';
import { reduceCall, replayCall } from './reduce-call.ts';
import { changePresence, type Presence } from './operator-presence.ts';

type Step = (state: CallState, at: number) => CallEvent;

const person = fc.integer({ min: 1, max: 4 });
const timers: TimerName[] = [
  'stream-expected',
  'ring-timeout',
  'max-wait',
  'nobody-wait',
  'bridge-expected',
  'reconnecting',
  'farewell-limit',
  'voicemail-limit',
  'hang-up-limit',
  'redistribute',
  'invitation',
  'phone-leg',
  'ladder-step',
  'outside-limit',
];

const recent = (state: CallState, which: number): OfferId => state.offers.at(-1 - which)?.offerId ?? offerId(0);
const linkOf = (state: CallState, which: number) => {
  const leg = acceptedLegs(state)[which];
  return { legId: leg?.legId ?? legId(0), connectionId: leg?.connectionId ?? connectionId(9) };
};
const outsideOf = (state: CallState) =>
  state.legs.findLast((l) => l.kind === 'outside-phone' && l.role !== 'caller')?.legId ?? legId(0);
const responsible = (state: CallState): OperatorId | null =>
  state.legs.find((l) => l.role === 'volunteer' && l.state !== 'ended')?.operatorId ?? null;

/** Any event at any time, aimed at ids that exist half of the time. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.option(fc.integer({ min: 1, max: 2 }), { nil: null }).map((n): Step => (_, at) => ({
    type: 'GatewayAssigned',
    at,
    gatewayId: n ? gatewayId(n) : null,
    streamToken: n ? 't' : null,
  })),
  fc.integer({ min: 1, max: 2 }).map((n): Step => (_, at) => ({
    type: 'StreamStarted',
    at,
    gatewayId: gatewayId(n),
    streamId: 'MZ',
  })),
  fc
    .tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.constantFrom('carrier-stopped', 'socket-lost', 'silent', 'directed') as fc.Arbitrary<'silent'>,
    )
    .map(([n, cause]): Step => (_, at) => ({ type: 'StreamEnded', at, gatewayId: gatewayId(n), cause })),
  fc.integer({ min: 1, max: 2 }).map((n): Step => (_, at) => ({ type: 'GatewayLost', at, gatewayId: gatewayId(n) })),
  fc.constant<Step>((_, at) => ({ type: 'CarrierAskedNext', at })),
  fc.constantFrom('ringing', 'in-progress', 'completed', 'failed', 'canceled').map((status): Step => (_, at) => ({
    type: 'CarrierStatusChanged',
    at,
    status: status as 'completed',
    sequence: null,
  })),
  person.map((n): Step => (s, at) => ({
    type: 'OfferMade',
    at,
    offerId: offerId(50 + s.seq),
    legId: legId(50 + s.seq),
    operatorId: operatorId(n),
    reason: 'longest-idle',
    passedOver: [],
  })),
  fc.integer({ min: 0, max: 2 }).map((staffed): Step => (_, at) => ({
    type: 'NobodyAvailable',
    at,
    staffed,
    passedOver: [],
  })),
  fc.tuple(person, fc.integer({ min: -1, max: 2 })).map(([n, which]): Step => (s, at) => ({
    type: 'OfferAccepted',
    at,
    offerId: which < 0 ? offerId(9_999) : recent(s, which),
    connectionId: connectionId(n),
    publicKey: publicKey(n),
  })),
  fc.integer({ min: 0, max: 2 }).map((which): Step => (s, at) => ({
    type: 'OfferDeclined',
    at,
    offerId: recent(s, which),
  })),
  fc.integer({ min: 0, max: 2 }).map((which): Step => (s, at) => ({
    type: 'OfferWithdrawn',
    at,
    offerId: recent(s, which),
    reason: 'went-offline',
  })),
  fc.constantFrom(...timers).map((timer): Step => (s, at) => ({
    type: 'TimerFired',
    at,
    timer,
    timerId: s.timers[timer]?.timerId ?? ('none' as never),
  })),
  fc.nat({ max: 3 }).map((which): Step => (s, at) => ({
    type: 'MemberJoined',
    at,
    ...linkOf(s, which),
    generation: 1,
    keyIndex: 1,
  })),
  fc.nat({ max: 3 }).map((which): Step => (s, at) => ({ type: 'MemberFailed', at, ...linkOf(s, which), reason: 'x' })),
  fc.nat({ max: 3 }).map((which): Step => (s, at) => ({
    type: 'OperatorConnectionLost',
    at,
    operatorId: acceptedLegs(s)[which]?.operatorId ?? operatorId(9),
    connectionId: linkOf(s, which).connectionId,
  })),
  fc
    .tuple(person, fc.constantFrom<InvitationMode>('warm', 'blind', 'three-way'), fc.integer({ min: 0, max: 4 }))
    .map(([n, mode, to]): Step => (s, at) => ({
      type: 'InvitationMade',
      at,
      by: responsible(s) ?? operatorId(n),
      mode,
      offerId: offerId(50 + s.seq),
      legId: legId(50 + s.seq),
      to:
        to === 0
          ? { kind: 'number', confirm: n > 2 }
          : { kind: 'operator', operatorId: operatorId(to), hotlineId: null, passedOver: [] },
    })),
  fc
    .constantFrom<'InvitationCancelled' | 'TransferCompleted' | 'ConsultationJoined'>(
      'InvitationCancelled',
      'TransferCompleted',
      'ConsultationJoined',
    )
    .chain((type) =>
      person.map((n): Step => (s, at) => ({ type, at, by: responsible(s) ?? operatorId(n) })),
    ),
  person.map((n): Step => (_, at) => ({ type: 'LegLeft', at, operatorId: operatorId(n) })),
  fc.nat({ max: 3 }).map((which): Step => (s, at) => ({
    type: 'LegRemoved',
    at,
    by: responsible(s) ?? operatorId(1),
    legId: s.legs.at(-1 - which)?.legId ?? legId(0),
  })),
  fc
    .tuple(
      person,
      fc.constantFrom<SupervisionMode>('listen', 'whisper', 'barge'),
      fc.constantFrom<'available' | 'break' | 'offline'>('available', 'break', 'offline'),
    )
    .map(([n, mode, from]): Step => (s, at) => ({
      type: 'SupervisionStarted',
      at,
      operatorId: operatorId(n),
      legId: legId(50 + s.seq),
      connectionId: connectionId(n),
      publicKey: publicKey(n),
      mode,
      announced: n === 1,
      from,
    })),
  fc
    .tuple(person, fc.constantFrom<SupervisionMode>('listen', 'whisper', 'barge'))
    .map(([n, mode]): Step => (_, at) => ({ type: 'SupervisionModeChanged', at, operatorId: operatorId(n), mode })),
  person.map((n): Step => (_, at) => ({ type: 'TakenOver', at, operatorId: operatorId(n) })),
  fc.tuple(person, person).map(([n, c]): Step => (_, at) => ({
    type: 'OperatorConnectionLost',
    at,
    operatorId: operatorId(n),
    connectionId: connectionId(c),
  })),
  fc.tuple(person, person).map(([n, c]): Step => (_, at) => ({
    type: 'OperatorRejoined',
    at,
    operatorId: operatorId(n),
    connectionId: connectionId(c),
    publicKey: publicKey(n),
  })),
  fc.tuple(person, fc.boolean()).map(([n, held]): Step => (_, at) => ({
    type: 'HoldChanged',
    at,
    operatorId: operatorId(n),
    held,
  })),
  person.map((n): Step => (_, at) => ({ type: 'HangUpRequested', at, operatorId: operatorId(n) })),
  fc.constant<Step>((s, at) => ({ type: 'PromptsFinished', at, revision: s.directiveRevision })),
  fc.constant<Step>((_, at) => ({
    type: 'VoicemailRecorded',
    at,
    voicemailId: VOICEMAIL_ID,
    durationMs: 1,
    endedBy: 'key',
  })),
  fc.constant<Step>((_, at) => ({ type: 'VoicemailFailed', at, reason: 'nothing-recorded' })),
  fc.constant<Step>((_, at) => ({ type: 'RoomLost', at, reason: 'x' })),
  fc
    .tuple(person, fc.constantFrom<'available' | 'break' | 'offline'>('available', 'break', 'offline'))
    .map(([n, from]): Step => (s, at) => {
      // As the api does it: only somebody who is on no call, or is rung for this very one.
      const free = !acceptedLegs(s).some((l) => l.operatorId === operatorId(n));
      return { type: 'StaffRecognised', at, operatorId: free ? operatorId(n) : operatorId(9), from };
    }),
  fc.constantFrom<'wrong' | 'busy'>('wrong', 'busy').map((reason): Step => (_, at) => ({
    type: 'StaffCodeRefused',
    at,
    reason,
  })),
  fc.constantFrom('1', '3', '9', '5').map((digit): Step => (_, at) => ({ type: 'DigitReceived', at, digit })),
  fc.constantFrom<'last-caller' | 'number'>('last-caller', 'number').map((what): Step => (s, at) => ({
    type: 'DialInCalling',
    at,
    legId: legId(50 + s.seq),
    what,
    earlierCallId: null,
    language: s.language,
  })),
  fc
    .constantFrom<CallEvent>(
      { type: 'DialInRefused', at: 0, reason: 'no-caller' },
      { type: 'DialInAvailability', at: 0, available: true },
    )
    .map((event): Step => (_, at) => ({ ...event, at })),
  fc.constantFrom<'dialled' | 'there' | 'gone'>('dialled', 'there', 'gone').map((what): Step => (s, at) => {
    const id = s.dialIn?.legId ?? legId(0);
    if (what === 'gone') return { type: 'LegStatusChanged', at, legId: id, status: 'completed' };
    if (what === 'there') return { type: 'LegStreamStarted', at, legId: id, gatewayId: s.gatewayId ?? gatewayId(1) };
    return { type: 'LegDialBegun', at, legId: id, carrierAccountId: s.carrierAccountId, streamToken: 't' };
  }),
  fc.constantFrom('begun', 'there', 'broken', '1', '5', 'completed', 'no-answer').map((what): Step => (s, at) => {
    const leg = { at, legId: outsideOf(s) };
    const gateway = { gatewayId: s.gatewayId ?? gatewayId(1) };
    switch (what) {
      case 'begun':
        return { type: 'LegDialBegun', ...leg, carrierAccountId: s.carrierAccountId, streamToken: 't' };
      case 'there':
        return { type: 'LegStreamStarted', ...leg, ...gateway };
      case 'broken':
        return { type: 'LegStreamEnded', ...leg, ...gateway };
      case 'completed':
      case 'no-answer':
        return { type: 'LegStatusChanged', ...leg, status: what };
      case '1':
      case '5':
        return { type: 'LegDigitReceived', ...leg, digit: what };
    }
  }),
  fc.nat({ max: 2 }).map((which): Step => (s, at) => {
    const [, event] = eventsOnLadder(s)[which] ?? [];
    return event ? { ...event, at } : { type: 'CarrierAskedNext', at };
  }),
  fc.constant<Step>((_, at) => ({ type: 'FoundOrphaned', at, finding: 'too-old' })),
);

const admission = fc.constantFrom<'open' | 'closed' | 'full'>('open', 'closed', 'full');
const idle: Presence = {
  state: 'available',
  since: 0,
  reason: null,
  callId: null,
  endsAt: null,
  misses: 0,
  idleSince: 0,
};
const rules = { wrapUpMs: 60_000, missesUntilPause: 2 };

interface Run {
  events: CallEvent[];
  reductions: Reduction[];
  state: CallState;
}

const run = (first: 'open' | 'closed' | 'full', steps: Step[]): Run => {
  const events: CallEvent[] = [
    arrival({ admission: first, policy: { ...ladderPolicy(), outside: { maxMs: 600_000 } } }),
  ];
  const reductions = [reduceCall(null, events[0]!)];
  let { state } = reductions[0]!;
  steps.forEach((make, index) => {
    const event = make(state, 2_000 + index * 10);
    const reduction = reduceCall(state, event);
    if (reduction.ignored) return;
    events.push(event);
    reductions.push(reduction);
    state = reduction.state;
  });
  return { events, reductions, state };
};

/** Half of the runs begin in a conversation, or hardly any would come to what happens in one. */
const talking: Step[] = [assigned(), streaming(), offered(), accepted(), joined()].map((event) => () => event);
const runs = fc
  .tuple(admission, fc.boolean(), fc.array(step, { maxLength: 60 }))
  .map(([first, inCall, steps]) => (inCall ? run('open', [...talking, ...steps]) : run(first, steps)));
const settings = { numRuns: 1_500 };

describe('any order of events', () => {
  it('replays to the same state', () => {
    fc.assert(
      fc.property(runs, ({ events, state }) => {
        expect(replayCall(events)).toEqual(state);
      }),
      settings,
    );
  });

  it('ends at most once, and nothing changes a call after its end', () => {
    fc.assert(
      fc.property(runs, ({ reductions }) => {
        const ends = reductions.filter((r) => r.state.phase === 'ended');
        expect(ends.length).toBeLessThanOrEqual(1);
        if (ends[0]) expect(ends[0].state.termination).not.toBeNull();
      }),
      settings,
    );
  });

  it('never has two volunteers in a call, and rings nobody twice at once', () => {
    fc.assert(
      fc.property(runs, ({ reductions }) => {
        for (const { state } of reductions) {
          const rings = state.offers.filter((o) => o.outcome === null).map((o) => o.operatorId);
          expect(new Set(rings).size).toBe(rings.length);
          const volunteers = acceptedLegs(state).filter((l) => l.role === 'volunteer');
          expect(volunteers.length).toBe(isWithOperator(state.phase) ? 1 : 0);
          const people = state.legs.filter((l) => l.operatorId && l.state !== 'ended').map((l) => l.operatorId);
          expect(new Set(people).size).toBe(people.length);
        }
      }),
      settings,
    );
  });

  it('never leaves the caller with people of whom nobody is responsible', () => {
    fc.assert(
      fc.property(runs, ({ reductions }) => {
        for (const { state } of reductions) {
          if (state.phase === 'outside') {
            // Left with an outside phone, for a bounded time and with nobody of ours on it.
            expect(acceptedLegs(state).map((l) => l.kind)).toContain('outside-phone');
            expect(acceptedLegs(state).filter((l) => l.operatorId)).toEqual([]);
            expect(state.timers['outside-limit']).toBeDefined();
          } else if (acceptedLegs(state).length > 0) {
            expect(responsible(state) ?? dialledIn(state)).not.toBeNull();
          }
          if (state.invitation) {
            const asked = state.legs.find((l) => l.legId === state.invitation?.legId);
            expect(asked?.state).not.toBe('ended');
          } else {
            expect(acceptedLegs(state).filter((l) => l.role === 'consulted')).toEqual([]);
          }
        }
      }),
      settings,
    );
  });

  it('never lets the caller hear a consultation, nor anybody without publish right', () => {
    fc.assert(
      fc.property(runs, ({ reductions }) => {
        for (const { state } of reductions) {
          const audio = directedAudio(state);
          if (acceptedLegs(state).some((l) => l.role === 'consulted')) {
            expect(audio.callerHears.kind).not.toBe('bridge');
          }
          for (const leg of acceptedLegs(state)) {
            const { speaksTo } = audio.members.find((m) => m.legId === leg.legId) ?? {};
            expect(speaksTo !== undefined).toBe(leg.role === 'supervisor' && leg.mode !== 'barge');
            expect(speaksTo === 'nobody').toBe(leg.role === 'supervisor' && leg.mode === 'listen');
          }
        }
      }),
      settings,
    );
  });

  it('leaves nobody ringing or on a call that is over', () => {
    fc.assert(
      fc.property(runs, ({ reductions, state }) => {
        const people = new Map<string, Presence>();
        for (const { operators, state: after } of reductions) {
          for (const { operatorId: id, change } of operators) {
            const before = people.get(id) ?? idle;
            if (change === 'offered' || change === 'supervising' || change === 'dialled-in')
              expect(before.state).not.toBe('on-call');
            people.set(id, changePresence({ ...before, callId: after.callId }, change, after.callId, 5, rules));
          }
        }
        const busy = [...people].filter(([, p]) => p.state === 'ringing' || p.state === 'on-call').map(([id]) => id);
        const held = state.legs.filter((l) => l.operatorId && l.state !== 'ended').map((l) => l.operatorId as string);
        const dialling = dialledIn(state);
        if (dialling) held.push(dialling);
        expect(busy.sort()).toEqual(held.sort());
      }),
      settings,
    );
  });

  it('every call that is not over has a timer or audio, and with nothing but timers firing it ends', () => {
    fc.assert(
      fc.property(runs, ({ state: start }) => {
        let state = start;
        for (let turn = 0; turn < 60 && state.phase !== 'ended'; turn += 1) {
          const due = Object.entries(state.timers).sort(([, a], [, b]) => a.dueAt - b.dueAt)[0];
          if (!due) break;
          const [timer, set] = due;
          state = reduceCall(state, {
            type: 'TimerFired',
            at: set.dueAt,
            timer: timer as TimerName,
            timerId: set.timerId,
          }).state;
        }
        // A conversation has no time limit: the carrier, the volunteer or the reconciler ends it.
        const talking =
          state.phase === 'in-call' ||
          state.phase === 'held' ||
          (state.phase === 'connecting' && state.legs.some((l) => l.operatorId && l.state === 'live'));
        if (!talking) expect(state.phase).toBe('ended');
        // And nobody in it is only awaited: lost links, joins and invitations have run out.
        if (talking && Object.keys(state.timers).length === 0) {
          expect(acceptedLegs(state).filter((l) => l.state !== 'live')).toEqual([]);
          expect(state.invitation?.state ?? 'talking').toBe('talking');
        }
      }),
      settings,
    );
  });

  it('gives the gateway a higher revision whenever its orders change', () => {
    fc.assert(
      fc.property(runs, ({ reductions }) => {
        const revisions = reductions.map((r) => r.state.directiveRevision);
        for (let n = 1; n < revisions.length; n += 1) expect(revisions[n]!).toBeGreaterThanOrEqual(revisions[n - 1]!);
      }),
      settings,
    );
  });
});

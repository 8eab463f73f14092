import type { CallEvent, TimerName } from '@ringdown/protocol/call-events';
import type { CallId, CarrierCallId, OperatorId } from '@ringdown/protocol/ids';
import { arrival, connectionId, gatewayId, legId, offerId, operatorId, publicKey } from './call-building.fixture.ts';
import { acceptedLegs, type CallState, isWaiting, openOffers, operatorLeg, phoneLeg } from './call-state.ts';
import { changePresence, finishWrapUp, practisedIn, type Presence, wishPresence } from './operator-presence.ts';
import { dialledIn } from './reduce-dial-in.ts';
import { eventsOutside, forbiddenOutside, outsideKey, outsidePolicy, placing } from './exploration-outside.fixture.ts';
import { eventsOnLadder, ladderKey, ladderPolicy } from './exploration-ladder.fixture.ts';
import { aPractice } from './practice.fixture.ts';
import { reduceCall } from './reduce-call.ts';

/** Everything the call centre is at one moment: calls that may come, and people. */
export interface World {
  calls: (CallState | null)[];
  people: Presence[];
}

export interface Scope {
  calls: number;
  people: number;
  /** Asking people in, supervision. */
  conferences: boolean;
  /** Streams that break, gateways that are lost, links that fail. */
  faults: boolean;
  /** A volunteer calls the hotline's number and enters their code. */
  dialIns?: boolean;
  /** Calls are left with outside numbers, by people and by a ladder; and callers are called back. */
  outside?: boolean;
  /** Plans lead on to another hotline and offer call-backs; some callers find it closed or full. */
  ladders?: boolean;
  /** People practise with scripted callers, whatever they were before. */
  practice?: boolean;
}

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const callIdOf = (index: number) => uuid(index + 1) as CallId;
const CALL_NAMES = 'AB';

/** Fresh ids that never meet older ones. They are in no key, so that worlds that differ only by them are one. */
let fresh = 10_000;
const nextId = (): number => (fresh += 1);

export const emptyWorld = (scope: Scope): World => ({
  calls: Array.from({ length: scope.calls }, () => null),
  people: Array.from({ length: scope.people }, () => ({
    state: 'available',
    since: 0,
    reason: null,
    callId: null,
    endsAt: null,
    misses: 0,
    idleSince: 0,
  })),
});

const personOf = (id: OperatorId): number => Number(id.slice(-12)) - 200;
const idOf = (person: number): OperatorId => operatorId(person);

/** The world after an event on a call, or null when it doesn't apply. As the engine does: presences change with the call. */
const apply = (world: World, index: number, event: CallEvent): World | null => {
  const reduction = reduceCall(world.calls[index] ?? null, event);
  if (reduction.ignored) return null;
  const calls = world.calls.with(index, reduction.state);
  const people = [...world.people];
  const { callId } = reduction.state;
  for (const { operatorId: id, change } of reduction.operators) {
    const before = people[personOf(id)];
    const begins = change === 'offered' || change === 'dialled-in';
    if (!before || (!begins && before.callId !== null && before.callId !== callId)) continue;
    people[personOf(id)] = changePresence(before, change, callId, 0, { wrapUpMs: 1, missesUntilPause: 2 });
  }
  return { calls, people };
};

type Move = [name: string, world: World | null];

const timersOf = (call: CallState): TimerName[] => Object.keys(call.timers) as TimerName[];

/** What the clock, the carrier and the gateway can do to a call. */
const movesOfMachines = (world: World, index: number, call: CallState, scope: Scope): Move[] => {
  const at = 1;
  const name = CALL_NAMES[index] ?? '?';
  const on = (what: string, event: CallEvent): Move => [`${name}: ${what}`, apply(world, index, event)];
  const gateway = call.gatewayId ?? gatewayId(1);
  const moves: Move[] = timersOf(call).map((timer) => {
    const timerId = call.timers[timer]?.timerId ?? ('none' as never);
    return on(`timer ${timer}`, { type: 'TimerFired', at, timer, timerId });
  });
  moves.push(
    on('stream starts', { type: 'StreamStarted', at, gatewayId: gateway, streamId: 'MZ' }),
    on('caller hangs up', { type: 'CarrierStatusChanged', at, status: 'completed', sequence: null }),
    on('prompts end', { type: 'PromptsFinished', at, revision: call.directiveRevision }),
  );
  if (call.voicemail) {
    const { voicemailId } = call.voicemail;
    moves.push(
      on('message stored', { type: 'VoicemailRecorded', at, voicemailId, durationMs: 1, endedBy: 'key' }),
      on('no message', { type: 'VoicemailFailed', at, reason: 'nothing-recorded' }),
    );
  }
  for (const leg of acceptedLegs(call)) {
    if (!leg.connectionId) continue;
    const member = { at, legId: leg.legId, connectionId: leg.connectionId };
    // A member that is in already joins again only with a newer generation, which changes nothing here.
    if (leg.generation === null)
      moves.push(on('member in', { type: 'MemberJoined', ...member, generation: 1, keyIndex: 1 }));
    if (scope.faults) moves.push(on('member fails', { type: 'MemberFailed', ...member, reason: 'x' }));
  }
  if (!scope.faults) return moves;
  moves.push(
    on('stream breaks', { type: 'StreamEnded', at, gatewayId: gateway, cause: 'socket-lost' }),
    on('stream stops', { type: 'StreamEnded', at, gatewayId: gateway, cause: 'carrier-stopped' }),
    on('carrier fails', { type: 'CarrierStatusChanged', at, status: 'failed', sequence: null }),
    on('room lost', { type: 'RoomLost', at, reason: 'x' }),
  );
  if (phoneLeg(call).state === 'away') {
    moves.push(
      on('no gateway', { type: 'GatewayAssigned', at, gatewayId: null, streamToken: null }),
      on('next gateway', { type: 'GatewayAssigned', at, gatewayId: gatewayId(1), streamToken: 't' }),
    );
  }
  return moves;
};

const offer = (person: number): CallEvent => {
  const n = nextId();
  return {
    type: 'OfferMade',
    at: 1,
    offerId: offerId(n),
    legId: legId(n),
    operatorId: idOf(person),
    reason: 'longest-idle',
    passedOver: [],
  };
};

/** What people do to a call, as their consoles let them. */
const movesOfPeople = (world: World, index: number, call: CallState, scope: Scope): Move[] => {
  const at = 1;
  const name = CALL_NAMES[index] ?? '?';
  const moves: Move[] = [];
  const on = (person: number, what: string, event: CallEvent): void => {
    moves.push([`${name}: ${person} ${what}`, apply(world, index, event)]);
  };
  for (const { offerId: id, operatorId: who } of openOffers(call)) {
    const person = personOf(who);
    const connection = { connectionId: connectionId(person), publicKey: publicKey(person) };
    on(person, 'answers', { type: 'OfferAccepted', at, offerId: id, ...connection });
    on(person, 'declines', { type: 'OfferDeclined', at, offerId: id });
    on(person, 'closes the page', { type: 'OfferWithdrawn', at, offerId: id, reason: 'went-offline' });
  }
  for (const leg of acceptedLegs(call)) {
    if (!leg.operatorId || !leg.connectionId) continue;
    const who = { at, operatorId: leg.operatorId };
    const person = personOf(leg.operatorId);
    on(person, 'ends the call', { type: 'HangUpRequested', ...who });
    on(person, 'holds', { type: 'HoldChanged', ...who, held: call.phase !== 'held' });
    on(person, 'is lost', { type: 'OperatorConnectionLost', ...who, connectionId: leg.connectionId });
    on(person, 'is back', {
      type: 'OperatorRejoined',
      ...who,
      connectionId: leg.connectionId,
      publicKey: publicKey(person),
    });
    if (scope.conferences) moves.push(...movesInConference(world, index, call, person));
  }
  return moves;
};

const movesInConference = (world: World, index: number, call: CallState, person: number): Move[] => {
  const at = 1;
  const name = CALL_NAMES[index] ?? '?';
  const by = idOf(person);
  const on = (what: string, event: CallEvent): Move => [`${name}: ${person} ${what}`, apply(world, index, event)];
  const moves: Move[] = [
    on('cancels', { type: 'InvitationCancelled', at, by }),
    on('completes', { type: 'TransferCompleted', at, by }),
    on('brings the caller in', { type: 'ConsultationJoined', at, by }),
    on('leaves', { type: 'LegLeft', at, operatorId: by }),
    on('takes over', { type: 'TakenOver', at, operatorId: by }),
    on('barges in', { type: 'SupervisionModeChanged', at, operatorId: by, mode: 'barge' }),
  ];
  if (operatorLeg(call)?.operatorId !== by) return moves;
  for (const [other, presence] of world.people.entries()) {
    if (presence.state !== 'available') continue;
    for (const mode of ['warm', 'blind', 'three-way'] as const) {
      const n = nextId();
      const to = { kind: 'operator' as const, operatorId: idOf(other), hotlineId: null, passedOver: [] };
      moves.push(
        on(`asks ${other} in (${mode})`, {
          type: 'InvitationMade',
          at,
          by,
          mode,
          offerId: offerId(n),
          legId: legId(n),
          to,
        }),
      );
    }
    moves.push(
      on(`is supervised by ${other}`, {
        type: 'SupervisionStarted',
        at,
        operatorId: idOf(other),
        legId: legId(nextId()),
        connectionId: connectionId(other),
        publicKey: publicKey(other),
        mode: 'listen',
        announced: true,
      }),
    );
  }
  for (const leg of acceptedLegs(call)) {
    if (leg.operatorId !== by) moves.push(on('removes one', { type: 'LegRemoved', at, by, legId: leg.legId }));
  }
  return moves;
};

/** What a phone does whose volunteer knows a code, and the phone that is called for them. */
const movesByPhone = (world: World, index: number, call: CallState): Move[] => {
  const at = 1;
  const name = CALL_NAMES[index] ?? '?';
  const on = (what: string, event: CallEvent): Move => [`${name}: ${what}`, apply(world, index, event)];
  const moves: Move[] = [
    on('wrong code', { type: 'StaffCodeRefused', at, reason: 'wrong' }),
    on('nobody to call', { type: 'DialInRefused', at, reason: 'no-caller' }),
    on('is available then', { type: 'DialInAvailability', at, available: true }),
    ...['1', '3', '9'].map((digit) => on(`presses ${digit}`, { type: 'DigitReceived', at, digit })),
  ];
  for (const [person, presence] of world.people.entries()) {
    // As the api locks it: on no call, writing one up, or rung for this very one.
    const rung = presence.state === 'ringing' && presence.callId === call.callId;
    if (presence.state === 'on-call' || (presence.state === 'ringing' && !rung)) continue;
    const from = presence.state === 'break' || presence.state === 'offline' ? presence.state : 'available';
    moves.push(on(`${person} dials in`, { type: 'StaffRecognised', at, operatorId: idOf(person), from }));
  }
  for (const what of ['last-caller', 'number'] as const) {
    const n = nextId();
    const calling = { at, legId: legId(n), what, earlierCallId: null, language: call.language };
    moves.push(on(`calls the ${what}`, { type: 'DialInCalling', ...calling }));
  }
  const called = call.legs.find((leg) => leg.legId === call.dialIn?.legId);
  if (!called) return moves;
  const leg = { at, legId: called.legId };
  const gateway = call.gatewayId ?? gatewayId(1);
  const { carrierAccountId } = call;
  moves.push(
    on('dials', { type: 'LegDialBegun', ...leg, carrierAccountId, streamToken: 't' }),
    on('can’t be dialled', { type: 'LegDialFailed', ...leg, reason: 'x' }),
    on('is answered', { type: 'LegStreamStarted', ...leg, gatewayId: gateway }),
    on('link breaks', { type: 'LegStreamEnded', ...leg, gatewayId: gateway }),
    on('hangs up there', { type: 'LegStatusChanged', ...leg, status: 'completed' }),
  );
  return moves;
};

/** Arrivals, decisions of the distribution, and what people do with their own state. */
const movesOfCentre = (world: World, scope: Scope): Move[] => {
  const moves: Move[] = [];
  for (const [index, call] of world.calls.entries()) {
    const name = CALL_NAMES[index] ?? '?';
    if (!call) {
      const ids = {
        callId: callIdOf(index),
        carrierCallId: `CA${index}` as CarrierCallId,
        phoneLegId: legId(nextId()),
      };
      const policy = scope.outside ? { policy: outsidePolicy() } : scope.ladders ? { policy: ladderPolicy() } : {};
      const arrived = apply(world, index, arrival({ at: 1, ...ids, ...policy }));
      const assigned: CallEvent = { type: 'GatewayAssigned', at: 1, gatewayId: gatewayId(1), streamToken: 't' };
      moves.push([`${name}: arrives`, arrived && apply(arrived, index, assigned)]);
      for (const admission of scope.ladders ? (['closed', 'full'] as const) : []) {
        const turned = apply(world, index, arrival({ at: 1, ...ids, ...policy, admission }));
        moves.push([`${name}: arrives, ${admission}`, turned && apply(turned, index, assigned)]);
      }
      for (const [person, { state: from }] of scope.outside ? world.people.entries() : []) {
        if (from !== 'available' && from !== 'break' && from !== 'offline') continue;
        const placed = apply(world, index, placing(ids, { n: nextId(), person, operatorId: idOf(person), from }));
        moves.push([`${name}: is placed by ${person}`, placed && apply(placed, index, assigned)]);
      }
      for (const [person, { state: from }] of scope.practice ? world.people.entries() : []) {
        if (from !== 'available' && from !== 'break' && from !== 'offline') continue;
        const practice = aPractice({ operatorId: idOf(person), from });
        const begun = apply(world, index, arrival({ at: 1, ...ids, test: true, practice }));
        const given = begun && apply(begun, index, assigned);
        moves.push([`${name}: ${person} practises`, given && apply(given, index, offer(person))]);
      }
      continue;
    }
    // Distribution never sees a practice call.
    if (!isWaiting(call.phase) || call.practice) continue;
    for (const [person, presence] of world.people.entries()) {
      if (presence.state === 'available')
        moves.push([`${name}: offered to ${person}`, apply(world, index, offer(person))]);
    }
    for (const staffed of [0, 1]) {
      moves.push([
        `${name}: nobody, ${staffed} staffed`,
        apply(world, index, { type: 'NobodyAvailable', at: 1, staffed, passedOver: [] }),
      ]);
    }
  }
  for (const [person, presence] of world.people.entries()) {
    const become = (changed: Presence): World => ({ ...world, people: world.people.with(person, changed) });
    for (const state of ['available', 'offline'] as const) {
      const wished = wishPresence(presence, { state }, 0);
      if (wished.outcome === 'changed' && wished.presence.state !== presence.state) {
        moves.push([`${person} becomes ${state}`, become(wished.presence)]);
      }
    }
    if (presence.state === 'wrap-up')
      moves.push([`${person} has written the notes`, become(finishWrapUp(presence, 0))]);
  }
  return moves;
};

export const movesFrom = (world: World, scope: Scope): Move[] => {
  const moves = movesOfCentre(world, scope);
  for (const [index, call] of world.calls.entries()) {
    if (!call || call.phase === 'ended') continue;
    moves.push(...movesOfMachines(world, index, call, scope), ...movesOfPeople(world, index, call, scope));
    if (scope.dialIns) moves.push(...movesByPhone(world, index, call));
    if (scope.ladders) {
      // Phones that are called back behave as outside numbers do.
      const phones = eventsOutside(call, nextId).filter(([what]) => what.startsWith('phone'));
      for (const [what, event] of [...eventsOnLadder(call), ...phones]) moves.push([what, apply(world, index, event)]);
    }
    if (scope.outside) {
      for (const [what, event] of eventsOutside(call, nextId)) moves.push([what, apply(world, index, event)]);
    }
  }
  return moves;
};

const dialInKey = ({ dialIn, legs }: CallState): string => {
  if (!dialIn) return '';
  const called = legs.find((leg) => leg.legId === dialIn.legId);
  const phone = called?.phone ? (called.phone.streaming ? 'heard' : 'dialled') : '';
  return [dialIn.wrong, dialIn.step, dialIn.resumes, dialIn.talked ? 'talked' : '', called?.state, phone].join(' ');
};

const callKey = (call: CallState | null): string => {
  if (!call) return '-';
  if (call.phase === 'ended') return 'ended';
  return [
    call.phase,
    timersOf(call).toSorted().join(','),
    phoneLeg(call).state,
    call.pastMaxWait ? 'past' : '',
    call.gatewayId ? 'g' : '',
    call.endedByCarrierVerbs ? 'carrier' : '',
    call.ladder ? `${call.ladder.cause}${call.ladder.at}` : '',
    call.voicemail ? String(call.voicemail.stored) : '',
    call.termination ? 'told' : '',
    call.practice ? call.practice.from : '',
    call.hangUpAttempts,
    call.invitation ? `${call.invitation.mode}${call.invitation.state}` : '',
    dialInKey(call),
    outsideKey(call),
    ladderKey(call),
  ].join('|');
};

const tieKey = (call: CallState | null, person: number): string => {
  if (!call || call.phase === 'ended') return '';
  const who = idOf(person);
  const offers = openOffers(call).filter((o) => o.operatorId === who);
  const legs = call.legs.filter((l) => l.operatorId === who && l.state !== 'ended');
  return [
    ...offers.map((o) => o.purpose),
    ...legs.map((l) => `${l.role}${l.state}${l.mode ?? ''}${l.generation === null ? '' : 'k'}`),
    call.invitation?.by === who ? 'by' : '',
    dialledIn(call) === who ? 'dialled in' : '',
  ].join('+');
};

/** Two worlds with the same key behave alike: who is who, ids, times and counters are left out. */
export const keyOf = (world: World): string => {
  const inOrder = (order: readonly number[]): string => {
    const calls = order.map((index) => world.calls[index] ?? null);
    const people = world.people.map((presence, person) => {
      const on = presence.callId === null ? '' : order.findIndex((index) => callIdOf(index) === presence.callId);
      return `${presence.state}${practisedIn(presence) ?? ''}${on}${Math.min(presence.misses, 1)}${calls.map((call) => tieKey(call, person)).join('/')}`;
    });
    return `${calls.map((call) => callKey(call)).join(' ')} ${people.toSorted().join(' ')}`;
  };
  const there = world.calls.map((_, index) => index);
  if (there.length === 1) return inOrder(there);
  const [a, b] = [inOrder(there), inOrder(there.toReversed())];
  return a < b ? a : b;
};

/** What must never be, in words; null when all is well. */
export const forbidden = (world: World): string | null => {
  const busy = new Map<number, number>();
  for (const call of world.calls) {
    if (!call || call.phase === 'ended') continue;
    if (acceptedLegs(call).filter((l) => l.role === 'volunteer').length > 1) return 'two volunteers have one call';
    const outside = forbiddenOutside(call);
    if (outside) return outside;
    const dialler = dialledIn(call);
    for (const who of [...openOffers(call), ...acceptedLegs(call), { operatorId: dialler }]) {
      if (who.operatorId) busy.set(personOf(who.operatorId), (busy.get(personOf(who.operatorId)) ?? 0) + 1);
    }
  }
  for (const [person, presence] of world.people.entries()) {
    const held = busy.get(person) ?? 0;
    if (held > 1) return 'somebody has two offers or calls';
    const marked = presence.state === 'ringing' || presence.state === 'on-call';
    if (marked !== (held === 1)) return `${presence.state} with ${held} offers or calls`;
  }
  return null;
};

export interface Exploration {
  states: number;
  moves: number;
  /** A shortest way to something forbidden. */
  forbidden: { what: string; way: string[] } | null;
  /** A state from which no event order ends all calls. */
  endless: string[] | null;
}

/** Breadth first over every event order, until no new state appears. */
export const explore = (scope: Scope): Exploration => {
  const start = emptyWorld(scope);
  const known = new Map<string, number>([[keyOf(start), 0]]);
  const reached: { from: number; by: string }[] = [{ from: -1, by: 'the beginning' }];
  const cameFrom: number[][] = [[]];
  const over: number[] = [];
  let moves = 0;
  const wayTo = (state: number): string[] => {
    const way: string[] = [];
    for (let at = state; at > 0; at = reached[at]?.from ?? 0) way.unshift(reached[at]?.by ?? '');
    return way;
  };
  let edge: [number, World][] = [[0, start]];
  while (edge.length > 0) {
    const next: [number, World][] = [];
    for (const [from, world] of edge) {
      for (const [by, then] of movesFrom(world, scope)) {
        if (!then) continue;
        moves += 1;
        const key = keyOf(then);
        const seen = known.get(key);
        if (seen !== undefined) {
          cameFrom[seen]?.push(from);
          continue;
        }
        const state = reached.length;
        known.set(key, state);
        reached.push({ from, by });
        cameFrom.push([from]);
        const what = forbidden(then);
        if (what) return { states: reached.length, moves, forbidden: { what, way: wayTo(state) }, endless: null };
        if (then.calls.every((call) => call === null || call.phase === 'ended')) over.push(state);
        next.push([state, then]);
      }
    }
    edge = next;
  }
  const canEnd = new Set(over);
  for (const state of over) {
    for (const before of cameFrom[state] ?? []) {
      if (canEnd.has(before)) continue;
      canEnd.add(before);
      over.push(before);
    }
  }
  const endless = reached.findIndex((_, state) => state > 0 && !canEnd.has(state));
  return { states: reached.length, moves, forbidden: null, endless: endless < 0 ? null : wayTo(endless) };
};

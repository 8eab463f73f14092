import type { CallEvent, CallPolicy, Priority, Termination } from '@ringdown/protocol/call-events';
import type { OpeningHours } from '@ringdown/protocol/http';
import type {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  ConnectionId,
  GatewayId,
  HotlineId,
  Instant,
  LanguageTag,
  LegId,
  OfferId,
  OperatorId,
  PublicKeyHex,
} from '@ringdown/protocol/ids';
import type { Rota } from '@ringdown/protocol/rota';
import { type CallEffect, type CallState, isWaiting, offerTo, openOffers, operatorLeg } from './call-state.ts';
import { type Candidate, HotlineQueue } from './distribution.ts';
import type { DistributionRules } from './distribution-rules.ts';
import { changePresence, finishWrapUp, type Presence, type PresenceWish, wishPresence } from './operator-presence.ts';
import { storedRank } from './queue-order.ts';
import { reduceCall } from './reduce-call.ts';
import { canJoinRing } from './reduce-offers.ts';
import { listOccurrences, openingAt, whoIsOnShift } from './rota.ts';

/** Inclusive, milliseconds: drawn anew each time, from the seed. */
export type Span = readonly [number, number];

/** What a person does when it rings: one entry for each ring, the last one for all further rings. */
export type RingAnswer = { kind: 'answers'; afterMs: Span } | { kind: 'declines'; afterMs: Span } | { kind: 'misses' };

export interface SimulatedPerson {
  operatorId: OperatorId;
  state: 'available' | 'break' | 'offline';
  answers: readonly RingAnswer[];
  talkMs: Span;
  languages: readonly LanguageTag[];
  skills: readonly string[];
  weight: number;
  penalty: number;
  shiftCapacity: number | null;
  /** Unset: since the start. */
  idleSince?: Instant;
  lastOfferedAt?: Instant | null;
  /** Linear: the place in the list within one penalty. */
  listPlace?: number;
  /** On a call or writing at the start; free from then on. */
  busyUntil?: Instant;
  /** False: no page open at the start. */
  reachable?: boolean;
  /** Taken in this shift before the start. */
  shiftCalls?: number;
  /** Unset: the first hotline only. */
  serves?: readonly HotlineId[];
}

export interface SimulatedCall {
  label: string;
  at: Instant;
  /** Unset: the first hotline. */
  hotlineId?: HotlineId;
  language: LanguageTag;
  priority: Priority;
  /** Hangs up after waiting so long. Null: waits for as long as it takes. */
  patienceMs: number | null;
  /** Null: as long as the person who answers usually talks. */
  talkMs: number | null;
  /** How long a message they leave; 0: hangs up at the tone. */
  voicemailMs: number;
}

export type SimulatedChange =
  | { at: Instant; kind: 'wish'; operatorId: OperatorId; wish: PresenceWish }
  | { at: Instant; kind: 'link-lost'; operatorId: OperatorId; backAfterMs: number | null }
  | { at: Instant; kind: 'gateway-lost'; backAfterMs: number | null }
  | { at: Instant; kind: 'emergency'; state: 'closed' | 'open' | null; hotlineId?: HotlineId };

export interface SimulatedHotline {
  hotlineId: HotlineId;
  timeZone: string;
  hours: OpeningHours;
  policy: CallPolicy;
  rules: DistributionRules;
  queueLimit: number;
}

export interface Simulation {
  hotline: SimulatedHotline;
  rota: Rota;
  /** Those that ladders lead to, and that calls may come to as well. */
  others?: readonly (SimulatedHotline & { rota: Rota; language: LanguageTag })[];
  people: readonly SimulatedPerson[];
  calls: readonly SimulatedCall[];
  changes: readonly SimulatedChange[];
  start: Instant;
  gateways: number;
  seed: number;
}

export interface TimelineLine {
  at: Instant;
  call: string | null;
  operatorId: OperatorId | null;
  /** Where it went on to, or what could not take it. */
  hotlineId?: HotlineId;
  event:
    | 'arrives'
    | 'closed'
    | 'queue-full'
    | 'rings'
    | 'answers'
    | 'talks'
    | 'declines'
    | 'misses'
    | 'withdrawn'
    | 'nobody'
    | 'voicemail'
    | 'message'
    | 'link-lost'
    | 'link-back'
    | 'back-in-queue'
    | 'moves-on'
    | 'passed-by'
    | 'gateway-lost'
    | 'gateway-back'
    | 'state'
    | 'shift-begins'
    | 'hotline'
    | 'ends';
  detail: string | null;
}

export interface CallerEnding {
  call: string;
  arrivedAt: Instant;
  endedAt: Instant;
  /** From arrival to somebody's answer, or to the end. */
  waitedMs: number;
  answeredBy: OperatorId | null;
  /** Where it ended. */
  hotlineId: HotlineId;
  rings: number;
  termination: Termination;
}

export interface SimulationResult {
  timeline: TimelineLine[];
  callers: CallerEnding[];
  totals: {
    calls: number;
    answered: number;
    hungUpWaiting: number;
    voicemails: number;
    messages: number;
    rings: number;
    misses: number;
    longestWaitMs: number;
    averageAnswerMs: number | null;
  };
  /** Events that came in, by which a run that doesn't end is noticed. */
  events: number;
}

/** Media and signalling of a quiet network, milliseconds. */
const JOIN_MS = 300;
const CARRIER_MS = 200;
const ASK_NEXT_MS = 1_000;
const MESSAGE_MS = 8_000;
const VOICEMAIL_GREETING_MS = 10_000;
const SAVED_MS = 3_000;
/** Without a page for so long a person counts as offline, as in production. */
const GONE_MS = 30_000;
const MAX_EVENTS = 500_000;

const id = (kind: number, n: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** Mulberry32: small, seeded, the same everywhere. Not for secrets. */
const drawsFrom = (seed: number): (() => number) => {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

interface Person {
  given: SimulatedPerson;
  presence: Presence;
  reachable: boolean;
  rung: number;
  shiftCalls: number;
  lastOfferedAt: Instant | null;
  /** Asked for while on a call: done as soon as it may be. */
  wish: PresenceWish | null;
}

interface Caller {
  given: SimulatedCall;
  state: CallState;
  answeredBy: OperatorId | null;
  answeredAt: Instant | null;
  rings: number;
  told: CallState['phase'] | null;
}

interface Line extends SimulatedHotline {
  language: LanguageTag | null;
  rota: Rota;
}

/** Virtual time: what is due next, in the order it was asked for where the time is the same. */
class Agenda {
  private readonly due: { at: Instant; run: () => void }[] = [];
  now: Instant;

  constructor(start: Instant) {
    this.now = start;
  }

  add(at: Instant, run: () => void): void {
    const time = Math.max(at, this.now);
    let low = 0;
    let high = this.due.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.due[middle]?.at ?? 0) > time) low = middle + 1;
      else high = middle;
    }
    // Latest first, so that the next one is taken from the end.
    this.due.splice(low, 0, { at: time, run });
  }

  runNext(): boolean {
    const next = this.due.pop();
    if (!next) return false;
    this.now = next.at;
    next.run();
    return true;
  }
}

/** One evening of one hotline, or of several that lead callers on to each other. The decisions are production's: the reducer, the distribution, presence, the rota. */
class Evening {
  readonly timeline: TimelineLine[] = [];
  readonly endings: CallerEnding[] = [];
  private readonly agenda: Agenda;
  private readonly people: Map<OperatorId, Person>;
  private readonly callers = new Map<CallId, Caller>();
  private readonly draw: () => number;
  private readonly sim: Simulation;
  private readonly lines: Map<HotlineId, Line>;
  private gatewaysUp: number;
  private made = 0;
  private distributing = false;
  private misses = 0;
  events = 0;

  constructor(sim: Simulation) {
    this.sim = sim;
    const first: Line = { ...sim.hotline, rota: sim.rota, language: null };
    this.lines = new Map([first, ...(sim.others ?? [])].map((line) => [line.hotlineId, line]));
    this.gatewaysUp = sim.gateways;
    this.agenda = new Agenda(sim.start);
    this.draw = drawsFrom(sim.seed);
    this.people = new Map(sim.people.map((given) => [given.operatorId, this.arrivePerson(given)]));
    for (const person of this.people.values()) if (person.presence.state === 'wrap-up') this.afterPresence(person);
    for (const call of sim.calls) this.agenda.add(call.at, () => this.arrive(call));
    for (const change of sim.changes) this.agenda.add(change.at, () => this.change(change));
    this.planShifts();
  }

  run(): SimulationResult {
    while (this.agenda.runNext()) {
      this.events += 1;
      if (this.events > MAX_EVENTS) throw new Error(`The simulation did not end within ${MAX_EVENTS} events.`);
    }
    const answered = this.endings.filter((e) => e.answeredBy !== null);
    const ended = (reason: Termination['reason']): number =>
      this.endings.filter((e) => e.termination.reason === reason).length;
    return {
      timeline: this.timeline,
      callers: this.endings.toSorted((a, b) => a.arrivedAt - b.arrivedAt),
      totals: {
        calls: this.sim.calls.length,
        answered: answered.length,
        hungUpWaiting: ended('caller-hung-up-while-waiting'),
        voicemails: ended('voicemail-left'),
        messages: ended('closed-message-played') + ended('full-message-played') + ended('nobody-message-played'),
        rings: this.endings.reduce((sum, e) => sum + e.rings, 0),
        misses: this.misses,
        longestWaitMs: Math.max(0, ...this.endings.map((e) => e.waitedMs)),
        averageAnswerMs:
          answered.length > 0 ? Math.round(answered.reduce((sum, e) => sum + e.waitedMs, 0) / answered.length) : null,
      },
      events: this.events,
    };
  }

  private arrivePerson(given: SimulatedPerson): Person {
    const { start } = this.sim;
    const { busyUntil = null } = given;
    const presence: Presence = {
      state: busyUntil === null ? given.state : 'wrap-up',
      since: start,
      reason: given.state === 'break' ? 'rest' : null,
      callId: null,
      endsAt: busyUntil,
      misses: 0,
      idleSince: given.idleSince ?? start,
    };
    const reachable = given.reachable ?? given.state !== 'offline';
    return {
      given,
      presence,
      reachable,
      rung: 0,
      shiftCalls: given.shiftCalls ?? 0,
      lastOfferedAt: given.lastOfferedAt ?? null,
      wish: null,
    };
  }

  /** Whoever waits when a shift begins is offered to it at once. */
  private planShifts(): void {
    const { start, calls } = this.sim;
    const lines = [...this.lines.values()];
    const waits = lines.reduce((sum, { policy }) => sum + policy.maxWaitMs, 0);
    const last = Math.max(start, ...calls.map((call) => call.at)) + waits + 3_600_000;
    for (const shift of lines.flatMap(({ rota }) => listOccurrences(rota, start, last))) {
      if (shift.start < start) continue;
      this.agenda.add(shift.start, () => {
        this.tell({ event: 'shift-begins', operatorId: shift.operatorId });
        this.distributeSoon();
      });
    }
  }

  private tell(line: {
    event: TimelineLine['event'];
    call?: string;
    operatorId?: OperatorId | null;
    detail?: string | null;
    hotlineId?: HotlineId;
  }): void {
    const { event, call = null, operatorId = null, detail = null, hotlineId } = line;
    this.timeline.push({ at: this.agenda.now, call, operatorId, event, detail, ...(hotlineId ? { hotlineId } : {}) });
  }

  private within([from, to]: Span): number {
    return Math.round(from + this.draw() * (to - from));
  }

  private next(kind: number): string {
    this.made += 1;
    return id(kind, this.made);
  }

  private arrive(given: SimulatedCall): void {
    const hotline = this.lineOf(given.hotlineId ?? this.sim.hotline.hotlineId);
    const at = this.agenda.now;
    const callId = this.next(1) as CallId;
    const { admission, open, because } = this.admissionTo(hotline);
    this.tell({ event: 'arrives', call: given.label });
    if (admission !== 'open') {
      this.tell({
        event: admission === 'closed' ? 'closed' : 'queue-full',
        call: given.label,
        detail: open ? null : because,
      });
    }
    const arrival: CallEvent = {
      type: 'CallArrived',
      at,
      callId,
      hotlineId: hotline.hotlineId,
      carrierAccountId: id(2, 1) as CarrierAccountId,
      carrierCallId: `CA${this.made}` as CarrierCallId,
      phoneLegId: this.next(3) as LegId,
      direction: 'inbound',
      language: given.language,
      priority: given.priority,
      policy: hotline.policy,
      admission,
      test: false,
    };
    const reduction = reduceCall(null, arrival);
    const caller: Caller = { given, state: reduction.state, answeredBy: null, answeredAt: null, rings: 0, told: null };
    this.callers.set(callId, caller);
    this.perform(caller, reduction.effects);
    this.assignGateway(caller);
    this.follow(caller);
    if (given.patienceMs !== null) {
      this.agenda.add(at + given.patienceMs, () => {
        if (isWaiting(caller.state.phase)) this.hangUpByCaller(caller);
      });
    }
    this.planRelaxing(caller);
  }

  private lineOf(hotlineId: HotlineId): Line {
    const line = this.lines.get(hotlineId);
    if (!line) throw new Error('A call is at a hotline that the simulation does not have.');
    return line;
  }

  private admissionTo(line: Line) {
    const { open, because } = openingAt(line.rota, line.hours, line.timeZone, this.agenda.now);
    const waiting = [...this.callers.values()].filter(
      ({ state }) => state.hotlineId === line.hotlineId && isWaiting(state.phase),
    ).length;
    const admission = !open ? ('closed' as const) : waiting >= line.queueLimit ? ('full' as const) : ('open' as const);
    return { admission, open, because };
  }

  private planRelaxing({ state }: Caller): void {
    const { rules } = this.lineOf(state.hotlineId);
    const relaxing = [rules.language?.relaxAfterMs ?? null, ...rules.skills.map((s) => s.relaxAfterMs)];
    for (const after of relaxing) {
      if (after !== null) this.agenda.add(state.arrivedAt + after, () => this.distributeSoon());
    }
  }

  /** As the api does: the other hotline takes the call, or the ladder goes on where it is. */
  private moveOn(caller: Caller, hotlineId: HotlineId): void {
    const at = this.agenda.now;
    const line = this.lines.get(hotlineId);
    const call = caller.given.label;
    const admission = line ? this.admissionTo(line).admission : 'gone';
    if (!line || admission !== 'open') {
      const why = admission === 'open' ? 'gone' : admission;
      if (this.append(caller, { type: 'OverflowRefused', at, hotlineId, why }))
        this.tell({ event: 'passed-by', call, hotlineId, detail: why });
      return;
    }
    const language = line.language ?? caller.state.language;
    if (!this.append(caller, { type: 'MovedToHotline', at, hotlineId, language, policy: line.policy })) return;
    this.tell({ event: 'moves-on', call, hotlineId });
    this.planRelaxing(caller);
  }

  private assignGateway(caller: Caller): void {
    const gatewayId = this.gatewaysUp > 0 ? (this.next(4) as GatewayId) : null;
    const at = this.agenda.now;
    this.append(caller, { type: 'GatewayAssigned', at, gatewayId, streamToken: gatewayId ? 'simulated' : null });
    if (!gatewayId) return;
    this.agenda.add(at + CARRIER_MS, () => {
      this.append(caller, { type: 'StreamStarted', at: this.agenda.now, gatewayId, streamId: 'simulated' });
    });
  }

  private hangUpByCaller(caller: Caller): void {
    this.append(caller, { type: 'CarrierStatusChanged', at: this.agenda.now, status: 'completed', sequence: null });
  }

  /** One event of a call: reduced, people's states changed with it, and what follows from it put on the agenda. */
  private append(caller: Caller, event: CallEvent): boolean {
    if (caller.state.phase === 'ended') return false;
    const reduction = reduceCall(caller.state, event);
    if (reduction.ignored) return false;
    caller.state = reduction.state;
    const { wrapUpMs, missesUntilPause } = caller.state.policy;
    for (const { operatorId, change } of reduction.operators) {
      const person = this.people.get(operatorId);
      // As in production: who is on another call by now keeps that.
      if (!person || (change !== 'offered' && person.presence.callId !== caller.state.callId)) continue;
      this.say(caller, person, change);
      const rules = { wrapUpMs, missesUntilPause };
      person.presence = changePresence(person.presence, change, caller.state.callId, event.at, rules);
      this.afterPresence(person);
    }
    this.perform(caller, reduction.effects);
    this.follow(caller);
    return true;
  }

  private say(caller: Caller, person: Person, change: string): void {
    const { operatorId } = person.given;
    const call = caller.given.label;
    if (change === 'missed') this.misses += 1;
    if (change === 'missed') this.tell({ event: 'misses', call, operatorId });
    else if (change === 'declined') this.tell({ event: 'declines', call, operatorId });
    else if (change === 'withdrawn') this.tell({ event: 'withdrawn', call, operatorId });
    else if (change === 'link-lost' || change === 'call-failed')
      this.tell({ event: 'back-in-queue', call, operatorId });
  }

  private afterPresence(person: Person): void {
    const { presence, given } = person;
    if (presence.state === 'break' && presence.reason === 'missed-calls')
      this.tell({ event: 'state', operatorId: given.operatorId, detail: 'paused-after-misses' });
    if (presence.state === 'wrap-up' && presence.endsAt !== null) {
      const { endsAt } = presence;
      this.agenda.add(endsAt, () => {
        if (person.presence.state !== 'wrap-up' || person.presence.endsAt !== endsAt) return;
        person.presence = finishWrapUp(person.presence, this.agenda.now);
        this.distributeSoon();
      });
    }
    if (presence.state !== 'available' && presence.state !== 'wrap-up') return;
    this.distributeSoon();
    if (person.wish) this.wish(person, person.wish);
  }

  private perform(caller: Caller, effects: readonly CallEffect[]): void {
    const { now } = this.agenda;
    for (const effect of effects) {
      if (effect.kind === 'set-timer') {
        const { timer, timerId } = effect;
        this.agenda.add(effect.dueAt, () => {
          this.append(caller, { type: 'TimerFired', at: this.agenda.now, timer, timerId });
        });
      } else if (effect.kind === 'distribute') {
        this.distributeSoon();
      } else if (effect.kind === 'move-to-hotline') {
        this.agenda.add(now, () => this.moveOn(caller, effect.hotlineId));
      } else if (effect.kind === 'hang-up-at-carrier') {
        this.agenda.add(now + CARRIER_MS, () => this.hangUpByCaller(caller));
      }
    }
  }

  /** What the caller and the gateway do when a call comes into a phase. */
  private follow(caller: Caller): void {
    const { state, given } = caller;
    if (caller.told === state.phase) return;
    caller.told = state.phase;
    const { now } = this.agenda;
    const call = given.label;
    switch (state.phase) {
      case 'in-call': {
        const operatorId = operatorLeg(state)?.operatorId ?? null;
        const person = operatorId ? this.people.get(operatorId) : undefined;
        this.tell({ event: 'talks', call, operatorId });
        const talk = given.talkMs ?? (person ? this.within(person.given.talkMs) : 0);
        this.agenda.add(now + talk, () => {
          // After a lost link the call is talked anew, from its own beginning.
          if (caller.state.phase === 'in-call' && caller.state.phaseSince <= now) this.hangUpByCaller(caller);
        });
        return;
      }
      case 'voicemail':
        this.tell({ event: 'voicemail', call });
        this.agenda.add(now + VOICEMAIL_GREETING_MS + given.voicemailMs, () => this.leaveVoicemail(caller));
        return;
      case 'farewell': {
        const step = state.ladder?.steps[state.ladder.at];
        this.tell({ event: 'message', call, detail: step?.step === 'message' ? step.message : null });
        this.agenda.add(now + MESSAGE_MS, () => this.promptsFinished(caller));
        return;
      }
      case 'ended':
        this.end(caller);
        return;
      // The rest is the call's own to leave, by its timers and by what people do.
      case 'menu':
      case 'queued':
      case 'ringing':
      case 'connecting':
      case 'held':
      case 'reconnecting':
      case 'ladder':
      case 'outside':
      case 'dial-in':
      case 'call-back':
      case 'ending':
        return;
    }
  }

  private promptsFinished(caller: Caller): void {
    const { directiveRevision } = caller.state;
    const done = this.append(caller, { type: 'PromptsFinished', at: this.agenda.now, revision: directiveRevision });
    // The carrier's own words end a call that no gateway carries.
    if (!done) this.hangUpByCaller(caller);
  }

  private leaveVoicemail(caller: Caller): void {
    const { voicemail, phase } = caller.state;
    if (phase !== 'voicemail' || !voicemail) return;
    const at = this.agenda.now;
    if (caller.given.voicemailMs === 0) {
      this.hangUpByCaller(caller);
      this.append(caller, { type: 'VoicemailFailed', at, reason: 'nothing-recorded' });
      return;
    }
    const { voicemailId } = voicemail;
    this.append(caller, {
      type: 'VoicemailRecorded',
      at,
      voicemailId,
      durationMs: caller.given.voicemailMs,
      endedBy: 'silence',
    });
    this.agenda.add(at + SAVED_MS, () => this.promptsFinished(caller));
  }

  private end(caller: Caller): void {
    const { state, given, answeredAt } = caller;
    const at = this.agenda.now;
    const termination = state.termination ?? { result: 'unknown', reason: 'found-orphaned' };
    this.tell({ event: 'ends', call: given.label, operatorId: caller.answeredBy, detail: termination.reason });
    this.callers.delete(state.callId);
    this.endings.push({
      call: given.label,
      arrivedAt: state.arrivedAt,
      endedAt: at,
      waitedMs: (answeredAt ?? at) - state.arrivedAt,
      answeredBy: caller.answeredBy,
      hotlineId: state.hotlineId,
      rings: caller.rings,
      termination,
    });
  }

  private distributeSoon(): void {
    if (this.distributing) return;
    this.distributing = true;
    this.agenda.add(this.agenda.now, () => {
      this.distributing = false;
      this.distribute();
    });
  }

  private candidateOf(person: Person, onShift: ReadonlySet<OperatorId> | 'everyone'): Candidate {
    const { given, presence } = person;
    return {
      operatorId: given.operatorId,
      state: presence.state,
      idleSince: presence.idleSince,
      reachable: person.reachable,
      takenMeanwhile: false,
      onShift: onShift === 'everyone' || onShift.has(given.operatorId),
      languages: given.languages,
      skills: given.skills,
      weight: given.weight,
      penalty: given.penalty,
      listPlace: given.listPlace ?? 0,
      lastOfferedAt: person.lastOfferedAt,
      shiftCalls: person.shiftCalls,
      shiftCapacity: given.shiftCapacity,
    };
  }

  private distribute(): void {
    for (const line of this.lines.values()) this.distributeAt(line);
  }

  private distributeAt({ hotlineId, rules, rota }: Line): void {
    const { now } = this.agenda;
    const queue = new HotlineQueue(rules);
    const onShift = whoIsOnShift(rota, now);
    for (const person of this.people.values()) {
      const { serves = [this.sim.hotline.hotlineId] } = person.given;
      if (serves.includes(hotlineId)) queue.people.put(this.candidateOf(person, onShift));
    }
    const waiting = [...this.callers.values()].filter(
      ({ state }) => state.phase === 'queued' && state.hotlineId === hotlineId,
    );
    for (const { state, rings } of waiting) {
      queue.line.add({
        callId: state.callId,
        language: state.language,
        arrivedAt: state.arrivedAt,
        excludedUntil: state.excludedUntil,
        rounds: rings,
        rescued: state.rescued,
        rank: storedRank(state),
      });
    }
    for (let decision = queue.next(now); decision; decision = queue.next(now)) {
      const caller = this.callers.get(decision.call.callId);
      if (!caller) continue;
      const { operatorId, alongside, reason, passedOver } = decision.choice;
      for (const chosen of [operatorId, ...alongside]) this.offer(caller, chosen, { reason, passedOver });
    }
    if (rules.strategy === 'ring-all') this.joinRings(queue, hotlineId);
    for (const caller of waiting) {
      const { state } = caller;
      if (state.phase !== 'queued') continue;
      const call = { ...state, rounds: caller.rings };
      const choice = queue.people.decide(call, now);
      if (choice.outcome !== 'nobody') continue;
      const told = this.append(caller, {
        type: 'NobodyAvailable',
        at: now,
        staffed: choice.staffed,
        passedOver: choice.passedOver,
      });
      if (told && choice.staffed === 0) this.tell({ event: 'nobody', call: caller.given.label });
    }
  }

  private joinRings(queue: HotlineQueue, hotlineId: HotlineId): void {
    const { now } = this.agenda;
    for (const caller of this.callers.values()) {
      const { state, rings } = caller;
      if (state.hotlineId !== hotlineId || !canJoinRing(state, now)) continue;
      const choice = queue.join({ ...state, rounds: rings }, openOffers(state).length, now);
      if (!choice) continue;
      const { operatorId, alongside, reason, passedOver } = choice;
      for (const chosen of [operatorId, ...alongside]) this.offer(caller, chosen, { reason, passedOver });
    }
  }

  private offer(
    caller: Caller,
    operatorId: OperatorId,
    why: Pick<Extract<CallEvent, { type: 'OfferMade' }>, 'reason' | 'passedOver'>,
  ): void {
    const person = this.people.get(operatorId);
    if (!person) return;
    const at = this.agenda.now;
    const offerId = this.next(5) as OfferId;
    const made = this.append(caller, {
      type: 'OfferMade',
      at,
      offerId,
      legId: this.next(6) as LegId,
      operatorId,
      ...why,
    });
    if (!made) return;
    caller.rings += 1;
    person.lastOfferedAt = at;
    this.tell({ event: 'rings', call: caller.given.label, operatorId, detail: why.reason });
    const answer = person.given.answers[Math.min(person.rung, person.given.answers.length - 1)];
    person.rung += 1;
    if (!answer || answer.kind === 'misses') return;
    this.agenda.add(at + this.within(answer.afterMs), () => {
      if (!person.reachable) return;
      if (answer.kind === 'declines') this.append(caller, { type: 'OfferDeclined', at: this.agenda.now, offerId });
      else this.accept(caller, person, offerId);
    });
  }

  private accept(caller: Caller, person: Person, offerId: OfferId): void {
    const { operatorId } = person.given;
    const at = this.agenda.now;
    const connectionId = this.next(7) as ConnectionId;
    const publicKey = '0'.repeat(64) as PublicKeyHex;
    if (!this.append(caller, { type: 'OfferAccepted', at, offerId, connectionId, publicKey })) return;
    this.tell({ event: 'answers', call: caller.given.label, operatorId });
    person.shiftCalls += 1;
    caller.answeredBy = operatorId;
    caller.answeredAt ??= at;
    this.join(caller);
  }

  private join(caller: Caller): void {
    this.agenda.add(this.agenda.now + JOIN_MS, () => {
      const leg = operatorLeg(caller.state);
      if (!leg?.connectionId || leg.state !== 'connecting') return;
      const { legId, connectionId } = leg;
      const { firstGeneration, firstKeyIndex } = caller.state.group;
      this.append(caller, {
        type: 'MemberJoined',
        at: this.agenda.now,
        legId,
        connectionId,
        generation: firstGeneration + 1,
        keyIndex: firstKeyIndex,
      });
    });
  }

  private change(change: SimulatedChange): void {
    switch (change.kind) {
      case 'wish': {
        const person = this.people.get(change.operatorId);
        if (person) this.wish(person, change.wish);
        return;
      }
      case 'link-lost': {
        const person = this.people.get(change.operatorId);
        if (person) this.loseLink(person, change.backAfterMs);
        return;
      }
      case 'gateway-lost':
        this.loseGateway(change.backAfterMs);
        return;
      case 'emergency': {
        const line = this.lineOf(change.hotlineId ?? this.sim.hotline.hotlineId);
        const which = change.hotlineId ? { hotlineId: change.hotlineId } : {};
        this.tell({ event: 'hotline', detail: change.state ?? 'by-hours', ...which });
        const emergency = change.state ? { state: change.state, since: this.agenda.now, until: null } : null;
        this.lines.set(line.hotlineId, { ...line, rota: { ...line.rota, emergency } });
        this.distributeSoon();
        return;
      }
    }
  }

  private wish(person: Person, wish: PresenceWish): void {
    const outcome = wishPresence(person.presence, wish, this.agenda.now);
    if (outcome.outcome === 'refused') {
      person.wish = wish;
      return;
    }
    person.wish = null;
    person.presence = outcome.presence;
    person.reachable = wish.state !== 'offline';
    this.tell({ event: 'state', operatorId: person.given.operatorId, detail: wish.state });
    this.distributeSoon();
  }

  private callOf(person: Person): Caller | undefined {
    return person.presence.callId ? this.callers.get(person.presence.callId) : undefined;
  }

  private loseLink(person: Person, backAfterMs: number | null): void {
    const { operatorId } = person.given;
    const { now } = this.agenda;
    person.reachable = false;
    const caller = this.callOf(person);
    this.tell({ event: 'link-lost', operatorId, ...(caller ? { call: caller.given.label } : {}) });
    const offer = caller ? offerTo(caller.state, operatorId) : undefined;
    const leg = caller ? operatorLeg(caller.state) : undefined;
    if (caller && offer)
      this.append(caller, { type: 'OfferWithdrawn', at: now, offerId: offer.offerId, reason: 'went-offline' });
    else if (caller && leg?.operatorId === operatorId && leg.connectionId) {
      this.append(caller, { type: 'OperatorConnectionLost', at: now, operatorId, connectionId: leg.connectionId });
    }
    this.agenda.add(now + GONE_MS, () => {
      if (person.reachable || person.presence.state === 'offline') return;
      const gone = wishPresence(person.presence, { state: 'offline' }, this.agenda.now);
      if (gone.outcome === 'changed') person.presence = gone.presence;
    });
    if (backAfterMs !== null) this.agenda.add(now + backAfterMs, () => this.regainLink(person));
  }

  private regainLink(person: Person): void {
    const { operatorId } = person.given;
    person.reachable = true;
    this.tell({ event: 'link-back', operatorId });
    const caller = this.callOf(person);
    const leg = caller ? operatorLeg(caller.state) : undefined;
    if (caller && leg?.operatorId === operatorId && leg.connectionId && leg.publicKey) {
      const { connectionId, publicKey } = leg;
      this.append(caller, { type: 'OperatorRejoined', at: this.agenda.now, operatorId, connectionId, publicKey });
      this.join(caller);
    }
    this.distributeSoon();
  }

  private loseGateway(backAfterMs: number | null): void {
    const { now } = this.agenda;
    this.gatewaysUp = Math.max(0, this.gatewaysUp - 1);
    this.tell({ event: 'gateway-lost' });
    // Without knowing which calls it carried: with several gateways every so many-th call was on it.
    const carried = [...this.callers.values()].filter((_, n) => n % Math.max(1, this.gatewaysUp + 1) === 0);
    for (const caller of carried) {
      const { gatewayId } = caller.state;
      if (!gatewayId) continue;
      this.append(caller, { type: 'GatewayLost', at: now, gatewayId });
      this.askNext(caller);
    }
    if (backAfterMs === null) return;
    this.agenda.add(now + backAfterMs, () => {
      this.gatewaysUp += 1;
      this.tell({ event: 'gateway-back' });
    });
  }

  /** The carrier asks what comes next: it is told to wait a few times, as in production, before it ends the call itself. */
  private askNext(caller: Caller): void {
    this.agenda.add(this.agenda.now + ASK_NEXT_MS, () => {
      if (caller.state.phase === 'ended' || caller.state.phase === 'ending') return;
      this.append(caller, { type: 'CarrierAskedNext', at: this.agenda.now });
      if (this.gatewaysUp > 0 || caller.state.fruitlessAsks > 4) {
        this.assignGateway(caller);
        this.join(caller);
      } else this.askNext(caller);
    });
  }
}

/** Plays an evening. The same input gives the same evening, to the millisecond. */
export const simulate = (sim: Simulation): SimulationResult => new Evening(sim).run();

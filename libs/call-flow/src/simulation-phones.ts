import type { CarrierCallId, LadderNumberId, LegId } from '@ringdown/protocol/ids';
import type { CarrierStatus } from '@ringdown/protocol/call-events';
import { INVITE_TIMEOUT_MS } from './call-limits.ts';
import { type CallEffect, type CallState, type Leg, operatorLeg, phoneLeg } from './call-state.ts';
import { ladderStep } from './reduce-ladder.ts';
import type { Calls } from './simulation-calls.ts';
import type { Caller, Evening } from './simulation-evening.ts';
import type { PhoneAnswer, SimulatedNumber } from './simulation-input.ts';
import { BUSY_MS, CARRIER_MS, LEG_PAUSE_MS, OUTSIDE_HELLO_MS } from './simulation-network.ts';

const HANGS_UP_AFTER_MS = 3_000;

/** One phone that was dialled and isn't hung up. */
interface Dialled {
  readonly caller: Caller;
  readonly legId: LegId;
  /** Null: the caller's own phone. */
  readonly numberId: LadderNumberId | null;
  answer: PhoneAnswer;
  isPickedUp: boolean;
  isOver: boolean;
}

/** The outside number that a call's ladder leads to at the moment. */
export const numberOf = (state: CallState): LadderNumberId | null => {
  const step = ladderStep(state);
  return step?.step === 'outside-number' ? step.numberId : null;
};

/** Phones outside that a call dials: of an outside number, or of a caller who is called back. Each has one line. */
export class Phones {
  private readonly evening: Evening;
  private readonly calls: Calls;
  /** The audio of somebody who was called back is there: keys can be agreed. */
  private readonly joinAgain: (caller: Caller) => void;
  private readonly numbers: ReadonlyMap<LadderNumberId, SimulatedNumber>;
  private readonly dialled = new Map<LegId, Dialled>();
  private readonly timesCalled = new Map<LadderNumberId, number>();

  constructor(evening: Evening, calls: Calls, joinAgain: (caller: Caller) => void) {
    this.evening = evening;
    this.calls = calls;
    this.joinAgain = joinAgain;
    this.numbers = new Map(evening.sim.numbers?.map((each) => [each.numberId, each]));
  }

  perform(caller: Caller, effect: Extract<CallEffect, { kind: 'dial-leg' | 'hang-up-leg' }>): void {
    if (effect.kind === 'hang-up-leg') this.hangUpLeg(effect.legId);
    else this.evening.agenda.add(this.evening.now, () => this.dial(caller, effect.legId));
  }

  /** Milliseconds until the person at the outside number hangs up. */
  talkMsOf(numberId: LadderNumberId): number {
    const number = this.numbers.get(numberId);
    return number ? this.evening.within(number.talkMs) : 0;
  }

  /** By the caller, on whichever phone they are. */
  hangUpByCaller(caller: Caller): void {
    const { kind, legId } = phoneLeg(caller.state);
    if (kind === 'outside-phone') this.hangUp(legId);
    else this.calls.hangUp(caller);
  }

  /** By the person at the outside number who talks with the caller. */
  hangUpOutside(caller: Caller): void {
    for (const phone of this.dialled.values())
      if (phone.caller === caller && phone.numberId !== null) this.hangUp(phone.legId);
  }

  /** Another gateway carries the call: the carrier connects its phones to that one. */
  streamAgain(caller: Caller): void {
    for (const phone of this.dialled.values()) {
      if (phone.caller !== caller || !phone.isPickedUp) continue;
      this.evening.agenda.add(this.evening.now + LEG_PAUSE_MS, () => this.stream(phone));
    }
  }

  /** As in production: what was begun is not begun again. */
  private dial(caller: Caller, legId: LegId): void {
    const { state } = caller;
    const leg = legOf(state, legId);
    if (!leg || leg.phone || leg.state === 'ended') return;
    const numberId = leg.role === 'caller' ? null : numberOf(state);
    const { now, agenda } = this.evening;
    const { carrierAccountId } = state;
    this.calls.append(caller, { type: 'LegDialBegun', at: now, legId, carrierAccountId, streamToken: 'simulated' });
    agenda.add(now + CARRIER_MS, () => {
      const carrierCallId = `CA-${legId}` as CarrierCallId;
      this.calls.append(caller, { type: 'LegDialled', at: this.evening.now, legId, carrierCallId });
    });
    const answer = this.nextAnswer(caller, numberId);
    const phone: Dialled = { caller, legId, numberId, answer, isPickedUp: false, isOver: false };
    this.dialled.set(legId, phone);
    this.tellDialled(phone);
    this.ring(phone);
  }

  /** A number that rings or talks is busy for everybody else. */
  private nextAnswer(caller: Caller, numberId: LadderNumberId | null): PhoneAnswer {
    if (numberId === null) {
      caller.tries += 1;
      return entryOf(caller.given.callBack?.answers, caller.tries);
    }
    const number = this.numbers.get(numberId);
    if (!number) return { kind: 'no-answer' };
    const isTaken = [...this.dialled.values()].some((each) => each.numberId === numberId);
    if (isTaken) return { kind: 'busy' };
    const times = (this.timesCalled.get(numberId) ?? 0) + 1;
    this.timesCalled.set(numberId, times);
    return entryOf(number.answers, times);
  }

  private ring(phone: Dialled): void {
    const { answer } = phone;
    const { now, agenda } = this.evening;
    if (answer.kind === 'busy') {
      agenda.add(now + BUSY_MS, () => this.fail(phone, 'busy'));
      return;
    }
    // The carrier lets it ring for as long as it was told to.
    const afterMs = answer.kind === 'no-answer' ? Infinity : this.evening.within(answer.afterMs);
    if (afterMs >= INVITE_TIMEOUT_MS) agenda.add(now + INVITE_TIMEOUT_MS, () => this.fail(phone, 'no-answer'));
    else agenda.add(now + afterMs, () => this.pickUp(phone));
  }

  private pickUp(phone: Dialled): void {
    if (phone.isOver) return;
    phone.isPickedUp = true;
    const { numberId, caller, answer, legId } = phone;
    const { now, agenda } = this.evening;
    this.evening.tell({ event: 'picks-up', call: caller.given.label, numberId });
    agenda.add(now + (numberId === null ? CARRIER_MS : OUTSIDE_HELLO_MS), () => this.stream(phone));
    if (answer.kind === 'hangs-up') agenda.add(now + HANGS_UP_AFTER_MS, () => this.hangUp(legId));
  }

  /** The phone's audio comes to the gateway. With none the carrier asks again until there is one. */
  private stream(phone: Dialled): void {
    const { caller, legId, answer, isOver } = phone;
    const { gatewayId } = caller.state;
    if (isOver || !gatewayId) return;
    this.calls.append(caller, { type: 'LegStreamStarted', at: this.evening.now, legId, gatewayId });
    const leg = legOf(caller.state, legId);
    if (leg?.role === 'caller') this.joinAgain(caller);
    if (leg?.state !== 'offered' || answer.kind !== 'picks-up' || !answer.pressesMs) return;
    this.evening.agenda.add(this.evening.now + this.evening.within(answer.pressesMs), () => {
      if (!legOf(caller.state, legId)?.phone?.streaming) return;
      this.calls.append(caller, { type: 'LegDigitReceived', at: this.evening.now, legId, digit: '1' });
    });
  }

  private fail(phone: Dialled, status: Extract<CarrierStatus, 'busy' | 'no-answer'>): void {
    const { caller, legId } = phone;
    if (phone.isOver) return;
    this.finish(phone, status);
    this.calls.append(caller, { type: 'LegStatusChanged', at: this.evening.now, legId, status });
  }

  /** By whoever is at the phone: its audio stops, and then the carrier says so. */
  private hangUp(legId: LegId): void {
    const phone = this.dialled.get(legId);
    if (!phone) return;
    this.finish(phone, 'hung-up');
    const { caller } = phone;
    const { gatewayId } = caller.state;
    const { now, agenda } = this.evening;
    if (gatewayId) this.calls.append(caller, { type: 'LegStreamEnded', at: now, legId, gatewayId });
    agenda.add(now + CARRIER_MS, () => {
      this.calls.append(caller, { type: 'LegStatusChanged', at: this.evening.now, legId, status: 'completed' });
    });
  }

  /** By us: nobody pressed 1 in time, or nobody is to be reached any more. */
  private hangUpLeg(legId: LegId): void {
    const phone = this.dialled.get(legId);
    if (!phone) return;
    const isGivenUp = phone.caller.state.phase === 'ended' || phone.numberId === null;
    this.finish(phone, phone.isPickedUp ? 'nobody-pressed-1' : isGivenUp ? 'given-up' : 'no-answer');
  }

  private tellDialled({ caller, numberId }: Dialled): void {
    const call = caller.given.label;
    if (numberId !== null) this.evening.tell({ event: 'number-rings', call, numberId });
    else {
      const operatorId = operatorLeg(caller.state)?.operatorId ?? null;
      this.evening.tell({ event: 'called-back', call, operatorId, detail: `try-${caller.tries}` });
    }
  }

  /** The line is free again. `detail`: why its person has talked with nobody, if so. */
  private finish(phone: Dialled, detail: string): void {
    const { caller, legId, numberId } = phone;
    phone.isOver = true;
    this.dialled.delete(legId);
    if (legOf(caller.state, legId)?.connectedAt !== null) return;
    this.evening.tell({ event: 'not-reached', call: caller.given.label, numberId, detail });
  }
}

const legOf = (state: CallState, legId: LegId): Leg | undefined => state.legs.find((leg) => leg.legId === legId);

const entryOf = (answers: readonly PhoneAnswer[] | undefined, nth: number): PhoneAnswer =>
  answers?.[Math.min(nth, answers.length) - 1] ?? { kind: 'no-answer' };

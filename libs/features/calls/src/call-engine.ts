import { Inject, Injectable } from '@nestjs/common';
import { type CallEffect, type CallState, operatorLeg } from '@ringdown/call-flow/call-state';
import { outcomeOf } from '@ringdown/call-flow/figures';
import { changePresence } from '@ringdown/call-flow/operator-presence';
import { storedRank } from '@ringdown/call-flow/queue-order';
import { dialInTalkSince } from '@ringdown/call-flow/reduce-dial-in';
import { reduceCall } from '@ringdown/call-flow/reduce-call';
import { callEvents } from '@ringdown/platform/metrics';
import type { CallEvent } from '@ringdown/protocol/call-events';
import type { CallId, LegId } from '@ringdown/protocol/ids';
import {
  CallLog,
  type CallColumns,
  type CallTransaction,
  type NewCall,
  type PresenceRow,
  type RoundsTransaction,
  type RoundTransaction,
  type Stored,
  type StoredEffect,
} from '@ringdown/store/call-log';

export type EngineLog = CallLog<CallState, CallEffect>;
export type EngineTransaction = CallTransaction<CallState, CallEffect>;
export const CALL_LOG = Symbol('call-log');

/** Carries out what an event asks for, after it was stored. */
export abstract class EffectRunner {
  /**
   * Resolves when each effect was tried once. Never rejects: what failed stays in the outbox. `states`: of the calls that
   * were changed, whose timers are to be followed.
   */
  abstract run(effects: readonly StoredEffect<CallEffect>[], states?: readonly CallState[]): Promise<void>;
}

export type Appended =
  | { outcome: 'applied'; state: CallState; performed: Promise<void> }
  | { outcome: 'ignored'; reason: string; state: CallState }
  | { outcome: 'duplicate'; state: CallState }
  | { outcome: 'unknown-call' };

const columnsOf = (state: CallState): CallColumns => {
  const dueTimes = Object.values(state.timers).map((timer) => timer.dueAt);
  const leg = operatorLeg(state);
  return {
    phase: state.phase,
    rank: storedRank(state),
    rescued: state.rescued,
    position: state.position,
    language: state.language,
    nobodyThere: state.timers['nobody-wait'] !== undefined,
    gatewayId: state.gatewayId,
    operatorId: leg?.operatorId ?? state.dialIn?.operatorId ?? null,
    acceptedAt: leg?.acceptedAt ?? state.outside?.since ?? dialInTalkSince(state),
    endedAt: state.phase === 'ended' ? state.phaseSince : null,
    nextTimerAt: dueTimes.length > 0 ? Math.min(...dueTimes) : null,
    result: state.termination?.result ?? null,
    reason: state.termination?.reason ?? null,
    outcome: outcomeOf(state),
  };
};

/** One locked call inside a transaction: events are reduced and stored one after the other, with people's states. */
export class OpenCall {
  private readonly transaction: EngineTransaction;
  private current: CallState | null;

  constructor(transaction: EngineTransaction, current: CallState | null) {
    this.transaction = transaction;
    this.current = current;
  }

  get state(): CallState {
    if (!this.current) throw new Error('The call has not arrived yet.');
    return this.current;
  }

  /** Null when it was stored, otherwise why it doesn't apply; then nothing was written. */
  async append(event: CallEvent, eventKey: string | null = null): Promise<string | null> {
    const reduction = reduceCall(this.current, event);
    if (reduction.ignored) return reduction.ignored;
    const { state } = reduction;
    await this.changePresences(reduction.operators, state, event.at);
    this.transaction.append({
      seq: state.seq,
      event,
      eventKey,
      state,
      columns: columnsOf(state),
      effects: reduction.effects,
    });
    this.current = state;
    return null;
  }

  /** Locks a person who is available now; null when somebody else was quicker. */
  tryLockAvailable(operatorId: PresenceRow['operatorId']): Promise<PresenceRow | null> {
    return this.transaction.tryLockAvailable(operatorId);
  }

  /** Locks a person whom no call has; null when one does. */
  tryLockOffCalls(operatorId: PresenceRow['operatorId']): Promise<PresenceRow | null> {
    return this.transaction.tryLockOffCalls(operatorId);
  }

  /** After `MovedToHotline`: the caller's number and its hash go along, under the other hotline's keys. */
  moveToHotline(
    hotlineId: CallState['hotlineId'],
    caller: { callerSealed: Uint8Array | null; callerIndex: string | null },
  ): Promise<void> {
    return this.transaction.moveToHotline(hotlineId, caller);
  }

  /** Locks a person who may begin a call of their own: on none, writing one up, or rung for this very one. */
  tryLockToDialIn(operatorId: PresenceRow['operatorId']): Promise<PresenceRow | null> {
    return this.transaction.tryLockToDialIn(operatorId);
  }

  /** Whose number this call is about has changed. */
  replaceCaller(caller: { callerSealed: Uint8Array | null; callerIndex: string | null }): Promise<void> {
    return this.transaction.replaceCaller(caller);
  }

  saveLegNumber(legId: LegId, sealed: Uint8Array): Promise<void> {
    return this.transaction.saveLegNumber(legId, sealed);
  }

  private async changePresences(
    changes: ReturnType<typeof reduceCall>['operators'],
    state: CallState,
    at: number,
  ): Promise<void> {
    if (changes.length === 0) return;
    const rows = await this.transaction.lockPresences(changes.map((c) => c.operatorId));
    const { wrapUpMs, missesUntilPause } = state.policy;
    for (const { operatorId, change } of changes) {
      const row = rows.find((r) => r.operatorId === operatorId);
      // A removed person has no row to change; one who is on another call by now keeps that.
      const begins = change === 'offered' || change === 'supervising' || change === 'dialled-in';
      if (!row || (!begins && row.callId !== state.callId)) continue;
      const presence = changePresence(
        {
          state: row.state,
          since: row.since,
          reason: null,
          callId: row.callId,
          endsAt: row.endsAt,
          misses: row.misses,
          idleSince: row.idleSince,
        },
        change,
        state.callId,
        at,
        { wrapUpMs, missesUntilPause },
      );
      const saved: PresenceRow = { operatorId, ...presence };
      Object.assign(row, saved);
      this.transaction.savePresence(saved);
    }
  }
}

/** Undoes the transaction of a call that is to begin with this person. */
class PersonOnCall extends Error {}

/** The only way to change a call: lock its row, reduce, store event, state and effects in one transaction, then act. */
@Injectable()
export class CallEngine {
  constructor(
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly runner: EffectRunner,
  ) {}

  /** A new call with its first events. Rejects with a unique violation when the carrier's id is known already. */
  async create(
    call: Omit<NewCall<CallState>, 'state'>,
    arrival: Extract<CallEvent, { type: 'CallArrived' }>,
    more: (open: OpenCall) => Promise<void>,
  ): Promise<CallState> {
    const { state } = reduceCall(null, arrival);
    // Practice rings one person at once, who is locked for it.
    const create = arrival.practice ? this.log.createWithPeople.bind(this.log) : this.log.create.bind(this.log);
    const stored = await create({ ...call, state }, async (transaction) => {
      const open = new OpenCall(transaction, null);
      await open.append(arrival);
      await more(open);
      return open.state;
    });
    void this.carryOut(stored);
    return stored.result;
  }

  /** A call that we place, with its first events. Null when a call has the person already: then nothing is stored. */
  async place(
    call: Omit<NewCall<CallState>, 'state'>,
    placed: Extract<CallEvent, { type: 'CallPlaced' }>,
    more: (open: OpenCall) => Promise<void>,
  ): Promise<CallState | null> {
    const { state } = reduceCall(null, placed);
    try {
      const stored = await this.log.createWithPeople({ ...call, state }, async (transaction) => {
        const person = await transaction.tryLockOffCalls(placed.operatorId);
        if (!person) throw new PersonOnCall();
        const from = person.state === 'break' || person.state === 'offline' ? person.state : 'available';
        const open = new OpenCall(transaction, null);
        await open.append({ ...placed, from });
        await more(open);
        return open.state;
      });
      void this.carryOut(stored);
      return stored.result;
    } catch (error) {
      if (error instanceof PersonOnCall) return null;
      throw error;
    }
  }

  async append(callId: CallId, event: CallEvent, eventKey: string | null = null): Promise<Appended> {
    const known = this.log.lastKnown(callId);
    // An end is the one thing remembered that nobody can have changed since.
    if (known?.phase === 'ended') return { outcome: 'ignored', reason: 'call-is-over', state: known };
    const work = async (transaction: EngineTransaction) => {
      if (eventKey && (await transaction.knows(eventKey))) {
        return { outcome: 'duplicate' as const, state: transaction.state };
      }
      const open = new OpenCall(transaction, transaction.state);
      const ignored = await open.append(event, eventKey);
      return ignored
        ? { outcome: 'ignored' as const, reason: ignored, state: open.state }
        : { outcome: 'applied' as const, state: open.state };
    };
    const stored = (await this.log.tryChange(callId, work)) ?? (await this.log.change(callId, work));
    if (!stored) return { outcome: 'unknown-call' };
    const { result } = stored;
    if (result.outcome !== 'applied') return result;
    return { ...result, performed: this.carryOut(stored) };
  }

  /** Several events that depend on the locked state, in one transaction. */
  async change<T>(callId: CallId, work: (open: OpenCall) => Promise<T>): Promise<T | null> {
    return (await this.changeAndPerform(callId, work))?.result ?? null;
  }

  /** The same for whoever has to know when the effects were tried once. */
  async changeAndPerform<T>(
    callId: CallId,
    work: (open: OpenCall) => Promise<T>,
  ): Promise<{ result: T; performed: Promise<void> } | null> {
    const stored = await this.log.change(callId, (transaction) => work(new OpenCall(transaction, transaction.state)));
    return stored && { result: stored.result, performed: this.carryOut(stored) };
  }

  /** Decisions about one hotline's waiting calls: no other process decides about them meanwhile. */
  async changeHotline<T>(
    hotlineId: CallState['hotlineId'],
    work: (round: RoundTransaction<CallState, CallEffect>) => Promise<T>,
  ): Promise<T> {
    const stored = await this.log.changeHotline(hotlineId, work);
    void this.carryOut(stored);
    return stored.result;
  }

  /** The same for several hotlines in one transaction: those whose turn is to be had at once. */
  async tryChangeHotlines<T>(
    hotlineIds: readonly CallState['hotlineId'][],
    work: (rounds: RoundsTransaction<CallState, CallEffect>) => Promise<T>,
  ): Promise<T> {
    const stored = await this.log.tryChangeHotlines(hotlineIds, work);
    void this.carryOut(stored);
    return stored.result;
  }

  private carryOut({ events, effects, states }: Stored<unknown, CallState, CallEffect>): Promise<void> {
    for (const { type } of events) callEvents.inc({ type });
    return this.runner.run(effects, states);
  }

  findState(callId: CallId): Promise<CallState | null> {
    return this.log.findState(callId);
  }
}

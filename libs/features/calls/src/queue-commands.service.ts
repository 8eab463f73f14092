import { Injectable } from '@nestjs/common';
import { isWaiting } from '@ringdown/call-flow/call-state';
import { HotlineQueue } from '@ringdown/call-flow/distribution';
import { leads } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { Random } from '@ringdown/platform/random';
import type { Priority } from '@ringdown/protocol/call-events';
import type { CommandAnswer } from '@ringdown/protocol/console';
import { type CallId, type HotlineId, LegId, OfferId, type OperatorId } from '@ringdown/protocol/ids';
import { ConnectionsRepository } from '@ringdown/store/connections.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { CallEngine, type OpenCall } from './call-engine.ts';
import { candidateOf } from './distribution-hotline.ts';
import { DistributionRound } from './distribution-round.ts';
import { DONE, refusalFor, refused } from './operator-commands.ts';
import { PresenceService } from './presence.service.ts';

/** People's own hand in the queue: taking the next caller, giving one to somebody, changing the order (Q11). */
@Injectable()
export class QueueCommands {
  constructor(
    private readonly engine: CallEngine,
    private readonly round: DistributionRound,
    private readonly people: PeopleRepository,
    private readonly connections: ConnectionsRepository,
    private readonly presence: PresenceService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The first caller in order whom this person may serve, also one they missed before. Null: of any of their hotlines. */
  async takeNext(operatorId: OperatorId, hotlineId: HotlineId | null): Promise<CommandAnswer> {
    const operator = await this.people.findOperator(operatorId);
    if (!operator || (hotlineId !== null && !operator.hotlineIds.includes(hotlineId))) return refused('not-permitted');
    // Whoever is still writing notes has finished them by this.
    await this.presence.finishWrapUp(operatorId, null);
    const hotlineIds =
      hotlineId === null ? await this.round.hotlinesInOrder(operatorId, operator.hotlineIds) : [hotlineId];
    for (const id of hotlineIds) {
      const taken = await this.takeFrom(operatorId, id);
      if (taken !== 'nobody-waits') return taken === 'taken' ? DONE : refused('not-allowed-now');
    }
    return refused('nobody-free');
  }

  /** Rings this person, whoever else is free. Only people of the hotline: nobody else can read its notes. */
  async assign(by: OperatorId, callId: CallId, operatorId: OperatorId): Promise<CommandAnswer> {
    if (!(await this.mayLead(by))) return refused('not-permitted');
    const hotlineId = (await this.engine.findState(callId))?.hotlineId;
    if (!hotlineId) return refused('call-over');
    const person = (await this.connections.listCandidates(hotlineId)).find((c) => c.operatorId === operatorId);
    if (!person?.reachable) return refused('person-not-available');
    const outcome = await this.engine.change(callId, async (open) => {
      if (!isWaiting(open.state.phase)) return 'not-waiting';
      if (!(await open.tryLockAvailable(operatorId))) return 'on-the-call-already';
      return this.ring(open, { operatorId, by, reason: 'assigned', ownPhone: person.ringsOwnPhone });
    });
    return outcome === null ? DONE : refusalFor(outcome);
  }

  async setPriority(by: OperatorId, callId: CallId, priority: Priority): Promise<CommandAnswer> {
    if (!(await this.mayLead(by))) return refused('not-permitted');
    const appended = await this.engine.append(callId, { type: 'PriorityChanged', at: this.clock.now(), by, priority });
    switch (appended.outcome) {
      case 'applied':
      case 'duplicate':
        return DONE;
      case 'ignored':
        return refusalFor(appended.reason);
      case 'unknown-call':
        return refused('call-over');
    }
  }

  private async mayLead(operatorId: OperatorId): Promise<boolean> {
    const operator = await this.people.findOperator(operatorId);
    return operator !== null && leads(operator.role);
  }

  private async takeFrom(operatorId: OperatorId, hotlineId: HotlineId): Promise<'taken' | 'nobody-waits' | 'not-free'> {
    const rules = await this.round.rulesOf(hotlineId);
    if (!rules) return 'nobody-waits';
    return this.engine.changeHotline(hotlineId, async (round) => {
      const candidates = await round.listCandidates();
      const person = candidates.find((c) => c.operatorId === operatorId);
      if (!person) return 'nobody-waits';
      const queue = new HotlineQueue({ ...rules, strategy: 'longest-idle' });
      // They ask for it themselves: neither the rota nor their share of the shift stands against it.
      queue.people.put({ ...candidateOf(person, 'everyone'), shiftCapacity: null });
      if (queue.people.freeCount === 0) return 'not-free';
      const calls = await this.round.firstOf(round, rules, this.clock.now());
      for (const { call } of calls) queue.line.add({ ...call, excludedUntil: {} });
      const decision = queue.next(this.clock.now());
      const next = calls.find(({ call }) => call.callId === decision?.call.callId);
      if (!next) return 'nobody-waits';
      if (!(await next.open.tryLockAvailable(operatorId))) return 'not-free';
      const ignored = await this.ring(next.open, {
        operatorId,
        by: operatorId,
        reason: 'took-it',
        ownPhone: person.ringsOwnPhone,
      });
      return ignored === null ? 'taken' : 'not-free';
    });
  }

  private ring(
    open: OpenCall,
    given: { operatorId: OperatorId; by: OperatorId; reason: 'took-it' | 'assigned'; ownPhone: boolean },
  ): Promise<string | null> {
    return open.append({
      type: 'OfferMade',
      at: this.clock.now(),
      offerId: OfferId.parse(this.random.uuid()),
      legId: LegId.parse(this.random.uuid()),
      operatorId: given.operatorId,
      reason: given.reason,
      passedOver: [],
      by: given.by,
      ...(given.ownPhone ? { on: 'own-phone' as const } : {}),
    });
  }
}

import { Injectable } from '@nestjs/common';
import { type CallState, operatorLeg } from '@ringdown/call-flow/call-state';
import { Clock } from '@ringdown/platform/clock';
import { Random } from '@ringdown/platform/random';
import type { CallEvent } from '@ringdown/protocol/call-events';
import type { CommandAnswer, Invite } from '@ringdown/protocol/console';
import { type HotlineId, LegId, OfferId, type OperatorId } from '@ringdown/protocol/ids';
import { type CandidateRow, ConnectionsRepository } from '@ringdown/store/connections.repository';
import { CallEngine, type OpenCall } from './call-engine.ts';
import { DistributionRound } from './distribution-round.ts';
import { FurtherPhonesService } from './further-phones.service.ts';
import { DONE, refusalFor, refused } from './operator-commands.ts';

type Target = Extract<CallEvent, { type: 'InvitationMade' }>['to'];

/** Asks somebody into a call in progress: a person, whoever a hotline has free, or an outside number (X2, X3). */
@Injectable()
export class Invitations {
  constructor(
    private readonly engine: CallEngine,
    private readonly connections: ConnectionsRepository,
    private readonly round: DistributionRound,
    private readonly phones: FurtherPhonesService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async invite(by: OperatorId, { callId, mode, target }: Invite): Promise<CommandAnswer> {
    const state = await this.engine.findState(callId);
    if (!state || state.phase === 'ended') return refused('call-over');
    // Told before anybody is looked for: who is free is nothing to somebody who isn't on the call.
    if (operatorLeg(state)?.operatorId !== by) return refused('not-your-call');
    if (state.practice) {
      await this.engine.append(callId, { type: 'PracticeHandOverTried', at: this.clock.now(), operatorId: by, mode });
      return refused('practice-rings-nobody');
    }
    if (state.invitation) return refused('already-inviting');
    const ask = (open: OpenCall, to: Target, legId = LegId.parse(this.random.uuid())) =>
      open.append({
        type: 'InvitationMade',
        at: this.clock.now(),
        by,
        mode,
        offerId: OfferId.parse(this.random.uuid()),
        legId,
        to,
      });
    switch (target.kind) {
      case 'operator':
        return this.inviteOperator(state, target.operatorId, ask);
      case 'hotline':
        return this.inviteHotline(state, target.hotlineId, ask);
      case 'number':
        return this.inviteNumber(state, target, ask);
    }
  }

  private async inviteOperator(
    { callId }: CallState,
    operatorId: OperatorId,
    ask: (open: OpenCall, to: Target) => Promise<string | null>,
  ): Promise<CommandAnswer> {
    if (!(await this.connections.isReachable(operatorId))) return refused('person-not-available');
    return this.change(callId, async (open) => {
      if (!(await open.tryLockAvailable(operatorId))) return refused('person-not-available');
      return answer(await ask(open, { kind: 'operator', operatorId, hotlineId: null, passedOver: [] }));
    });
  }

  /** The hotline's own rule says who; whom somebody else takes in the same moment is passed over. */
  private async inviteHotline(
    state: CallState,
    hotlineId: HotlineId,
    ask: (open: OpenCall, to: Target) => Promise<string | null>,
  ): Promise<CommandAnswer> {
    const queue = await this.round.queueFor(hotlineId, await this.listAtConsoles(hotlineId));
    if (!queue) return refused('nobody-free');
    const { callId, language, arrivedAt, offers } = state;
    return this.change(callId, async (open) => {
      for (;;) {
        const asking = { callId, language, arrivedAt, excludedUntil: {}, rounds: offers.length };
        const choice = queue.people.decide(asking, this.clock.now());
        if (choice.outcome === 'nobody') return refused('nobody-free');
        const { operatorId, passedOver } = choice;
        if (await open.tryLockAvailable(operatorId)) {
          return answer(await ask(open, { kind: 'operator', operatorId, hotlineId, passedOver }));
        }
        queue.people.change(operatorId, { takenMeanwhile: true });
      }
    });
  }

  /** A colleague's invitation rings in the console, also for those whose calls ring on their phone. */
  private async listAtConsoles(hotlineId: HotlineId): Promise<CandidateRow[]> {
    const candidates = await this.connections.listCandidates(hotlineId);
    return Promise.all(
      candidates.map(async (row) =>
        row.ringsOwnPhone ? { ...row, reachable: await this.connections.isReachable(row.operatorId) } : row,
      ),
    );
  }

  private async inviteNumber(
    { callId, hotlineId }: CallState,
    { number, confirm = true }: { number: string; confirm?: boolean | undefined },
    ask: (open: OpenCall, to: Target, legId: LegId) => Promise<string | null>,
  ): Promise<CommandAnswer> {
    const admitted = await this.phones.admit(hotlineId, number);
    if (admitted.outcome === 'refused') {
      return refused(admitted.reason === 'no-hotline-number' ? 'no-phone-line' : 'number-not-allowed');
    }
    const legId = LegId.parse(this.random.uuid());
    return this.change(callId, async (open) => {
      const ignored = await ask(open, { kind: 'number', confirm }, legId);
      if (ignored === null) await open.saveLegNumber(legId, admitted.sealed);
      return answer(ignored);
    });
  }

  private async change(
    callId: CallState['callId'],
    work: (open: OpenCall) => Promise<CommandAnswer>,
  ): Promise<CommandAnswer> {
    return (await this.engine.change(callId, work)) ?? refused('call-over');
  }
}

const answer = (ignored: string | null): CommandAnswer => (ignored === null ? DONE : refusalFor(ignored));

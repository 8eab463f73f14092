import { Injectable } from '@nestjs/common';
import { type CallState, isWithOperator } from '@ringdown/call-flow/call-state';
import { RosterService } from '@ringdown/features-operators/roster.service';
import { leads } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import type { CallEvent } from '@ringdown/protocol/call-events';
import type { CommandAnswer, Supervise } from '@ringdown/protocol/console';
import type { CallId, HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { CallEngine, type OpenCall } from './call-engine.ts';
import { type Acting, DONE, OperatorCommands, refusalFor, refused } from './operator-commands.ts';

/** Those who lead a hotline may listen, whisper, barge in and take over. The volunteer always sees it (V). */
@Injectable()
export class Supervision {
  constructor(
    private readonly engine: CallEngine,
    private readonly commands: OperatorCommands,
    private readonly people: PeopleRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly rosters: RosterService,
    private readonly clock: Clock,
  ) {}

  async start(acting: Acting, { callId, mode, legId, keyPackage }: Supervise): Promise<CommandAnswer> {
    const state = await this.engine.findState(callId);
    if (!state || state.phase === 'ended') return refused('call-over');
    if (!(await this.maySupervise(acting.operatorId, state.hotlineId))) return refused('not-permitted');
    if (!isWithOperator(state.phase)) return refused('not-allowed-now');
    const roster = await this.rosters.findRoster();
    if (!roster?.roles.has(acting.publicKey)) return refused('not-in-roster');
    const announced = (await this.hotlines.findHotline(state.hotlineId))?.settings.announceSupervision ?? true;
    const { operatorId, connectionId, publicKey } = acting;
    const started = await this.engine.changeAndPerform(callId, async (open: OpenCall) => {
      const before = await open.tryLockOffCalls(operatorId);
      if (!before) return { answer: refused('on-a-call'), state: open.state };
      const ignored = await open.append({
        type: 'SupervisionStarted',
        at: this.clock.now(),
        operatorId,
        legId,
        connectionId,
        publicKey,
        mode,
        announced,
        from: before.state === 'break' || before.state === 'offline' ? before.state : 'available',
      });
      return { answer: ignored === null ? DONE : refusalFor(ignored), state: open.state };
    });
    if (!started) return refused('call-over');
    const { answer, state: after } = started.result;
    if (answer.outcome === 'done') {
      await this.commands.sendKeyPackage({ state: after, performed: started.performed }, acting, keyPackage);
    }
    return answer;
  }

  /** Whoever doesn't lead the hotline any more can't go on either. */
  async act(
    acting: Acting,
    callId: CallId,
    event: Extract<CallEvent, { type: 'SupervisionModeChanged' | 'TakenOver' }>,
  ): Promise<CommandAnswer> {
    const state: CallState | null = await this.engine.findState(callId);
    if (!state) return refused('call-over');
    if (!(await this.maySupervise(acting.operatorId, state.hotlineId))) return refused('not-permitted');
    return this.commands.act(callId, event);
  }

  private async maySupervise(operatorId: OperatorId, hotlineId: HotlineId): Promise<boolean> {
    const operator = await this.people.findOperator(operatorId);
    if (!operator || !leads(operator.role)) return false;
    return operator.role !== 'supervisor' || operator.hotlineIds.includes(hotlineId);
  }
}

import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CarrierAccounts, Carriers } from '@ringdown/carriers-port/carrier';
import type { CallEffect, CallState } from '@ringdown/call-flow/call-state';
import { acceptedLegs } from '@ringdown/call-flow/call-state';
import { Clock } from '@ringdown/platform/clock';
import { errorFields, LOG, type Log } from '@ringdown/platform/log';
import { callsLeftOutside, effectFailures } from '@ringdown/platform/metrics';
import { operatorIdentity } from '@ringdown/protocol/console';
import { type CallId, type ConnectionId, type LegId, type OperatorId, roomNameOf } from '@ringdown/protocol/ids';
import { Rooms } from '@ringdown/rooms/rooms';
import { CallsRepository } from '@ringdown/store/calls.repository';
import type { PresenceRow, StoredEffect } from '@ringdown/store/call-log';
import { AskedCallBacks } from './asked-call-backs.service.ts';
import { CALL_LOG, EffectRunner, type EngineLog } from './call-engine.ts';
import { CallTimers } from './call-timers.ts';
import { DialInService } from './dial-in.service.ts';
import { DistributionRound } from './distribution-round.ts';
import { FurtherPhonesService } from './further-phones.service.ts';
import { LiveLinks } from './live-links.ts';
import { Overflow } from './overflow.service.ts';
import { QueueCounts } from './queue-counts.ts';
import { RoomAccessService, roomRights } from './room-access.ts';
import { SnapshotSources } from './snapshot-sources.ts';

/** Finished effects are ticked off together; of a process that dies meanwhile a few are done once more. */
const TICK_OFF_EVERY_MS = 1_000;
/** After these attempts an effect on a call that has ended is given up. */
const MAX_ATTEMPTS_AFTER_END = 5;

export class EffectFailed extends Error {
  readonly retryable = true;
  readonly reason: string;
  constructor(reason: string) {
    super(`An effect could not be carried out: ${reason}`);
    this.reason = reason;
  }
}

/** How things stand now. */
interface Look {
  /** By this process, just now. */
  storedHere: boolean;
  call(callId: CallId): Promise<CallState | null>;
  presence(operatorId: OperatorId): Promise<PresenceRow | null>;
}

const once = <Key, Value>(asked: Map<Key, Promise<Value>>, key: Key, ask: () => Promise<Value>): Promise<Value> => {
  const known = asked.get(key) ?? ask();
  asked.set(key, known);
  return known;
};

/** A call comes to these from waiting, and waits on, or from being with somebody already. */
const mayChangeQueue = ({ phase }: CallState): boolean => !['ringing', 'in-call', 'held'].includes(phase);

/** Carries out effects. Each looks at the call's state *now*: done late or twice it still does what is right. */
@Injectable()
export class PerformEffects extends EffectRunner implements OnApplicationShutdown {
  private readonly inFlight = new Set<Promise<void>>();
  private finished: string[] = [];
  private tickingOff: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CALL_LOG) private readonly log: EngineLog,
    @Inject(LOG) private readonly lines: Log,
    private readonly links: LiveLinks,
    private readonly queues: QueueCounts,
    private readonly roomAccess: RoomAccessService,
    private readonly sources: SnapshotSources,
    private readonly calls: CallsRepository,
    private readonly rooms: Rooms,
    private readonly timers: CallTimers,
    private readonly accounts: CarrierAccounts,
    private readonly carriers: Carriers,
    private readonly clock: Clock,
    private readonly modules: ModuleRef,
  ) {
    super();
  }

  run(effects: readonly StoredEffect<CallEffect>[], states: readonly CallState[] = []): Promise<void> {
    for (const state of states) this.timers.follow(state);
    if (effects.length === 0) return Promise.resolve();
    const work = this.runAll(effects, this.lookAt(states.length > 0));
    this.inFlight.add(work);
    void work.finally(() => this.inFlight.delete(work));
    return work;
  }

  /** What the process that made them didn't finish. */
  async sweep(): Promise<number> {
    const effects = await this.log.claimEffects(50);
    await this.run(effects);
    return effects.length;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.inFlight);
    await this.tickOff();
  }

  private async runAll(effects: readonly StoredEffect<CallEffect>[], look: Look): Promise<void> {
    // The order of one call's effects doesn't matter (each is idempotent), but speed does.
    await Promise.all(
      effects.map(async (stored) => {
        try {
          await this.perform(stored, look);
          this.finished.push(stored.effectId);
          // The only one that would be seen twice.
          if (stored.effect.kind === 'log-supervision') await this.tickOff();
        } catch (error) {
          effectFailures.inc({ kind: stored.effect.kind });
          this.lines.warn(
            { callId: stored.callId, effect: stored.effect.kind, ...errorFields(error) },
            'An effect failed and will be tried again.',
          );
          await this.log.effectFailed(stored.effectId).catch(() => {
            // The database is away: the claim runs out by itself and the sweeper finds the row.
          });
        }
      }),
    );
    this.tickingOff ??= setTimeout(() => void this.tickOff(), TICK_OFF_EVERY_MS);
  }

  private async tickOff(): Promise<void> {
    clearTimeout(this.tickingOff);
    this.tickingOff = undefined;
    const { finished } = this;
    this.finished = [];
    await this.log.effectsDone(finished).catch((error: unknown) => {
      this.lines.warn(errorFields(error), 'Finished effects could not be ticked off; they will be done once more.');
    });
  }

  private async perform({ callId, effect, attempts }: StoredEffect<CallEffect>, look: Look): Promise<void> {
    switch (effect.kind) {
      case 'tell-operator': {
        this.links.refreshOperator(effect.operatorId, { changedHere: look.storedHere });
        const presence = await look.presence(effect.operatorId);
        if (presence) this.timers.followWrapUp(presence);
        if (presence?.state === 'available') await this.offerTo(effect.operatorId);
        return;
      }
      case 'tell-watchers':
        this.links.toConsoles('changed', { topic: 'calls' });
        break;
      case 'forget-at-gateway':
        this.links.toGateway(effect.gatewayId, 'forget', { callId });
        return;
      case 'log-supervision':
        await this.calls.addAdminLogLine({
          kind: `supervision-${effect.entry}`,
          actorId: effect.operatorId,
          callId,
          details: effect.mode ? { mode: effect.mode } : {},
        });
        return;
      case 'direct-gateway':
      case 'distribute':
      case 'grant-room':
      case 'remove-from-room':
      case 'close-room':
      case 'hang-up-at-carrier':
      case 'dial-leg':
      case 'hang-up-leg':
      case 'placed-call-over':
      case 'remember-language':
      case 'answer-dial-in':
      case 'assign-gateway':
      case 'move-to-hotline':
        break;
    }
    const state = await look.call(callId);
    if (!state || (state.phase === 'ended' && attempts >= MAX_ATTEMPTS_AFTER_END)) return;
    await this.performOn(state, effect, look);
  }

  /** Who stored effects has the states in hand; who finds them later looks, once for each call and person. */
  private lookAt(storedHere: boolean): Look {
    const calls = new Map<CallId, Promise<CallState | null>>();
    const people = new Map<OperatorId, Promise<PresenceRow | null>>();
    return {
      storedHere,
      call: (callId) => {
        const known = storedHere ? this.log.lastKnown(callId) : null;
        return known ? Promise.resolve(known) : once(calls, callId, () => this.log.findState(callId));
      },
      presence: (operatorId) => {
        const known = storedHere ? this.log.lastKnownPresence(operatorId) : null;
        return known ? Promise.resolve(known) : once(people, operatorId, () => this.log.findPresence(operatorId));
      },
    };
  }

  /** Set free by this call without a wrap-up: somebody may wait at another of their hotlines. */
  private async offerTo(operatorId: OperatorId): Promise<void> {
    const operator = await this.sources.operator(operatorId);
    await this.modules.get(DistributionRound, { strict: false }).runFor(operatorId, operator?.hotlineIds ?? []);
  }

  private async performOn(
    state: CallState,
    effect: Exclude<CallEffect, { kind: 'tell-operator' | 'forget-at-gateway' | 'log-supervision' }>,
    look: Look,
  ): Promise<void> {
    switch (effect.kind) {
      case 'tell-watchers':
        if (!look.storedHere || mayChangeQueue(state)) this.queues.changed(state.hotlineId);
        return;
      case 'direct-gateway': {
        const directive = await this.roomAccess.directiveOf(state);
        if (directive && state.gatewayId) this.links.toGateway(state.gatewayId, 'directive', directive);
        return;
      }
      case 'distribute': {
        // Looked up late: a round appends events, and their effects come back here.
        const round = this.modules.get(DistributionRound, { strict: false });
        await round.run(state.hotlineId);
        // Not ticked off before everybody knows: the process may die in between.
        await round.told(state.hotlineId);
        return;
      }
      case 'grant-room':
        await this.grant(state, effect.legId, effect.connectionId);
        return;
      case 'remove-from-room':
        await this.rooms.removeParticipant(
          roomNameOf(state.callId),
          operatorIdentity(effect.legId, effect.connectionId),
        );
        return;
      case 'close-room':
        if (state.phase === 'outside') callsLeftOutside.inc();
        await this.rooms.closeRoom(roomNameOf(state.callId));
        return;
      case 'dial-leg':
        // Looked up late, as above: dialling appends what becomes of it.
        await this.modules.get(FurtherPhonesService, { strict: false }).dial(state, effect.legId);
        return;
      case 'hang-up-leg':
        await this.modules.get(FurtherPhonesService, { strict: false }).hangUp(state, effect.legId);
        return;
      case 'assign-gateway':
        if (!(await this.modules.get(FurtherPhonesService, { strict: false }).assignGateway(state)))
          throw new EffectFailed('no-gateway');
        return;
      case 'move-to-hotline':
        // Looked up late, as above.
        await this.modules.get(Overflow, { strict: false }).move(state, effect.hotlineId);
        return;
      case 'answer-dial-in':
        await this.modules.get(DialInService, { strict: false }).answer(state);
        return;
      case 'placed-call-over':
        // Looked up late: it places calls, whose effects come back here.
        await this.modules.get(AskedCallBacks, { strict: false }).follow(state);
        return;
      case 'remember-language':
        await this.modules.get(FurtherPhonesService, { strict: false }).rememberLanguage(state);
        return;
      case 'hang-up-at-carrier': {
        const account = await this.accounts.find(state.carrierAccountId);
        if (!account) return;
        const outcome = await this.carriers.for(account).hangUp(state.carrierCallId);
        // A refusal that can't be cured is left to the timer `hang-up-limit` and to the carrier's own time limit.
        if (outcome.outcome === 'refused' && outcome.retryable) throw new EffectFailed(outcome.reason);
        return;
      }
    }
  }

  /** The page may still be connecting with the ring's rights: asked again a few times. A later token has the rights itself. */
  private async grant(state: CallState, legId: LegId, connectionId: ConnectionId): Promise<void> {
    const leg = acceptedLegs(state).find((l) => l.legId === legId && l.connectionId === connectionId);
    if (!leg) return;
    const outcome = await this.rooms.setRights(
      roomNameOf(state.callId),
      operatorIdentity(legId, connectionId),
      roomRights(leg),
    );
    if (outcome === 'absent' && leg.state === 'connecting' && this.clock.now() - (leg.acceptedAt ?? 0) < 10_000) {
      throw new EffectFailed('participant-not-there-yet');
    }
  }
}

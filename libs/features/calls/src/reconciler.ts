import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CarrierAccounts, Carriers } from '@ringdown/carriers-port/carrier';
import { phoneLeg } from '@ringdown/call-flow/call-state';
import { Clock } from '@ringdown/platform/clock';
import { errorFields, LOG, type Log } from '@ringdown/platform/log';
import { callRepairs, callsLive } from '@ringdown/platform/metrics';
import { CallsRepository, type CallRow } from '@ringdown/store/calls.repository';
import { ConnectionsRepository } from '@ringdown/store/connections.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { AskedCallBacks } from './asked-call-backs.service.ts';
import { CALL_LOG, CallEngine, type EngineLog } from './call-engine.ts';
import { CallTimers } from './call-timers.ts';
import { DistributionRound } from './distribution-round.ts';
import { CONNECTION_STALE_MS } from './limits.ts';
import { PerformEffects } from './perform-effects.ts';
import { PresenceService } from './presence.service.ts';

const EVERY_MS = 1_000;
/** The process that stored a timer fires it; of one that is later than this it has died. */
const TIMER_LATE_MS = 500;
/** Nothing happened to a call for so long: ask the carrier whether it still exists. */
const QUIET_MS = 60_000;
/** No carrier keeps a call longer. */
const OLDEST_CALL_MS = 25 * 3_600_000;
/** A scripted caller talks for a few minutes. */
const OLDEST_PRACTICE_MS = 3_600_000;
/** The carrier is asked about all quiet calls once in so many rounds. */
const CARRIER_EVERY = 15;

/** Looks for what a died process left behind, mends it, and says so. Several may run: each finding goes to one of them. */
@Injectable()
export class Reconciler implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private rounds = 0;
  private busy = false;

  constructor(
    @Inject(CALL_LOG) private readonly log: EngineLog,
    @Inject(LOG) private readonly lines: Log,
    private readonly engine: CallEngine,
    private readonly effects: PerformEffects,
    private readonly timers: CallTimers,
    private readonly calls: CallsRepository,
    private readonly people: PeopleRepository,
    private readonly connections: ConnectionsRepository,
    private readonly presence: PresenceService,
    private readonly distribution: DistributionRound,
    private readonly askedCallBacks: AskedCallBacks,
    private readonly accounts: CarrierAccounts,
    private readonly carriers: Carriers,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.tick(), EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.round();
    } catch (error) {
      this.lines.warn(errorFields(error), 'The reconciler could not finish its round; the database may be away.');
    } finally {
      this.busy = false;
    }
  }

  /** One look at everything. Public for tests. */
  async round(): Promise<void> {
    this.rounds += 1;
    await this.effects.sweep();
    await this.fireLateTimers();
    await this.closeStaleConnections();
    for (const operatorId of await this.connections.listWrapUpOver(this.clock.now())) {
      await this.presence.wrapUpOver(operatorId);
    }
    for (const operatorId of await this.connections.listGone()) await this.presence.gone(operatorId);
    for (const operatorId of await this.connections.listStuck()) {
      if (await this.presence.release(operatorId)) this.repaired('operator-stuck');
    }
    for (const operatorId of await this.connections.listRemovedOnCalls()) await this.presence.throwOut(operatorId);
    await this.endDoubleOffers();
    // Also how a shift that begins, or a wish that was waited for long enough, comes to a round.
    for (const hotlineId of await this.log.listNeglected()) await this.distribution.run(hotlineId);
    if (this.rounds % CARRIER_EVERY === 0) {
      await this.askCarriers();
      await this.askedCallBacks.sweep();
      await this.people.removeExpiredChallenges(this.clock.now());
      callsLive.set(await this.calls.countLive());
    }
  }

  private async fireLateTimers(): Promise<void> {
    for (const callId of await this.log.listOverdue(this.clock.now(), TIMER_LATE_MS)) {
      const state = await this.engine.findState(callId);
      if (state) await this.timers.fire(state);
    }
  }

  private async closeStaleConnections(): Promise<void> {
    for (const { connectionId, operatorId } of await this.connections.takeStale(CONNECTION_STALE_MS)) {
      const presence = await this.log.findPresence(operatorId);
      if (presence?.state === 'on-call' && presence.callId) {
        await this.engine.append(presence.callId, {
          type: 'OperatorConnectionLost',
          at: this.clock.now(),
          operatorId,
          connectionId,
        });
      }
      await this.presence.unreachable(operatorId);
    }
  }

  /** A person rings or talks for one call at most (Q3): what a call says beyond the person's own row is withdrawn and told. */
  private async endDoubleOffers(): Promise<void> {
    for (const { callId, operatorId, offerId } of await this.log.listStrayOffers()) {
      const appended = await this.engine.append(callId, {
        type: 'OfferWithdrawn',
        at: this.clock.now(),
        offerId,
        reason: 'went-offline',
      });
      if (appended.outcome !== 'applied') continue;
      this.repaired('double-offer');
      await this.calls.addAdminLogLine({
        kind: 'call-repaired',
        callId,
        actorId: operatorId,
        details: { finding: 'double-offer' },
      });
    }
  }

  /** Calls that nothing has happened to: over at the carrier means over here. */
  private async askCarriers(): Promise<void> {
    const now = this.clock.now();
    for (const call of await this.calls.listQuiet(now - QUIET_MS)) {
      const finding = await this.findingOf(call, now);
      if (!finding) continue;
      const appended = await this.engine.append(call.callId, { type: 'FoundOrphaned', at: now, finding });
      if (appended.outcome === 'applied') {
        this.repaired(finding);
        await this.calls.addAdminLogLine({ kind: 'call-repaired', callId: call.callId, details: { finding } });
      }
    }
  }

  private async findingOf(
    call: CallRow,
    now: number,
  ): Promise<'carrier-says-over' | 'unknown-at-carrier' | 'too-old' | null> {
    if (now - call.arrivedAt > OLDEST_CALL_MS) return 'too-old';
    const state = await this.engine.findState(call.callId);
    // No carrier knows it; its gateway ends it long before.
    if (state?.practice) return now - call.arrivedAt > OLDEST_PRACTICE_MS ? 'too-old' : null;
    // Its gateway hears it this very moment.
    if (state && phoneLeg(state).state === 'live' && now - call.arrivedAt < QUIET_MS * 5) return null;
    // Of one that we placed the carrier knows only the phone that was dialled.
    if (state?.placed) return null;
    const account = await this.accounts.find(call.carrierAccountId);
    if (!account) return 'unknown-at-carrier';
    const lookup = await this.carriers.for(account).findCall(call.carrierCallId);
    switch (lookup.outcome) {
      case 'found':
        return lookup.over ? 'carrier-says-over' : null;
      case 'not-found':
        return 'unknown-at-carrier';
      case 'refused':
        return null;
    }
  }

  private repaired(finding: string): void {
    callRepairs.inc({ finding });
    this.lines.warn({ finding }, 'The reconciler mended something.');
  }
}

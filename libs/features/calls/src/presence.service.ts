import { Inject, Injectable } from '@nestjs/common';
import {
  finishWrapUp,
  practisedIn,
  type Presence,
  type PresenceWish,
  wishPresence,
} from '@ringdown/call-flow/operator-presence';
import { legOf, offerTo } from '@ringdown/call-flow/call-state';
import { takesPart } from '@ringdown/call-flow/people-on-call';
import { dialledIn } from '@ringdown/call-flow/reduce-dial-in';
import { MemberEvents } from '@ringdown/features-operators/member-events';
import { Clock } from '@ringdown/platform/clock';
import type { CommandAnswer } from '@ringdown/protocol/console';
import type { CallId, OperatorId } from '@ringdown/protocol/ids';
import type { PresenceRow } from '@ringdown/store/call-log';
import { ConnectionsRepository } from '@ringdown/store/connections.repository';
import { PracticeRepository } from '@ringdown/store/practice.repository';
import { CALL_LOG, CallEngine, type EngineLog } from './call-engine.ts';
import { CallTimers } from './call-timers.ts';
import { DistributionRound } from './distribution-round.ts';
import { LiveLinks } from './live-links.ts';
import { SnapshotSources } from './snapshot-sources.ts';

const toPresence = (row: PresenceRow): Presence => ({
  state: row.state,
  since: row.since,
  reason: row.reason as Presence['reason'],
  callId: row.callId,
  endsAt: row.endsAt,
  misses: row.misses,
  idleSince: row.idleSince,
});

/** People's states outside of calls: what they wish, wrap-up running out, pages closed. */
@Injectable()
export class PresenceService {
  constructor(
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly engine: CallEngine,
    private readonly sources: SnapshotSources,
    private readonly practices: PracticeRepository,
    private readonly connections: ConnectionsRepository,
    private readonly round: DistributionRound,
    private readonly links: LiveLinks,
    private readonly clock: Clock,
    private readonly timers: CallTimers,
    members: MemberEvents,
  ) {
    timers.onWrapUpOver((operatorId) => this.wrapUpOver(operatorId));
    members.onRemoved(async (operatorId) => {
      links.disconnectOperator(operatorId);
      await this.throwOut(operatorId);
    });
    members.onChanged(() => {
      links.toConsoles('changed', { topic: 'members' });
      links.refreshAll();
    });
  }

  async wish(operatorId: OperatorId, wish: PresenceWish): Promise<CommandAnswer> {
    let practised: CallId | null = null;
    const outcome = await this.log.changePresence(operatorId, (row) => {
      practised = practisedIn(row) && row.callId;
      const result = wishPresence(toPresence(row), wish, this.clock.now());
      return {
        presence: result.outcome === 'changed' ? { operatorId, ...result.presence } : null,
        result,
      };
    });
    if (!outcome) return { outcome: 'refused', reason: 'not-allowed-now' };
    if (outcome.outcome === 'refused') return { outcome: 'refused', reason: 'on-a-call' };
    if (practised) await this.practices.markWrappedUp(practised, this.clock.now());
    await this.changed(operatorId);
    return { outcome: 'done' };
  }

  async finishWrapUp(operatorId: OperatorId, callId: CallId | null): Promise<CommandAnswer> {
    let practised: CallId | null = null;
    const done = await this.log.changePresence(operatorId, (row) => {
      practised = practisedIn(row) && row.callId;
      if (row.state !== 'wrap-up' || (callId !== null && row.callId !== callId))
        return { presence: null, result: false };
      return { presence: { operatorId, ...finishWrapUp(toPresence(row), this.clock.now()) }, result: true };
    });
    if (!done) return { outcome: 'refused', reason: 'not-allowed-now' };
    if (practised) await this.practices.markWrappedUp(practised, this.clock.now());
    await this.changed(operatorId);
    return { outcome: 'done' };
  }

  /** The time set for wrap-up ran out; a newer wrap-up is left alone. */
  async wrapUpOver(operatorId: OperatorId): Promise<void> {
    const now = this.clock.now();
    const done = await this.log.changePresence(operatorId, (row) => {
      if (row.state !== 'wrap-up' || (row.endsAt ?? 0) > now) return { presence: null, result: false };
      return { presence: { operatorId, ...finishWrapUp(toPresence(row), now) }, result: true };
    });
    if (done) await this.changed(operatorId);
  }

  /** The last page of a person's console is gone. An offer goes to somebody else at once; the state follows later. */
  async unreachable(operatorId: OperatorId): Promise<void> {
    if (await this.connections.isReachable(operatorId)) return;
    const row = await this.log.findPresence(operatorId);
    if (row?.state !== 'ringing' || !row.callId) return;
    const state = await this.engine.findState(row.callId);
    const offer = state ? offerTo(state, operatorId) : undefined;
    // Their phone rings on: a closed page says nothing about that.
    if (!offer || offer.on === 'own-phone') return;
    await this.engine.append(row.callId, {
      type: 'OfferWithdrawn',
      at: this.clock.now(),
      offerId: offer.offerId,
      reason: 'went-offline',
    });
  }

  /** Nobody has been there for a while: offline, so that the coordinator sees it. */
  async gone(operatorId: OperatorId): Promise<void> {
    await this.log.changePresence(operatorId, (row) => {
      const result = wishPresence(toPresence(row), { state: 'offline' }, this.clock.now());
      return { presence: result.outcome === 'changed' ? { operatorId, ...result.presence } : null, result: null };
    });
    await this.changed(operatorId);
  }

  /** A removed member leaves a call at once, whatever their browser does: the caller keeps the place, somebody else is asked. */
  async throwOut(operatorId: OperatorId): Promise<void> {
    const callId = await this.connections.findCallOfRemoved(operatorId);
    const state = callId ? await this.engine.findState(callId) : null;
    if (!callId || !state) return;
    const at = this.clock.now();
    const offer = offerTo(state, operatorId);
    const leg = legOf(state, operatorId);
    if (offer) {
      await this.engine.append(callId, { type: 'OfferWithdrawn', at, offerId: offer.offerId, reason: 'went-offline' });
    } else if (dialledIn(state) === operatorId) {
      await this.engine.append(callId, { type: 'HangUpRequested', at, operatorId });
    } else if (leg?.connectionId) {
      const { legId, connectionId } = leg;
      await this.engine.append(callId, { type: 'MemberFailed', at, legId, connectionId, reason: 'member-removed' });
    } else if (leg?.operatorId === operatorId && leg.kind === 'own-phone') {
      await this.engine.append(callId, { type: 'LegDialFailed', at, legId: leg.legId, reason: 'member-removed' });
    }
  }

  /** Somebody marked as busy with a call that is over or isn't theirs. */
  async release(operatorId: OperatorId): Promise<boolean> {
    const now = this.clock.now();
    const row = await this.log.findPresence(operatorId);
    const state = row?.callId ? await this.engine.findState(row.callId) : null;
    const holds = state && state.phase !== 'ended' && takesPart(state, operatorId);
    if (!row || holds) return false;
    const released = await this.log.changePresence(operatorId, (presence) => {
      const stillBusy =
        (presence.state === 'ringing' || presence.state === 'on-call') && presence.callId === row.callId;
      if (!stillBusy) return { presence: null, result: false };
      return {
        presence: { ...presence, state: 'available', since: now, reason: null, callId: null, endsAt: null },
        result: true,
      };
    });
    if (released) await this.changed(operatorId);
    return released === true;
  }

  /** Where a person's calls ring has changed: a caller who waits may reach them now. */
  reachedOtherwise(operatorId: OperatorId): Promise<void> {
    return this.changed(operatorId, false);
  }

  private async changed(operatorId: OperatorId, changedHere = true): Promise<void> {
    const presence = this.log.lastKnownPresence(operatorId);
    if (presence) this.timers.followWrapUp(presence);
    this.links.refreshOperator(operatorId, { changedHere });
    this.links.toConsoles('changed', { topic: 'people' });
    const operator = await this.sources.operator(operatorId);
    await this.round.runFor(operatorId, operator?.hotlineIds ?? []);
  }
}

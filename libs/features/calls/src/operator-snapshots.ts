import { Inject, Injectable } from '@nestjs/common';
import { type CallState, type Leg, legOf, type Offer, offerTo } from '@ringdown/call-flow/call-state';
import { INVITE_TIMEOUT_MS } from '@ringdown/call-flow/call-limits';
import { dialledIn } from '@ringdown/call-flow/reduce-dial-in';
import { isCalling } from '@ringdown/call-flow/reduce-call-back';
import { Clock } from '@ringdown/platform/clock';
import {
  type CallPerson,
  type CallView,
  type LegSecurity,
  type OfferView,
  type OperatorSnapshot,
  OperatorPresence,
  type WrapUpView,
} from '@ringdown/protocol/console';
import type { ConnectionId, HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { practisedIn } from '@ringdown/call-flow/operator-presence';
import { CallsRepository } from '@ringdown/store/calls.repository';
import type { PresenceRow } from '@ringdown/store/call-log';
import { CALL_LOG, type EngineLog } from './call-engine.ts';
import { QueueCounts } from './queue-counts.ts';
import { RoomAccessService } from './room-access.ts';
import { SnapshotSources } from './snapshot-sources.ts';

const securityOf = (leg: Leg): LegSecurity => {
  const base = { phone: 'not-private' as const, keyIndex: leg.keyIndex, generation: leg.generation };
  if (leg.kind !== 'console') return { ...base, console: 'not-private' };
  switch (leg.state) {
    case 'live':
      return { ...base, console: 'encrypted' };
    case 'connecting':
      return { ...base, console: 'agreeing-on-key' };
    case 'away':
    case 'ended':
    case 'expected':
    case 'offered':
      return { ...base, console: 'not-connected' };
  }
};

const ON_PHONE = { 'own-phone': 'own-phone', 'outside-phone': 'outside-phone' } as const;
const RINGS: ReadonlySet<Leg['state']> = new Set(['expected', 'offered']);

/** Whoever joins a ring of all rings for what is left of it. */
const ringsFor = ({ timers, policy }: CallState, offer: Offer): number =>
  Math.max(1, (timers['ring-timeout']?.dueAt ?? offer.at + policy.ringTimeoutMs) - offer.at);

/** Everybody on the call beside the caller, and whoever is being asked in. */
const listPeople = (state: CallState, names: ReadonlyMap<OperatorId, string>): CallPerson[] =>
  state.legs.flatMap((leg): CallPerson[] => {
    const { legId, operatorId, role, muted, mode } = leg;
    if (role === 'caller' || leg.state === 'ended') return [];
    return [
      {
        legId,
        operatorId,
        name: operatorId && (names.get(operatorId) ?? ''),
        on: leg.kind === 'own-phone' || leg.kind === 'outside-phone' ? ON_PHONE[leg.kind] : 'console',
        role,
        state: RINGS.has(leg.state)
          ? 'ringing'
          : (leg.state as Exclude<Leg['state'], 'expected' | 'offered' | 'ended'>),
        muted,
        mode,
      },
    ];
  });

/** Whether the call ended with this person responsible or as a guest; whoever handed it over before has no part in its end. */
const wasThereAtTheEnd = (state: CallState, operatorId: OperatorId): boolean => {
  if (state.outside) return false;
  const last = state.legs.findLast((l) => l.operatorId === operatorId && l.acceptedAt !== null);
  if (last?.role !== 'volunteer') return true;
  return state.legs.findLast((l) => l.role === 'volunteer' && l.acceptedAt !== null)?.legId === last.legId;
};

/** Everything one operator's console shows, drawn anew from what is stored. */
@Injectable()
export class OperatorSnapshots {
  constructor(
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly sources: SnapshotSources,
    private readonly queues: QueueCounts,
    private readonly calls: CallsRepository,
    private readonly rooms: RoomAccessService,
    private readonly clock: Clock,
  ) {}

  /**
   * Null when the person is gone. Tokens are made for this connection. `changedHere`: this process has just stored what
   * changed; otherwise the database is asked.
   */
  async make(
    operatorId: OperatorId,
    connectionId: ConnectionId,
    changedHere: boolean,
  ): Promise<OperatorSnapshot | null> {
    const [operator, situation] = await Promise.all([
      this.sources.operator(operatorId),
      (changedHere ? this.log.lastKnownSituation(operatorId) : null) ?? this.log.findSituation(operatorId),
    ]);
    if (!operator || !situation) return null;
    const { presence, state } = situation;
    const [queue, phoneLineUp, roster, hotlineName] = await Promise.all([
      this.queueOf(operator.hotlineIds),
      this.sources.phoneLineUp(),
      this.sources.roster(),
      state ? this.sources.hotlineName(state.hotlineId) : '',
    ]);
    const earlierCalls = state
      ? await this.sources.earlierCalls(state.callId, () => this.calls.countEarlier(state.callId))
      : 0;
    const base = state ? { state, hotlineName, earlierCalls, connectionId } : null;
    return {
      serverTime: this.clock.now(),
      operatorId,
      presence: OperatorPresence.parse({
        state: presence.state,
        since: presence.since,
        reason: practisedIn(presence) ? null : presence.reason,
        endsAt: presence.endsAt,
      }),
      offer: base && presence.state === 'ringing' ? await this.offerOf({ ...base, operatorId }) : null,
      call: base && presence.state === 'on-call' ? await this.callOf({ ...base, operatorId }) : null,
      wrapUp: base && presence.state === 'wrap-up' ? this.wrapUpOf(base, presence) : null,
      dialIn:
        state && presence.state === 'on-call' && dialledIn(state) === operatorId
          ? {
              callId: state.callId,
              hotlineName,
              since: presence.since,
              talking: state.dialIn?.step === 'talking',
            }
          : null,
      queue,
      phoneLineUp,
      roster,
    };
  }

  private async queueOf(hotlineIds: readonly HotlineId[]): Promise<OperatorSnapshot['queue']> {
    const byHotline = await Promise.all(hotlineIds.map((hotlineId) => this.queues.of(hotlineId)));
    const since = byHotline.flatMap(({ longestSince }) => (longestSince === null ? [] : [longestSince]));
    return {
      waiting: byHotline.reduce((sum, { waiting }) => sum + waiting, 0),
      longestSince: since.length > 0 ? Math.min(...since) : null,
      byHotline,
    };
  }

  private async offerOf(given: {
    state: CallState;
    hotlineName: string;
    earlierCalls: number;
    connectionId: ConnectionId;
    operatorId: OperatorId;
  }): Promise<OfferView | null> {
    const { state } = given;
    const offer = offerTo(state, given.operatorId);
    if (!offer) return null;
    return {
      offerId: offer.offerId,
      callId: state.callId,
      legId: offer.legId,
      hotlineId: state.hotlineId,
      hotlineName: given.hotlineName,
      language: state.language,
      waitingSince: state.arrivedAt,
      offeredAt: offer.at,
      ringTimeoutMs: offer.purpose === 'queue' ? ringsFor(state, offer) : INVITE_TIMEOUT_MS,
      earlierCalls: given.earlierCalls,
      test: state.test,
      ...(state.practice ? { practice: true } : {}),
      purpose: offer.purpose,
      ...(offer.purpose !== 'queue' && offer.by
        ? { fromName: (await this.sources.namesOf([offer.by])).get(offer.by) ?? '' }
        : {}),
      room: await this.rooms.forRinging(state.callId, offer.legId, given.connectionId),
    };
  }

  private async callOf(given: {
    state: CallState;
    hotlineName: string;
    earlierCalls: number;
    connectionId: ConnectionId;
    operatorId: OperatorId;
  }): Promise<CallView | null> {
    const { state } = given;
    const leg = legOf(state, given.operatorId);
    if (!leg || leg.role === 'caller' || (leg.kind === 'console' && !leg.connectionId)) return null;
    const { invitation } = state;
    return {
      callId: state.callId,
      legId: leg.legId,
      hotlineId: state.hotlineId,
      hotlineName: given.hotlineName,
      language: state.language,
      phase: state.phase,
      phaseSince: state.phaseSince,
      arrivedAt: state.arrivedAt,
      acceptedAt: leg.acceptedAt ?? state.phaseSince,
      connectedAt: leg.connectedAt,
      connectionId: leg.connectionId,
      muted: leg.muted,
      held: state.phase === 'held',
      security: securityOf(leg),
      earlierCalls: given.earlierCalls,
      test: state.test,
      ...(state.practice ? { practice: true } : {}),
      digitsReceived: state.digitsReceived,
      role: leg.role,
      mode: leg.mode,
      people: listPeople(state, await this.namesIn(state)),
      invitation: invitation && {
        mode: invitation.mode,
        legId: invitation.legId,
        mine: invitation.by === given.operatorId,
        state: invitation.state,
        since: invitation.since,
        timeoutMs: INVITE_TIMEOUT_MS,
      },
      invitationFailed: state.invitationFailed,
      outsideMs: state.policy.outside?.maxMs ?? null,
      callingBack: isCalling(state),
      // Who talks on their phone has nothing to say or hear in the room until they take the call to a page.
      room: leg.connectionId
        ? await this.rooms.forMember(state.callId, leg, given.connectionId)
        : await this.rooms.forRinging(state.callId, leg.legId, given.connectionId),
      termination: state.termination,
    };
  }

  private namesIn(state: CallState): Promise<Map<OperatorId, string>> {
    const ids = state.legs.filter((l) => l.state !== 'ended').flatMap((l) => l.operatorId ?? []);
    return this.sources.namesOf(ids);
  }

  private wrapUpOf(given: { state: CallState; hotlineName: string }, presence: PresenceRow): WrapUpView | null {
    const { state } = given;
    return {
      callId: state.callId,
      hotlineId: state.hotlineId,
      hotlineName: given.hotlineName,
      arrivedAt: state.arrivedAt,
      endedAt: presence.since,
      endsAt: presence.endsAt ?? presence.since,
      termination: wasThereAtTheEnd(state, presence.operatorId) ? state.termination : null,
      ...(state.practice ? { practice: true } : {}),
    };
  }
}

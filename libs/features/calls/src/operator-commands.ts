import { Injectable } from '@nestjs/common';
import { acceptedLegs, type CallState, offerTo } from '@ringdown/call-flow/call-state';
import { Clock } from '@ringdown/platform/clock';
import type { MemberToGateway } from '@ringdown/protocol/call-group';
import type { CallEvent } from '@ringdown/protocol/call-events';
import type { CommandAnswer } from '@ringdown/protocol/console';
import type { CallId, ConnectionId, OfferId, OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import { RosterService } from '@ringdown/features-operators/roster.service';
import { CallEngine, type Appended, CALL_LOG, type EngineLog } from './call-engine.ts';
import { LiveLinks } from './live-links.ts';
import { Inject } from '@nestjs/common';

export interface Acting {
  operatorId: OperatorId;
  publicKey: PublicKeyHex;
  connectionId: ConnectionId;
}

export const refused = (reason: Extract<CommandAnswer, { outcome: 'refused' }>['reason']): CommandAnswer => ({
  outcome: 'refused',
  reason,
});
export const DONE: CommandAnswer = { outcome: 'done' };

/** Why an event didn't apply, in the console's terms. */
export const refusalFor = (reason: string): CommandAnswer => {
  switch (reason) {
    case 'nothing-new':
    case 'already-here':
      return DONE;
    case 'call-is-over':
    case 'call-is-ending':
      return refused('call-over');
    case 'not-your-call':
    case 'offer-over':
    case 'already-inviting':
      return refused(reason);
    case 'on-the-call-already':
      return refused('person-not-available');
    case 'supervision-stays':
      return refused('not-permitted');
    default:
      return refused('not-allowed-now');
  }
};

const refusalOf = (appended: Appended): CommandAnswer => {
  switch (appended.outcome) {
    case 'applied':
    case 'duplicate':
      return DONE;
    case 'unknown-call':
      return refused('call-over');
    case 'ignored':
      return refusalFor(appended.reason);
  }
};

/** What an operator's console asks of calls. */
@Injectable()
export class OperatorCommands {
  constructor(
    private readonly engine: CallEngine,
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly rosters: RosterService,
    private readonly links: LiveLinks,
    private readonly clock: Clock,
  ) {}

  /** First one wins on the row lock; whoever comes second learns it. */
  async accept(acting: Acting, offerId: OfferId, keyPackage: MemberToGateway | null): Promise<CommandAnswer> {
    const callId = await this.callOf(acting.operatorId);
    if (!callId) return refused('offer-over');
    // What is remembered will do if it says that the offer stands: storing the answer checks it.
    const known = this.log.lastKnown(callId);
    const stands = known !== null && offerTo(known, acting.operatorId)?.offerId === offerId;
    const state = stands ? known : await this.engine.findState(callId);
    if (!state) return refused('offer-over');
    const offer = offerTo(state, acting.operatorId);
    if (offer?.offerId !== offerId) {
      const taken = state.offers.some((o) => o.offerId !== offerId && o.outcome === 'accepted');
      return refused(taken ? 'already-taken' : 'offer-over');
    }
    if (!(await this.rosters.names(acting.publicKey))) return refused('not-in-roster');
    const appended = await this.engine.append(callId, {
      type: 'OfferAccepted',
      at: this.clock.now(),
      offerId,
      connectionId: acting.connectionId,
      publicKey: acting.publicKey,
    });
    if (appended.outcome !== 'applied') return refusalOf(appended);
    await this.sendKeyPackage(appended, acting, keyPackage);
    return DONE;
  }

  async decline(acting: Acting, offerId: OfferId): Promise<CommandAnswer> {
    const callId = await this.callOf(acting.operatorId);
    const state = callId ? await this.engine.findState(callId) : null;
    const offer = state ? offerTo(state, acting.operatorId) : undefined;
    if (!callId || offer?.offerId !== offerId) return refused('offer-over');
    return refusalOf(await this.engine.append(callId, { type: 'OfferDeclined', at: this.clock.now(), offerId }));
  }

  async rejoin(acting: Acting, callId: CallId, keyPackage: MemberToGateway | null): Promise<CommandAnswer> {
    const appended = await this.engine.append(callId, {
      type: 'OperatorRejoined',
      at: this.clock.now(),
      operatorId: acting.operatorId,
      connectionId: acting.connectionId,
      publicKey: acting.publicKey,
    });
    if (appended.outcome !== 'applied') return refusalOf(appended);
    await this.sendKeyPackage(appended, acting, keyPackage);
    return DONE;
  }

  async act(callId: CallId, event: CallEvent): Promise<CommandAnswer> {
    return refusalOf(await this.engine.append(callId, event));
  }

  /** Opaque to us: from a member's browser to the gateway that has the call. False when the sender isn't in the call. */
  async relay(acting: Acting, callId: CallId, message: MemberToGateway): Promise<boolean> {
    const { connectionId } = acting;
    const isMember = (state: CallState | null) =>
      state !== null && acceptedLegs(state).some((l) => l.connectionId === connectionId && l.legId === message.legId);
    const known = this.log.lastKnown(callId);
    const state = isMember(known) ? known : await this.engine.findState(callId);
    if (!state?.gatewayId || !isMember(state)) return false;
    this.links.toGateway(state.gatewayId, 'mls', { callId, connectionId: acting.connectionId, message });
    return true;
  }

  async sendKeyPackage(
    appended: Pick<Extract<Appended, { outcome: 'applied' }>, 'state' | 'performed'>,
    acting: Acting,
    keyPackage: MemberToGateway | null,
  ): Promise<void> {
    // The directive that names this member goes first; otherwise the gateway would not know whose package it is.
    await appended.performed;
    const { gatewayId, callId } = appended.state;
    const member = acceptedLegs(appended.state).some(
      (l) => l.connectionId === acting.connectionId && l.legId === keyPackage?.legId,
    );
    if (keyPackage && gatewayId && member) {
      this.links.toGateway(gatewayId, 'mls', { callId, connectionId: acting.connectionId, message: keyPackage });
    }
  }

  private async callOf(operatorId: OperatorId): Promise<CallId | null> {
    const known = this.log.lastKnownSituation(operatorId);
    if (known?.state && offerTo(known.state, operatorId)) return known.state.callId;
    return (await this.log.findPresence(operatorId))?.callId ?? null;
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { CarrierAccounts, Carriers, type Verb } from '@ringdown/carriers-port/carrier';
import { type DialableNumber, toDialable } from '@ringdown/carriers-port/dialable-number';
import type { FurtherLeg } from '@ringdown/carriers-port/inbound-calls';
import type { CallState, Leg } from '@ringdown/call-flow/call-state';
import { ladderStep } from '@ringdown/call-flow/reduce-ladder';
import { INVITE_TIMEOUT_MS } from '@ringdown/call-flow/call-limits';
import { countriesOf } from '@ringdown/features-hotlines/outside-countries';
import { MasterKey } from '@ringdown/crypto/master-key';
import { openNumber, openOwnNumber, sealNumber } from '@ringdown/crypto/number-cipher';
import { Clock } from '@ringdown/platform/clock';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { LOG, type Log } from '@ringdown/platform/log';
import { Random } from '@ringdown/platform/random';
import type { CarrierStatus } from '@ringdown/protocol/call-events';
import type { CarrierAccountId, CarrierCallId, E164, HotlineId, LanguageTag, LegId } from '@ringdown/protocol/ids';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { GatewaysRepository } from '@ringdown/store/gateways.repository';
import { type HotlineRow, HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { LadderNumbers } from '@ringdown/store/ladder-numbers.repository';
import { PhonesRepository } from '@ringdown/store/phones.repository';
import { CallEngine } from './call-engine.ts';
import { legVerbsOf } from './call-verbs.ts';

export type AdmittedNumber =
  | { outcome: 'admitted'; sealed: Uint8Array }
  | Extract<DialableNumber, { outcome: 'refused' }>
  | { outcome: 'refused'; reason: 'no-hotline-number' };

const legOf = (state: CallState, legId: LegId): Leg | undefined => state.legs.find((leg) => leg.legId === legId);

/** Dials, answers and hangs up phones beside the caller's. Nothing is ever dialled twice: what was begun is not begun again. */
@Injectable()
export class FurtherPhonesService {
  constructor(
    private readonly engine: CallEngine,
    private readonly hotlines: HotlinesRepository,
    private readonly phones: PhonesRepository,
    private readonly ladderNumbers: LadderNumbers,
    private readonly calls: CallsRepository,
    private readonly gateways: GatewaysRepository,
    private readonly accounts: CarrierAccounts,
    private readonly carriers: Carriers,
    private readonly masterKey: MasterKey,
    private readonly random: Random,
    private readonly clock: Clock,
    @Inject(LOG) private readonly lines: Log,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {}

  /** Whether a hotline may dial what somebody typed; sealed, to be stored with `OpenCall.saveLegNumber`. */
  async admit(hotlineId: HotlineId, text: string): Promise<AdmittedNumber> {
    const hotline = await this.hotlines.findHotline(hotlineId);
    if (!hotline || hotline.numbers.length === 0) return { outcome: 'refused', reason: 'no-hotline-number' };
    const dialable = toDialable(text, countriesOf(hotline));
    if (dialable.outcome === 'refused') return dialable;
    return { outcome: 'admitted', sealed: sealNumber(this.masterKey, hotlineId, dialable.number) };
  }

  async dial(state: CallState, legId: LegId): Promise<void> {
    const leg = legOf(state, legId);
    if (!leg || leg.phone || leg.state === 'ended' || state.phase === 'ended') return;
    const [to, from] = await Promise.all([this.numberOf(state, leg), this.ownNumberOf(state)]);
    const account = from && (await this.accounts.find(from.carrierAccountId));
    if (!to || !account) {
      await this.fail(state, legId, to ? 'no-hotline-number' : 'no-number');
      return;
    }
    if (!(await this.mayDial(state, leg, to))) {
      await this.fail(state, legId, 'number-not-allowed');
      return;
    }
    const begun = await this.engine.append(state.callId, {
      type: 'LegDialBegun',
      at: this.clock.now(),
      legId,
      carrierAccountId: account.carrierAccountId,
      streamToken: this.random.secret(),
    });
    if (begun.outcome !== 'applied') return;
    const urls = this.urlsOf(account.carrierAccountId, state.callId, legId);
    const ringsMs = leg.kind === 'own-phone' ? state.policy.ringTimeoutMs : INVITE_TIMEOUT_MS;
    const placed = await this.carriers.for(account).placeCall({
      from: from.e164,
      to,
      answerUrl: urls.verbsUrl,
      statusUrl: urls.statusUrl,
      timeoutS: Math.ceil(ringsMs / 1000),
    });
    if (placed.outcome === 'refused') {
      // Also when the outcome is unknown: should it ring all the same, the answer to its webhook hangs it up.
      this.lines.warn({ callId: state.callId, reason: placed.reason }, 'A further phone could not be dialled.');
      await this.fail(state, legId, placed.reason);
      return;
    }
    const known = await this.dialled(state, legId, placed.callId);
    if (!known) await this.carriers.for(account).hangUp(placed.callId);
  }

  /** For the caller's next call: the tag alone, by the keyed hash of the number. Withheld numbers leave no trace. */
  async rememberLanguage(state: CallState): Promise<void> {
    const call = await this.calls.findCall(state.callId);
    if (!call?.callerIndex) return;
    await this.phones.saveLanguage(state.hotlineId, call.callerIndex, state.language, this.clock.now());
  }

  /** Null when nothing is to be chosen or nothing is known; a language that isn't offered any more is not taken. */
  async findLanguage(hotline: HotlineRow, callerIndex: string | null): Promise<LanguageTag | null> {
    const { languages } = hotline.settings;
    if (!callerIndex || languages.length === 0) return null;
    const language = await this.phones.findLanguage(hotline.hotlineId, callerIndex);
    return language && [hotline.language, ...languages].includes(language) ? language : null;
  }

  /** A call whose caller will be called back has no stream and lost its gateway. False while none is up. */
  async assignGateway(state: CallState): Promise<boolean> {
    if (state.gatewayId || state.phase === 'ended') return true;
    const gateway = await this.gateways.takeLeastLoaded(null, 0);
    if (!gateway) return false;
    await this.engine.append(state.callId, {
      type: 'GatewayAssigned',
      at: this.clock.now(),
      gatewayId: gateway.gatewayId,
      streamToken: this.random.secret(),
    });
    return true;
  }

  async hangUp(state: CallState, legId: LegId): Promise<void> {
    const phone = legOf(state, legId)?.phone;
    if (!phone?.carrierCallId) return;
    const account = await this.accounts.find(phone.carrierAccountId);
    if (!account) return;
    const outcome = await this.carriers.for(account).hangUp(phone.carrierCallId);
    if (outcome.outcome === 'refused' && outcome.retryable) throw new PhoneNotHungUp(outcome.reason);
  }

  async next(leg: FurtherLeg): Promise<readonly Verb[]> {
    const state = await this.known(leg);
    const current = state && legOf(state, leg.legId);
    if (!state || !current) return [{ verb: 'hang-up' }];
    const gateway = state.gatewayId ? await this.gateways.findGateway(state.gatewayId) : null;
    const { verbsUrl } = this.urlsOf(leg.carrierAccountId, leg.callId, leg.legId);
    return legVerbsOf(state, current, { verbsUrl, streamOrigin: gateway?.streamOrigin ?? null });
  }

  async statusChanged(leg: FurtherLeg, status: CarrierStatus, sequence: number | null): Promise<void> {
    if (!(await this.known(leg))) return;
    await this.engine.append(
      leg.callId,
      { type: 'LegStatusChanged', at: this.clock.now(), legId: leg.legId, status },
      `leg-${leg.legId}-${status}-${sequence ?? 'x'}`,
    );
  }

  /** The call's state, if this is the call that we placed. The carrier's word may come before its answer to our request. */
  private async known(leg: FurtherLeg): Promise<CallState | null> {
    const state = await this.engine.findState(leg.callId);
    const phone = state && legOf(state, leg.legId)?.phone;
    if (!state || phone?.carrierAccountId !== leg.carrierAccountId) return null;
    if (phone.carrierCallId !== null) return phone.carrierCallId === leg.carrierCallId ? state : null;
    return this.dialled(state, leg.legId, leg.carrierCallId);
  }

  private async dialled(state: CallState, legId: LegId, carrierCallId: CarrierCallId): Promise<CallState | null> {
    const event = { type: 'LegDialled', at: this.clock.now(), legId, carrierCallId } as const;
    const appended = await this.engine.append(state.callId, event);
    if (appended.outcome === 'unknown-call') return null;
    return legOf(appended.state, legId)?.phone?.carrierCallId === carrierCallId ? appended.state : null;
  }

  private async fail(state: CallState, legId: LegId, reason: string): Promise<void> {
    await this.engine.append(state.callId, { type: 'LegDialFailed', at: this.clock.now(), legId, reason });
  }

  private async numberOf(state: CallState, leg: Leg): Promise<E164 | null> {
    if (leg.kind === 'own-phone') {
      const own = leg.operatorId && (await this.phones.findOwnPhone(leg.operatorId));
      return own && leg.operatorId ? openOwnNumber(this.masterKey, leg.operatorId, own.sealed) : null;
    }
    if (leg.role === 'caller') {
      const sealed = (await this.calls.findCall(state.callId))?.callerSealed;
      return sealed ? openNumber(this.masterKey, state.hotlineId, sealed) : null;
    }
    const sealed = (await this.phones.findLegNumber(leg.legId)) ?? (await this.ladderNumberOf(state));
    return sealed ? openNumber(this.masterKey, state.hotlineId, sealed) : null;
  }

  private async ladderNumberOf(state: CallState): Promise<Uint8Array | null> {
    const step = state.phase === 'ladder' ? ladderStep(state) : undefined;
    if (step?.step !== 'outside-number') return null;
    return (await this.ladderNumbers.find(state.hotlineId, step.numberId))?.sealed ?? null;
  }

  /** What may be dialled can have changed since the number was typed. */
  private async mayDial(state: CallState, leg: Leg, number: E164): Promise<boolean> {
    if (leg.kind !== 'outside-phone' || leg.role === 'caller') return true;
    const hotline = await this.hotlines.findHotline(state.hotlineId);
    return hotline !== null && toDialable(number, countriesOf(hotline)).outcome === 'dialable';
  }

  /** The hotline's number that the other side sees: of the call's own account where it has one. */
  private async ownNumberOf(state: CallState): Promise<HotlineRow['numbers'][number] | null> {
    // A hotline that gets calls from other hotlines only has none: then that of the one the caller dialled.
    for (const hotlineId of [state.hotlineId, ...(state.moves ?? []).map(({ from }) => from)]) {
      const numbers = (await this.hotlines.findHotline(hotlineId))?.numbers ?? [];
      const number = numbers.find((n) => n.carrierAccountId === state.carrierAccountId) ?? numbers[0];
      if (number) return number;
    }
    return null;
  }

  private urlsOf(carrierAccountId: CarrierAccountId, callId: CallState['callId'], legId: LegId) {
    const { publicOrigin } = this.environment.http;
    const base = `${publicOrigin}/carriers/twilio/${carrierAccountId}/calls/${callId}/legs/${legId}`;
    return { verbsUrl: `${base}/verbs`, statusUrl: `${base}/status` };
  }
}

export class PhoneNotHungUp extends Error {
  readonly retryable = true;
  readonly reason: string;
  constructor(reason: string) {
    super(`A further phone could not be hung up: ${reason}`);
    this.reason = reason;
  }
}

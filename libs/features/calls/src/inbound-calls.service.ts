import { Inject, Injectable } from '@nestjs/common';
import type { Verb } from '@ringdown/carriers-port/carrier';
import {
  type CallArrived,
  type CarrierRecording,
  type CarrierStatusReport,
  type FurtherLeg,
  InboundCalls,
  type RefusedWebhook,
} from '@ringdown/carriers-port/inbound-calls';
import { policyOf } from '@ringdown/call-flow/call-policy';
import { type CallState, phoneLeg } from '@ringdown/call-flow/call-state';
import { MAX_GATEWAY_ASSIGNMENTS } from '@ringdown/call-flow/call-limits';
import { MasterKey } from '@ringdown/crypto/master-key';
import { sealNumber } from '@ringdown/crypto/number-cipher';
import { numberIndexOf } from '@ringdown/crypto/number-index';
import { Clock } from '@ringdown/platform/clock';
import { refusedWebhooks, webhookSeconds } from '@ringdown/platform/metrics';
import { Random } from '@ringdown/platform/random';
import type { CarrierStatus } from '@ringdown/protocol/call-events';
import {
  type CallId,
  CallId as CallIdSchema,
  type CarrierAccountId,
  type CarrierCallId,
  E164,
  LegId,
} from '@ringdown/protocol/ids';
import { HotlineBook } from '@ringdown/features-hotlines/hotline-book';
import { Admission, withoutCallBack } from './admission.ts';
import { LAST_TOLD_POSITION } from './distribution-places.ts';
import { FurtherPhonesService } from './further-phones.service.ts';
import { CALLS_REFUSAL_LOG_EVERY_MS } from './limits.ts';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { isUniqueViolation } from '@ringdown/store/database';
import { GatewaysRepository } from '@ringdown/store/gateways.repository';
import type { HotlineRow } from '@ringdown/store/hotlines.repository';
import { CALL_LOG, CallEngine, type EngineLog, type OpenCall } from './call-engine.ts';
import { unknownNumberVerbs, waitAndAsk } from './call-verbs.ts';
import { CarrierRecordings } from './carrier-recordings.service.ts';
import { CallVerbsService } from './call-verbs.service.ts';

/** How often the carrier is told to wait for a gateway before it ends the call by itself. */
const MAX_FRUITLESS_ASKS = 4;
/** A gateway that didn't report the stream's end is believed again when it registered this lately. */
const FRESH_GATEWAY_MS = 10_000;

/** Calls as carriers bring them. Each method answers a repeated webhook as it answered the first. */
@Injectable()
export class InboundCallsService extends InboundCalls {
  private readonly lastRefusal = new Map<string, number>();

  constructor(
    private readonly engine: CallEngine,
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly hotlines: HotlineBook,
    private readonly calls: CallsRepository,
    private readonly gateways: GatewaysRepository,
    private readonly verbs: CallVerbsService,
    private readonly phones: FurtherPhonesService,
    private readonly admission: Admission,
    private readonly recordings: CarrierRecordings,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    super();
  }

  async receive(arrival: CallArrived): Promise<readonly Verb[]> {
    const stop = webhookSeconds.startTimer();
    try {
      const known = await this.log.findIdByCarrierCall(arrival.carrierAccountId, arrival.carrierCallId);
      if (known) return await this.repeat(known);
      const hotline = await this.hotlines.findByNumber(arrival.calledNumber, arrival.carrierAccountId);
      if (!hotline) {
        await this.calls.addAdminLogLine({
          kind: 'unknown-number-called',
          details: { account: arrival.carrierAccountId },
        });
        return unknownNumberVerbs();
      }
      try {
        return await this.verbs.of(await this.create(arrival, hotline));
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        // The same webhook was handled by another process in this very moment.
        const twin = await this.log.findIdByCarrierCall(arrival.carrierAccountId, arrival.carrierCallId);
        if (!twin) throw error;
        return await this.repeat(twin);
      }
    } finally {
      stop();
    }
  }

  async next(callId: CallId, accountId: CarrierAccountId, carrierCallId: CarrierCallId): Promise<readonly Verb[]> {
    const state = await this.engine.findState(callId);
    if (!state || state.carrierAccountId !== accountId || state.carrierCallId !== carrierCallId)
      return [{ verb: 'hang-up' }];
    if (state.endedByCarrierVerbs) return [{ verb: 'hang-up' }];
    if (state.phase === 'ended' || state.phase === 'ending') return [{ verb: 'hang-up' }];
    const suspect = phoneLeg(state).state === 'live' ? state.gatewayId : null;
    const gateway =
      state.gatewayAssignments >= MAX_GATEWAY_ASSIGNMENTS
        ? null
        : await this.gateways.takeLeastLoaded(suspect, FRESH_GATEWAY_MS);
    const givenUp =
      gateway === null &&
      (state.fruitlessAsks >= MAX_FRUITLESS_ASKS || state.gatewayAssignments >= MAX_GATEWAY_ASSIGNMENTS);
    const after = await this.engine.change(callId, async (open) => {
      const at = this.clock.now();
      await open.append({ type: 'CarrierAskedNext', at });
      if (gateway || givenUp) await this.assign(open, gateway?.gatewayId ?? null);
      return open.state;
    });
    if (!after) return [{ verb: 'hang-up' }];
    return gateway || givenUp ? this.verbs.of(after) : waitAndAsk(after, this.verbs.urlsOf(after));
  }

  nextOfLeg(leg: FurtherLeg): Promise<readonly Verb[]> {
    return this.phones.next(leg);
  }

  legStatusChanged(leg: FurtherLeg, status: CarrierStatus, sequence: number | null): Promise<void> {
    return this.phones.statusChanged(leg, status, sequence);
  }

  async statusChanged(report: CarrierStatusReport): Promise<void> {
    const callId = await this.log.findIdByCarrierCall(report.carrierAccountId, report.carrierCallId);
    if (!callId) return;
    const eventKey = `carrier-${report.status}-${report.sequence ?? 'x'}`;
    await this.engine.append(
      callId,
      { type: 'CarrierStatusChanged', at: this.clock.now(), status: report.status, sequence: report.sequence },
      eventKey,
    );
  }

  /** Kept as a job before the carrier is answered: fetching takes a while, and this process may die meanwhile. */
  async recordingReady(recording: CarrierRecording): Promise<void> {
    await this.recordings.keep(recording);
  }

  async refused(webhook: RefusedWebhook): Promise<void> {
    refusedWebhooks.inc({ reason: webhook.reason });
    // Counted each time; written down once a minute for each reason, so that noise can't fill the disk.
    const key = `${webhook.carrierAccountId}/${webhook.reason}`;
    const now = this.clock.now();
    if (now - (this.lastRefusal.get(key) ?? 0) < CALLS_REFUSAL_LOG_EVERY_MS) return;
    this.lastRefusal.set(key, now);
    if (this.lastRefusal.size > 1_000) this.lastRefusal.clear();
    await this.calls.addAdminLogLine({
      kind: 'webhook-refused',
      details: {
        reason: webhook.reason,
        expectedUrl: webhook.expectedUrl.slice(0, 500),
        seenUrl: webhook.seenUrl.slice(0, 500),
      },
    });
  }

  private async repeat(callId: CallId): Promise<readonly Verb[]> {
    const state = await this.engine.findState(callId);
    return state ? this.verbs.of(state) : [{ verb: 'hang-up' }];
  }

  private async create(arrival: CallArrived, hotline: HotlineRow): Promise<CallState> {
    const at = this.clock.now();
    const callId = CallIdSchema.parse(this.random.uuid());
    const caller = E164.safeParse(arrival.callerNumber);
    const callerIndex = caller.success ? numberIndexOf(this.masterKey, hotline.hotlineId, caller.data) : null;
    const [{ admission, waiting }, gateway, language] = await Promise.all([
      this.admission.to(hotline, at),
      this.gateways.takeLeastLoaded(null, 0),
      this.phones.findLanguage(hotline, callerIndex),
    ]);
    return this.engine.create(
      {
        callId,
        hotlineId: hotline.hotlineId,
        carrierAccountId: arrival.carrierAccountId,
        carrierCallId: arrival.carrierCallId,
        arrivedAt: at,
        test: false,
        callerSealed: caller.success ? sealNumber(this.masterKey, hotline.hotlineId, caller.data) : null,
        callerIndex,
      },
      {
        type: 'CallArrived',
        at,
        callId,
        hotlineId: hotline.hotlineId,
        carrierAccountId: arrival.carrierAccountId,
        carrierCallId: arrival.carrierCallId,
        phoneLegId: LegId.parse(this.random.uuid()),
        direction: 'inbound',
        language: hotline.language,
        priority: 'medium',
        policy: caller.success ? policyOf(hotline) : withoutCallBack(policyOf(hotline)),
        admission,
        test: false,
      },
      async (call) => {
        await this.assign(call, gateway?.gatewayId ?? null);
        if (language) await call.append({ type: 'LanguageChosen', at, language, how: 'remembered' });
        // A place to begin with: rounds tell the first callers when it improves.
        const position = Math.min(waiting + 1, LAST_TOLD_POSITION);
        await call.append({ type: 'PositionChanged', at, position });
      },
    );
  }

  private async assign(open: OpenCall, gatewayId: NonNullable<CallState['gatewayId']> | null): Promise<void> {
    await open.append({
      type: 'GatewayAssigned',
      at: this.clock.now(),
      gatewayId,
      streamToken: gatewayId ? this.random.secret() : null,
    });
  }
}

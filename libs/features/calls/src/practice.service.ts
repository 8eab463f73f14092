import { Inject, Injectable } from '@nestjs/common';
import { policyOf } from '@ringdown/call-flow/call-policy';
import { HotlineBook } from '@ringdown/features-hotlines/hotline-book';
import type { SignedIn } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { conflict, notAllowed, notFound, Problem } from '@ringdown/platform/problems';
import { Random } from '@ringdown/platform/random';
import type { CallPolicy } from '@ringdown/protocol/call-events';
import {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  type HotlineId,
  LanguageTag,
  LegId,
  OfferId,
} from '@ringdown/protocol/ids';
import type { PracticeArrival } from '@ringdown/protocol/practice';
import type { StartPractice } from '@ringdown/protocol/practice-http';
import { ConnectionsRepository } from '@ringdown/store/connections.repository';
import { GatewaysRepository } from '@ringdown/store/gateways.repository';
import { PracticeRepository } from '@ringdown/store/practice.repository';
import type { PresenceRow } from '@ringdown/store/call-log';
import { CALL_LOG, CallEngine, type EngineLog, type OpenCall } from './call-engine.ts';
import { PracticeScripts } from './practice-scripts.ts';

/** In the place of a carrier: no account has it, so nothing is ever asked of one. */
const NO_CARRIER = CarrierAccountId.parse('00000000-0000-4000-8000-000000000000');

const busy = (): Problem => conflict('on-a-call', 'End the call, or finish its notes, before you practise.');

/** Whom a call may take now; a person in a call or writing its notes practises later. */
const fromOf = (presence: PresenceRow | null): PracticeArrival['from'] => {
  switch (presence?.state) {
    case 'available':
    case 'break':
    case 'offline':
      return presence.state;
    case 'ringing':
    case 'on-call':
    case 'wrap-up':
    case undefined:
      throw busy();
  }
};

/** The hotline's own times and vault. A scripted caller chooses no language and is not called back. */
const practicePolicy = (policy: CallPolicy): CallPolicy => {
  const { languages: _menu, callBack: _later, emergencyAdvice: _advice, ...rest } = policy;
  return { ...rest, greetingPromptId: null, greetingText: null };
};

/** Calls from scripted callers: made here, from then on like any other. */
@Injectable()
export class PracticeService {
  constructor(
    private readonly engine: CallEngine,
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly scripts: PracticeScripts,
    private readonly hotlines: HotlineBook,
    private readonly gateways: GatewaysRepository,
    private readonly connections: ConnectionsRepository,
    private readonly practices: PracticeRepository,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Rings the person who asks, and nobody else. Of two that are started at once, one is refused. */
  async start(operator: SignedIn, body: StartPractice): Promise<CallId> {
    const script = this.scripts.find(body.scriptId, body.language);
    if (!script) throw notFound('practice script');
    const hotlineId = this.hotlineFor(operator, body.hotlineId);
    const [hotline, presence, reachable] = await Promise.all([
      this.hotlines.findHotline(hotlineId),
      this.log.findPresence(operator.operatorId),
      this.connections.isReachable(operator.operatorId),
    ]);
    if (!hotline) throw notFound('hotline');
    const from = fromOf(presence);
    if (!reachable) throw conflict('console-not-connected', 'Your console is not connected at the moment. Try again.');
    const gateway = await this.gateways.takeLeastLoaded(null, 0);
    if (!gateway)
      throw new Problem(503, 'no-phone-line', 'No phone gateway is running: nobody could speak as the caller.');

    const at = this.clock.now();
    const callId = CallId.parse(this.random.uuid());
    const carrier = { carrierAccountId: NO_CARRIER, carrierCallId: CarrierCallId.parse(`practice-${callId}`) };
    await this.engine.create(
      { callId, hotlineId, ...carrier, arrivedAt: at, test: true, callerSealed: null, callerIndex: null },
      {
        type: 'CallArrived',
        at,
        callId,
        hotlineId,
        ...carrier,
        phoneLegId: LegId.parse(this.random.uuid()),
        direction: 'inbound',
        language: LanguageTag.parse(script.voice),
        priority: 'medium',
        policy: practicePolicy(policyOf(hotline)),
        admission: 'open',
        test: true,
        practice: { operatorId: operator.operatorId, from, script },
      },
      async (open) => {
        await open.append({
          type: 'GatewayAssigned',
          at,
          gatewayId: gateway.gatewayId,
          streamToken: this.random.secret(),
        });
        await this.ring(open, operator, from);
      },
    );
    await this.practices.createPractice({
      callId,
      operatorId: operator.operatorId,
      scriptId: script.scriptId,
      title: script.title,
      language: LanguageTag.parse(script.language),
      startedAt: at,
    });
    return callId;
  }

  /** Under the person's lock: throwing leaves no trace of the call. */
  private async ring(open: OpenCall, { operatorId }: SignedIn, from: PracticeArrival['from']): Promise<void> {
    const locked = await open.tryLockOffCalls(operatorId);
    if (locked?.state !== from) throw busy();
    await open.append({
      type: 'OfferMade',
      at: this.clock.now(),
      offerId: OfferId.parse(this.random.uuid()),
      legId: LegId.parse(this.random.uuid()),
      operatorId,
      reason: 'took-it',
      passedOver: [],
      by: operatorId,
    });
  }

  private hotlineFor({ hotlineIds }: SignedIn, wanted: HotlineId | undefined): HotlineId {
    const hotlineId = wanted ?? hotlineIds[0];
    if (!hotlineId) throw conflict('no-hotline', 'You belong to no hotline yet.');
    if (!hotlineIds.includes(hotlineId)) throw notAllowed('You do not belong to this hotline.');
    return hotlineId;
  }
}

import { Injectable } from '@nestjs/common';
import { policyOf } from '@ringdown/call-flow/call-policy';
import { type CallState, phoneLeg } from '@ringdown/call-flow/call-state';
import { HotlineBook } from '@ringdown/features-hotlines/hotline-book';
import { RosterService } from '@ringdown/features-operators/roster.service';
import { leads } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { askedCallBacks } from '@ringdown/platform/metrics';
import { Random } from '@ringdown/platform/random';
import { type AskCallBack, type AskedCallBackState, OPEN_CALL_BACKS } from '@ringdown/protocol/call-backs';
import type { CallPolicy } from '@ringdown/protocol/call-events';
import type { CommandAnswer } from '@ringdown/protocol/console';
import type { AdminLogLine } from '@ringdown/protocol/http';
import {
  type AskedCallBackId,
  CallId,
  CarrierCallId,
  type HotlineId,
  type Instant,
  LegId,
  OfferId,
  type OperatorId,
} from '@ringdown/protocol/ids';
import { type AskedCallBackRow, type CallBackMove, CallBacksRepository } from '@ringdown/store/call-backs.repository';
import { type CallRow, CallsRepository } from '@ringdown/store/calls.repository';
import { GatewaysRepository } from '@ringdown/store/gateways.repository';
import type { HotlineRow } from '@ringdown/store/hotlines.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { CallEngine } from './call-engine.ts';
import { LiveLinks } from './live-links.ts';
import { type Acting, DONE, refused } from './operator-commands.ts';

/** As for call-backs that callers ask for. */
export const ATTEMPTS_ALLOWED = 3;
const RETRY_AFTER_MS = 180_000;
/** A caller who is called back later than this no longer expects it. */
const EXPIRES_AFTER_MS = 24 * 3_600_000;
/** A process that died between the two writes of a call left it half begun. */
const HALF_BEGUN_MS = 60_000;

/** One attempt: whether there is another is decided here, not by the call. */
const ONCE: NonNullable<CallPolicy['callBack']> = { attempts: 1, retryMs: RETRY_AFTER_MS, expiresMs: 14_400_000 };

type Kind = Extract<AdminLogLine['kind'], `call-back-${string}`>;

/** Call-backs that a volunteer asked a supervisor for: one person at a time has each, and the caller's number is shown to nobody (X3). */
@Injectable()
export class AskedCallBacks {
  constructor(
    private readonly engine: CallEngine,
    private readonly store: CallBacksRepository,
    private readonly calls: CallsRepository,
    private readonly hotlines: HotlineBook,
    private readonly gateways: GatewaysRepository,
    private readonly people: PeopleRepository,
    private readonly rosters: RosterService,
    private readonly links: LiveLinks,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The same one again changes nothing. */
  async ask(call: CallRow, by: OperatorId, { callBackId, priority, sealedReason }: AskCallBack): Promise<void> {
    const askedAt = this.clock.now();
    const { callId, hotlineId } = call;
    const row = { callBackId, hotlineId, callId, priority, sealedReason, askedAt, askedBy: by };
    const asked = await this.store.create({ ...row, expiresAt: askedAt + EXPIRES_AFTER_MS });
    if (asked) await this.tell('call-back-asked', by, callId, { priority });
  }

  async claim(item: AskedCallBackRow, by: OperatorId): Promise<boolean> {
    const claimedAt = this.clock.now();
    if (item.expiresAt <= claimedAt) return false;
    return this.move(item, by, 'call-back-claimed', {
      from: ['asked'],
      to: 'claimed',
      set: { claimedBy: by, claimedAt },
    });
  }

  /** Somebody else can have it. */
  async release(item: AskedCallBackRow, by: OperatorId): Promise<boolean> {
    return this.move(item, by, 'call-back-released', { from: ['claimed'], to: 'asked', set: { claimedBy: null } });
  }

  /** Settled without a call through here: the caller called again, or it is no longer wanted. */
  async close(item: AskedCallBackRow, by: OperatorId, as: 'done' | 'withdrawn'): Promise<boolean> {
    return this.move(item, by, `call-back-${as}`, {
      from: ['asked', 'claimed'],
      to: as,
      set: { overAt: this.clock.now() },
    });
  }

  async mayLead(operatorId: OperatorId, hotlineId: HotlineId): Promise<boolean> {
    const operator = await this.people.findOperator(operatorId);
    return operator !== null && leadsHotline(operator, hotlineId);
  }

  /** The supervisor's page is on the call from its first moment; the caller is dialled then, seeing the hotline's number. */
  async place(acting: Acting, callBackId: AskedCallBackId): Promise<CommandAnswer> {
    const item = await this.store.find(callBackId);
    if (!item) return refused('call-over');
    if (!(await this.mayLead(acting.operatorId, item.hotlineId))) return refused('not-permitted');
    if (item.state !== 'claimed' || item.claimedBy !== acting.operatorId) return refused('already-taken');
    const now = this.clock.now();
    if (item.expiresAt <= now || (item.notBefore ?? 0) > now) return refused('not-allowed-now');
    const roster = await this.rosters.findRoster();
    if (!roster?.roles.has(acting.publicKey)) return refused('not-in-roster');
    const call = await this.calls.findCall(item.callId);
    // Removed by now, as numbers are after some days.
    if (!call?.callerSealed) return refused('number-not-allowed');
    // A plan may have led the call to another hotline since.
    if (!(await this.mayLead(acting.operatorId, call.hotlineId))) return refused('not-permitted');
    const hotline = await this.hotlines.findHotline(call.hotlineId);
    const number = hotline && numberOf(hotline, call);
    if (!hotline || !number) return refused('no-phone-line');
    const gateway = await this.gateways.takeLeastLoaded(null, 0);
    if (!gateway) return refused('no-phone-line');

    const callId = CallId.parse(this.random.uuid());
    const begun = await this.store.move(callBackId, {
      from: ['claimed'],
      to: 'calling',
      claimedBy: acting.operatorId,
      set: { placedCallId: callId, claimedAt: now },
    });
    if (!begun) return refused('already-taken');
    let placed: CallState | null = null;
    try {
      placed = await this.begin(acting, {
        item,
        call,
        callId,
        hotline,
        gateway,
        carrierAccountId: number.carrierAccountId,
      });
    } finally {
      if (!placed) await this.store.move(callBackId, { from: ['calling'], to: 'claimed', placedCallId: callId });
    }
    if (!placed) return refused('on-a-call');
    await this.tell('call-back-placed', acting.operatorId, callId, { attempt: String(item.attempts + 1) });
    return DONE;
  }

  private async begin(
    acting: Acting,
    given: {
      item: AskedCallBackRow;
      call: CallRow;
      callId: CallId;
      hotline: HotlineRow & Parameters<typeof policyOf>[0];
      gateway: { gatewayId: NonNullable<CallState['gatewayId']> };
      carrierAccountId: CallRow['carrierAccountId'];
    },
  ): Promise<CallState | null> {
    const { item, call, callId, hotline, gateway, carrierAccountId } = given;
    const at = this.clock.now();
    const { operatorId, connectionId, publicKey } = acting;
    const { hotlineId, test } = call;
    const carrier = { carrierAccountId, carrierCallId: CarrierCallId.parse(`placed-${callId}`) };
    const { callerSealed, callerIndex } = call;
    const earlier = await this.engine.findState(call.callId);
    return this.engine.place(
      { callId, hotlineId, ...carrier, arrivedAt: at, test, callerSealed, callerIndex },
      {
        type: 'CallPlaced',
        at,
        callId,
        hotlineId,
        ...carrier,
        phoneLegId: LegId.parse(this.random.uuid()),
        direction: 'outbound',
        earlierCallId: call.callId,
        operatorId,
        legId: LegId.parse(this.random.uuid()),
        offerId: OfferId.parse(this.random.uuid()),
        connectionId,
        publicKey,
        from: 'available',
        language: earlier?.language ?? hotline.language,
        priority: item.priority,
        policy: { ...policyOf(hotline), callBack: ONCE },
        test,
      },
      async (open) => {
        const { gatewayId } = gateway;
        await open.append({ type: 'GatewayAssigned', at, gatewayId, streamToken: this.random.secret() });
      },
    );
  }

  /** What became of the call that was made for one. Done twice it changes nothing the second time. */
  async follow(state: CallState): Promise<void> {
    const item = await this.store.findByPlacedCall(state.callId);
    if (item?.state !== 'calling' || state.phase !== 'ended') return;
    const now = this.clock.now();
    const by = state.placed?.by ?? item.askedBy;
    const after = { from: ['calling'] as const, placedCallId: state.callId };
    if (phoneLeg(state).connectedAt !== null) {
      await this.move(item, by, 'call-back-done', { ...after, to: 'done', set: { overAt: now } });
      return;
    }
    // Our own doing counts as no try.
    const tried = state.termination?.reason === 'call-back-unanswered';
    const attempts = item.attempts + (tried ? 1 : 0);
    if (attempts >= ATTEMPTS_ALLOWED) {
      await this.move(item, by, 'call-back-failed', { ...after, to: 'failed', set: { attempts, overAt: now } });
      return;
    }
    const moved = await this.store.move(item.callBackId, {
      ...after,
      to: 'claimed',
      set: { attempts, notBefore: tried ? now + RETRY_AFTER_MS : null },
    });
    if (moved) this.changed();
  }

  /** What has had its time, and what a died process left half begun. */
  async sweep(): Promise<void> {
    const now = this.clock.now();
    for (const item of await this.store.listExpired(now)) {
      await this.move(item, null, 'call-back-expired', {
        from: ['asked', 'claimed'],
        to: 'expired',
        set: { overAt: now },
      });
    }
    for (const item of await this.store.listCalling()) await this.mend(item, now);
  }

  private async mend(item: AskedCallBackRow, now: Instant): Promise<void> {
    const { placedCallId, callBackId, claimedAt } = item;
    const state = placedCallId ? await this.engine.findState(placedCallId) : null;
    if (state) await this.follow(state);
    else if (placedCallId && (claimedAt ?? 0) + HALF_BEGUN_MS < now) {
      await this.store.move(callBackId, { from: ['calling'], to: 'claimed', placedCallId });
      this.changed();
    }
  }

  private async move(item: AskedCallBackRow, by: OperatorId | null, kind: Kind, move: CallBackMove): Promise<boolean> {
    if (!(await this.store.move(item.callBackId, move))) return false;
    if (!OPEN_CALL_BACKS.includes(move.to)) askedCallBacks.inc({ state: move.to });
    await this.tell(kind, by, item.callId, {});
    return true;
  }

  private async tell(
    kind: Kind,
    actorId: OperatorId | null,
    callId: CallId,
    details: Record<string, string>,
  ): Promise<void> {
    if (kind === 'call-back-asked') askedCallBacks.inc({ state: 'asked' satisfies AskedCallBackState });
    await this.calls.addAdminLogLine({ kind, ...(actorId ? { actorId } : {}), callId, details });
    this.changed();
  }

  private changed(): void {
    this.links.toConsoles('changed', { topic: 'call-backs' });
  }
}

/** A supervisor leads the hotlines they belong to, as with listening in. */
export const leadsHotline = (
  { role, hotlineIds }: { role: Parameters<typeof leads>[0]; hotlineIds: readonly HotlineId[] },
  hotlineId: HotlineId,
): boolean => leads(role) && (role !== 'supervisor' || hotlineIds.includes(hotlineId));

/** That of the call's own account where there is one: the caller knows it. */
const numberOf = (hotline: HotlineRow, call: CallRow) =>
  hotline.numbers.find(({ carrierAccountId }) => carrierAccountId === call.carrierAccountId) ?? hotline.numbers[0];

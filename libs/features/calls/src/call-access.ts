import { Inject, Injectable } from '@nestjs/common';
import { leads, type SignedIn } from '@ringdown/platform/access';
import { notFound } from '@ringdown/platform/problems';
import type { CallId } from '@ringdown/protocol/ids';
import { type CallRow, CallsRepository } from '@ringdown/store/calls.repository';
import { CALL_LOG, type EngineLog } from './call-engine.ts';

/** Who leads sees every call, but of others' practice only what they share. */
export const mayLookAt = (call: CallRow, { role }: Pick<SignedIn, 'role'>): boolean =>
  leads(role) && (call.practice === null || call.practice.shared);

/** Who may read and write what is noted about a call. Somebody else's call and no call look the same from outside. */
@Injectable()
export class CallAccess {
  constructor(
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly calls: CallsRepository,
  ) {}

  /** Who leads, and everybody who took part. */
  async getForWriting(callId: CallId, operator: Pick<SignedIn, 'operatorId' | 'role'>): Promise<CallRow> {
    return this.get(callId, operator, false);
  }

  /** Also the person it rings at: what is known of the caller helps to decide who answers. */
  async getForReading(callId: CallId, operator: Pick<SignedIn, 'operatorId' | 'role'>): Promise<CallRow> {
    return this.get(callId, operator, true);
  }

  private async get(
    callId: CallId,
    { operatorId, role }: Pick<SignedIn, 'operatorId' | 'role'>,
    ringing: boolean,
  ): Promise<CallRow> {
    const call = await this.calls.findCall(callId);
    if (!call) throw notFound('call');
    if (mayLookAt(call, { role }) || call.operatorId === operatorId) return call;
    const state = await this.log.findState(callId);
    const took = state?.legs.some((leg) => leg.operatorId === operatorId && leg.acceptedAt !== null) ?? false;
    const rings = state?.offers.some((offer) => offer.operatorId === operatorId && offer.outcome === null) ?? false;
    if (!took && !(ringing && rings)) throw notFound('call');
    return call;
  }
}

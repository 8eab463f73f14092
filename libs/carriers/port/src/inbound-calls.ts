import type { CarrierStatus } from '@ringdown/protocol/call-events';
import type { CallId, CarrierAccountId, CarrierCallId, LegId } from '@ringdown/protocol/ids';
import type { Verb } from './carrier.ts';

/** A call that just reached the carrier. */
export interface CallArrived {
  carrierAccountId: CarrierAccountId;
  carrierCallId: CarrierCallId;
  /** The number that was dialled, as the carrier wrote it. */
  calledNumber: string;
  /** Null when the caller withheld it (carriers spell that in many ways; the adapter knows). */
  callerNumber: string | null;
}

export interface CarrierStatusReport {
  carrierAccountId: CarrierAccountId;
  carrierCallId: CarrierCallId;
  status: CarrierStatus;
  /** Order of the carrier's reports of one call; null where it has none. */
  sequence: number | null;
}

/** A call that we began, for a further phone on somebody's call. */
export interface FurtherLeg {
  callId: CallId;
  legId: LegId;
  carrierAccountId: CarrierAccountId;
  carrierCallId: CarrierCallId;
}

export interface CarrierRecording {
  carrierAccountId: CarrierAccountId;
  carrierCallId: CarrierCallId;
  recordingUrl: string;
  durationMs: number;
  status: 'completed' | 'absent' | 'failed';
}

export interface RefusedWebhook {
  carrierAccountId: string;
  reason: 'unknown-account' | 'signature-missing' | 'signature-wrong' | 'malformed' | 'too-large' | 'foreign-account';
  /** The URL our signature was computed over, and the one the request line had: differences show a proxy's mistake. */
  expectedUrl: string;
  seenUrl: string;
}

/**
 * Inbound half of the carrier port, implemented by features/calls. Every method may be called twice with the same facts
 * (carriers repeat webhooks): the answer is the same and nothing happens twice.
 */
export abstract class InboundCalls {
  abstract receive(arrival: CallArrived): Promise<readonly Verb[]>;
  /** The carrier finished the verbs it had (a stream ended) and asks what comes next. */
  abstract next(
    callId: CallId,
    carrierAccountId: CarrierAccountId,
    carrierCallId: CarrierCallId,
  ): Promise<readonly Verb[]>;
  /** A phone that we dialled was answered, or its verbs are done. */
  abstract nextOfLeg(leg: FurtherLeg): Promise<readonly Verb[]>;
  abstract legStatusChanged(leg: FurtherLeg, status: CarrierStatus, sequence: number | null): Promise<void>;
  abstract statusChanged(report: CarrierStatusReport): Promise<void>;
  abstract recordingReady(recording: CarrierRecording): Promise<void>;
  /** Counted and written into the admin's log; nothing else changes. */
  abstract refused(webhook: RefusedWebhook): Promise<void>;
}

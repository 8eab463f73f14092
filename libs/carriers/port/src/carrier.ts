import type { CarrierAccountId, CarrierCallId, E164 } from '@ringdown/protocol/ids';
import type { CarrierStatus } from '@ringdown/protocol/call-events';

/**
 * What a phone call does next, at the carrier's altitude. Twilio renders a list of verbs as one document; a SIP trunk
 * executes them. Every URL is absolute.
 */
export type Verb =
  | { verb: 'say'; text: string; language: string }
  | { verb: 'play'; url: string }
  /** Connects the call's audio to a gateway. The verbs that follow are what the caller gets when the stream ends. */
  | { verb: 'connect-stream'; url: string; parameters: Readonly<Record<string, string>>; statusUrl: string | undefined }
  /** Asks our webhook for the next verbs. */
  | { verb: 'ask-next'; url: string }
  /** Records at the carrier: the last resort when no gateway can take the audio. `doneUrl` is asked for the next verbs. */
  | { verb: 'record'; maxDurationMs: number; doneUrl: string; recordingUrl: string }
  | { verb: 'pause'; durationMs: number }
  | { verb: 'reject'; reason: 'busy' | 'rejected' }
  | { verb: 'hang-up' };

/** What the carrier could do about a live call. `already-over` is as good as done. */
export type CallControlOutcome =
  | { outcome: 'done' }
  | { outcome: 'already-over' }
  | { outcome: 'refused'; retryable: boolean; reason: CarrierFault };

export type CarrierFault =
  | 'credentials-rejected'
  | 'not-permitted'
  | 'bad-number'
  | 'too-many-requests'
  | 'unreachable'
  | 'outcome-unknown'
  | 'malformed-request'
  | 'not-found'
  | 'unknown';

export type CallLookup =
  | { outcome: 'found'; status: CarrierStatus; over: boolean }
  | { outcome: 'not-found' }
  | { outcome: 'refused'; retryable: boolean; reason: CarrierFault };

export interface CarrierNumberUrls {
  voiceUrl: string;
  voiceFallbackUrl: string | undefined;
  statusUrl: string;
}

/** What a number that is about to be bought should look like. */
export interface NumberWish {
  /** Digits after the country code +1; undefined takes any number. */
  areaCode: string | undefined;
}

export type NumberPurchase =
  | { outcome: 'bought'; number: E164 }
  | { outcome: 'refused'; retryable: boolean; reason: CarrierFault };

/** A call that we begin. Every URL is absolute. */
export interface CallWish {
  /** A number of the account's own. */
  from: E164;
  to: E164;
  /** Asked for the verbs once the phone is answered. */
  answerUrl: string;
  statusUrl: string;
  /** How long it may ring. Carriers add a few seconds. */
  timeoutS: number;
}

/** `retryable` only when nothing can have reached the carrier: a call that may have been accepted is never placed again. */
export type CallPlacement =
  | { outcome: 'placed'; callId: CarrierCallId }
  | { outcome: 'refused'; retryable: boolean; reason: CarrierFault };

/** Outbound half of the carrier port: what features ask of a carrier, for one account. */
export interface Carrier {
  placeCall(wish: CallWish): Promise<CallPlacement>;
  hangUp(callId: CarrierCallId): Promise<CallControlOutcome>;
  /** Drops the call's document and starts these verbs. */
  redirect(callId: CarrierCallId, verbs: readonly Verb[]): Promise<CallControlOutcome>;
  findCall(callId: CarrierCallId): Promise<CallLookup>;
  /** Checks the credentials. */
  checkAccount(): Promise<{ outcome: 'valid' } | { outcome: 'refused'; retryable: boolean; reason: CarrierFault }>;
  /** Numbers the account owns. Throws `CarrierRefused`. */
  listNumbers(): Promise<readonly E164[]>;
  /** Points the number's webhooks at us. */
  configureNumber(number: E164, urls: CarrierNumberUrls): Promise<CallControlOutcome>;
  /** Buys a number that calls these URLs from its first moment. Costs money at a real carrier; never repeated by us. */
  buyNumber(wish: NumberWish, urls: CarrierNumberUrls): Promise<NumberPurchase>;
  /** WAV bytes of a recording, at most 20 MB. Throws `CarrierRefused`, and `RecordingNotReady` while the carrier still answers 404. */
  fetchRecording(recordingUrl: string): Promise<Uint8Array>;
  /** Removing what is gone already is done. Throws `CarrierRefused`. */
  removeRecording(recordingUrl: string): Promise<void>;
}

/** Thrown where a method has no outcome to return. Carries nothing of the carrier's text: it may quote numbers. */
export class CarrierRefused extends Error {
  override readonly name = 'CarrierRefused';
  readonly reason: CarrierFault;
  readonly retryable: boolean;

  constructor(refusal: { retryable: boolean; reason: CarrierFault }, options?: ErrorOptions) {
    super(`The carrier refused: ${refusal.reason}`, options);
    this.reason = refusal.reason;
    this.retryable = refusal.retryable;
  }
}

export class RecordingNotReady extends Error {
  readonly reason = 'recording-not-ready';
  readonly retryable = true;
}

/** Credentials of one account as the adapter needs them, opened from their seal for as long as the call takes. */
export interface CarrierAccount {
  carrierAccountId: CarrierAccountId;
  kind: 'twilio' | 'simulator';
  /** `AC…` */
  accountSid: string;
  /** Primary first; a second one while it is being rotated. All are tried for signatures. */
  authTokens: readonly [string, ...string[]];
  /** Where the account's REST lives when it isn't the carrier's own host (the simulator). Origin only. */
  restOrigin: string | undefined;
  /** Origin that carriers see us at, `https://line.example.org`: signatures are checked against it, never against Host. */
  publicOrigin: string;
}

/** Implemented by the feature that keeps accounts. */
export abstract class CarrierAccounts {
  abstract find(carrierAccountId: CarrierAccountId): Promise<CarrierAccount | null>;
}

/** Implemented by the composition root: makes the outbound half for an account. */
export abstract class Carriers {
  abstract for(account: CarrierAccount): Carrier;
}

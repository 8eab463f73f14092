/**
 * The gateway's participant in a call's room: it publishes the phone's audio as PCMU and hears the members. Two
 * implementations keep the same contract (`room-leg.contract.ts`): the light leg that calls run on, and one on
 * `@livekit/rtc-node` that stands beside it as an independent witness.
 */

/** Key indexes are one byte on the wire, but only 16 slots are kept by every LiveKit SDK. */
export const KEYRING_SIZE = 16;

export type RoomLegState = 'connected' | 'reconnecting' | 'closed';

/** Why the room is gone for good. */
export type RoomLossReason =
  | 'closed-by-us'
  | 'removed'
  | 'room-ended'
  | 'duplicate-identity'
  | 'refused'
  | 'unreachable';

/** `no-key`, `muted` and `not-connected` packets are dropped: nothing is ever sent in clear or later. */
export type SendOutcome = 'sent' | 'no-key' | 'muted' | 'not-connected';

export type RemoteCodec = 'pcmu' | 'pcma' | 'opus';

/** One packet of a member's audio, opened and in order. */
export interface RemotePacket {
  readonly participant: string;
  /** Stable for as long as the track lives. */
  readonly track: string;
  readonly codec: RemoteCodec;
  readonly payload: Uint8Array;
  /** Packets missing just before this one; to be concealed. */
  readonly lost: number;
}

export interface RoomLegListener {
  onAudio(packet: RemotePacket): void;
  onTrackEnded(track: string): void;
  onStateChanged(state: RoomLegState, reason?: RoomLossReason): void;
}

export interface RoomLegStats {
  /** Sealed and handed to the network. */
  readonly framesSealed: number;
  readonly framesOpened: number;
  /** Dropped on the way in: no key, wrong key, forged, malformed. */
  readonly framesRefused: number;
  /** Dropped on the way out: no key, muted, not connected. */
  readonly framesWithheld: number;
  /** Injected by the server (a notice or silence); dropped. */
  readonly framesInjected: number;
  readonly packetsLost: number;
  readonly packetsRetransmitted: number;
  /** The key index frames are sealed with; null while there is none. */
  readonly keyIndex: number | null;
}

export interface RoomLeg {
  /**
   * Seals and sends one packet of 8 kHz µ-law.
   * @param timestamp RTP timestamp, never used twice under one key: see `TimestampLine`
   */
  send(payload: Uint8Array, timestamp: number): SendOutcome;
  setMuted(muted: boolean): void;
  /** Takes a key for opening; `useKey` starts sealing with it. */
  setKey(index: number, mediaKey: Uint8Array): void;
  useKey(index: number): void;
  /** Forgets a key. If it was the one in use, nothing leaves until `useKey`. */
  dropKey(index: number): void;
  stats(): RoomLegStats;
  close(): Promise<void>;
}

export interface RoomLegOptions {
  /** `ws://` or `wss://`, without a path. */
  readonly url: string;
  /** LiveKit access token; the server renews it while we are connected. */
  readonly token: string;
  /** Gives up a first connection after this long, and a lost one after `loseAfterMs`. */
  readonly connectWithinMs?: number;
  readonly loseAfterMs?: number;
}

export type ConnectRoomLeg = (options: RoomLegOptions, listener: RoomLegListener) => Promise<RoomLeg>;

export class RoomLegError extends Error {
  override readonly name = 'RoomLegError';
  constructor(
    readonly reason: RoomLossReason,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(`the room could not be joined: ${reason}`, options);
  }
}

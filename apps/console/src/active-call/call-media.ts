import type { Signer } from '@ringdown/crypto/signer';
import type { GatewayToMember, MemberToGateway } from '@ringdown/protocol/call-group';
import type { CallView, OfferView } from '@ringdown/protocol/console';
import type { CallId, ConnectionId, LegId, PublicKeyHex } from '@ringdown/protocol/ids';
import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import type { AdminPin } from '../sign-in/admin-pin.ts';

/** What the screens need to know of the sound of the one call this page may carry. Replaced, never changed in place. */
export interface CallMediaSnapshot {
  /** The room at the media server; `connected` before accepting means ready, without rights. */
  readonly phase: 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'failed';
  /** Whether this browser itself has checked the group's members against the signed roster and holds the key. */
  readonly verified: 'no' | 'agreeing' | 'yes' | 'failed';
  readonly generation: number | null;
  readonly keyIndex: number | null;
  /** Encrypted frames of ours leave. */
  readonly sending: boolean;
  /** Frames of the gateway arrive and open. */
  readonly receiving: boolean;
  readonly microphone: 'unknown' | 'ready' | 'denied' | 'missing';
  /** `blocked` when the browser wants a click first, as after a reload: `startPlayback` from a click ends it. */
  readonly playback: 'ready' | 'blocked';
  /** 0 to 1, about ten times a second while connected. */
  readonly inLevel: number;
  readonly outLevel: number;
  /** Kebab-case, from a closed set of the implementation; for logs and tests, never shown raw. */
  readonly failure?: string;
}

export const IDLE_MEDIA: CallMediaSnapshot = {
  phase: 'idle',
  verified: 'no',
  generation: null,
  keyIndex: null,
  sending: false,
  receiving: false,
  microphone: 'unknown',
  playback: 'ready',
  inLevel: 0,
  outLevel: 0,
};

export interface CallMedia {
  subscribe(changed: () => void): () => void;
  getSnapshot(): CallMediaSnapshot;
  /** While it rings: connect to the room, take the microphone muted, make a key package. Safe to call again. */
  prepare(offer: OfferView): Promise<void>;
  /** A fresh key package for accepting, rejoining, or answering a `key-package-request`. */
  keyPackage(callId: CallId, legId: LegId): Promise<MemberToGateway>;
  handleMls(callId: CallId, message: GatewayToMember): Promise<void>;
  /**
   * Told after every snapshot of the server with the call if this page carries it, else null: connects to `call.room` if
   * needed, follows `held` and `muted`, and leaves when null. `prepare`d rooms survive null while their offer stands.
   */
  sync(call: CallView | null, offer: OfferView | null): Promise<void>;
  /** At once, before the server has heard of it. */
  setMuted(muted: boolean): void;
  setDevices(devices: { microphoneId?: string; speakerId?: string }): Promise<void>;
  startPlayback(): Promise<void>;
  leave(): Promise<void>;
}

export interface CallMediaContext {
  readonly connectionId: ConnectionId;
  readonly signer: Signer;
  /** `location.origin`, for the device certificate. */
  readonly origin: string;
  /** Pinned by this browser; never taken from a snapshot. */
  readonly adminPublicKey: PublicKeyHex;
  /** The newest roster the server sent, unchecked: the implementation verifies it. */
  readonly roster: () => NostrEvent | null;
  /** What survives a reload, so that an older roster is refused then too. */
  readonly rosterMemory?: Pick<AdminPin, 'newestRosterVersion' | 'sawRosterVersion'>;
  /** Sends `mls` over the console's socket; kept and sent after a reconnection when the socket is down. */
  readonly send: (callId: CallId, message: MemberToGateway) => void;
  readonly devices: { readonly microphoneId?: string; readonly speakerId?: string };
  /** The server's time: what a clock that is wrong by an hour signs would be refused. */
  readonly now: () => number;
}

/** Exported as `createConsoleLeg` by `./media/console-leg.ts`, loaded when the first offer or call comes. */
export type CreateCallMedia = (context: CallMediaContext) => CallMedia;

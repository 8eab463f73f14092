import { randomUUID } from 'node:crypto';
import {
  AddTrackRequest,
  DisconnectReason,
  Encryption_Type,
  LeaveRequest,
  LeaveRequest_Action,
  MuteTrackRequest,
  ParticipantInfo_State,
  SessionDescription,
  SignalTarget,
  TrackSource,
  TrackType,
  TrickleRequest,
  type JoinResponse,
  type ParticipantInfo,
  type TrackPublishedResponse,
} from '@livekit/protocol';
import { z } from 'zod';
import { PublisherPeer, SubscriberPeer, type PeerListener, type PublishCodec } from './peer-connections.ts';
import { RoomLegError, type RoomLossReason } from './room-leg.ts';
import { SignalConnection, type SignalMessage } from './signal-connection.ts';
import type { OfferedTrack } from './subscribed-tracks.ts';

/** What became of a session: `again` means that a new one may be started. */
export type SessionEnd = { readonly again: true } | { readonly again: false; readonly reason: RoomLossReason };

export interface SessionListener {
  onRtp(mid: string, packet: Buffer): void;
  /** RTCP about what we publish. */
  onFeedback(packet: Buffer): void;
  /** The whole list of what is on the m-lines; a line that is missing has ended. */
  onLines(session: RoomSession, lines: readonly OfferedTrack[]): void;
  onTokenRenewed(token: string): void;
  /** Media goes on, but nothing can be negotiated any more: a new session should take over. */
  onSignalLost(): void;
  onEnded(end: SessionEnd): void;
}

const CandidateInit = z.object({ candidate: z.string().optional(), sdpMid: z.string().nullish() });

export interface SessionOptions {
  readonly url: string;
  readonly token: string;
  readonly ssrc: number;
  readonly codec: PublishCodec;
  readonly withinMs: number;
}

const FINAL_LOSS: Partial<Record<DisconnectReason, RoomLossReason>> = {
  [DisconnectReason.DUPLICATE_IDENTITY]: 'duplicate-identity',
  [DisconnectReason.PARTICIPANT_REMOVED]: 'removed',
  [DisconnectReason.ROOM_DELETED]: 'room-ended',
  [DisconnectReason.ROOM_CLOSED]: 'room-ended',
};

/**
 * One session in a room, from join to the loss of its media path. A lost signalling socket isn't resumed: LiveKit restarts
 * ICE when it is (reconnect=1), which libdatachannel can't follow. The session then carries media until another one, joined
 * beside it, takes over.
 */
export class RoomSession {
  private signal: SignalConnection | undefined;
  private publisher: PublisherPeer | undefined;
  private subscriber: SubscriberPeer | undefined;
  private published: TrackPublishedResponse | undefined;
  private pendingOfferId = 0;
  private over = false;
  private readonly trackId = randomUUID();
  private readonly identities = new Map<string, string>();
  /** Frames the server makes itself (notices, silence) end with these bytes. */
  injectedTrailer: Uint8Array = new Uint8Array(0);
  private settle: { resolve: () => void; reject: (error: RoomLegError) => void } | undefined;

  private constructor(
    private readonly options: SessionOptions,
    private readonly listener: SessionListener,
  ) {}

  /** Resolves when both sides of the media path stand. */
  static async join(options: SessionOptions, listener: SessionListener): Promise<RoomSession> {
    const session = new RoomSession(options, listener);
    const connected = new Promise<void>((resolve, reject) => (session.settle = { resolve, reject }));
    // Rejected before anyone awaits it when the socket can't be opened; `open` throws the same then.
    connected.catch(() => undefined);
    const timer = setTimeout(() => session.settle?.reject(new RoomLegError('unreachable', true)), options.withinMs);
    try {
      await session.openSignal();
      await connected;
      return session;
    } catch (error) {
      session.close();
      throw error;
    } finally {
      clearTimeout(timer);
      session.settle = undefined;
    }
  }

  get isOpen(): boolean {
    return this.publisher?.isOpen === true;
  }

  /** A whole RTP or RTCP packet on the track we publish. */
  send(packet: Buffer): boolean {
    return this.publisher?.send(packet) === true;
  }

  sendFeedback(mid: string, packet: Buffer): boolean {
    return this.subscriber?.sendRtcp(mid, packet) === true;
  }

  identityOf(participantSid: string): string {
    return this.identities.get(participantSid) ?? participantSid;
  }

  setMuted(muted: boolean): void {
    const sid = this.published?.track?.sid;
    if (sid !== undefined) this.signal?.send({ case: 'mute', value: new MuteTrackRequest({ sid, muted }) });
  }

  /** For tests: as if the network had dropped the socket. */
  dropSignalling(): void {
    this.signal?.terminate();
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    this.signal?.send({ case: 'leave', value: new LeaveRequest({ reason: DisconnectReason.CLIENT_INITIATED }) });
    this.signal?.close();
    this.publisher?.close();
    this.subscriber?.close();
  }

  private end(end: SessionEnd): void {
    if (this.over) return;
    this.close();
    this.settle?.reject(end.again ? new RoomLegError('unreachable', true) : new RoomLegError(end.reason, false));
    this.listener.onEnded(end);
  }

  private async openSignal(): Promise<void> {
    await SignalConnection.open(this.options, {
      onSignalOpen: (signal) => (this.signal = signal),
      onSignal: (message) => {
        try {
          if (!this.over) this.onSignal(message);
        } catch {
          // libdatachannel throws on descriptions and candidates it can't use, and when it has just closed: this session is
          // lost, another may do better. It must never take the other calls of the process with it.
          this.end({ again: true });
        }
      },
      onSignalLost: () => {
        if (this.over) return;
        if (this.settle) return this.end({ again: true });
        this.listener.onSignalLost();
      },
    });
    if (this.over) this.signal?.close();
  }

  /** Speakers, quality, pongs and the like are nothing a phone's leg acts on. */
  private onSignal({ case: kind, value }: SignalMessage): void {
    if (kind === 'join') this.onJoined(value);
    else if (kind === 'trackPublished') this.onPublished(value);
    else if (kind === 'answer') this.publisher?.onAnswer(value.sdp);
    else if (kind === 'trickle') this.onTrickle(value);
    else if (kind === 'update') this.rememberParticipants(value.participants);
    else if (kind === 'refreshToken') this.listener.onTokenRenewed(value);
    else if (kind === 'leave') this.onLeave(value);
    else if (kind === 'offer' && this.subscriber) {
      this.pendingOfferId = value.id;
      this.listener.onLines(this, this.subscriber.onOffer(value.sdp));
    }
  }

  /** Only now: an offer that overtakes its announcement waits at the server for seconds. */
  private onPublished(published: TrackPublishedResponse): void {
    this.published = published;
    this.publisher?.offer();
  }

  private onTrickle({ candidateInit, target }: TrickleRequest): void {
    const { candidate, sdpMid } = CandidateInit.parse(JSON.parse(candidateInit));
    const peer = target === SignalTarget.PUBLISHER ? this.publisher : this.subscriber;
    if (candidate) peer?.addCandidate(candidate, sdpMid ?? '0');
  }

  private onLeave({ reason, action }: LeaveRequest): void {
    const final = action === LeaveRequest_Action.DISCONNECT ? FINAL_LOSS[reason] : undefined;
    this.end(final === undefined ? { again: true } : { again: false, reason: final });
  }

  private onJoined(join: JoinResponse): void {
    this.injectedTrailer = join.sifTrailer;
    this.rememberParticipants(join.otherParticipants);
    this.signal?.startPinging(join.pingInterval || 10, join.pingTimeout || 15);
    // TURN only: the media server is reachable or it isn't, and asking a foreign STUN server would show it our address.
    const iceServers = join.iceServers.map(({ urls, username, credential }) => ({
      urls: urls.filter((url) => /^turns?:/.test(url)),
      username,
      credential,
    }));
    this.subscriber = new SubscriberPeer(iceServers, this.peerListener(SignalTarget.SUBSCRIBER), (mid, packet) =>
      this.listener.onRtp(mid, packet),
    );
    const { ssrc, codec } = this.options;
    this.publisher = new PublisherPeer(
      { ssrc, codec, cname: this.trackId, trackId: this.trackId, iceServers },
      this.peerListener(SignalTarget.PUBLISHER),
      (packet) => this.listener.onFeedback(packet),
      () => this.settle?.resolve(),
    );
    this.signal?.send({
      case: 'addTrack',
      value: new AddTrackRequest({
        cid: this.trackId,
        name: 'phone',
        type: TrackType.AUDIO,
        source: TrackSource.MICROPHONE,
        encryption: Encryption_Type.GCM,
        disableRed: true,
        disableDtx: true,
      }),
    });
  }

  private rememberParticipants(participants: readonly ParticipantInfo[]): void {
    for (const { sid, identity, state } of participants) {
      if (state === ParticipantInfo_State.DISCONNECTED) this.identities.delete(sid);
      else this.identities.set(sid, identity);
    }
  }

  private peerListener(target: SignalTarget): PeerListener {
    return {
      onLocalDescription: (type, sdp) => {
        const id = type === 'answer' ? this.pendingOfferId : 0;
        this.signal?.send({ case: type, value: new SessionDescription({ type, sdp, id }) });
      },
      onLocalCandidate: (candidate, mid) => {
        const candidateInit = JSON.stringify({ candidate, sdpMid: mid, sdpMLineIndex: 0 });
        this.signal?.send({ case: 'trickle', value: new TrickleRequest({ candidateInit, target }) });
      },
      onPeerState: (state) => {
        if (this.over) return;
        if (state === 'failed' || state === 'disconnected' || state === 'closed') this.end({ again: true });
      },
    };
  }
}

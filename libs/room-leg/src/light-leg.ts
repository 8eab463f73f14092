import { randomInt } from 'node:crypto';
import { FrameCryptor, SEAL_OVERHEAD } from './frame-cryptor.ts';
import { PAYLOAD_TYPES, type PublishCodec } from './peer-connections.ts';
import { RemoteTrack, type RemoteSide } from './remote-track.ts';
import {
  KEYRING_SIZE,
  RoomLegError,
  type ConnectRoomLeg,
  type RoomLeg,
  type RoomLegListener,
  type RoomLegOptions,
  type RoomLegState,
  type RoomLegStats,
  type RoomLossReason,
  type SendOutcome,
} from './room-leg.ts';
import { RoomSession, type SessionEnd, type SessionListener } from './room-session.ts';
import { parseNacks, RTP_HEADER, writeRtpHeader, writeSenderReport } from './rtp.ts';
import { SentPackets } from './sent-packets.ts';
import type { OfferedTrack } from './subscribed-tracks.ts';

const CONNECT_WITHIN_MS = 10_000;
const LOSE_AFTER_MS = 60_000;
const SENDER_REPORT_EVERY_MS = 3_000;
const REJOIN_PAUSES_MS = [0, 250, 500, 1000, 2000];

/** What belongs to one session: a new one starts a new RTP stream, and its m-lines are counted anew. */
class Stay {
  readonly ssrc = randomInt(1, 0xffff_ffff);
  readonly sent = new SentPackets();
  readonly tracks = new Map<string, RemoteTrack>();
  session: RoomSession | undefined;
  nextTimestamp: number | undefined;
  packets = 0;
  octets = 0;
}

/**
 * A LiveKit participant without libwebrtc: our own signalling, RTP and frame encryption, with ICE, DTLS and SRTP by
 * libdatachannel. Made for one thing, carrying a phone's audio cheaply: no resampler, no mixer, no jitter buffer.
 */
export class LightLeg implements RoomLeg {
  private stay: Stay | undefined;
  private readonly cryptor = new FrameCryptor();
  private sequence = randomInt(0x1_0000);
  private muted = false;
  private state: RoomLegState = 'reconnecting';
  private rejoining = false;
  private token: string;
  private readonly reportTimer = setInterval(() => this.sendReport(), SENDER_REPORT_EVERY_MS).unref();
  private readonly counts = { sealed: 0, withheld: 0, retransmitted: 0 };
  private readonly heard = { opened: 0, refused: 0, injected: 0, lost: 0 };

  private constructor(
    private readonly options: RoomLegOptions,
    private readonly listener: RoomLegListener,
    private readonly codec: PublishCodec,
  ) {
    this.token = options.token;
  }

  /** A leg that publishes 8 kHz µ-law. */
  static readonly connect: ConnectRoomLeg = (options, listener) => LightLeg.connectWith('pcmu', options, listener);

  /** For a source that speaks Opus already: its packets are published as they come, with timestamps at 48 kHz. */
  static readonly connectOpus: ConnectRoomLeg = (options, listener) => LightLeg.connectWith('opus', options, listener);

  private static async connectWith(
    codec: PublishCodec,
    options: RoomLegOptions,
    listener: RoomLegListener,
  ): Promise<LightLeg> {
    const leg = new LightLeg(options, listener, codec);
    try {
      await leg.join();
    } catch (error) {
      clearInterval(leg.reportTimer);
      throw error;
    }
    return leg;
  }

  send(payload: Uint8Array, timestamp: number): SendOutcome {
    const { stay } = this;
    if (this.muted) return this.withhold('muted');
    if (stay?.session?.isOpen !== true) return this.withhold('not-connected');
    const packet = Buffer.allocUnsafe(RTP_HEADER + payload.length + SEAL_OVERHEAD);
    const { ssrc } = stay;
    if (this.cryptor.seal(payload, ssrc, timestamp, packet, RTP_HEADER) === 0) return this.withhold('no-key');
    const { sequence } = this;
    const marker = this.codec === 'pcmu' ? timestamp !== stay.nextTimestamp : stay.packets === 0;
    writeRtpHeader(packet, { payloadType: PAYLOAD_TYPES[this.codec], marker, sequence, timestamp, ssrc });
    if (!stay.session.send(packet)) return this.withhold('not-connected');
    stay.sent.keep(sequence, packet);
    this.sequence = (sequence + 1) & 0xffff;
    stay.nextTimestamp = (timestamp + payload.length) >>> 0;
    stay.packets++;
    stay.octets += packet.length - RTP_HEADER;
    this.counts.sealed++;
    return 'sent';
  }

  setMuted(muted: boolean): void {
    if (this.muted === muted) return;
    this.muted = muted;
    this.stay?.session?.setMuted(muted);
  }

  setKey(index: number, mediaKey: Uint8Array): void {
    this.cryptor.setKey(index, mediaKey);
  }

  useKey(index: number): void {
    this.cryptor.useKey(index);
  }

  dropKey(index: number): void {
    this.cryptor.dropKey(index);
  }

  stats(): RoomLegStats {
    return {
      framesSealed: this.counts.sealed,
      framesWithheld: this.counts.withheld,
      packetsRetransmitted: this.counts.retransmitted,
      framesOpened: this.heard.opened,
      framesRefused: this.heard.refused,
      framesInjected: this.heard.injected,
      packetsLost: this.heard.lost,
      keyIndex: this.cryptor.sendingIndex,
    };
  }

  close(): Promise<void> {
    this.finish('closed-by-us');
    return Promise.resolve();
  }

  /** For tests: as if the network had dropped the signalling socket. */
  dropSignalling(): void {
    this.stay?.session?.dropSignalling();
  }

  private get isClosed(): boolean {
    return this.state === 'closed';
  }

  private withhold(outcome: Exclude<SendOutcome, 'sent'>): SendOutcome {
    this.counts.withheld++;
    return outcome;
  }

  private async join(): Promise<void> {
    const { url, connectWithinMs: withinMs = CONNECT_WITHIN_MS } = this.options;
    const stay = new Stay();
    const { ssrc } = stay;
    stay.session = await RoomSession.join(
      { url, token: this.token, ssrc, codec: this.codec, withinMs },
      this.sessionListener(stay),
    );
    if (this.isClosed) return stay.session.close();
    const before = this.stay;
    this.stay = stay;
    if (before) this.abandon(before);
    if (this.muted) stay.session.setMuted(true);
    if (this.state !== 'connected') this.change('connected');
  }

  /** While the old session still carries sound it is kept; the server ends it when the new one is in. */
  private async rejoin(): Promise<void> {
    if (this.rejoining) return;
    this.rejoining = true;
    const deadline = performance.now() + (this.options.loseAfterMs ?? LOSE_AFTER_MS);
    for (let attempt = 0; !this.isClosed; attempt++) {
      const pause = REJOIN_PAUSES_MS[Math.min(attempt, REJOIN_PAUSES_MS.length - 1)]!;
      await new Promise<void>((resolve) => setTimeout(resolve, pause).unref());
      if (this.isClosed) break;
      try {
        await this.join();
        break;
      } catch (error) {
        if (!(error instanceof RoomLegError)) throw error;
        if (!error.retryable) this.finish(error.reason);
        else if (performance.now() > deadline) this.finish('unreachable');
      }
    }
    this.rejoining = false;
  }

  private sessionListener(stay: Stay): SessionListener {
    return {
      onRtp: (mid, packet) => stay.tracks.get(mid)?.onPacket(packet),
      onFeedback: (packet) => this.retransmit(stay, packet),
      onLines: (session, lines) => this.followLines(stay, session, lines),
      onTokenRenewed: (token) => (this.token = token),
      onSignalLost: () => void this.rejoin(),
      onEnded: (end) => this.onSessionEnded(stay, end),
    };
  }

  private onSessionEnded(stay: Stay, end: SessionEnd): void {
    // Not ours yet (whoever called `join` gets the error) or no more (another has taken over).
    if (this.stay !== stay || this.isClosed) return;
    // The server ends the old session in favour of the one that is being joined.
    if (!end.again && !(this.rejoining && end.reason === 'duplicate-identity')) return this.finish(end.reason);
    this.abandon(stay);
    this.stay = undefined;
    this.change('reconnecting');
    void this.rejoin();
  }

  private abandon(stay: Stay): void {
    for (const track of stay.tracks.values()) this.endTrack(track);
    stay.tracks.clear();
    stay.session?.close();
  }

  private retransmit(stay: Stay, feedback: Buffer): void {
    for (const sequence of parseNacks(feedback, stay.ssrc)) {
      const packet = stay.sent.find(sequence);
      if (packet && stay.session?.send(packet)) this.counts.retransmitted++;
    }
  }

  private sendReport(): void {
    const { stay } = this;
    if (stay?.nextTimestamp === undefined) return;
    const { ssrc, packets, octets, nextTimestamp: timestamp } = stay;
    stay.session?.send(writeSenderReport({ ssrc, packets, octets, timestamp, nowMs: Date.now(), cname: 'phone' }));
  }

  /** An m-line that changed hands is a new track. */
  private followLines({ tracks }: Stay, session: RoomSession, lines: readonly OfferedTrack[]): void {
    for (const [mid, track] of tracks) {
      if (lines.some((line) => line.mid === mid && line.trackSid === track.line.trackSid)) continue;
      tracks.delete(mid);
      this.endTrack(track);
    }
    for (const line of lines) {
      if (!tracks.has(line.mid)) tracks.set(line.mid, new RemoteTrack(line, this.remoteSide(session)));
    }
  }

  private endTrack(track: RemoteTrack): void {
    track.end();
    this.listener.onTrackEnded(track.line.trackSid);
  }

  private remoteSide(session: RoomSession): RemoteSide {
    return {
      cryptor: this.cryptor,
      counts: this.heard,
      identityOf: (participantSid) => session.identityOf(participantSid),
      isInjected: (payload) => endsWith(payload, session.injectedTrailer),
      askAgain: (mid, nack) => session.sendFeedback(mid, nack),
      deliver: (packet) => this.listener.onAudio(packet),
    };
  }

  private change(state: RoomLegState, reason?: RoomLossReason): void {
    this.state = state;
    this.listener.onStateChanged(state, reason);
  }

  private finish(reason: RoomLossReason): void {
    if (this.isClosed) return;
    clearInterval(this.reportTimer);
    this.change('closed', reason);
    if (this.stay) this.abandon(this.stay);
    this.stay = undefined;
    for (let index = 0; index < KEYRING_SIZE; index++) this.cryptor.dropKey(index);
  }
}

function endsWith(payload: Uint8Array, trailer: Uint8Array): boolean {
  if (trailer.length === 0 || payload.length < trailer.length) return false;
  const start = payload.length - trailer.length;
  return trailer.every((byte, i) => payload[start + i] === byte);
}

import { Audio, PeerConnection, type Track } from 'node-datachannel';
import { offeredTracks, asSendOnly, type OfferedTrack } from './subscribed-tracks.ts';

/** One half of a LiveKit session: ICE, DTLS and SRTP are libdatachannel's, packets are ours. */
export interface PeerListener {
  onLocalDescription(type: 'offer' | 'answer', sdp: string): void;
  onLocalCandidate(candidate: string, mid: string): void;
  onPeerState(state: string): void;
}

export interface IceServerConfig {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

/** libdatachannel takes a TURN server's name and password inside the URL. */
export function iceServerUrls(servers: readonly IceServerConfig[]): string[] {
  return servers.flatMap(({ urls, username, credential }) =>
    urls.map((url) => {
      const [, scheme, rest] = /^(stuns?|turns?):(.*)$/.exec(url) ?? [];
      if (scheme === undefined || rest === undefined) return url;
      return username ? `${scheme}:${encodeURIComponent(username)}:${encodeURIComponent(credential)}@${rest}` : url;
    }),
  );
}

/**
 * libdatachannel closes a track on a thread of its own when the other side goes, and throws until we are told: the packet is gone
 * as with any other loss, and the leg's own state says why.
 */
function sendOn(track: Track, packet: Buffer): boolean {
  try {
    return track.sendMessageBinary(packet);
  } catch {
    return false;
  }
}

let peersMade = 0;

abstract class Peer {
  protected readonly connection: PeerConnection;
  private remoteKnown = false;
  private readonly early: [candidate: string, mid: string][] = [];

  constructor(name: string, iceServers: readonly IceServerConfig[], listener: PeerListener, forceMedia: boolean) {
    this.connection = new PeerConnection(`${name}-${peersMade++}`, {
      iceServers: iceServerUrls(iceServers),
      // The subscriber's first offer has data channels only; without this a later audio line would get no SRTP.
      forceMediaTransport: forceMedia,
      disableAutoNegotiation: !forceMedia,
    });
    this.connection.onLocalDescription((sdp, type) => {
      if (type === 'offer' || type === 'answer') listener.onLocalDescription(type, sdp);
    });
    // The attribute prefix makes LiveKit close the session with STATE_MISMATCH.
    this.connection.onLocalCandidate((candidate, mid) => listener.onLocalCandidate(candidate.replace(/^a=/, ''), mid));
    this.connection.onStateChange((state) => listener.onPeerState(state));
  }

  /** Candidates that overtake the description wait for it. */
  addCandidate(candidate: string, mid: string): void {
    if (this.remoteKnown) this.connection.addRemoteCandidate(candidate, mid);
    else this.early.push([candidate, mid]);
  }

  protected setRemote(sdp: string, type: 'offer' | 'answer'): void {
    this.connection.setRemoteDescription(sdp, type);
    this.remoteKnown = true;
    for (const [candidate, mid] of this.early.splice(0)) this.connection.addRemoteCandidate(candidate, mid);
  }

  close(): void {
    this.connection.close();
  }
}

export type PublishCodec = 'pcmu' | 'opus';

/** PCMU has a static payload type (RFC 3551); Opus gets the one browsers use. */
export const PAYLOAD_TYPES: Readonly<Record<PublishCodec, number>> = { pcmu: 0, opus: 111 };

export class PublisherPeer extends Peer {
  private readonly track: Track;
  /** Remembered, as asking libdatachannel takes a lock for every packet. */
  isOpen = false;

  /** @param trackId the `cid` of our addTrack request: LiveKit matches the m-line by it */
  constructor(
    options: {
      ssrc: number;
      cname: string;
      trackId: string;
      codec: PublishCodec;
      iceServers: readonly IceServerConfig[];
    },
    listener: PeerListener,
    onRtcp: (packet: Buffer) => void,
    onOpen: () => void,
  ) {
    super('publisher', options.iceServers, listener, false);
    const audio = new Audio('0', 'SendOnly');
    if (options.codec === 'opus') audio.addOpusCodec(PAYLOAD_TYPES.opus);
    else audio.addAudioCodec(PAYLOAD_TYPES.pcmu, 'PCMU');
    // Without it the server never asks for a lost packet.
    audio.parseSdpLine(`a=rtcp-fb:${PAYLOAD_TYPES[options.codec]} nack`);
    audio.addSSRC(options.ssrc, options.cname, 'phone', options.trackId);
    this.track = this.connection.addTrack(audio);
    this.track.onMessage(onRtcp);
    this.track.onOpen(() => {
      this.isOpen = true;
      onOpen();
    });
    this.track.onClosed(() => (this.isOpen = false));
  }

  offer(): void {
    this.connection.setLocalDescription('offer');
  }

  onAnswer(sdp: string): void {
    this.setRemote(sdp, 'answer');
  }

  get description(): string | undefined {
    return this.connection.localDescription()?.sdp;
  }

  /** A whole RTP or RTCP packet, not yet encrypted for transport. False: not connected, the packet is gone. */
  send(packet: Buffer): boolean {
    return this.isOpen && sendOn(this.track, packet);
  }

  override close(): void {
    this.isOpen = false;
    this.track.close();
    super.close();
  }
}

export class SubscriberPeer extends Peer {
  /** libdatachannel drops what JavaScript no longer refers to. */
  private readonly held: unknown[] = [];
  private readonly tracks = new Map<string, Track>();
  private lines: readonly OfferedTrack[] = [];

  constructor(
    iceServers: readonly IceServerConfig[],
    listener: PeerListener,
    private readonly onPacket: (mid: string, packet: Buffer) => void,
  ) {
    super('subscriber', iceServers, listener, true);
    this.connection.onDataChannel((channel) => this.held.push(channel));
    this.connection.onTrack((track) => {
      const mid = track.mid();
      this.tracks.set(mid, track);

      track.onMessage((packet) => this.onPacket(mid, packet));
    });
  }

  /** @returns the tracks that are on the m-lines from now on */
  onOffer(sdp: string): readonly OfferedTrack[] {
    this.lines = offeredTracks(sdp);
    this.setRemote(asSendOnly(sdp), 'offer');
    return this.lines;
  }

  get description(): string | undefined {
    return this.connection.localDescription()?.sdp;
  }

  sendRtcp(mid: string, packet: Buffer): boolean {
    const track = this.tracks.get(mid);
    return track !== undefined && track.isOpen() && sendOn(track, packet);
  }

  override close(): void {
    for (const track of this.tracks.values()) track.close();
    this.tracks.clear();
    this.held.length = 0;
    super.close();
  }
}

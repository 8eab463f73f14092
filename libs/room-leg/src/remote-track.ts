import type { FrameCryptor } from './frame-cryptor.ts';
import { ReorderWindow, type Ordered } from './reorder-window.ts';
import type { RemotePacket } from './room-leg.ts';
import { parseRtp, writeNack, type RtpPacket } from './rtp.ts';
import type { OfferedTrack } from './subscribed-tracks.ts';

/** How long a hole is held open when nothing follows it. */
const HOLE_MS = 60;

export interface RemoteSide {
  readonly cryptor: FrameCryptor;
  readonly counts: { opened: number; refused: number; injected: number; lost: number };
  identityOf(participantSid: string): string;
  isInjected(payload: Uint8Array): boolean;
  askAgain(mid: string, nack: Buffer): void;
  deliver(packet: RemotePacket): void;
}

/** A member's track on its way in: put in order, asked for again when lost, opened. */
export class RemoteTrack {
  private readonly window = new ReorderWindow<RtpPacket>();
  private holeTimer: NodeJS.Timeout | undefined;
  /** Losses before a packet that wasn't delivered are told with the next one that is. */
  private lostBefore = 0;

  constructor(
    readonly line: OfferedTrack,
    private readonly side: RemoteSide,
  ) {}

  onPacket(bytes: Buffer): void {
    const packet = parseRtp(bytes);
    if (!packet || !this.line.codecs.has(packet.payloadType)) return;
    for (const ordered of this.window.push(packet.sequence, packet)) this.take(ordered);
    this.watchHole(packet.ssrc);
  }

  end(): void {
    clearTimeout(this.holeTimer);
  }

  private watchHole(ssrc: number): void {
    if (this.holeTimer !== undefined) return;
    const missing = this.window.missing();
    if (missing.length === 0) return;
    // Zero as the sender: we have no stream of our own on this connection.
    this.side.askAgain(this.line.mid, writeNack(0, ssrc, missing));
    this.holeTimer = setTimeout(() => {
      this.holeTimer = undefined;
      for (const ordered of this.window.expire()) this.take(ordered);
      this.watchHole(ssrc);
    }, HOLE_MS);
  }

  private take({ packet, lost }: Ordered<RtpPacket>): void {
    const { counts, cryptor } = this.side;
    this.lostBefore += lost;
    counts.lost += lost;
    // Padding only: the server probes the line with it.
    if (packet.payload.length === 0) return;
    if (this.side.isInjected(packet.payload)) {
      counts.injected++;
      return;
    }
    const payload = cryptor.open(packet.payload);
    if (typeof payload === 'string') {
      counts.refused++;
      return;
    }
    counts.opened++;
    const missing = this.lostBefore;
    this.lostBefore = 0;
    this.side.deliver({
      participant: this.side.identityOf(this.line.participantSid),
      track: this.line.trackSid,
      codec: this.line.codecs.get(packet.payloadType)!,
      payload,
      lost: missing,
    });
  }
}

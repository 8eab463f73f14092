import type { Sound } from '@ringdown/audio/sound';
import { TimestampLine } from '@ringdown/audio/timestamp-line';
import { RoomAudio } from '@ringdown/room-leg/room-audio';
import {
  RoomLegError,
  type ConnectRoomLeg,
  type RoomLeg,
  type RoomLegStats,
  type RoomLossReason,
} from '@ringdown/room-leg/room-leg';
import { randomInt } from 'node:crypto';
import type { CallKeys } from './call-keys.ts';

export interface RoomAddress {
  readonly url: string;
  readonly token: string;
}

export interface RoomBridgeListener {
  onSound(sound: Sound, track: string, participant: string): void;
  onTrackEnded(track: string): void;
  onLost(reason: RoomLossReason): void;
}

/** The room may be out of reach for so long before the api is told. */
const TELL_AFTER_MS = 30_000;
const PAUSES_MS = [0, 250, 500, 1000, 2000, 5000];
const SAMPLES_PER_MS = 8;

/** The call's leg in its room: joined while the call lasts, again and again if need be, and both directions of sound. */
export class RoomBridge {
  private leg: RoomLeg | undefined;
  private readonly audio: RoomAudio;
  /** One line for the call: timestamps go on when the stream or the leg is a new one. */
  private readonly line = new TimestampLine(randomInt(0xffff_ffff));
  private joining = false;
  private closed = false;
  private address: RoomAddress | undefined;
  private speaker: string | null = null;
  private sentAtMs = 0;

  constructor(
    private readonly connect: ConnectRoomLeg,
    private readonly keys: CallKeys,
    private readonly listener: RoomBridgeListener,
  ) {
    this.audio = new RoomAudio((sound, track, participant) => listener.onSound(sound, track, participant));
  }

  /** Starts joining, once; a newer token is used for the next attempt. */
  open(address: RoomAddress): void {
    this.address = address;
    if (!this.leg && !this.joining && !this.closed) void this.join();
  }

  /**
   * The phones' sound; dropped without a leg or a key.
   * @param speaker the phone, or null for a mix of several
   * @param timestampMs on the speaker's clock
   */
  send(sound: Sound, speaker: string | null, timestampMs: number): void {
    const { muLaw } = sound;
    const nowMs = performance.now();
    if (speaker !== this.speaker) {
      this.speaker = speaker;
      this.line.takeOver(Math.round(Math.max(0, nowMs - this.sentAtMs)) * SAMPLES_PER_MS);
    }
    this.sentAtMs = nowMs;
    this.leg?.send(muLaw, this.line.next((timestampMs * SAMPLES_PER_MS) >>> 0, muLaw.length));
  }

  stats(): RoomLegStats | undefined {
    return this.leg?.stats();
  }

  close(): void {
    this.closed = true;
    this.keys.attach(undefined);
    void this.leg?.close();
    this.leg = undefined;
    this.audio.close();
  }

  private async join(): Promise<void> {
    this.joining = true;
    const start = performance.now();
    let told = false;
    for (let attempt = 0; !this.closed && !this.leg; attempt++) {
      await new Promise<void>((resolve) => setTimeout(resolve, PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]));
      if (this.closed || !this.address) break;
      try {
        const leg = await this.connectOnce(this.address);
        if (this.closed) void leg.close();
        else this.leg = leg;
      } catch (error) {
        if (!(error instanceof RoomLegError)) throw error;
        if (!told && performance.now() - start > TELL_AFTER_MS) {
          told = true;
          this.listener.onLost(error.reason);
        }
      }
    }
    this.joining = false;
    if (this.leg) this.keys.attach(this.leg);
  }

  private connectOnce(address: RoomAddress): Promise<RoomLeg> {
    return this.connect(
      { url: address.url, token: address.token },
      {
        onAudio: (packet) => this.audio.onPacket(packet),
        onTrackEnded: (track) => {
          this.audio.onTrackEnded(track);
          this.listener.onTrackEnded(track);
        },
        onStateChanged: (state, reason) => {
          if (state !== 'closed' || this.closed) return;
          this.leg = undefined;
          this.keys.attach(undefined);
          this.listener.onLost(reason ?? 'unreachable');
          // Another gateway has this identity: fighting for it would end both.
          if (reason !== 'duplicate-identity' && !this.joining) void this.join();
        },
      },
    );
  }
}

import { decodeMuLaw, encodeMuLaw } from '@ringdown/audio/g711';
import { rootMeanSquare, toneShare } from '@ringdown/audio/goertzel';
import { ListenerMix } from '@ringdown/audio/listener-mix';
import { TimestampLine } from '@ringdown/audio/timestamp-line';
import { tone } from '@ringdown/audio/tones';
import type { TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { AccessToken } from 'livekit-server-sdk';
import { RoomAudio } from './room-audio.ts';
import type { ConnectRoomLeg, RoomLeg, RoomLegState, RoomLossReason } from './room-leg.ts';

export async function roomToken(server: TestLiveKitServer, room: string, identity: string): Promise<string> {
  const token = new AccessToken(server.apiKey, server.apiSecret, { identity });
  token.addGrant({ room, roomJoin: true, canPublish: true, canSubscribe: true });
  return token.toJwt();
}

/** A leg with a voice (a steady tone) and an ear (the last second it heard). */
export class TonePeer {
  private readonly frames: Uint8Array[] = [];
  private readonly mix = new ListenerMix((sound) => {
    this.frames.push(sound.muLaw);
    if (this.frames.length > 50) this.frames.shift();
  });
  private readonly audio = new RoomAudio((sound, track) => this.mix.push(track, sound, performance.now(), 0));
  private readonly ticker = setInterval(() => this.mix.tick(performance.now()), 20);
  private voice: NodeJS.Timeout | undefined;
  leg!: RoomLeg;
  packets = 0;
  readonly states: RoomLegState[] = [];
  readonly reasons: (RoomLossReason | undefined)[] = [];
  readonly ended: string[] = [];

  static async join(
    connect: ConnectRoomLeg,
    server: TestLiveKitServer,
    room: string,
    identity: string,
  ): Promise<TonePeer> {
    return TonePeer.joinWith(connect, { url: server.url, token: await roomToken(server, room, identity) });
  }

  /** With a token somebody else made. */
  static async joinWith(connect: ConnectRoomLeg, access: { url: string; token: string }): Promise<TonePeer> {
    const peer = new TonePeer();
    peer.leg = await connect(
      { ...access, loseAfterMs: 15_000 },
      {
        onAudio: (packet) => {
          peer.packets++;
          peer.audio.onPacket(packet);
        },
        onTrackEnded: (track) => {
          peer.ended.push(track);
          peer.audio.onTrackEnded(track);
          peer.mix.drop(track);
        },
        onStateChanged: (state, reason) => {
          peer.states.push(state);
          peer.reasons.push(reason);
        },
      },
    );
    return peer;
  }

  key(index: number, key: Uint8Array): this {
    this.leg.setKey(index, key);
    this.leg.useKey(index);
    return this;
  }

  /** Speaks in real time; a timer that is late catches up. */
  speak(frequency: number): this {
    const sound = encodeMuLaw(tone([frequency], { durationMs: 1000 }));
    const line = new TimestampLine(77);
    const start = performance.now();
    let sent = 0;
    clearInterval(this.voice);
    this.voice = setInterval(() => {
      for (; sent * 20 < performance.now() - start; sent++) {
        const at = (sent % 50) * 160;
        this.leg.send(sound.subarray(at, at + 160), line.next(sent * 160, 160));
      }
    }, 10);
    return this;
  }

  silence(): void {
    clearInterval(this.voice);
  }

  /** Share of `frequency` in the last half second, 0 when it heard nothing. */
  hears(frequency: number): number {
    const samples = decodeMuLaw(Buffer.concat(this.frames.slice(-25)));
    return samples.length < 25 * 160 || rootMeanSquare(samples) < 1000 ? 0 : toneShare(samples, frequency);
  }

  level(): number {
    return rootMeanSquare(decodeMuLaw(Buffer.concat(this.frames.slice(-25))));
  }

  forget(): void {
    this.frames.length = 0;
    this.packets = 0;
  }

  async leave(): Promise<void> {
    this.silence();
    clearInterval(this.ticker);
    await this.leg.close();
    this.audio.close();
  }
}

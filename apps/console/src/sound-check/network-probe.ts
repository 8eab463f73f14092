import type { SoundCheckRoom } from '@ringdown/protocol/sound-check';
import {
  LogLevel,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
  type LocalTrackPublication,
  type RemoteTrack,
} from 'livekit-client';
import type { NetworkFigures } from './network-verdict.ts';

setLogLevel(LogLevel.silent);

const CONNECT_LIMIT_MS = 10_000;
/** 250 packets: enough to see one in a hundred missing. */
const LISTEN_MS = 5_000;

/** `server`: the media server's address isn't reached at all. `media`: it is, but sound doesn't come through. */
export class NetworkUnusable extends Error {
  readonly part: 'server' | 'media';
  constructor(part: 'server' | 'media', options?: ErrorOptions) {
    super(`The way to the media server is closed at: ${part}`, options);
    this.part = part;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends a soft tone made by this page to the media server and back to this page, by the ways a call would take, and counts
 * what arrives. Nothing of the microphone is used. Throws `NetworkUnusable`.
 */
export async function probeNetwork({ url, speakerToken, listenerToken }: SoundCheckRoom): Promise<NetworkFigures> {
  const [speaker, listener] = [new Room(), new Room()];
  const context = new AudioContext();
  try {
    const heard = new Promise<RemoteTrack>((resolve) => listener.once(RoomEvent.TrackSubscribed, resolve));
    await Promise.all([speaker.connect(url, speakerToken), listener.connect(url, listenerToken)]).catch(
      (cause: unknown) => {
        throw new NetworkUnusable('server', { cause });
      },
    );
    const publication = await publishTone(speaker, context);
    const track = await Promise.race([heard, pause(CONNECT_LIMIT_MS).then(() => null)]);
    if (!track) throw new NetworkUnusable('media');
    const before = await received(track);
    await pause(LISTEN_MS);
    const after = await received(track);
    const came = after.came - before.came;
    const lost = Math.max(0, after.lost - before.lost);
    if (came === 0) throw new NetworkUnusable('media');
    return { roundTripMs: await roundTrip(publication), lost: lost / (came + lost), jitterMs: after.jitterMs };
  } finally {
    await Promise.allSettled([speaker.disconnect(), listener.disconnect(), context.close()]);
  }
}

async function publishTone(room: Room, context: AudioContext): Promise<LocalTrackPublication> {
  const tone = new OscillatorNode(context, { frequency: 440 });
  const out = context.createMediaStreamDestination();
  tone.connect(new GainNode(context, { gain: 0.1 })).connect(out);
  tone.start();
  const [track] = out.stream.getAudioTracks();
  if (!track) throw new NetworkUnusable('media');
  try {
    return await room.localParticipant.publishTrack(track, { source: Track.Source.Microphone, dtx: false, red: false });
  } catch (cause) {
    throw new NetworkUnusable('media', { cause });
  }
}

async function received(track: RemoteTrack): Promise<{ came: number; lost: number; jitterMs: number }> {
  for (const stats of (await track.getRTCStatsReport())?.values() ?? []) {
    const { type, packetsReceived, packetsLost, jitter } = stats as RTCInboundRtpStreamStats;
    if (type === 'inbound-rtp') {
      return { came: packetsReceived ?? 0, lost: packetsLost ?? 0, jitterMs: (jitter ?? 0) * 1_000 };
    }
  }
  return { came: 0, lost: 0, jitterMs: 0 };
}

async function roundTrip(publication: LocalTrackPublication): Promise<number> {
  for (const stats of (await publication.track?.getRTCStatsReport())?.values() ?? []) {
    const pair = stats as RTCIceCandidatePairStats;
    if (pair.type === 'candidate-pair' && pair.nominated && pair.currentRoundTripTime !== undefined) {
      return pair.currentRoundTripTime * 1_000;
    }
  }
  throw new NetworkUnusable('media');
}

import type { RemoteCodec } from './room-leg.ts';

/** One audio section of the server's offer: what arrives on this m-line from now on. */
export interface OfferedTrack {
  readonly mid: string;
  readonly participantSid: string;
  readonly trackSid: string;
  readonly codecs: ReadonlyMap<number, RemoteCodec>;
}

const CODEC_NAMES: Readonly<Record<string, RemoteCodec>> = { pcmu: 'pcmu', pcma: 'pcma', opus: 'opus' };

/**
 * Reads which participant's track is on which m-line. LiveKit names the stream `participantSid|…` and the track by its
 * sid, and uses an m-line again for another track when the first is gone.
 */
export function offeredTracks(sdp: string): OfferedTrack[] {
  const tracks: OfferedTrack[] = [];
  for (const section of sdp.split(/^(?=m=)/m)) {
    if (!section.startsWith('m=audio')) continue;
    const mid = /^a=mid:(\S+)/m.exec(section)?.[1];
    const msid = /^a=msid:(\S+) (\S+)/m.exec(section);
    if (mid === undefined || !msid || /^a=(inactive|recvonly)\b/m.test(section)) continue;
    const codecs = new Map<number, RemoteCodec>([
      [0, 'pcmu'],
      [8, 'pcma'],
    ]);
    for (const [, payloadType, name] of section.matchAll(/^a=rtpmap:(\d+) ([A-Za-z0-9-]+)\//gm)) {
      const codec = CODEC_NAMES[name!.toLowerCase()];
      if (codec) codecs.set(Number(payloadType), codec);
    }
    tracks.push({ mid, participantSid: msid[1]!.split('|')[0]!, trackSid: msid[2]!, codecs });
  }
  return tracks;
}

/**
 * LiveKit offers `sendrecv` audio; as we send nothing there, it is read as `sendonly`. Otherwise libdatachannel would
 * wait for a track of ours.
 */
export function asSendOnly(sdp: string): string {
  return sdp.replace(/(m=audio[^]*?)a=sendrecv/g, '$1a=sendonly');
}

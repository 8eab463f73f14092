import { decodeMuLaw } from '@ringdown/audio/g711';
import { toneShare } from '@ringdown/audio/goertzel';
import { OpusVoice } from '@ringdown/room-leg/opus-voice';
import { RoomSession, type SessionListener } from '@ringdown/room-leg/room-session';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ProductUnderTest } from '../product/product-under-test.ts';

export interface Eavesdropped {
  /** RTP payloads as the media server forwarded them: what it has itself, too. */
  frames: number;
  /** Largest share of a tone in anything that could be made of the payloads as sound: read as µ-law, and as Opus. */
  shareOf: (hz: number) => number;
}

const HEADER_BYTES = 12;
const LISTEN_MS = 3_000;
const RTP_PCMU = 0;

const payloadOf = (packet: Buffer): { type: number; payload: Buffer } => {
  const extended = (packet[0] ?? 0) & 0x10 ? 4 + 4 * packet.readUInt16BE(HEADER_BYTES + 2) : 0;
  return { type: (packet[1] ?? 0) & 0x7f, payload: packet.subarray(HEADER_BYTES + extended) };
};

/** Joins the only room there is with a token of the media server's own key, takes every packet, and has no media key. */
export const listenAtTheServer = async (product: ProductUnderTest): Promise<Eavesdropped> => {
  const read = (file: string) =>
    JSON.parse(readFileSync(path.join(product.folder, file), 'utf8')) as Record<string, unknown>;
  const { liveKitKey, liveKitSecret } = read('secrets.json') as { liveKitKey: string; liveKitSecret: string };
  const { port } = read('livekit.json') as { port: number };
  const rooms = new RoomServiceClient(`http://127.0.0.1:${port}`, liveKitKey, liveKitSecret);
  const [room] = await rooms.listRooms();
  if (!room) throw new Error('There is no room to listen in.');
  const token = new AccessToken(liveKitKey, liveKitSecret, { identity: 'eavesdropper' });
  token.addGrant({ room: room.name, roomJoin: true, canSubscribe: true, canPublish: true });
  const muLaw: Buffer[] = [];
  const opus: Buffer[] = [];
  const handlers: SessionListener = {
    onRtp: (_mid, packet) => {
      const { type, payload } = payloadOf(packet);
      (type === RTP_PCMU ? muLaw : opus).push(Buffer.from(payload));
    },
    onFeedback: () => undefined,
    onLines: () => undefined,
    onTokenRenewed: () => undefined,
    onSignalLost: () => undefined,
    onEnded: () => undefined,
  };
  const join = async () =>
    RoomSession.join(
      { url: `ws://127.0.0.1:${port}`, token: await token.toJwt(), ssrc: 4711, codec: 'pcmu', withinMs: 10_000 },
      handlers,
    );
  // A busy machine may need more than one try: a room that is up for all others lets this one in, too.
  const session = await join().catch(join);
  await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
  session.close();
  const voice = new OpusVoice();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const fromOpus = opus.map((payload) => {
    try {
      return voice.decode(payload);
    } catch {
      // Ciphertext is no Opus packet: nothing was recovered.
      return new Int16Array(0);
    }
  });
  const all = [
    decodeMuLaw(Buffer.concat([...muLaw, ...opus])),
    Int16Array.from(fromOpus.flatMap((samples) => [...samples])),
  ].filter((samples) => samples.length > 0);
  return {
    frames: muLaw.length + opus.length,
    shareOf: (hz) => Math.max(0, ...all.map((samples) => toneShare(samples, hz))),
  };
};

import { CallId, roomNameOf } from '@ringdown/protocol/ids';
import { startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { RoomServiceClient, TokenVerifier } from 'livekit-server-sdk';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LiveKitRooms } from './livekit-rooms.ts';
import { RoomsUnavailable } from './rooms.ts';

const aRoom = () => roomNameOf(CallId.parse(randomUUID()));
const NOTHING = { canPublish: false, canSubscribe: false };
const ALL = { canPublish: true, canSubscribe: true };
const IDENTITY = 'operator-1';

describe('rooms of a real livekit-server', () => {
  let server: TestLiveKitServer;
  let rooms: LiveKitRooms;
  let look: RoomServiceClient;
  const sockets: WebSocket[] = [];

  beforeAll(async () => {
    server = await startLiveKitServer();
    rooms = new LiveKitRooms({ serverUrl: server.url, apiKey: server.apiKey, apiSecret: server.apiSecret });
    look = new RoomServiceClient(server.url.replace(/^ws/, 'http'), server.apiKey, server.apiSecret);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });
  afterAll(() => server.stop());

  /** A participant by its signalling alone; media don't matter here. */
  const join = async (token: string): Promise<WebSocket> => {
    const socket = new WebSocket(`${server.url}/rtc?access_token=${token}&protocol=15&sdk=js&version=2.0.0`);
    sockets.push(socket);
    await once(socket, 'message');
    return socket;
  };
  const enter = async (rights = NOTHING) => {
    const room = aRoom();
    const token = await rooms.tokenFor({ room, identity: IDENTITY, rights, ttlS: 60 });
    return { room, socket: await join(token) };
  };
  const rightsIn = async (room: string) => (await look.getParticipant(room, IDENTITY)).permission;

  it('a ticket opens its room with its rights, for its time, and nothing else', async () => {
    const room = aRoom();
    const token = await rooms.tokenFor({ room, identity: IDENTITY, rights: NOTHING, ttlS: 60 });
    const claims = await new TokenVerifier(server.apiKey, server.apiSecret).verify(token);
    expect(claims.video).toEqual({
      room,
      roomJoin: true,
      canPublish: false,
      canSubscribe: false,
      canPublishData: false,
      canUpdateOwnMetadata: false,
    });
    expect((claims.exp ?? 0) - Date.now() / 1000).toBeGreaterThan(50);
    expect((claims.exp ?? 0) - Date.now() / 1000).toBeLessThan(61);
    await join(token);
    expect(await rightsIn(room)).toMatchObject(NOTHING);
  });

  it('rights come with the acceptance: a participant that may do nothing may do all a moment later', async () => {
    const { room } = await enter();
    expect(await rooms.setRights(room, IDENTITY, ALL)).toBe('done');
    expect(await rightsIn(room)).toMatchObject({ ...ALL, canPublishData: false });
    expect(await rooms.setRights(room, IDENTITY, NOTHING)).toBe('done');
    expect(await rightsIn(room)).toMatchObject(NOTHING);
  });

  it('a removed participant is out, and removing it again is no failure', async () => {
    const { room, socket } = await enter(ALL);
    const closed = once(socket, 'close');
    expect(await rooms.removeParticipant(room, IDENTITY)).toBe('done');
    await closed;
    await expect.poll(async () => (await look.listParticipants(room)).length, { timeout: 5_000 }).toBe(0);
    expect(await rooms.removeParticipant(room, IDENTITY)).toBe('absent');
  });

  it('a closed room is gone, and closing it again is no failure', async () => {
    const { room, socket } = await enter(ALL);
    const closed = once(socket, 'close');
    expect(await rooms.closeRoom(room)).toBe('done');
    await closed;
    expect(await look.listRooms([room])).toEqual([]);
    expect(await rooms.closeRoom(room)).toBe('absent');
  });

  it('whoever isn’t there yet is absent, not an error: the page may still be connecting', async () => {
    expect(await rooms.setRights(aRoom(), IDENTITY, ALL)).toBe('absent');
    const { room } = await enter();
    expect(await rooms.setRights(room, 'operator-2', ALL)).toBe('absent');
  });

  it('a server that is away or doesn’t know us is unavailable, which may be tried again', async () => {
    const away = new LiveKitRooms({ serverUrl: 'ws://127.0.0.1:9', apiKey: 'k', apiSecret: server.apiSecret });
    const stranger = new LiveKitRooms({ serverUrl: server.url, apiKey: server.apiKey, apiSecret: 'x'.repeat(40) });
    for (const wrong of [away, stranger]) {
      const failure: unknown = await wrong.closeRoom(aRoom()).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(RoomsUnavailable);
      expect(failure).toMatchObject({ retryable: true, reason: 'media-server-unavailable' });
      await expect(wrong.isUp()).rejects.toThrow();
    }
    expect(await rooms.isUp()).toBe(true);
  });
});

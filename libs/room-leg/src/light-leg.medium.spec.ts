import { startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { LightLeg } from './light-leg.ts';
import { aRoom, describeRoomLeg, keyA, until } from './room-leg.contract.ts';
import { TonePeer } from './tone-peer.fixture.ts';
import { RoomLegError } from './room-leg.ts';
import { RoomSession } from './room-session.ts';

describeRoomLeg('the light leg', LightLeg.connect, 'the light leg', LightLeg.connect);

describe('the light leg', () => {
  let server: TestLiveKitServer;
  const peers: TonePeer[] = [];
  const join = async (room: string, identity: string): Promise<TonePeer> => {
    const peer = await TonePeer.join(LightLeg.connect, server, room, identity);
    peers.push(peer);
    return peer;
  };
  const light = (peer: TonePeer): LightLeg => {
    if (!(peer.leg instanceof LightLeg)) throw new Error('not a light leg');
    return peer.leg;
  };

  beforeAll(async () => {
    server = await startLiveKitServer();
  });
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer.leave()));
  });
  afterAll(() => server.stop());

  test('a lost signalling socket costs no more than a blink, and newcomers are heard afterwards', async () => {
    const room = aRoom();
    const phone = (await join(room, 'phone')).key(1, keyA).speak(700);
    const volunteer = (await join(room, 'volunteer')).key(1, keyA).speak(1234);
    await until(() => volunteer.hears(700) > 0.8 && phone.hears(1234) > 0.8);
    const before = volunteer.packets;
    light(phone).dropSignalling();
    await wait(1000);
    expect(volunteer.packets - before).toBeGreaterThan(20);
    await until(() => volunteer.hears(700) > 0.8 && phone.hears(1234) > 0.8);
    expect(phone.states.at(-1)).toBe('connected');
    phone.forget();
    await volunteer.leave();
    (await join(room, 'second')).key(1, keyA).speak(1500);
    await until(() => phone.hears(1500) > 0.8);
  });

  test('it comes back by itself when the server was killed and started again', async () => {
    const room = aRoom();
    const phone = (await join(room, 'phone')).key(1, keyA).speak(700);
    const volunteer = (await join(room, 'volunteer')).key(1, keyA).speak(1234);
    await until(() => volunteer.hears(700) > 0.8);
    await server.restart();
    for (const peer of [phone, volunteer]) peer.forget();
    await until(() => volunteer.hears(700) > 0.8 && phone.hears(1234) > 0.8, 30_000);
  });

  test('packets that the network loses on the way to the server are asked for and sent again', async () => {
    const room = aRoom();
    const phone = (await join(room, 'phone')).key(1, keyA).speak(700);
    const volunteer = (await join(room, 'volunteer')).key(1, keyA);
    await until(() => volunteer.hears(700) > 0.8);
    const send = Object.getOwnPropertyDescriptor(RoomSession.prototype, 'send')!.value as RoomSession['send'];
    let packets = 0;
    const lossy = vi.spyOn(RoomSession.prototype, 'send').mockImplementation(function (this: RoomSession, packet) {
      // RTP only, and each tenth of it is gone.
      return packet[1] === 0 && ++packets % 10 === 0 ? true : send.call(this, packet);
    });
    volunteer.forget();
    await wait(2000);
    lossy.mockRestore();
    expect(phone.leg.stats().packetsRetransmitted).toBeGreaterThan(3);
    expect(volunteer.leg.stats().packetsLost).toBeLessThan(phone.leg.stats().packetsRetransmitted);
    expect(volunteer.packets).toBeGreaterThan(50);
    expect(volunteer.hears(700)).toBeGreaterThan(0.8);
  });

  test('a second leg with the same identity ends the first for good', async () => {
    const room = aRoom();
    const first = await join(room, 'phone');
    await join(room, 'phone');
    await until(() => first.states.at(-1) === 'closed');
    expect(first.reasons.at(-1)).toBe('duplicate-identity');
  });

  test('a refused token is final, an absent server can be tried again', async () => {
    const listener = { onAudio: () => undefined, onTrackEnded: () => undefined, onStateChanged: () => undefined };
    const refused = await LightLeg.connect({ url: server.url, token: 'no-token' }, listener).catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(RoomLegError);
    expect(refused).toMatchObject({ reason: 'refused', retryable: false });
    const absent = await LightLeg.connect({ url: 'ws://127.0.0.1:9', token: 'x' }, listener).catch((e: unknown) => e);
    expect(absent).toMatchObject({ reason: 'unreachable', retryable: true });
  });
});

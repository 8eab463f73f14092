import { startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectRoomLeg } from './room-leg.ts';
import { TonePeer } from './tone-peer.fixture.ts';

export const keyA = new Uint8Array(32).fill(0xa1);
export const keyB = new Uint8Array(32).fill(0xb2);

export const aRoom = (): string => `call-${randomUUID()}`;

export const until = (condition: () => boolean, timeout = 10_000): Promise<void> =>
  expect.poll(condition, { timeout, interval: 20 }).toBe(true);

/** What every room leg promises, against a real livekit-server and a peer of any kind. */
export function describeRoomLeg(
  name: string,
  connect: ConnectRoomLeg,
  peerName: string,
  connectPeer: ConnectRoomLeg,
): void {
  describe(`${name} with ${peerName} as its peer`, () => {
    let server: TestLiveKitServer;
    const peers: TonePeer[] = [];
    const join = async (kind: ConnectRoomLeg, room: string, identity: string): Promise<TonePeer> => {
      const peer = await TonePeer.join(kind, server, room, identity);
      peers.push(peer);
      return peer;
    };

    beforeAll(async () => {
      server = await startLiveKitServer();
    });
    afterEach(async () => {
      await Promise.all(peers.splice(0).map((peer) => peer.leave()));
    });
    afterAll(() => server.stop());

    test('both hear each other', async () => {
      const room = aRoom();
      const phone = (await join(connect, room, 'phone')).key(3, keyA).speak(700);
      const volunteer = (await join(connectPeer, room, 'volunteer')).key(3, keyA).speak(1234);
      await until(() => volunteer.hears(700) > 0.8 && phone.hears(1234) > 0.8);
      expect(phone.leg.stats()).toMatchObject({ keyIndex: 3, framesRefused: 0 });
    });

    test('a change of key by index leaves no gap', async () => {
      const room = aRoom();
      const phone = (await join(connect, room, 'phone')).key(3, keyA).speak(700);
      const volunteer = (await join(connectPeer, room, 'volunteer')).key(3, keyA).speak(1234);
      await until(() => volunteer.hears(700) > 0.8 && phone.hears(1234) > 0.8);
      for (const peer of [phone, volunteer]) peer.leg.setKey(4, keyB);
      phone.leg.useKey(4);
      volunteer.leg.useKey(4);
      await wait(1200);
      expect(volunteer.hears(700)).toBeGreaterThan(0.8);
      expect(phone.hears(1234)).toBeGreaterThan(0.8);
      expect(phone.leg.stats().keyIndex).toBe(4);
    });

    test('who has no key recovers nothing, and hears nothing after the key moved on without it', async () => {
      const room = aRoom();
      const phone = (await join(connect, room, 'phone')).key(3, keyA).speak(700);
      const member = (await join(connectPeer, room, 'member')).key(3, keyA);
      const stranger = (await join(connectPeer, room, 'stranger')).key(3, keyB);
      await until(() => member.hears(700) > 0.8);
      expect(stranger.hears(700)).toBeLessThan(0.05);
      phone.key(5, keyB);
      await wait(800);
      member.forget();
      await wait(600);
      expect(member.hears(700)).toBeLessThan(0.05);
      expect(stranger.hears(700)).toBeLessThan(0.05);
    });

    test('without a key nothing leaves, and a dropped key ends it', async () => {
      const room = aRoom();
      const phone = await join(connect, room, 'phone');
      const volunteer = (await join(connectPeer, room, 'volunteer')).key(3, keyA);
      phone.speak(700);
      await wait(500);
      expect(phone.leg.send(new Uint8Array(160), 0)).toBe('no-key');
      expect(phone.leg.stats()).toMatchObject({ framesSealed: 0, keyIndex: null });
      phone.key(3, keyA);
      await until(() => volunteer.hears(700) > 0.8);
      phone.leg.dropKey(3);
      expect(phone.leg.send(new Uint8Array(160), 0)).toBe('no-key');
      expect(phone.leg.stats().keyIndex).toBeNull();
    });

    test('muted it sends nothing, and goes on afterwards', async () => {
      const room = aRoom();
      const phone = (await join(connect, room, 'phone')).key(3, keyA).speak(700);
      const volunteer = (await join(connectPeer, room, 'volunteer')).key(3, keyA);
      await until(() => volunteer.hears(700) > 0.8);
      phone.leg.setMuted(true);
      expect(phone.leg.send(new Uint8Array(160), 0)).toBe('muted');
      await wait(800);
      volunteer.forget();
      phone.leg.setMuted(false);
      await until(() => volunteer.hears(700) > 0.8);
    });

    test('somebody who leaves ends a track, somebody who comes later is heard', async () => {
      const room = aRoom();
      const phone = (await join(connect, room, 'phone')).key(1, keyA);
      const first = (await join(connectPeer, room, 'first')).key(1, keyA).speak(700);
      await until(() => phone.hears(700) > 0.8);
      await first.leave();
      await until(() => phone.ended.length === 1);
      phone.forget();
      (await join(connectPeer, room, 'second')).key(1, keyA).speak(1234);
      await until(() => phone.hears(1234) > 0.8);
    });

    test('closed it says so once and sends no more', async () => {
      const phone = (await join(connect, aRoom(), 'phone')).key(1, keyA);
      await phone.leg.close();
      await phone.leg.close();
      expect(phone.states.filter((state) => state === 'closed')).toHaveLength(1);
      expect(phone.leg.send(new Uint8Array(160), 0)).not.toBe('sent');
    });
  });
}

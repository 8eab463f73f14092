import { expect, test } from 'vitest';
import { FRAME, PhonePlayer, silentFrame } from './phone-player.ts';

const sound = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte);
const music = Uint8Array.from({ length: FRAME * 3 }, (_, i) => Math.floor(i / FRAME) + 1);
const aPlayer = (): PhonePlayer => new PhonePlayer(() => music);

test('prompts come first, in order, padded with silence, then the music goes on', () => {
  const player = aPlayer();
  player.setBackground('music');
  expect(player.next()?.[0]).toBe(1);
  let done = 0;
  player.enqueue([sound(50, FRAME), sound(60, 10)], () => done++);
  expect(player.next()?.[0]).toBe(50);
  expect(done).toBe(0);
  const last = player.next();
  expect([last?.[0], last?.[9], last?.[10]]).toEqual([60, 60, 0xff]);
  expect(done).toBe(1);
  expect([player.next()?.[0], player.next()?.[0], player.next()?.[0]]).toEqual([2, 3, 1]);
});

test('nothing to play is nothing, silence is a frame of it', () => {
  const player = aPlayer();
  expect(player.next()).toBeNull();
  player.setBackground('silence');
  expect(player.next()).toBe(silentFrame);
});

test('stopped prompts are forgotten and never done', () => {
  const player = aPlayer();
  player.enqueue([sound(1, 1000)], () => expect.unreachable());
  player.next();
  player.stop();
  expect(player.next()).toBeNull();
  expect(player.isSpeaking).toBe(false);
});

test('nothing to say is done at once', () => {
  let done = 0;
  aPlayer().enqueue([new Uint8Array(0)], () => done++);
  expect(done).toBe(1);
});

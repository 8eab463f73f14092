import { encodeMuLaw } from '@ringdown/audio/g711';
import { toneShare } from '@ringdown/audio/goertzel';
import type { Sound } from '@ringdown/audio/sound';
import { tone } from '@ringdown/audio/tones';
import { expect, test } from 'vitest';
import { RoomAudio } from './room-audio.ts';
import type { RemotePacket } from './room-leg.ts';

const low = encodeMuLaw(tone([400], { durationMs: 1000 }));

function packet(track: string, sound: Uint8Array, index: number, lost = 0): RemotePacket {
  const payload = sound.subarray(index * 160, index * 160 + 160);
  return { participant: `${track}-speaker`, track, codec: 'pcmu', payload, lost };
}

function listen() {
  const heard: { sound: Sound; track: string; participant: string }[] = [];
  return {
    audio: new RoomAudio((sound, track, participant) => heard.push({ sound, track, participant })),
    heard,
    samples: () => Int16Array.from(heard.flatMap(({ sound }) => [...sound.linear])),
  };
}

test('a voice comes out untouched and at once, with its owner', () => {
  const { audio, heard } = listen();
  const first = packet('a', low, 0);
  audio.onPacket(first);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatchObject({ track: 'a', participant: 'a-speaker' });
  expect(heard[0]!.sound.muLaw).toBe(first.payload);
});

test('a lost packet is concealed', () => {
  const { audio, heard, samples } = listen();
  for (let i = 0; i < 10; i++) audio.onPacket(packet('a', low, i));
  audio.onPacket(packet('a', low, 11, 1));
  expect(heard).toHaveLength(12);
  expect(toneShare(samples().subarray(1600, 1760), 400)).toBeGreaterThan(0.9);
});

test('a long hole is a pause, not a loss', () => {
  const { audio, heard } = listen();
  audio.onPacket(packet('a', low, 0));
  audio.onPacket(packet('a', low, 20, 19));
  expect(heard).toHaveLength(2);
});

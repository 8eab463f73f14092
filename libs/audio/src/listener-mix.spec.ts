import { expect, test } from 'vitest';
import { MU_LAW_SILENCE, encodeMuLaw } from './g711.ts';
import { rootMeanSquare, toneShare } from './goertzel.ts';
import { ListenerMix } from './listener-mix.ts';
import { Sound } from './sound.ts';
import { tone } from './tones.ts';

const low = encodeMuLaw(tone([400], { durationMs: 1000 }));
const high = encodeMuLaw(tone([1500], { durationMs: 1000 }));
const silence = new Uint8Array(8000).fill(MU_LAW_SILENCE);

const at = (sound: Uint8Array, index: number): Sound => {
  const from = (index % 50) * 160;
  return Sound.ofMuLaw(sound.subarray(from, from + 160));
};

function listen() {
  const heard: { sound: Sound; source: string | null; timestampMs: number }[] = [];
  const mix = new ListenerMix((sound, source, timestampMs) => heard.push({ sound, source, timestampMs }));
  /** `a` and `b` say these for so many packets, 20 ms apart, the ticks between them. */
  let packet = 0;
  const pass = (count: number, said: Readonly<Record<string, Uint8Array>>): void => {
    for (let i = 0; i < count; i++, packet++) {
      for (const [source, sound] of Object.entries(said)) mix.push(source, at(sound, packet), packet * 20, packet * 20);
      mix.tick(packet * 20 + 7);
    }
  };
  const last = (frames: number): Int16Array =>
    Int16Array.from(heard.slice(-frames).flatMap(({ sound }) => [...sound.linear]));
  return { mix, heard, pass, last };
}

test('one source goes through untouched and at once, silence too', () => {
  const { mix, heard } = listen();
  const packets = [at(low, 0), at(silence, 1), at(low, 2)];
  packets.forEach((sound, i) => mix.push('a', sound, i * 20, 1000 + i * 20));
  expect(heard.map(({ sound }) => sound)).toEqual(packets);
  expect(heard.map(({ source, timestampMs }) => [source, timestampMs])).toEqual([
    ['a', 1000],
    ['a', 1020],
    ['a', 1040],
  ]);
  expect(mix.isMixing).toBe(false);
});

test('as long as only one of two speaks, that one goes through untouched', () => {
  const { mix, heard, pass } = listen();
  pass(20, { a: low, b: silence });
  expect(mix.isMixing).toBe(false);
  expect(heard.map(({ source }) => source)).toEqual(Array(20).fill('a'));
  // `a` has said nothing for a while: the floor goes over without mixing.
  pass(20, { a: silence, b: silence });
  heard.length = 0;
  pass(20, { a: silence, b: high });
  expect(mix.isMixing).toBe(false);
  expect(new Set(heard.slice(1).map(({ source }) => source))).toEqual(new Set(['b']));
});

test('two who speak at once are both heard, and the first goes through again when the other has ended', () => {
  const { mix, heard, pass, last } = listen();
  pass(20, { a: low });
  pass(50, { a: low, b: high });
  expect(mix.isMixing).toBe(true);
  expect(toneShare(last(25), 400)).toBeGreaterThan(0.4);
  expect(toneShare(last(25), 1500)).toBeGreaterThan(0.4);
  pass(60, { a: low, b: silence });
  expect(mix.isMixing).toBe(false);
  expect(heard.at(-1)?.source).toBe('a');
  expect(toneShare(last(5), 400)).toBeGreaterThan(0.9);
});

test('a mix loses and repeats nothing: as many frames come out as went in, give or take the start', () => {
  const { heard, pass } = listen();
  pass(200, { a: low, b: high });
  expect(heard.length).toBeGreaterThanOrEqual(198);
  expect(heard.length).toBeLessThanOrEqual(203);
  const stamps = heard.filter(({ source }) => source === null).map(({ timestampMs }) => timestampMs);
  expect(new Set(stamps).size).toBe(stamps.length);
});

test('the voice that was there goes on without a hole when the second begins', () => {
  const { pass, last } = listen();
  pass(30, { a: low });
  pass(2, { a: low, b: silence });
  pass(4, { b: high, a: low });
  // 20 ms each: none of them may be without the low tone.
  const samples = last(5);
  for (let frame = 0; frame < 5; frame++) {
    expect(toneShare(samples.subarray(frame * 160, frame * 160 + 160), 400), `frame ${frame}`).toBeGreaterThan(0.15);
  }
});

test('who has left is not heard, not even what waited, and the other goes through', () => {
  const { mix, heard, pass, last } = listen();
  pass(30, { a: low, b: high });
  expect(mix.isMixing).toBe(true);
  mix.drop('b');
  expect(mix.isMixing).toBe(false);
  heard.length = 0;
  pass(10, { a: low });
  expect(toneShare(last(10), 1500)).toBeLessThan(0.01);
  expect(heard.every(({ source }) => source === 'a')).toBe(true);
});

test('three who shout at once stay inside the line, and nobody wraps', () => {
  const shout = [300, 500, 900].map((frequency) =>
    encodeMuLaw(tone([frequency], { durationMs: 1000, amplitude: 0.95 })),
  );
  const { pass, last } = listen();
  pass(60, { a: shout[0]!, b: shout[1]!, c: shout[2]! });
  const samples = last(30);
  expect(rootMeanSquare(samples)).toBeGreaterThan(8000);
  expect(rootMeanSquare(samples)).toBeLessThan(26_000);
  for (const frequency of [300, 500, 900]) expect(toneShare(samples, frequency)).toBeGreaterThan(0.25);
});

test('a source that comes in bursts is delayed, not broken, and no delay stays', () => {
  const { mix, heard } = listen();
  for (let i = 0; i < 400; i++) {
    mix.push('a', at(low, i), i * 20, i * 20);
    // Three at a time, as a bad line gives them.
    if (i % 3 === 2) for (let k = 2; k >= 0; k--) mix.push('b', at(i < 300 ? high : silence, i - k), i * 20, 0);
    mix.tick(i * 20 + 7);
  }
  const loud = Int16Array.from(heard.slice(100, 250).flatMap(({ sound }) => [...sound.linear]));
  expect(toneShare(loud, 1500)).toBeGreaterThan(0.4);
  expect(mix.isMixing).toBe(false);
  expect(heard.at(-1)?.source).toBe('a');
});

test('a process that was held up goes on from now', () => {
  const { mix, heard, pass } = listen();
  pass(20, { a: low, b: high });
  const before = heard.length;
  mix.tick(60_000);
  expect(heard.length - before).toBeLessThan(4);
});

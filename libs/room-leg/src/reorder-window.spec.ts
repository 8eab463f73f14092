import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReorderWindow } from './reorder-window.ts';
import { SentPackets } from './sent-packets.ts';

function play(sequences: readonly number[]): string[] {
  const window = new ReorderWindow<number>();
  return sequences.flatMap((sequence) =>
    window.push(sequence, sequence).map(({ packet, lost }) => (lost > 0 ? `${packet}(-${lost})` : `${packet}`)),
  );
}

test('in order nothing waits', () => {
  expect(play([65_534, 65_535, 0, 1])).toEqual(['65534', '65535', '0', '1']);
});

test('a late packet is waited for and put in its place', () => {
  expect(play([1, 3, 2, 4])).toEqual(['1', '2', '3', '4']);
});

test('a lost packet is given up when three others wait', () => {
  expect(play([1, 3, 4, 5, 6, 7])).toEqual(['1', '3(-1)', '4', '5', '6', '7']);
});

test('doubled and too late packets vanish; a new line starts anew', () => {
  expect(play([1, 1, 2, 1, 2, 3])).toEqual(['1', '2', '3']);
  expect(play([1, 2, 30_000, 30_001])).toEqual(['1', '2', '30000', '30001']);
});

test('the window tells what to ask for, and a pause gives the hole up', () => {
  const window = new ReorderWindow<number>();
  window.push(10, 10);
  window.push(12, 12);
  window.push(14, 14);
  expect(window.missing()).toEqual([11, 13]);
  expect(window.expire()).toEqual([{ packet: 12, lost: 1 }]);
  expect(window.expire()).toEqual([{ packet: 14, lost: 1 }]);
  expect(window.missing()).toEqual([]);
});

test('whatever the network does, what comes out is in order and never twice', () => {
  const jumbled = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 80 });
  fc.assert(
    fc.property(jumbled, (sequences) => {
      const window = new ReorderWindow<number>();
      const out = sequences.flatMap((sequence) => window.push(sequence, sequence).map(({ packet }) => packet));
      for (let i = 1; i < out.length; i++) expect(out[i]!).toBeGreaterThan(out[i - 1]!);
    }),
  );
});

test('sent packets are kept for a second', () => {
  const sent = new SentPackets();
  for (let sequence = 0; sequence < 100; sequence++) sent.keep(sequence, Buffer.of(sequence));
  expect(sent.find(99)?.[0]).toBe(99);
  expect(sent.find(36)?.[0]).toBe(36);
  expect(sent.find(35)).toBeNull();
  expect(sent.find(163)).toBeNull();
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimestampLine } from './timestamp-line.ts';

test('steps and pauses are kept', () => {
  const line = new TimestampLine(1000);
  expect([0, 160, 320, 1600].map((source) => line.next(source, 160))).toEqual([1000, 1160, 1320, 2600]);
});

test('a restart, a repeat and a leap go on by one packet', () => {
  const line = new TimestampLine(0);
  expect([8000, 8160, 0, 160, 160, 4_000_000_000].map((source) => line.next(source, 160))).toEqual([
    0, 160, 320, 480, 640, 800,
  ]);
});

test('the source may wrap, and so may the line', () => {
  const line = new TimestampLine(0xffff_ff00);
  expect([0xffff_ffff, 159, 319].map((source) => line.next(source, 160))).toEqual([0xffff_ff00, 0xffff_ffa0, 0x40]);
});

test('no timestamp ever comes twice, whatever the carrier sends', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 400 }), (sources) => {
      const line = new TimestampLine(5);
      const given = sources.map((source) => line.next(source, 160));
      expect(new Set(given).size).toBe(given.length);
    }),
  );
});

test('another source goes on where the one before ended, after the pause there was', () => {
  const line = new TimestampLine(1000);
  line.takeOver(160);
  expect(line.next(5, 160)).toBe(1000);
  expect(line.next(165, 160)).toBe(1160);
  line.takeOver(0);
  expect(line.next(9_000_000, 160)).toBe(1320);
  line.takeOver(4000);
  expect(line.next(7, 160)).toBe(5320);
  line.takeOver(1e9);
  expect(line.next(7, 160)).toBe(85_320);
});

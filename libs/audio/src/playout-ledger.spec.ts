import { expect, test } from 'vitest';
import { PlayoutLedger } from './playout-ledger.ts';

test('a steady line leaves nothing out and fills nothing', () => {
  const ledger = new PlayoutLedger();
  for (let now = 1000; now < 3000; now += 20) {
    expect(ledger.isStarved(now)).toBe(false);
    expect(ledger.admits(now, true)).toBe(true);
    ledger.sent(now, 20);
  }
  expect(ledger.waitingMs(3000)).toBe(0);
});

test('after a burst silence is left out until the queue is short again, speech is not', () => {
  const ledger = new PlayoutLedger();
  for (let i = 0; i < 10; i++) ledger.sent(1000, 20);
  expect(ledger.waitingMs(1000)).toBe(200);
  expect(ledger.admits(1000, true)).toBe(false);
  expect(ledger.admits(1000, false)).toBe(true);
  expect(ledger.admits(1140, true)).toBe(true);
});

test('above a second even speech is left out', () => {
  const ledger = new PlayoutLedger();
  for (let i = 0; i < 60; i++) ledger.sent(1000, 20);
  expect(ledger.admits(1000, false)).toBe(false);
});

test('a pause is filled, a cleared queue counts as played', () => {
  const ledger = new PlayoutLedger();
  expect(ledger.isStarved(500)).toBe(false);
  for (let i = 0; i < 10; i++) ledger.sent(1000, 20);
  expect(ledger.isStarved(1259)).toBe(false);
  expect(ledger.isStarved(1260)).toBe(true);
  ledger.sent(1300, 200);
  ledger.cleared(1310);
  expect(ledger.waitingMs(1310)).toBe(0);
});

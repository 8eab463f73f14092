import { expect, it } from 'vitest';
import { restartDelayMs } from './supervised-process.ts';

it('a part that keeps ending is started again ever later, but at least every half minute', () => {
  expect([1, 2, 3, 4, 7, 100].map(restartDelayMs)).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});

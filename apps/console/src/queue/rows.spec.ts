import { describe, expect, it } from 'vitest';
import { waiting } from '../stories/floor-fixtures.ts';
import { compareWaiting, drawnRows } from './rows.ts';

describe('the queue as one list', () => {
  it('puts who came back first, then the higher priority, then who has waited longest', () => {
    const order = waiting(6).toSorted(compareWaiting);
    expect(order.map(({ rescued, priority, arrivedAt }) => ({ rescued, priority, arrivedAt }))).toEqual(
      [2, 5, 0, 1, 4, 3].map((index) => {
        const { rescued, priority, arrivedAt } = waiting(6)[index] ?? {};
        return { rescued, priority, arrivedAt };
      }),
    );
  });
});

describe('the rows that are drawn', () => {
  it('are those in sight while none of the others holds the focus', () => {
    expect(drawnRows([10, 11, 12], -1)).toEqual([10, 11, 12]);
    expect(drawnRows([10, 11, 12], 11)).toEqual([10, 11, 12]);
  });

  it('keep the one with the focus when it is scrolled or sorted out of sight', () => {
    expect(drawnRows([10, 11, 12], 3)).toEqual([3, 10, 11, 12]);
    expect(drawnRows([10, 11, 12], 400)).toEqual([10, 11, 12, 400]);
  });
});

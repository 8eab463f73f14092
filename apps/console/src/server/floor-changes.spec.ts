import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followFloor } from './floor-changes.ts';

describe('lists of the whole floor', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const follow = () => {
    const queries = new QueryClient();
    const asked = vi.spyOn(queries, 'invalidateQueries').mockResolvedValue();
    return { ...followFloor(queries), asked };
  };

  it('are asked for at once, and at most once a second while changes pour in', () => {
    const { changed, asked } = follow();
    for (let change = 0; change < 50; change += 1) changed('calls');
    expect(asked).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(asked).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(10_000);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('are left alone by changes of other things', () => {
    const { changed, asked } = follow();
    changed('notes');
    changed('voicemails');
    expect(asked).not.toHaveBeenCalled();
  });
});

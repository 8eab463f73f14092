import { HotlineId } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SharedTurns } from './distribution-turns.ts';

type Outcome = { offers: number; by: 'together' | 'alone' };

const hotlines = Array.from({ length: 8 }, () => HotlineId.parse(randomUUID()));
const [a, b, c] = hotlines as [HotlineId, HotlineId, HotlineId];
const nothing = () => undefined;

/** Transactions that stay open until the test ends them. */
const aDatabase = (limits = { atOnce: 1, most: 4 }) => {
  const begun: (readonly HotlineId[])[] = [];
  const alone: HotlineId[] = [];
  const ends: ((outcome: { offers?: number; leaveOut?: HotlineId; fail?: Error }) => void)[] = [];
  const broken = new Set<HotlineId>();
  const turns = new SharedTurns<Outcome>({
    ...limits,
    together: (hotlineIds) => {
      begun.push(hotlineIds);
      return new Promise((resolve, reject) => {
        ends.push(({ offers = 1, leaveOut, fail }) => {
          if (fail) return reject(fail);
          const ours = hotlineIds.filter((id) => id !== leaveOut);
          resolve(new Map(ours.map((id) => [id, { offers, by: 'together' }])));
        });
      });
    },
    alone: (hotlineId) => {
      alone.push(hotlineId);
      return broken.has(hotlineId)
        ? Promise.reject(new Error('broken'))
        : Promise.resolve({ offers: 1, by: 'alone' as const });
    },
  });
  const moment = () => new Promise((resolve) => setImmediate(resolve));
  const end = async (how: Parameters<(typeof ends)[number]>[0] = {}) => {
    ends.shift()?.(how);
    await moment();
  };
  const ask = (...ids: HotlineId[]) => ids.map((id) => turns.take(id, nothing));
  return { turns, begun, alone, broken, moment, end, ask };
};

describe('turns that hotlines share', () => {
  it('one that asks alone begins at once; those that ask meanwhile share the next transaction, in their order', async () => {
    const { begun, moment, end, ask } = aDatabase();
    void ask(a);
    await moment();
    expect(begun).toEqual([[a]]);
    void ask(c);
    await moment();
    void ask(b);
    await moment();
    expect(begun).toEqual([[a]]);
    await end();
    expect(begun).toEqual([[a], [c, b]]);
  });

  it('those that ask in one moment share a transaction, so many at most', async () => {
    const { begun, moment, ask } = aDatabase({ atOnce: 2, most: 4 });
    void ask(...hotlines);
    await moment();
    expect(begun).toEqual([hotlines.slice(0, 4), hotlines.slice(4)]);
  });

  it('whose turn somebody else has is done by itself, and holds up nobody', async () => {
    const { alone, moment, end, ask } = aDatabase();
    const outcomes = Promise.all(ask(a, b));
    await moment();
    await end({ leaveOut: b });
    expect((await outcomes).map(({ by }) => by)).toEqual(['together', 'alone']);
    expect(alone).toEqual([b]);
  });

  it('after a failure each is done by itself: only whose fault it was fails, and it shares with nobody until it succeeds', async () => {
    const { begun, broken, moment, end, ask } = aDatabase();
    broken.add(b);
    const outcomes = Promise.allSettled(ask(a, b, c));
    await moment();
    await end({ fail: new Error('broken') });
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const [again] = await Promise.allSettled(ask(b));
    expect(again?.status).toBe('rejected');
    broken.delete(b);
    expect((await ask(b)[0])?.by).toBe('alone');
    expect(begun).toHaveLength(1);
    void ask(a, b);
    await moment();
    expect(begun[1]).toEqual([a, b]);
  });

  it('one that failed alone isn’t tried twice, unless a row wasn’t to be had in time', async () => {
    const { alone, moment, end, ask } = aDatabase();
    const [first] = ask(a);
    await Promise.all([
      moment(),
      expect(first).rejects.toThrow('broken'),
      moment().then(() => end({ fail: new Error('broken') })),
    ]);
    expect(alone).toEqual([]);
    const [second] = ask(b);
    await moment();
    await end({ fail: Object.assign(new Error('lock'), { code: '55P03' }) });
    expect((await second)?.by).toBe('alone');
  });

  it('the more offers a hotline had just now, the fewer share the next transaction', async () => {
    const { begun, moment, end, ask } = aDatabase({ atOnce: 1, most: 8 });
    for (let n = 0; n < 4; n += 1) void ask(...hotlines);
    await moment();
    await end({ offers: 32 });
    await end({ offers: 100 });
    await end({ offers: 1 });
    expect(begun.map((ids) => ids.length)).toEqual([8, 2, 1, 8]);
  });

  it('says when a turn begins: what happens before isn’t missed', async () => {
    const { turns, moment, end, ask } = aDatabase();
    void ask(a);
    await moment();
    let begun = false;
    void turns.take(b, () => (begun = true));
    await moment();
    expect(begun).toBe(false);
    await end();
    expect(begun).toBe(true);
  });
});

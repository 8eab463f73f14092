import { RotaView, WhatIf } from '@ringdown/protocol/rota';
import { hotlines, me, members, NOW } from './fixtures.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(700 + n).padStart(12, '0')}`;
const WEEK_START = '2026-11-16';
const dayOf = (n: number): string => new Date(Date.parse(WEEK_START) + n * 86_400_000).toISOString().slice(0, 10);

/** A week of an evening and a night shift a day, by turns. */
export const rotaView = (publicKey: string, change: Record<string, unknown> = {}): RotaView => {
  const people = members(publicKey).map(({ operatorId, name }) => ({ operatorId, name }));
  const at = (n: number) => people[n % people.length]?.operatorId;
  const shifts = Array.from({ length: 7 }, (_, n) => [
    { from: '18:00', to: '22:00', operatorId: at(n) },
    { from: '22:00', to: '06:00', operatorId: at(n + 1) },
  ]).flatMap((two, n) =>
    two.map((shift, k) => ({
      ...shift,
      shiftId: uuid(n * 2 + k),
      date: dayOf(n),
      everyWeeks: 1,
      until: null,
      except: [],
    })),
  );
  const covered = { shiftId: uuid(9), date: dayOf(4), operatorId: at(2) };
  const swap = {
    inReturn: null,
    to: null,
    settledAt: null,
    takenBy: null,
    offeredAt: NOW - 3_600_000,
    from: me(publicKey).operatorId,
  };
  return RotaView.parse({
    people,
    mayEdit: true,
    serverTime: NOW,
    swaps: [
      { ...swap, swapId: uuid(50), shiftId: uuid(8), date: dayOf(11), from: at(0), state: 'offered' },
      {
        ...swap,
        swapId: uuid(51),
        shiftId: uuid(9),
        date: dayOf(4),
        from: at(1),
        state: 'taken',
        settledAt: NOW - 60_000,
        takenBy: at(2),
      },
    ],
    ...change,
    rota: {
      hotlineId: hotlines()[0]?.hotlineId,
      timeZone: 'America/New_York',
      revision: 12,
      shifts,
      covers: [covered],
      holidays: [
        { holidayId: uuid(60), name: 'Thanksgiving', from: '2026-11-26', to: '2026-11-26', effect: 'one-off-only' },
      ],
      emergency: null,
      ...(change['rota'] as object | undefined),
    },
  });
};

export const whatIf = (publicKey: string): WhatIf => {
  const [first, second] = members(publicKey).map(({ operatorId }) => operatorId);
  const line = (afterMs: number, event: string, operatorId: unknown = null, reason: string | null = null) => ({
    afterMs,
    event,
    operatorId,
    reason,
  });
  return WhatIf.parse({
    at: NOW,
    open: true,
    because: 'always',
    onShift: [first, second],
    ringOrder: [first, second],
    answered: [
      line(0, 'arrives'),
      line(0, 'rings', first, 'longest-idle'),
      line(5_000, 'answers', first),
      line(185_000, 'ends', first, 'caller-hung-up'),
    ],
    unanswered: [
      line(0, 'arrives'),
      line(0, 'rings', first, 'longest-idle'),
      line(30_000, 'misses', first),
      line(30_000, 'rings', second, 'longest-idle'),
      line(60_000, 'misses', second),
      line(90_000, 'voicemail'),
      line(123_000, 'ends', null, 'voicemail-left'),
    ],
  });
};

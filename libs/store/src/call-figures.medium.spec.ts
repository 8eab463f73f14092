import {
  addSums,
  type CallFacts,
  type CallOutcome,
  type CallSums,
  NO_CALLS,
  sumsOf,
} from '@ringdown/call-flow/figures';
import { instantOf } from '@ringdown/call-flow/wall-time';
import { HotlineId, type Instant } from '@ringdown/protocol/ids';
import { LocalDate, WallTime } from '@ringdown/protocol/rota';
import { freshDatabase } from '@ringdown/testing/fresh-database';
import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CallFiguresRepository, type FiguresBy, type FiguresScope } from './call-figures.repository.ts';
import { SqlPool } from './database.ts';

const HOUR = 3_600_000;
const ZONES = ['Europe/Berlin', 'America/Havana'] as const;
/** The clocks go forward in Berlin on the 29th, in Havana on the 8th; the stretch also begins and ends within a day. */
const SPRING = { from: Date.UTC(2026, 2, 7, 5), to: Date.UTC(2026, 2, 30, 17) };
const AUTUMN = { from: Date.UTC(2026, 9, 24, 5), to: Date.UTC(2026, 10, 2, 17) };

interface ACall extends CallFacts {
  zone: number;
  language: string;
  test: boolean;
}

const aCall = (stretch: { from: Instant; to: Instant }): fc.Arbitrary<ACall> =>
  fc
    .record({
      zone: fc.nat({ max: ZONES.length - 1 }),
      language: fc.constantFrom('en', 'es'),
      test: fc.nat({ max: 9 }).map((n) => n === 0),
      arrivedAt: fc.integer({ min: stretch.from - 26 * HOUR, max: stretch.to + 26 * HOUR }),
      outcome: fc.constantFrom<CallOutcome | null>(
        'answered',
        'answered',
        'abandoned',
        'unanswered',
        'uncounted',
        null,
      ),
      // Also the very thresholds: 5 s, 20 s, 45 s.
      waited: fc.oneof(fc.constantFrom(4_999, 5_000, 20_000, 20_001, 45_000, 45_001), fc.nat({ max: 90_000 })),
      talked: fc.option(fc.nat({ max: HOUR }), { nil: null }),
    })
    .map(({ waited, talked, ...call }) => {
      const decidedAt = call.outcome === null ? null : call.arrivedAt + waited;
      return { ...call, decidedAt, endedAt: decidedAt === null || talked === null ? null : decidedAt + talked };
    });

describe('figures summed up by the database', () => {
  let sql: SqlPool;
  let figures: CallFiguresRepository;
  let hotlineIds: HotlineId[];

  beforeAll(async () => {
    sql = new SqlPool(await freshDatabase(), () => undefined, 2);
    figures = new CallFiguresRepository(sql);
  });
  afterAll(() => sql.close());
  beforeEach(() => {
    hotlineIds = ZONES.map(() => HotlineId.parse(randomUUID()));
  });

  const store = async (calls: readonly ACall[]) => {
    const rows = calls.map((call) => ({
      id: randomUUID(),
      hotline_id: hotlineIds[call.zone],
      test: call.test,
      language: call.language,
      outcome: call.outcome,
      arrived_at: new Date(call.arrivedAt),
      decided_at: call.decidedAt === null ? null : new Date(call.decidedAt),
      ended_at: call.endedAt === null ? null : new Date(call.endedAt),
    }));
    await sql.pool.query(
      `insert into call (id, hotline_id, carrier_account_id, carrier_call_id, phase, seq, state, rank, updated_at,
          test, language, outcome, arrived_at, decided_at, ended_at)
        select id, hotline_id, gen_random_uuid(), id::text, 'ended', 1, '{}', 2, now(),
          test, language, outcome, arrived_at, decided_at, ended_at
        from jsonb_to_recordset($1::jsonb) as c(id uuid, hotline_id uuid, test boolean, language text, outcome text,
          arrived_at timestamptz, decided_at timestamptz, ended_at timestamptz)`,
      [JSON.stringify(rows)],
    );
  };

  const scopes = (stretch: { from: Instant; to: Instant }): FiguresScope[] =>
    ZONES.map((timeZone, n) => ({
      hotlineId: hotlineIds[n] ?? HotlineId.parse(randomUUID()),
      timeZone,
      ...stretch,
      thresholdMs: n === 0 ? 20_000 : 45_000,
    }));

  const keyOf = (call: ACall, by: FiguresBy): string => {
    const at = DateTime.fromMillis(call.arrivedAt, { zone: ZONES[call.zone] ?? 'UTC' });
    switch (by) {
      case 'hotline':
        return hotlineIds[call.zone] ?? '';
      case 'hour':
        return String(at.hour);
      case 'day':
        return at.toISODate() ?? '';
      case 'language':
        return call.language;
    }
  };

  it.each([
    ['spring', SPRING],
    ['autumn', AUTUMN],
  ])(
    'are those of each call added up, by whatever they are listed, around the change of the clocks in %s',
    async (_, stretch) => {
      const now = stretch.to + HOUR;
      await fc.assert(
        fc.asyncProperty(fc.array(aCall(stretch), { maxLength: 60 }), async (calls) => {
          hotlineIds = ZONES.map(() => HotlineId.parse(randomUUID()));
          await store(calls);
          const asked = scopes(stretch);
          for (const by of ['hotline', 'hour', 'day', 'language'] as const) {
            const expected = new Map<string, CallSums>();
            for (const call of calls) {
              const scope = asked[call.zone];
              const seen = scope && call.arrivedAt >= scope.from && call.arrivedAt < scope.to;
              if (!seen || call.test || call.outcome === 'uncounted') continue;
              const { thresholdMs } = scope;
              const key = keyOf(call, by);
              expected.set(key, addSums(expected.get(key) ?? NO_CALLS, sumsOf(call, { thresholdMs, now })));
            }
            const rows = await figures.list(asked, by, now);
            expect(new Map(rows.map(({ key, ...sums }) => [key, sums]))).toEqual(expected);
          }
        }),
        { numRuns: 25 },
      );
    },
  );

  it('the day on which the clocks go back has both of its two o’clock hours, the one on which they go forward none', async () => {
    const day = (date: string) => LocalDate.parse(date);
    const midnight = (date: string) => instantOf(day(date), WallTime.parse('00:00'), 'Europe/Berlin');
    const answered = (arrivedAt: Instant): ACall => ({
      zone: 0,
      language: 'en',
      test: false,
      outcome: 'answered',
      arrivedAt,
      decidedAt: arrivedAt + 1_000,
      endedAt: arrivedAt + 60_000,
    });
    const everyHour = (date: string, hours: number) =>
      Array.from({ length: hours }, (_, n) => answered(midnight(date) + n * HOUR + 60_000));
    await store([...everyHour('2026-10-25', 25), ...everyHour('2026-03-29', 23)]);
    const hours = async (date: string, next: string) => {
      const [scope] = scopes({ from: midnight(date), to: midnight(next) });
      const rows = scope ? await figures.list([scope], 'hour', midnight(next)) : [];
      return Object.fromEntries(rows.map(({ key, answered: count }) => [key, count]));
    };
    const autumn = await hours('2026-10-25', '2026-10-26');
    expect(autumn).toMatchObject({ 1: 1, 2: 2, 3: 1 });
    const spring = await hours('2026-03-29', '2026-03-30');
    expect(spring).not.toHaveProperty('2');
    expect(Object.keys(spring)).toHaveLength(23);
  });

  it('are found by the index of arrivals, whatever else is stored', async () => {
    await sql.pool.query(
      `insert into call (id, hotline_id, carrier_account_id, carrier_call_id, phase, seq, state, rank, updated_at, arrived_at)
        select gen_random_uuid(), $1, gen_random_uuid(), gen_random_uuid(), 'ended', 1, '{}', 2, now(),
          timestamptz '2024-01-01' + n * interval '1 hour' from generate_series(1, 20000) n`,
      [hotlineIds[0]],
    );
    await sql.pool.query('analyze call');
    const { rows } = await sql.pool.query<{ 'QUERY PLAN': string }>(
      `explain select 1 from unnest(array[$1::uuid]) s(id) join call c on c.hotline_id = s.id
        where c.arrived_at >= timestamptz '2026-01-01' and c.arrived_at < timestamptz '2026-01-02'`,
      [hotlineIds[0]],
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('call_arrived_at_idx');
  });
});

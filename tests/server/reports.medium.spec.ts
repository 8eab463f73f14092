import 'reflect-metadata';
import { instantOf } from '@ringdown/call-flow/wall-time';
import { Floor } from '@ringdown/protocol/floor';
import { Report } from '@ringdown/protocol/reports';
import { LocalDate, WallTime } from '@ringdown/protocol/rota';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import type { SignedInPerson } from './ringdown-client.ts';

const MINUTE = 60_000;

interface Seed {
  hotlineId?: string;
  arrivedAt: number;
  outcome: 'answered' | 'abandoned' | 'unanswered' | 'uncounted' | null;
  waitedMs: number;
  talkedMs?: number;
  language?: string;
  test?: boolean;
}

describe('reports (A4)', () => {
  let api: ApiUnderTest;
  let sofia: SignedInPerson;
  let vera: SignedInPerson;
  let other: { hotlineId: string };

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun();
    sofia = await api.volunteer('Sofia', { role: 'supervisor' });
    vera = await api.volunteer('Vera');
    other = await api.makeHotline('=Legal, "intake"');
    await api.resources.sql.pool.query(`update hotline set time_zone = 'Europe/Berlin' where id = $1`, [
      api.hotline.hotlineId,
    ]);
    await api.resources.sql.pool.query(`update hotline set time_zone = 'Pacific/Auckland' where id = $1`, [
      other.hotlineId,
    ]);
  }, 60_000);
  afterAll(async () => {
    // They have no log that the run's last check could replay.
    await api.resources.sql.pool.query(`delete from call where carrier_call_id like 'seeded-%'`);
    await api.stop();
  }, 30_000);

  const seed = async (...calls: Seed[]) => {
    for (const call of calls) {
      const decided = call.outcome === null ? null : new Date(call.arrivedAt + call.waitedMs);
      await api.resources.sql.pool.query(
        `insert into call (id, hotline_id, carrier_account_id, carrier_call_id, phase, seq, state, rank, language, test,
            outcome, arrived_at, decided_at, ended_at, updated_at)
          values ($1, $2, gen_random_uuid(), $3, $4, 1, '{}', 2, $5, $6, $7, $8, $9, $10, now() + interval '1 day')`,
        [
          randomUUID(),
          call.hotlineId ?? api.hotline.hotlineId,
          `seeded-${randomUUID()}`,
          call.outcome === null ? 'menu' : 'ended',
          call.language ?? 'en',
          call.test ?? false,
          call.outcome,
          new Date(call.arrivedAt),
          decided,
          decided && new Date(decided.getTime() + (call.talkedMs ?? 0)),
        ],
      );
    }
  };
  const ask = (path: string, who = sofia) => api.request('GET', path, { cookie: who.cookie });
  const report = async (search: string) => {
    const answer = await ask(`/api/reports?${search}`);
    if (!answer.ok) throw new Error(`Refused: ${answer.status}`);
    return Report.parse(await answer.json());
  };

  it('a day on which the clocks change is counted whole, hour by hour as the hotline’s clocks show them', async () => {
    const at = (date: string, time: string) => instantOf(LocalDate.parse(date), WallTime.parse(time), 'Europe/Berlin');
    const answered = (arrivedAt: number): Seed => ({
      arrivedAt,
      outcome: 'answered',
      waitedMs: 10_000,
      talkedMs: MINUTE,
    });
    const first = at('2025-10-26', '02:30');
    await seed(
      answered(at('2025-10-25', '23:59')),
      answered(at('2025-10-26', '00:00')),
      // The clocks show 02:30 twice.
      answered(first),
      answered(first + 60 * MINUTE),
      answered(at('2025-10-26', '23:59')),
      answered(at('2025-10-27', '00:00')),
    );
    const day = `period=custom&from=2025-10-26&to=2025-10-26&hotlineId=${api.hotline.hotlineId}`;
    const byHour = await report(`${day}&by=hour`);
    expect(byHour.total).toMatchObject({ calls: 4, answered: 4, speedOfAnswerMs: 10_000, handleTimeMs: MINUTE });
    expect(byHour.rows).toHaveLength(24);
    expect(byHour.rows.filter(({ calls }) => calls > 0).map(({ key, calls }) => [key, calls])).toEqual([
      ['0', 1],
      ['2', 2],
      ['23', 1],
    ]);
    const byDay = await report('period=custom&from=2025-10-25&to=2025-10-28&by=day');
    expect(byDay.rows.map(({ key, calls }) => [key, calls])).toEqual([
      ['2025-10-25', 1],
      ['2025-10-26', 4],
      ['2025-10-27', 1],
      ['2025-10-28', 0],
    ]);
  });

  it('each hotline’s calls are on the day that its own clocks show, and by language as it was spoken', async () => {
    // Already the 2nd in Auckland, still the 1st in Berlin.
    const arrivedAt = Date.UTC(2025, 5, 1, 14);
    const call: Seed = { arrivedAt, outcome: 'answered', waitedMs: 1_000, language: 'es' };
    await seed(
      call,
      { ...call, hotlineId: other.hotlineId },
      { ...call, language: 'en', outcome: 'abandoned', waitedMs: 9_000 },
    );
    const days = await report('period=custom&from=2025-06-01&to=2025-06-02&by=day');
    expect(days.rows.map(({ key, calls }) => [key, calls])).toEqual([
      ['2025-06-01', 2],
      ['2025-06-02', 1],
    ]);
    const languages = await report('period=custom&from=2025-06-01&to=2025-06-02&by=language');
    expect(languages.rows.map(({ key, answered, abandoned }) => [key, answered, abandoned])).toEqual([
      ['es', 2, 0],
      ['en', 0, 1],
    ]);
  });

  it('calls for trying things out and calls outside of opening hours are in no report', async () => {
    const arrivedAt = Date.UTC(2025, 3, 1, 12);
    await seed(
      { arrivedAt, outcome: 'answered', waitedMs: 1_000, test: true },
      { arrivedAt, outcome: 'uncounted', waitedMs: 1_000 },
    );
    const day = await report('period=custom&from=2025-04-01&to=2025-04-01&by=hour');
    expect(day.total).toMatchObject({ calls: 0, answered: 0, serviceLevel: null, longestWaitMs: null });
  });

  it('the wallboard’s figures of today are the report’s of today, for each hotline and for all, by each hotline’s threshold', async () => {
    await api.request('PATCH', `/api/hotlines/${other.hotlineId}`, {
      cookie: api.owner.cookie,
      body: { settings: { serviceLevelS: 45, serviceGoalPercent: 90 } },
    });
    const now = Date.now();
    const outcomes = ['answered', 'answered', 'abandoned', 'unanswered', 'uncounted', null] as const;
    for (let n = 0; n < 60; n += 1) {
      // Up to 25 hours ago: some of it is yesterday, for each hotline another part.
      await seed({
        hotlineId: n % 2 === 0 ? api.hotline.hotlineId : other.hotlineId,
        arrivedAt: now - 2 * MINUTE - n * 25 * MINUTE,
        outcome: outcomes[(n * 7) % outcomes.length] ?? null,
        waitedMs: [2_000, 18_000, 30_000, 80_000][n % 4] ?? 0,
        talkedMs: n * 1_000,
        test: n % 11 === 10,
      });
    }
    // Together again should midnight pass between the two questions.
    await expect
      .poll(
        async () => {
          const floor = Floor.parse(await (await ask('/api/floor')).json());
          const today = await report('period=today&by=hotline');
          const figures = ({ answered, answeredInTime, abandoned, unanswered, serviceLevel }: Floor['all']) => ({
            answered,
            answeredInTime,
            abandoned,
            unanswered,
            serviceLevel,
          });
          const wallboard = { all: figures(floor.all), lines: floor.hotlines.map(figures) };
          const rows = floor.hotlines.map(({ hotlineId }) => today.rows.find(({ key }) => key === hotlineId));
          expect(wallboard.all).toEqual(figures({ ...floor.all, ...today.total }));
          expect(wallboard.lines).toEqual(floor.hotlines.map((line, n) => figures({ ...line, ...rows[n] })));
          return today.total.answered;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
    const { goal, hotlines } = await report('period=today&by=hotline');
    expect(goal).toBeNull();
    expect(hotlines.map((line) => line.goal)).toEqual([
      { thresholdMs: 20_000, percent: 80 },
      { thresholdMs: 45_000, percent: 90 },
    ]);
  });

  it('a real call becomes part of the figures by what happened to it', async () => {
    const before = (await report(`period=today&by=hour&hotlineId=${api.hotline.hotlineId}`)).total;
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    await api.status(sid, 'completed');
    await expect
      .poll(
        async () => {
          const { rows } = await api.resources.sql.pool.query<{ outcome: string | null }>(
            'select outcome from call where carrier_call_id = $1 and decided_at >= arrived_at',
            [sid],
          );
          return rows[0]?.outcome;
        },
        { timeout: 20_000 },
      )
      .toMatch(/abandoned|unanswered/);
    const after = (await report(`period=today&by=hour&hotlineId=${api.hotline.hotlineId}`)).total;
    expect(after.calls).toBe(before.calls + 1);
  });

  it('as CSV it is a file for spreadsheets in which no name is a formula', async () => {
    const answer = await ask('/api/reports/csv?period=today&by=hotline');
    expect(answer.headers.get('content-type')).toContain('text/csv');
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    const lines = (await answer.text()).split('\r\n');
    expect(lines[0]).toContain('hotline,calls,answered');
    expect(lines[2]).toMatch(/^"'=Legal, ""intake""",/);
  });

  it('reports are for who leads a hotline', async () => {
    expect((await ask('/api/reports?period=today&by=hour', vera)).status).toBe(403);
    expect((await ask('/api/reports/csv?period=today&by=hour', vera)).status).toBe(403);
    expect((await api.request('GET', '/api/reports?period=today&by=hour')).status).toBe(401);
  });

  it.each([
    'period=custom&by=hour',
    'period=custom&by=hour&from=2025-01-02&to=2025-01-01',
    'period=custom&by=day&from=2020-01-01&to=2026-01-01',
    'period=custom&by=day&from=2025-02-29&to=2025-03-01',
    'period=today&by=hour&from=2025-01-01&to=2025-01-02',
    'period=today&by=caller',
    'by=hour',
  ])('what can’t be a period or a way to list is refused: %s', async (search) => {
    expect((await ask(`/api/reports?${search}`)).status).toBe(400);
  });

  it('a threshold outside of its bounds is refused and changes nothing', async () => {
    const path = `/api/hotlines/${other.hotlineId}`;
    for (const settings of [
      { serviceLevelS: 0 },
      { serviceLevelS: 3_601 },
      { serviceGoalPercent: 101 },
      { serviceLevelS: 1.5 },
    ]) {
      const answer = await api.request('PATCH', path, { cookie: api.owner.cookie, body: { settings } });
      expect(answer.status).toBe(400);
    }
    const { hotlines } = await report(`period=today&by=hour&hotlineId=${other.hotlineId}`);
    expect(hotlines[0]?.goal).toEqual({ thresholdMs: 45_000, percent: 90 });
    expect((await ask(`/api/reports?period=today&by=hour&hotlineId=${randomUUID()}`)).status).toBe(404);
  });
});

import {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  HotlineId,
  LanguageTag,
  OperatorId,
  PublicKeyHex,
  type Instant,
} from '@ringdown/protocol/ids';
import type { CallEvent } from '@ringdown/protocol/call-events';
import { freshDatabase } from '@ringdown/testing/fresh-database';
import { compareRankedPlace } from '@ringdown/call-flow/queue-order';
import * as fc from 'fast-check';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallColumns, CallLog, type CallTransaction, type PresenceRow } from './call-log.ts';
import { isLockTimeout, isUniqueViolation, SqlPool } from './database.ts';
import type { QueuedFilter } from './round-transaction.ts';

/** The log stores any state and effect as they are. */
interface State {
  step: number;
  timers: Record<string, unknown>;
}
type Effect = { kind: string };

const T0: Instant = Date.UTC(2026, 0, 1);
const hotlineId = HotlineId.parse(randomUUID());
const carrierAccountId = CarrierAccountId.parse(randomUUID());
const operators = [1, 2, 3].map(() => OperatorId.parse(randomUUID())).toSorted() as [
  OperatorId,
  OperatorId,
  OperatorId,
];

const columns = (change: Partial<CallColumns> = {}): CallColumns => ({
  phase: 'queued',
  rank: 2,
  rescued: false,
  position: 1,
  language: LanguageTag.parse('en'),
  nobodyThere: false,
  gatewayId: null,
  operatorId: null,
  acceptedAt: null,
  endedAt: null,
  nextTimerAt: null,
  result: null,
  reason: null,
  outcome: null,
  ...change,
});
const NO_AGEING = { everyMs: 1, maxSteps: 0 };
const all = { now: T0, ageing: NO_AGEING, languages: null, limit: 100, offset: 0 };
const anEvent = (at = T0): CallEvent => ({ type: 'CarrierAskedNext', at });

/** A promise with its resolve outside: to hold a transaction open until the test says so. */
const aGate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

describe('the call log on PostgreSQL', () => {
  /** Two processes: each has a pool of its own. */
  let pools: [SqlPool, SqlPool];
  let log: CallLog<State, Effect>;
  let other: CallLog<State, Effect>;

  beforeAll(async () => {
    const url = await freshDatabase();
    const fail = (error: Error) => expect.fail(error.message);
    pools = [new SqlPool(url, fail), new SqlPool(url, fail)];
    log = new CallLog(pools[0]);
    other = new CallLog(pools[1]);
    await pools[0].pool.query(
      `insert into hotline (id, name, language, time_zone, hours, greeting, settings, vault_public_key)
        values ($1, 'Line', 'en', 'UTC', '{}', '{}', '{}', 'AAAA')`,
      [hotlineId],
    );
    for (const operatorId of operators) {
      await pools[0].pool.query(
        `insert into operator (id, public_key, name, role, presence_state) values ($1, $2, 'V', 'volunteer', 'available')`,
        [operatorId, PublicKeyHex.parse(randomBytes(32).toString('hex'))],
      );
    }
  });
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  const create = async (
    given: { arrivedAt?: Instant; carrierCallId?: string; effects?: Effect[]; columns?: Partial<CallColumns> } = {},
    by = log,
  ): Promise<CallId> => {
    const callId = CallId.parse(randomUUID());
    await by.create(
      {
        callId,
        hotlineId,
        carrierAccountId,
        carrierCallId: CarrierCallId.parse(given.carrierCallId ?? `CA${randomUUID()}`),
        arrivedAt: given.arrivedAt ?? T0,
        test: false,
        callerSealed: null,
        callerIndex: null,
        state: { step: 0, timers: {} },
      },
      (t) => append(t, { effects: given.effects ?? [], columns: columns(given.columns) }),
    );
    return callId;
  };
  const append = async (
    t: CallTransaction<State, Effect>,
    given: { seq?: number; effects?: Effect[]; eventKey?: string; columns?: CallColumns; timers?: string[] } = {},
  ) =>
    t.append({
      seq: given.seq ?? 1,
      event: anEvent(),
      eventKey: given.eventKey ?? null,
      state: { step: given.seq ?? 1, timers: Object.fromEntries((given.timers ?? []).map((timer) => [timer, {}])) },
      columns: given.columns ?? columns(),
      effects: given.effects ?? [],
    });
  /** Out of the queue, so that one test's calls aren't the next one's. */
  const finish = (callId: CallId, seq = 2) =>
    log.change(callId, (t) => append(t, { seq, columns: columns({ phase: 'ended', endedAt: T0 }) }));
  const queued = async (filter: Partial<Omit<QueuedFilter, 'hotlineId'>> = {}) =>
    (await log.changeHotline(hotlineId, (t) => t.lockQueued({ ...all, ...filter }))).result;
  const forgetEffects = () => pools[0].pool.query('delete from call_effect');

  it('the carrier’s id makes one call, however many processes are told of it at once', async () => {
    const carrierCallId = `CA${randomUUID()}`;
    const outcomes = await Promise.allSettled([
      create({ carrierCallId }),
      create({ carrierCallId }, other),
      create({ carrierCallId }),
    ]);
    const made = outcomes.filter((o) => o.status === 'fulfilled');
    expect(made).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(isUniqueViolation(outcome.reason)).toBe(true);
    }
    const found = await other.findIdByCarrierCall(carrierAccountId, CarrierCallId.parse(carrierCallId));
    expect(found).toBe(made[0]?.value);
    expect(await log.listEvents(found as CallId)).toHaveLength(1);
    await finish(found as CallId);
  });

  it('stores event, state and effects together, or nothing of them', async () => {
    const callId = await create();
    await log.change(callId, (t) => append(t, { seq: 2, effects: [{ kind: 'kept' }] }));
    await expect(
      log.change(callId, async (t) => {
        await append(t, { seq: 3, effects: [{ kind: 'lost' }] });
        throw new Error('The process fell over.');
      }),
    ).rejects.toThrow('fell over');
    expect(await log.findState(callId)).toMatchObject({ step: 2 });
    expect((await log.listEvents(callId)).map((e) => e.seq)).toEqual([1, 2]);
    const { rows } = await pools[0].pool.query<{ body: Effect }>('select body from call_effect where call_id = $1', [
      callId,
    ]);
    expect(rows.map((r) => r.body.kind)).toEqual(['kept']);
    await forgetEffects();
    await finish(callId, 3);
  });

  it('two changes of one call at once come one after the other: none is lost', async () => {
    const callId = await create();
    await Promise.all(
      [log, other, log, other, log].map((each) => each.change(callId, (t) => append(t, { seq: t.state.step + 1 }))),
    );
    expect(await log.findState(callId)).toMatchObject({ step: 6 });
    expect((await log.listEvents(callId)).map((e) => e.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    await finish(callId, 7);
  });

  it('knows an event key it has stored, of this call only', async () => {
    const [a, b] = [await create(), await create()];
    await log.change(a, (t) => append(t, { seq: 2, eventKey: 'report-1' }));
    expect((await other.change(a, (t) => t.knows('report-1')))?.result).toBe(true);
    expect((await other.change(a, (t) => t.knows('report-2')))?.result).toBe(false);
    expect((await other.change(b, (t) => t.knows('report-1')))?.result).toBe(false);
    await expect(log.change(a, (t) => append(t, { seq: 3, eventKey: 'report-1' }))).rejects.toSatisfy(
      isUniqueViolation,
    );
    await Promise.all([finish(a, 3), finish(b)]);
  });

  it('a change from memory is stored if nobody was quicker; otherwise nothing of it is', async () => {
    const callId = await create();
    const [first] = operators;
    const next = (t: CallTransaction<State, Effect>) =>
      append(t, { seq: t.state.step + 1, effects: [{ kind: 'told' }] });
    expect(await other.tryChange(callId, next)).toBeNull();
    expect((await log.tryChange(callId, next))?.effects.map(({ effect }) => effect.kind)).toEqual(['told']);
    expect(await log.findState(callId)).toMatchObject({ step: 2 });
    await other.change(callId, next);
    expect(await log.tryChange(callId, next)).toBeNull();
    expect((await log.listEvents(callId)).map((e) => e.seq)).toEqual([1, 2, 3]);
    expect((await log.change(callId, next))?.states).toMatchObject([{ step: 4 }]);

    const takes = async (t: CallTransaction<State, Effect>) => {
      const [row] = await t.lockPresences([first]);
      if (!row) throw new Error('There is no such person.');
      t.savePresence({ ...row, state: 'ringing', since: row.since + 1, callId });
      await next(t);
    };
    // Nothing is known of the person yet: the rows have to be asked for.
    expect(await log.tryChange(callId, takes)).toBeNull();
    await log.change(callId, takes);
    await other.changePresence(first, (row) => ({
      presence: { ...row, state: 'available', callId: null },
      result: null,
    }));
    expect(await log.tryChange(callId, takes)).toBeNull();
    expect(await log.findState(callId)).toMatchObject({ step: 5 });
    expect(await log.findPresence(first)).toMatchObject({ state: 'available' });
    await log.change(callId, takes);
    expect((await log.tryChange(callId, takes))?.states).toMatchObject([{ step: 7 }]);
    await log.changePresence(first, (row) => ({
      presence: { ...row, state: 'available', callId: null },
      result: null,
    }));
    await forgetEffects();
    await finish(callId, 8);
  });

  it('a report that is known already is not stored from memory, nor is one that changes nothing', async () => {
    const callId = await create();
    const report = (t: CallTransaction<State, Effect>) => append(t, { seq: t.state.step + 1, eventKey: 'report-1' });
    expect(await log.tryChange(callId, report)).not.toBeNull();
    expect(await log.tryChange(callId, report)).toBeNull();
    await log.change(callId, () => Promise.resolve());
    expect((await log.tryChange(callId, () => Promise.resolve('ignored')))?.result).toBe('ignored');
    await other.change(callId, (t) => append(t, { seq: 3 }));
    expect(await log.tryChange(callId, () => Promise.resolve('ignored'))).toBeNull();
    expect((await log.listEvents(callId)).map((e) => e.seq)).toEqual([1, 2, 3]);
    await finish(callId, 4);
  });

  it('many that change one call from memory and with a lock at once lose nothing', async () => {
    const callId = await create();
    const next = (t: CallTransaction<State, Effect>) => append(t, { seq: t.state.step + 1 });
    const either = async (each: typeof log) =>
      (await each.tryChange(callId, next)) ?? (await each.change(callId, next));
    await Promise.all(Array.from({ length: 20 }, (_, n) => either(n % 2 === 0 ? log : other)));
    expect(await log.findState(callId)).toMatchObject({ step: 21 });
    expect((await log.listEvents(callId)).map((e) => e.seq)).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
    await finish(callId, 22);
  });

  it('an unknown call is null and changes nothing', async () => {
    const nobody = CallId.parse(randomUUID());
    const asked = await log.change(nobody, () => Promise.reject(new Error('must not be asked')));
    expect(asked).toBeNull();
    expect(await log.findState(nobody)).toBeNull();
    expect(await log.listEvents(nobody)).toEqual([]);
    expect(await log.findIdByCarrierCall(carrierAccountId, CarrierCallId.parse('CAnone'))).toBeNull();
  });

  it('waiting calls come as the rescued, then the urgent, then the oldest one', async () => {
    const oldest = await create({ arrivedAt: T0 + 1 });
    const newest = await create({ arrivedAt: T0 + 2 });
    const urgent = await create({ arrivedAt: T0 + 3, columns: { rank: 0 } });
    const rescued = await create({ arrivedAt: T0 + 4, columns: { rescued: true } });
    const talking = await create({ arrivedAt: T0, columns: { phase: 'in-call' } });
    const order = [rescued, urgent, oldest, newest];
    expect((await queued()).map((row) => row.callId)).toEqual(order);
    expect((await queued({ limit: 2, offset: 1 })).map((row) => row.callId)).toEqual([urgent, oldest]);
    expect((await log.listWaiting(hotlineId)).map((w) => w.callId)).toEqual(order);
    expect((await log.changeHotline(HotlineId.parse(randomUUID()), (t) => t.lockQueued(all))).result).toEqual([]);
    for (const callId of [...order, talking]) await finish(callId);
  });

  it('serves in the order that the rules of the queue give, at any time and with any ageing (Q1)', async () => {
    const priorities = fc.array(
      fc.record({ rank: fc.integer({ min: 0, max: 3 }), rescued: fc.boolean(), agoS: fc.integer({ min: 0, max: 60 }) }),
      { minLength: 2, maxLength: 12 },
    );
    const ageing = fc.record({
      everyMs: fc.integer({ min: 500, max: 40_000 }),
      maxSteps: fc.integer({ min: 0, max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(priorities, ageing, fc.integer({ min: 0, max: 90_000 }), async (drawn, rule, laterMs) => {
        const now = T0 + laterMs;
        const places = [];
        for (const { rank, rescued, agoS } of drawn) {
          const arrivedAt = T0 - agoS * 1_000;
          places.push({ callId: await create({ arrivedAt, columns: { rank, rescued } }), rank, rescued, arrivedAt });
        }
        const expected = places.toSorted((a, b) => compareRankedPlace(a, b, now, rule)).map((p) => p.callId);
        expect((await queued({ now, ageing: rule })).map((row) => row.callId)).toEqual(expected);
        expect((await log.listWaiting(hotlineId, { now, ageing: rule, limit: 100 })).map((w) => w.callId)).toEqual(
          expected,
        );
        const half = Math.ceil(expected.length / 2);
        expect((await queued({ now, ageing: rule, limit: half })).map((r) => r.callId)).toEqual(
          expected.slice(0, half),
        );
        await pools[0].pool.query('delete from call where hotline_id = $1', [hotlineId]);
      }),
      { numRuns: 25 },
    );
  });

  it('can be asked for callers of some languages, and for those who were told that nobody is there', async () => {
    const es = LanguageTag.parse('es');
    const told = await create({ arrivedAt: T0 + 1, columns: { nobodyThere: true } });
    const spanish = await create({ arrivedAt: T0 + 2, columns: { language: es } });
    const lockTold = async (language: LanguageTag, nobodyThere: boolean) =>
      (await log.changeHotline(hotlineId, (t) => t.lockTold({ language, nobodyThere, except: [], limit: 9 }))).result;
    expect((await lockTold(columns().language, true)).map((row) => row.callId)).toEqual([told]);
    expect((await lockTold(es, false)).map((row) => row.callId)).toEqual([spanish]);
    expect(await lockTold(es, true)).toEqual([]);
    expect((await queued({ languages: [es] })).map((row) => row.callId)).toEqual([spanish]);
    expect((await log.changeHotline(hotlineId, (t) => t.listLanguages())).result.toSorted()).toEqual(['en', 'es']);
    await Promise.all([finish(told), finish(spanish)]);
  });

  it('decides about a hotline in one place at a time; another hotline waits for nobody', async () => {
    const [first, second] = [await create({ arrivedAt: T0 + 1 }), await create({ arrivedAt: T0 + 2 })];
    const taken = aGate();
    const finished = aGate();
    const holding = log.changeHotline(hotlineId, async (t) => {
      const [row] = await t.lockQueued({ ...all, limit: 1 });
      taken.open();
      await finished.opened;
      if (row) await append(t.open(row), { seq: 2, columns: columns({ phase: 'ringing' }) });
      return row?.callId;
    });
    await taken.opened;
    const order: string[] = [];
    const next = other
      .changeHotline(hotlineId, (t) => t.lockQueued(all))
      .then(({ result }) => {
        order.push('second');
        return result.map((row) => row.callId);
      });
    expect((await other.changeHotline(HotlineId.parse(randomUUID()), (t) => t.lockQueued(all))).result).toEqual([]);
    order.push('first');
    finished.open();
    expect((await holding).result).toBe(first);
    expect(await next).toEqual([second]);
    expect(order).toEqual(['first', 'second']);
    await Promise.all([finish(first, 3), finish(second)]);
  });

  it('decides about several hotlines in one transaction; one that somebody else decides about is left out, nobody waits', async () => {
    const mine = HotlineId.parse(randomUUID());
    const taken = aGate();
    const finished = aGate();
    const holding = other.changeHotline(hotlineId, async () => {
      taken.open();
      await finished.opened;
    });
    await taken.opened;
    const turns = () => log.tryChangeHotlines([hotlineId, mine], (t) => Promise.resolve(t.hotlineIds));
    expect((await turns()).result).toEqual([mine]);
    finished.open();
    await holding;
    expect((await turns()).result).toEqual([hotlineId, mine]);
  });

  it('a row that somebody keeps ends a transaction of several hotlines soon, and nothing of it is stored', async () => {
    const callId = await create();
    const taken = aGate();
    const finished = aGate();
    const holding = other.change(callId, async () => {
      taken.open();
      await finished.opened;
    });
    await taken.opened;
    const decided = log.tryChangeHotlines([hotlineId], (t) => t.lockQueued([{ hotlineId, ...all }]));
    const error = await decided.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(isLockTimeout(error)).toBe(true);
    finished.open();
    await holding;
    const [row] = await queued();
    expect(row?.callId).toBe(callId);
    await finish(callId);
  });

  it('a person given a call of one hotline is nobody for another one of the same transaction (Q3)', async () => {
    const [a, b] = [await create(), await create()];
    await log.tryChangeHotlines([hotlineId], async (t) => {
      const rows = (await t.lockQueued([{ hotlineId, ...all }])).get(hotlineId) ?? [];
      for (const row of rows) {
        const ours = await t.lockAvailable([operators[0]]);
        const call = t.open(row);
        const [person] = await call.lockPresences([operators[0]]);
        expect(ours.has(operators[0])).toBe(row === rows[0]);
        if (person && ours.has(operators[0])) call.savePresence({ ...person, state: 'ringing', callId: row.callId });
      }
    });
    await log.changePresence(operators[0], (row) => ({
      presence: { ...row, state: 'available', callId: null },
      result: null,
    }));
    await Promise.all([finish(a), finish(b)]);
  });

  it('many calls and people are written by one transaction, or none of them', async () => {
    const calls = [await create({ arrivedAt: T0 + 1 }), await create({ arrivedAt: T0 + 2 })];
    const ring = async (fail: boolean) =>
      log.changeHotline(hotlineId, async (t) => {
        const ours = await t.lockAvailable(operators);
        for (const [index, row] of (await t.lockQueued(all)).entries()) {
          const call = t.open(row);
          await append(call, { seq: 2, effects: [{ kind: 'told' }], columns: columns({ phase: 'ringing' }) });
          const [person] = await call.lockPresences([operators[index] as OperatorId]);
          if (person) call.savePresence({ ...person, state: 'ringing', callId: row.callId });
        }
        if (fail) throw new Error('The process fell over.');
        return ours.size;
      });
    await expect(ring(true)).rejects.toThrow('fell over');
    expect((await log.findPresence(operators[0]))?.state).toBe('available');
    expect((await queued()).map((row) => row.callId)).toEqual(calls);
    const rung = await ring(false);
    expect(rung.result).toBe(3);
    expect(rung.effects.map((stored) => stored.callId).toSorted()).toEqual(calls.toSorted());
    expect(await queued()).toEqual([]);
    for (const [index, callId] of calls.entries()) {
      expect(await log.findPresence(operators[index] as OperatorId)).toMatchObject({ state: 'ringing', callId });
      await log.changePresence(operators[index] as OperatorId, (row) => ({
        presence: { ...row, state: 'available', callId: null },
        result: null,
      }));
      await finish(callId, 3);
    }
    await forgetEffects();
  });

  it('counts the calls of a shift, and begins anew after an hour offline', async () => {
    const calls = async () => {
      const { rows } = await pools[0].pool.query<{ shift_calls: number }>(
        'select shift_calls from operator where id = $1',
        [operators[0]],
      );
      return rows[0]?.shift_calls;
    };
    const become = (state: PresenceRow['state'], since: Instant) =>
      log.changePresence(operators[0], (row) => ({ presence: { ...row, state, since }, result: null }));
    const taken = ['ringing', 'on-call', 'wrap-up', 'available'] as const;
    for (const state of [...taken, ...taken, 'break', 'available'] as const) await become(state, Date.now());
    expect(await calls()).toBe(2);
    await become('on-call', Date.now());
    await become('available', Date.now());
    expect(await calls(), 'who supervises a call has taken none').toBe(2);
    await become('offline', Date.now() - 60_000);
    await become('available', Date.now());
    expect(await calls(), 'a page loaded anew is the same shift').toBe(2);
    await become('offline', Date.now() - 3_700_000);
    await become('available', Date.now());
    expect(await calls()).toBe(0);
  });

  it('one person is locked for one call only; whoever comes second doesn’t wait', async () => {
    const [a, b] = [await create(), await create()];
    const taken = aGate();
    const finished = aGate();
    const holding = log.change(a, async (t) => {
      const row = await t.tryLockAvailable(operators[0]);
      taken.open();
      await finished.opened;
      if (row) t.savePresence({ ...row, state: 'ringing', callId: a });
      return row?.operatorId;
    });
    await taken.opened;
    expect((await other.change(b, (t) => t.tryLockAvailable(operators[0])))?.result).toBeNull();
    expect((await other.change(b, (t) => t.tryLockAvailable(operators[1])))?.result?.operatorId).toBe(operators[1]);
    finished.open();
    expect((await holding)?.result).toBe(operators[0]);
    // Ringing now: not available to anybody.
    expect((await other.change(b, (t) => t.tryLockAvailable(operators[0])))?.result).toBeNull();
    expect(await other.findPresence(operators[0])).toMatchObject({ state: 'ringing', callId: a });
    await log.changePresence(operators[0], (row) => ({
      presence: { ...row, state: 'available', callId: null },
      result: null,
    }));
    await Promise.all([finish(a), finish(b)]);
  });

  it('people are locked in one order, so that two calls never wait for each other', async () => {
    const [a, b] = [await create(), await create()];
    const backwards = operators.toReversed();
    const bump = (row: PresenceRow): PresenceRow => ({ ...row, misses: row.misses + 1 });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? log : other).change(index % 2 ? a : b, async (t) => {
          for (const row of await t.lockPresences(index % 2 ? operators : backwards)) t.savePresence(bump(row));
        }),
      ),
    );
    for (const operatorId of operators) expect((await log.findPresence(operatorId))?.misses).toBe(20);
    await Promise.all([finish(a), finish(b)]);
  });

  it('a removed person can neither be locked nor changed', async () => {
    await pools[0].pool.query('update operator set removed_at = now() where id = $1', [operators[2]]);
    const callId = await create();
    expect((await log.change(callId, (t) => t.tryLockAvailable(operators[2])))?.result).toBeNull();
    expect(await log.findPresence(operators[2])).toBeNull();
    expect(await log.changePresence(operators[2], (row) => ({ presence: row, result: 'changed' }))).toBeNull();
    await pools[0].pool.query('update operator set removed_at = null where id = $1', [operators[2]]);
    await finish(callId);
  });

  it('effects belong to the process that made them, and to one other when it died', async () => {
    const effects = Array.from({ length: 30 }, (_, n) => ({ kind: `effect-${n}` }));
    const callId = await create({ effects });
    expect(await other.claimEffects(50)).toEqual([]);
    // As if the claim had run out: the process that made them is gone.
    await pools[0].pool.query(`update call_effect set claimed_until = now() - interval '1 second'`);
    const claims = await Promise.all([log, other, log, other].map((each) => each.claimEffects(20)));
    const kinds = claims.flat().map((stored) => stored.effect.kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    while (kinds.length < effects.length) {
      const more = await other.claimEffects(20);
      expect(more.length).toBeGreaterThan(0);
      kinds.push(...more.map((stored) => stored.effect.kind));
    }
    expect(kinds.toSorted()).toEqual(effects.map((e) => e.kind).toSorted());
    expect(claims.flat().every((stored) => stored.callId === callId)).toBe(true);
    expect(await log.claimEffects(50)).toEqual([]);
    await forgetEffects();
    await finish(callId);
  });

  it('an effect that failed is tried later and counts its attempts; one that is done is gone', async () => {
    const callId = await create({ effects: [{ kind: 'a' }, { kind: 'b' }] });
    const stored = await pools[0].pool.query<{ id: string }>('select id from call_effect order by id');
    const [failed, done] = stored.rows.map((row) => row.id) as [string, string];
    await log.effectFailed(failed);
    await log.effectsDone([done]);
    await log.effectsDone([]);
    const { rows } = await pools[0].pool.query<{ id: string; attempts: number; wait: number }>(
      'select id, attempts, extract(epoch from claimed_until - now())::float as wait from call_effect',
    );
    expect(rows).toEqual([{ id: failed, attempts: 1, wait: expect.any(Number) as number }]);
    expect(rows[0]?.wait).toBeGreaterThan(0.5);
    expect(rows[0]?.wait).toBeLessThan(2);
    await pools[0].pool.query('update call_effect set attempts = 40');
    await log.effectFailed(failed);
    const again = await pools[0].pool.query<{ wait: number }>(
      'select extract(epoch from claimed_until - now())::float as wait from call_effect',
    );
    expect(again.rows[0]?.wait).toBeLessThan(61);
    await forgetEffects();
    await finish(callId);
  });

  it('finds calls whose timers are late, by the time it is given', async () => {
    const callId = await create({ columns: { nextTimerAt: T0 + 10_000 } });
    expect(await log.listOverdue(T0 + 11_000, 1_500)).not.toContain(callId);
    expect(await log.listOverdue(T0 + 11_501, 1_500)).toContain(callId);
    await finish(callId);
    expect(await log.listOverdue(T0 + 99_000, 1_500)).not.toContain(callId);
  });

  it('keeps who answered a call when later events name nobody', async () => {
    const callId = await create();
    await log.change(callId, (t) =>
      append(t, { seq: 2, columns: columns({ operatorId: operators[1], acceptedAt: T0 + 5 }) }),
    );
    await finish(callId, 3);
    const { rows } = await pools[0].pool.query<{ operator_id: string; accepted_at: Date }>(
      'select operator_id, accepted_at from call where id = $1',
      [callId],
    );
    expect(rows).toEqual([{ operator_id: operators[1], accepted_at: new Date(T0 + 5) }]);
  });
});

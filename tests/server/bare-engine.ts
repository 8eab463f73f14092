import 'reflect-metadata';
import { policyOf } from '@ringdown/call-flow/call-policy';
import type { CallEffect, CallState } from '@ringdown/call-flow/call-state';
import { CallEngine, EffectRunner } from '@ringdown/features-calls/call-engine';
import { DistributionRound } from '@ringdown/features-calls/distribution-round';
import { HandleTimes } from '@ringdown/features-calls/handle-times';
import { HotlineBook } from '@ringdown/features-hotlines/hotline-book';
import type { RotaService } from '@ringdown/features-hotlines/rota.service';
import { SystemClock } from '@ringdown/platform/clock';
import { Random } from '@ringdown/platform/random';
import {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  HotlineId,
  type LanguageTag,
  LegId,
  OperatorId,
  PublicKeyHex,
} from '@ringdown/protocol/ids';
import { CallLog, type StoredEffect } from '@ringdown/store/call-log';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { Database, SqlPool } from '@ringdown/store/database';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { randomBytes, randomUUID } from 'node:crypto';

/** Carries out nothing but rounds: what an offer costs, and whether it is right, without sockets and timers. */
class RoundsOnly extends EffectRunner {
  private readonly log: CallLog<CallState, CallEffect>;

  constructor(log: CallLog<CallState, CallEffect>) {
    super();
    this.log = log;
  }
  async run(effects: readonly StoredEffect<CallEffect>[]): Promise<void> {
    await this.log.effectsDone(effects.map((stored) => stored.effectId)).catch(() => undefined);
  }
}

export interface BareEngine {
  sql: SqlPool;
  log: CallLog<CallState, CallEffect>;
  engine: CallEngine;
  round: DistributionRound;
  hotlines: HotlinesRepository;
  close: () => Promise<void>;
}

/** The engine that production runs, on a pool of its own, without the process around it. Nobody has a rota. */
export const bareEngine = (
  databaseUrl: string,
  connections = 10,
  sql = new SqlPool(databaseUrl, () => undefined, connections),
): BareEngine => {
  const database = new Database(databaseUrl, 2);
  const clock = new SystemClock();
  const log = new CallLog<CallState, CallEffect>(sql);
  const runner = new RoundsOnly(log);
  const engine = new CallEngine(log, runner);
  const hotlines = new HotlinesRepository(database);
  const rota: Pick<RotaService, 'onShift'> = { onShift: () => Promise.resolve('everyone') };
  const round = new DistributionRound(
    engine,
    log,
    new HotlineBook(hotlines, clock),
    rota as RotaService,
    new HandleTimes(new CallsRepository(database), clock),
    clock,
    new Random(),
  );
  return {
    sql,
    log,
    engine,
    round,
    hotlines,
    close: async () => {
      await sql.close();
      await database.$disconnect();
    },
  };
};

/** Hotlines with their people, each reachable, none available yet. */
export const seedHotlines = async (
  { sql }: BareEngine,
  given: { hotlines: number; volunteers: number; settings: object; hotlinesEach?: number },
): Promise<{ hotlineIds: HotlineId[]; operatorIds: OperatorId[] }> => {
  const hotlineIds = Array.from({ length: given.hotlines }, () => HotlineId.parse(randomUUID()));
  const operatorIds = Array.from({ length: given.volunteers }, () => OperatorId.parse(randomUUID()));
  for (const hotlineId of hotlineIds) {
    await sql.pool.query(
      `insert into hotline (id, name, language, time_zone, hours, greeting, settings, vault_public_key)
        values ($1, 'Line', 'en', 'UTC', '{"kind":"always"}', '{"kind":"standard"}', $2, 'AAAA')`,
      [hotlineId, JSON.stringify(given.settings)],
    );
  }
  const keys = operatorIds.map(() => PublicKeyHex.parse(randomBytes(32).toString('hex')));
  await sql.pool.query(
    `insert into operator (id, public_key, name, role)
      select id, key, 'V', 'volunteer' from unnest($1::uuid[], $2::text[]) as o(id, key)`,
    [operatorIds, keys],
  );
  const members = operatorIds.flatMap((operatorId, index) =>
    Array.from({ length: given.hotlinesEach ?? 1 }, (_, n) => ({
      operatorId,
      hotlineId: hotlineIds[(index + n) % hotlineIds.length],
    })),
  );
  await sql.pool.query(
    `insert into hotline_member (hotline_id, operator_id) select h, o from unnest($1::uuid[], $2::uuid[]) as m(h, o)`,
    [members.map((m) => m.hotlineId), members.map((m) => m.operatorId)],
  );
  await sql.pool.query(
    `insert into console_connection (id, operator_id, socket_id)
      select gen_random_uuid(), id, id::text from unnest($1::uuid[]) as o(id)`,
    [operatorIds],
  );
  return { hotlineIds, operatorIds };
};

/** A call as its carrier brings it. */
export const arrive = async (
  { engine, hotlines }: BareEngine,
  hotlineId: HotlineId,
  language?: LanguageTag,
): Promise<CallState> => {
  const hotline = await hotlines.findHotline(hotlineId);
  if (!hotline) throw new Error('There is no such hotline.');
  const at = Date.now();
  const call = {
    callId: CallId.parse(randomUUID()),
    hotlineId,
    carrierAccountId: CarrierAccountId.parse(randomUUID()),
    carrierCallId: CarrierCallId.parse(`CA${randomUUID()}`),
    test: false,
  };
  return engine.create(
    { ...call, arrivedAt: at, callerSealed: null, callerIndex: null },
    {
      type: 'CallArrived',
      at,
      ...call,
      phoneLegId: LegId.parse(randomUUID()),
      direction: 'inbound',
      language: language ?? hotline.language,
      priority: 'medium',
      policy: policyOf(hotline),
      admission: 'open',
    },
    () => Promise.resolve(),
  );
};

import { ScriptedGateway } from '../server/scripted-gateway.ts';
import { MASTER_KEY, GATEWAY_TOKEN } from '../server/test-secrets.ts';
import { startCarrierStub } from '../server/carrier-stub.ts';
import { startPostgres } from '@ringdown/testing/postgres';
import { freePorts } from '@ringdown/testing/livekit-server';
import { sealCredentials } from '@ringdown/crypto/carrier-credentials';
import { generateKey, publicKeyOf } from '@ringdown/crypto/local-key';
import { MasterKey } from '@ringdown/crypto/master-key';
import { CarrierAccountId, type CallId } from '@ringdown/protocol/ids';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client } from 'pg';
import twilio from 'twilio';

export const name = 'calls';

const ACCOUNT_SID = `AC${'1'.repeat(32)}`;
const AUTH_TOKEN = '2'.repeat(32);
const CONCURRENCY = 16;

interface Figure {
  metric: string;
  unit: string;
  value: number;
  params: Record<string, string | number>;
}

const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** Runs `work` with so many at once for so long; gives how long each took, in ms. */
const hammer = async (
  seconds: number,
  work: () => Promise<void>,
): Promise<{ perSecond: number; latencies: number[] }> => {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() < end) {
        const began = performance.now();
        await work();
        latencies.push(performance.now() - began);
      }
    }),
  );
  return { perSecond: latencies.length / ((performance.now() - start) / 1000), latencies };
};

/**
 * Signed webhook → call, gateway and queue place stored durably → TwiML; and events of live calls reported by a gateway.
 * One api process, embedded PostgreSQL with fsync on; the load comes from this process on the same machine.
 */
export const run = async ({ seconds = 8 }: { seconds?: number }): Promise<{ figures: Figure[] }> => {
  const postgres = await startPostgres({ durable: true });
  const carrier = await startCarrierStub();
  const databaseUrl = await postgres.freshDatabase();
  const [port = 0] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  const accountId = CarrierAccountId.parse(randomUUID());
  const hotlineId = randomUUID();
  const number = '+15550101000';
  const sql = new Client({ connectionString: databaseUrl });
  await sql.connect();
  const credentials = sealCredentials(MasterKey.parse(MASTER_KEY), accountId, { primary: AUTH_TOKEN });
  await sql.query(`insert into organisation (id, name, admin_public_key) values (1, 'Bench', $1)`, ['0'.repeat(64)]);
  await sql.query(
    `insert into hotline (id, name, language, time_zone, hours, greeting, settings, vault_public_key)
     values ($1, 'Bench', 'en', 'UTC', '{"kind":"always"}', '{"kind":"standard"}', '{"queueLimit":1000,"nobodyWaitS":600}', 'AAAA')`,
    [hotlineId],
  );
  await sql.query(
    `insert into carrier_account (id, kind, account_sid, sealed_credentials, rest_origin) values ($1, 'simulator', $2, $3, $4)`,
    [accountId, ACCOUNT_SID, Buffer.from(credentials), carrier.url],
  );
  await sql.query(`insert into phone_number (id, e164, carrier_account_id, hotline_id) values ($1, $2, $3, $4)`, [
    randomUUID(),
    number,
    accountId,
    hotlineId,
  ]);
  const api = spawn(process.execPath, [path.resolve('dist/api/main.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      RINGDOWN_MASTER_KEY: MASTER_KEY,
      GATEWAY_TOKEN,
      LIVEKIT_URL: 'ws://127.0.0.1:9',
      LIVEKIT_API_KEY: 'bench',
      LIVEKIT_API_SECRET: 's'.repeat(32),
      PORT: String(port),
      SIMULATOR_URL: carrier.url,
      SIMULATOR_ACCOUNT_SID: ACCOUNT_SID,
      SIMULATOR_AUTH_TOKEN: AUTH_TOKEN,
      LOG_LEVEL: 'error',
    },
  });
  try {
    await untilLive(origin);
    const gateway = new ScriptedGateway(origin, publicKeyOf(generateKey()));
    await gateway.register();
    const url = `${origin}/carriers/twilio/${accountId}/voice`;
    const sids: string[] = [];
    const dial = async (): Promise<void> => {
      const sid = `CA${randomUUID().replaceAll('-', '')}`;
      const fields = {
        AccountSid: ACCOUNT_SID,
        ApiVersion: '2010-04-01',
        CallSid: sid,
        CallStatus: 'ringing',
        Direction: 'inbound',
        From: '+15005550006',
        To: number,
      };
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': twilio.getExpectedTwilioSignature(AUTH_TOKEN, url, fields),
        },
        body: new URLSearchParams(fields).toString(),
      });
      const text = await answer.text();
      if (!answer.ok || !text.includes('<Stream')) throw new Error(`A webhook was refused: ${answer.status}`);
      sids.push(sid);
    };
    await hammer(1, dial);
    const first = sids.length;
    // The queue is emptied again and again, as by callers who give up: a queue of thousands is another benchmark.
    const emptier = setInterval(() => {
      sql
        .query(`update call set phase = 'ended', ended_at = now(), next_timer_at = null where phase = 'queued'`)
        .catch(() => undefined);
    }, 500);
    const calls = await hammer(seconds, dial);
    clearInterval(emptier);
    const { rows } = await sql.query<{ n: number }>(`select count(*)::int as n from call`);
    if ((rows[0]?.n ?? 0) < sids.length) throw new Error('Calls were answered that are not stored.');
    await sql.query(`delete from call_effect`);
    const live: CallId[] = [];
    await sql.query(`update call set phase = 'ended', ended_at = now() where phase = 'queued'`);
    for (let n = 0; n < 40; n += 1) await dial();
    const fresh = await sql.query<{ id: CallId }>(`select id from call where carrier_call_id = any($1)`, [
      sids.slice(-40),
    ]);
    live.push(...fresh.rows.map((row) => row.id));
    let turn = 0;
    const events = await hammer(seconds, async () => {
      turn += 1;
      const callId = live[turn % live.length] as CallId;
      const answer = await gateway.report({ type: 'digit-received', callId, digit: String(turn % 10) });
      if (answer.outcome !== 'stored') throw new Error('A report was refused.');
    });
    gateway.vanish();
    const params = { concurrency: CONCURRENCY, database: 'embedded, fsync on' };
    return {
      figures: [
        { metric: 'calls_per_second', unit: '1/s', value: calls.perSecond, params },
        { metric: 'webhook_answer_ms_p50', unit: 'ms', value: percentile(calls.latencies, 0.5), params },
        { metric: 'webhook_answer_ms_p95', unit: 'ms', value: percentile(calls.latencies, 0.95), params },
        { metric: 'events_per_second', unit: '1/s', value: events.perSecond, params },
        { metric: 'event_stored_ms_p95', unit: 'ms', value: percentile(events.latencies, 0.95), params },
        { metric: 'calls_stored', unit: 'calls', value: sids.length - first, params },
      ],
    };
  } finally {
    api.kill('SIGTERM');
    await sql.end();
    await carrier.close();
    await postgres.stop();
  }
};

const untilLive = async (origin: string): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const up = await fetch(`${origin}/health/live`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The api did not start.');
};

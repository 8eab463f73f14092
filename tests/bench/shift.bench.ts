import { readFileSync } from 'node:fs';
import { startPostgres } from '@ringdown/testing/postgres';
import { BusyShift, faultsOf, readAllCalls } from '../product/busy-shift.ts';
import { type AppName, ProductUnderTest } from '../product/product-under-test.ts';
import { eventually } from '../server/ringdown-client.ts';
import { countStatements } from './statement-counter.ts';

export const name = 'shift';

/** 200 calls an hour are one in 18 s; ten times faster is one in 1.8 s, with talks of 3 to 12 s for 30 to 120 s. */
const COMPRESSION = 10;
const CALLS_AN_HOUR = 200;
const VOLUNTEERS = 20;
const APPS: AppName[] = ['api', 'worker', 'gateway'];
const TICKS_PER_SECOND = 100;

const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** CPU seconds of a process so far (proc(5): utime and stime, in clock ticks). */
const cpuSeconds = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};

const cpuOf = (product: ProductUnderTest): Record<string, number> =>
  Object.fromEntries(
    APPS.map((app) => [app, product.pids(`dist/${app}/main.mjs`).reduce((sum, pid) => sum + cpuSeconds(pid), 0)]),
  );

/** The statements that cost a call most, for whoever wants fewer of them. */
const sayWhich = (before: Map<string, number>, after: Map<string, number>, calls: number, most: number): void => {
  const rows = [...after].map(([text, count]) => ({
    aCall: (count - (before.get(text) ?? 0)) / calls,
    text: text.replaceAll(/\s+/gu, ' ').slice(0, 140),
  }));
  for (const { aCall, text } of rows.toSorted((a, b) => b.aCall - a.aCall).slice(0, most)) {
    process.stdout.write(`${aCall.toFixed(2).padStart(8)}  ${text}\n`);
  }
};

/** An evening on the whole product, time compressed ten times: waits, offers, CPU, and what a call costs the database. */
export const run = async ({ seconds = 90, statements: most = 0 }: { seconds?: number; statements?: number }) => {
  const postgres = await startPostgres({ durable: true });
  const counter = await countStatements(await postgres.freshDatabase());
  const product = await ProductUnderTest.start({ environment: { DATABASE_URL: counter.url } });
  try {
    await product.firstRun({ wrapUpS: 2, nobodyWaitS: 30 });
    const idleFrom = counter.count;
    const idleMs = 10_000;
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const idlePerSecond = (counter.count - idleFrom) / (idleMs / 1000);
    const cpuBefore = cpuOf(product);
    const shift = await BusyShift.start(product, {
      volunteers: VOLUNTEERS,
      seed: 1,
      everyMs: 3_600_000 / CALLS_AN_HOUR / COMPRESSION,
      talkMs: [3_000, 12_000],
      patienceMs: [120_000, 120_000],
    });
    const began = Date.now();
    const statementsFrom = counter.count;
    const textsFrom = counter.texts();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    await shift.stopCallers();
    // Before the calls are read for the figures: that is not what a call costs.
    const tookS = (Date.now() - began) / 1000;
    const statements = counter.count - statementsFrom - idlePerSecond * tookS;
    const texts = counter.texts();
    await eventually(
      'every call is over',
      async () => (await readAllCalls(product)).every((call) => call.endedAt !== null),
      60_000,
    );
    const cpuAfter = cpuOf(product);
    await shift.stopVolunteers();
    const calls = await readAllCalls(product);
    const faults = calls.flatMap((call) => faultsOf(call));
    if (faults.length > 0) throw new Error(`A call went wrong: ${faults[0]}`);
    const waits = calls.map((call) => call.waitedMs);
    const offers = calls.map((call) => call.events.filter(({ event }) => event.type === 'OfferMade').length);
    const taken = calls.filter((call) => call.talkedMs !== null).length;
    sayWhich(textsFrom, texts, calls.length, most);
    const params = { calls_an_hour: CALLS_AN_HOUR, volunteers: VOLUNTEERS, compression: COMPRESSION };
    const figure = (metric: string, unit: string, value: number, more: Record<string, string> = {}) => ({
      metric,
      unit,
      value,
      params: { ...params, ...more },
    });
    return {
      figures: [
        figure('calls', 'calls', calls.length),
        figure('answered_share', 'share', taken / calls.length),
        figure('wait_ms_p50', 'ms', percentile(waits, 0.5)),
        figure('wait_ms_p95', 'ms', percentile(waits, 0.95)),
        figure('offers_per_call', 'offers', offers.reduce((a, b) => a + b, 0) / calls.length),
        figure('database_statements_per_call', 'statements', statements / calls.length),
        figure('database_statements_idle_per_second', '1/s', idlePerSecond),
        ...APPS.map((app) =>
          figure('cpu_share_of_core', 'share', ((cpuAfter[app] ?? 0) - (cpuBefore[app] ?? 0)) / tookS, {
            process: app,
          }),
        ),
      ],
    };
  } finally {
    await product.stop();
    await counter.close();
    await postgres.stop();
  }
};

import { replayCall } from '@ringdown/call-flow/reduce-call';
import type { CallId } from '@ringdown/protocol/ids';
import { freshDatabase } from '@ringdown/testing/fresh-database';
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BareEngine, bareEngine, seedHotlines } from './bare-engine.ts';
import { ONE_CALL_A_PERSON } from './double-offers.ts';

const PROCESSES = 3;
const KILLS = 8;

describe('several processes that decide at once, held up and killed at random', () => {
  const folder = path.resolve('dist/test', randomUUID());
  const program = path.join(folder, 'hectic-shift.mjs');
  const children = new Set<ChildProcess>();
  const errors: string[] = [];
  let bare: BareEngine;
  let url: string;

  const start = (): void => {
    const child = fork(program, [url], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.add(child);
    child.on('message', (message: { text: string }) => errors.push(message.text));
    child.on('exit', () => children.delete(child));
  };
  const offersMade = async (): Promise<number> =>
    (await bare.sql.pool.query<{ n: number }>(`select count(*)::int as n from call_event where type = 'OfferMade'`))
      .rows[0]?.n ?? 0;
  const killOne = async (): Promise<void> => {
    const child = [...children][Math.floor(Math.random() * children.size)];
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    start();
  };

  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    const built = await rolldown({
      input: path.resolve('tests/server/hectic-shift.ts'),
      platform: 'node',
      tsconfig: path.resolve('tests/tsconfig.json'),
      external: (id) => !/^[./]/.test(id) && !id.startsWith('@ringdown/') && !id.startsWith('@oxc-project/runtime'),
    });
    await built.write({ file: program, format: 'esm', codeSplitting: false });
    await built.close();
    url = await freshDatabase();
    bare = bareEngine(url, 4);
    await bare.sql.pool.query(ONE_CALL_A_PERSON);
    await seedHotlines(bare, {
      hotlines: 3,
      volunteers: 6,
      hotlinesEach: 3,
      settings: { wrapUpS: 0, nobodyWaitS: 600, strategy: 'longest-idle' },
    });
    // One of each kind that rings several people.
    await bare.sql.pool.query(
      `update hotline set settings = settings || '{"strategy":"ring-all"}' where id = (select id from hotline limit 1)`,
    );
  }, 60_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await bare.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('no volunteer ever has two live offers or calls, and nobody is left ringing for a call that knows nothing of it (Q3)', async () => {
    for (let n = 0; n < PROCESSES; n += 1) start();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      // By offers made, not by time or tries: a busy machine takes longer and comes as far.
      await expect.poll(offersMade, { timeout: 100_000, interval: 100 }).toBeGreaterThan(kill * 6);
      await killOne();
    }
    const last = [...children].map(async (child) => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    });
    await Promise.all(last);
    // The server rolls back what the killed left open.
    await expect
      .poll(
        async () =>
          (
            await bare.sql.pool.query<{ n: number }>(
              `select count(*)::int as n from pg_stat_activity where datname = current_database() and state like '%in transaction%'`,
            )
          ).rows[0]?.n,
        { timeout: 30_000 },
      )
      .toBe(0);
    expect(errors).toEqual([]);
    expect(await bare.log.listStrayOffers()).toEqual([]);
    const { rows } = await bare.sql.pool.query<{ id: string }>(
      `select o.id from operator o full join busy_person b on b.operator_id = o.id and b.call_id = o.presence_call_id
        where (o.presence_state in ('ringing', 'on-call')) is distinct from (b.operator_id is not null)`,
    );
    expect(rows, 'a person’s row and the calls say the same').toEqual([]);
    expect(await offersMade()).toBeGreaterThan(KILLS * 6);
  }, 240_000);

  it('every log replays to the state that is stored', async () => {
    const { rows } = await bare.sql.pool.query<{ id: CallId }>('select id from call');
    for (const { id } of rows) {
      const events = (await bare.log.listEvents(id)).map((each) => each.event);
      expect(replayCall(events)).toEqual(await bare.log.findState(id));
    }
  });
});

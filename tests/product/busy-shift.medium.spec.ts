import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../server/ringdown-client.ts';
import { BusyShift, faultsOf, isOver, readAllCalls, seeded } from './busy-shift.ts';
import { ProductUnderTest } from './product-under-test.ts';

/** `KILLS=200 npx vitest run --project medium tests/product/busy-shift.medium.spec.ts` for the long run; SHIFT_SEED repeats one. */
const kills = Number(process.env['KILLS'] ?? 9);
const seed = Number(process.env['SHIFT_SEED'] ?? randomInt(1_000_000));
const VICTIMS = ['api', 'worker', 'gateway'] as const;

let product: ProductUnderTest;

/** However many processes died before: the shift goes on. */
const answeredAgain = (shift: BusyShift) => {
  const before = shift.answered;
  return eventually('somebody answers a call', () => shift.answered > before, 120_000);
};

beforeAll(async () => {
  product = await ProductUnderTest.start();
  await product.firstRun({ wrapUpS: 0, nobodyWaitS: 5, maxWaitS: 20, ringTimeoutS: 5 });
}, 120_000);

afterAll(async () => {
  await product.stop();
}, 60_000);

it(
  'processes killed at random moments of a busy shift lose no call, handle none twice and leave nobody stuck',
  { timeout: 480_000 + kills * 8_000, retry: 0 },
  async () => {
    console.log(`  ${kills} kills, seed ${seed}`);
    const random = seeded(seed);
    const shift = await BusyShift.start(product, {
      volunteers: 3,
      seed,
      everyMs: 600,
      talkMs: [300, 2_000],
      patienceMs: [4_000, 20_000],
    });
    await answeredAgain(shift);
    for (let n = 0; n < kills; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200 + random() * 1_500));
      const app = VICTIMS[n % VICTIMS.length] ?? 'api';
      const former = product.pids(`dist/${app}/main.mjs`);
      // Still on its way up from the kill before: waited for, so that each kill hits a process at work.
      if (former.length === 0) await product.appIsBack(app, []);
      product.killApp(app);
      if (random() < 0.7) await product.appIsBack(app, former);
    }
    for (const app of VICTIMS) await product.appIsBack(app, []);
    await answeredAgain(shift);
    await shift.stopCallers();
    await eventually(
      'every phone is on the hook',
      async () => {
        for (const callSid of shift.dialled) if (!isOver((await product.phone(callSid)).status)) return false;
        return true;
      },
      90_000,
    );
    await eventually(
      'every call has an ending',
      async () => (await readAllCalls(product)).every((call) => call.endedAt !== null),
      90_000,
    );
    for (const { person } of shift.volunteers) {
      await person.desk.sees(
        'nobody is stuck',
        (s) => s.presence.state !== 'ringing' && s.presence.state !== 'on-call' && s.call === null && s.offer === null,
        30_000,
      );
    }
    await shift.stopVolunteers();
    expect(shift.volunteers.flatMap(({ person }) => person.refusals)).toEqual([]);
    const calls = await readAllCalls(product);
    const faults = calls.flatMap((call) => faultsOf(call).map((fault) => `${call.callId}: ${fault}`));
    expect(faults).toEqual([]);
    const connected = shift.connected.size;
    expect(connected).toBeGreaterThan(0);
    // Each call that reached us stands once in the log. One whose webhook met a dead api was never ours: the carrier said so.
    expect(calls.length).toBeGreaterThanOrEqual(connected);
    expect(calls.length).toBeLessThanOrEqual(shift.dialled.length);
    console.log(
      `  ${shift.dialled.length} dialled, ${connected} with sound, ${calls.length} in the log, ${shift.answered} answered, ${kills} kills`,
    );
  },
);

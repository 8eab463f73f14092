import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../server/ringdown-client.ts';
import { NodeVolunteer } from './node-volunteer.ts';
import { type AppName, ProductUnderTest } from './product-under-test.ts';

const CALLER_HZ = 700;
const VOLUNTEER_HZ = 1234;

describe('real processes killed in the middle of a call', () => {
  let product: ProductUnderTest;
  let volunteer: NodeVolunteer;
  let callSid = '';

  beforeAll(async () => {
    product = await ProductUnderTest.start();
    await product.firstRun({ wrapUpS: 0, nobodyWaitS: 2 });
    volunteer = await NodeVolunteer.signIn(product.client, product.client.owner);
  }, 120_000);

  afterEach(async ({ task }) => {
    // The log is gone with the data folder: what went wrong must be told now.
    if (task.result?.state === 'fail') console.error(await product.story(callSid));
    await volunteer.leave();
    if (callSid) await product.phoneDo(callSid, 'hang-up').catch(() => undefined);
    await volunteer.desk.ask('set-presence', { state: 'offline' }).catch(() => undefined);
  });

  afterAll(async () => {
    volunteer.desk.close();
    await product.stop();
  }, 60_000);

  const talk = async (): Promise<string> => {
    await volunteer.available();
    callSid = await product.dial({ tone: CALLER_HZ });
    const offer = await volunteer.rings();
    await volunteer.answer(offer, VOLUNTEER_HZ);
    await volunteer.hears(CALLER_HZ);
    await product.phoneHears(callSid, VOLUNTEER_HZ);
    return offer.callId;
  };

  const endsWith = async (callId: string, reason: string): Promise<void> => {
    await eventually(
      `the call ends: ${reason}`,
      async () => {
        const answer = await product.client.request('GET', `/api/calls/${callId}`, {
          cookie: product.client.owner.cookie,
        });
        const { termination } = (await answer.json()) as { termination: { reason: string } | null };
        if (termination && termination.reason !== reason) throw new Error(`It ended as ${termination.reason}`);
        return termination;
      },
      15_000,
    );
  };

  it('both hear each other through the real carrier simulator, gateway and media server', async () => {
    const callId = await talk();
    await product.phoneDo(callSid, 'hang-up');
    await endsWith(callId, 'caller-hung-up');
    await volunteer.desk.sees('available again', (s) => s.presence.state === 'available');
  }, 60_000);

  for (const app of ['api', 'worker'] as const satisfies AppName[]) {
    it(`the audio of a call survives kill -9 of the ${app}, and the call ends in order afterwards`, async () => {
      const callId = await talk();
      const former = product.pids(`dist/${app}/main.mjs`);
      product.killApp(app);
      // While it is away, and after.
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect((await product.phone(callSid)).heard.share).toBeGreaterThan(0.6);
      expect(volunteer.peer?.hears(CALLER_HZ)).toBeGreaterThan(0.6);
      await product.appIsBack(app, former);
      await product.phoneHears(callSid, VOLUNTEER_HZ);
      await volunteer.hears(CALLER_HZ);
      await volunteer.desk.sees(
        'still in the call',
        (s) => s.call?.callId === callId && s.call.phase === 'in-call',
        15_000,
      );
      await eventually('the console can hang up', async () => {
        const answer = await volunteer.desk.ask('hang-up', { callId }).catch(() => null);
        return answer?.outcome === 'done' || (answer?.outcome === 'refused' && answer.reason === 'call-over');
      });
      await endsWith(callId, 'volunteer-hung-up');
      await eventually('the phone is hung up', async () => (await product.phone(callSid)).status === 'completed');
    }, 90_000);
  }

  it('when the gateway dies the caller hears words, and is connected again to the volunteer by the next one', async () => {
    const callId = await talk();
    const former = product.pids('dist/gateway/main.mjs');
    const killedAt = Date.now();
    product.killApp('gateway');
    await eventually(
      'words from the carrier',
      async () => (await product.phone(callSid)).captions.some((c) => /lost the connection/i.test(JSON.stringify(c))),
      10_000,
    );
    await product.appIsBack('gateway', former);
    await product.phoneHears(callSid, VOLUNTEER_HZ, 25_000, killedAt);
    await volunteer.hears(CALLER_HZ, 10_000);
    await product.phoneDo(callSid, 'hang-up');
    await endsWith(callId, 'caller-hung-up');
  }, 90_000);

  it('a stream that is cut comes back by itself', async () => {
    const callId = await talk();
    const cutAt = Date.now();
    await product.phoneDo(callSid, 'cut-stream');
    await product.phoneHears(callSid, VOLUNTEER_HZ, 20_000, cutAt);
    await volunteer.hears(CALLER_HZ);
    await product.phoneDo(callSid, 'hang-up');
    await endsWith(callId, 'caller-hung-up');
  }, 60_000);

  it('a caller whose waiting is cut by the death of every process of ours still gets an ending', async () => {
    callSid = await product.dial({ tone: CALLER_HZ });
    await eventually('it is streaming', async () => (await product.phone(callSid)).streaming);
    const former = product.pids('dist/api/main.mjs');
    for (const app of ['api', 'worker', 'gateway'] as const) product.killApp(app);
    await eventually('words', async () => (await product.phone(callSid)).captions.length > 0, 10_000);
    await product.appIsBack('api', former);
    await eventually(
      'an ending',
      async () => (await product.phone(callSid)).status === 'completed' || (await product.phone(callSid)).streaming,
      60_000,
    );
  }, 120_000);

  it('PostgreSQL killed: the product comes back by itself and takes calls again', async () => {
    const callId = await talk();
    const processes = () => ['api', 'worker', 'gateway'].map((app) => product.pids(`dist/${app}/main.mjs`));
    const before = processes();
    for (const pid of product.pids('/bin/postgres -D')) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await product.phone(callSid)).heard.share).toBeGreaterThan(0.6);
    await eventually(
      'ready again',
      () =>
        fetch(`${product.client.origin}/health/ready`).then(
          (a) => a.ok,
          () => false,
        ),
      30_000,
    );
    expect(processes()).toEqual(before);
    await product.phoneDo(callSid, 'hang-up');
    await endsWith(callId, 'caller-hung-up');
    await volunteer.leave();
    await endsWith(await talk(), 'caller-hung-up').catch(() => undefined);
  }, 90_000);

  it('LiveKit killed: the call goes back to the queue or on, and the next call has sound', async () => {
    await talk();
    for (const pid of product.pids('livekit')) process.kill(pid, 'SIGKILL');
    await eventually(
      'the media server is back',
      () =>
        fetch(`${product.client.origin}/health/ready`).then(
          (a) => a.ok,
          () => false,
        ),
      30_000,
    );
    await product.phoneDo(callSid, 'hang-up');
    await volunteer.leave();
    await eventually(
      'free again',
      async () => {
        await volunteer.desk.ask('set-presence', { state: 'available' });
        return volunteer.desk.now?.presence.state === 'available';
      },
      40_000,
    );
    await talk();
  }, 120_000);
});
